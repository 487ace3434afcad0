-- Texts that are nearly the same: each belongs to the first of its kind, which is found by a few numbers made of its letters.

CREATE TABLE twin (
  comment_id TEXT PRIMARY KEY,
  site_id TEXT NOT NULL,
  head_id TEXT NOT NULL,
  sent_at TEXT NOT NULL
);

CREATE INDEX twin_of_head ON twin (site_id, head_id, sent_at, comment_id);

CREATE TABLE twin_band (
  site_id TEXT NOT NULL,
  band INTEGER NOT NULL,
  head_id TEXT NOT NULL,
  sent_at TEXT NOT NULL,
  PRIMARY KEY (site_id, band, head_id)
);

CREATE INDEX twin_band_of_head ON twin_band (head_id);

CREATE INDEX twin_band_by_date ON twin_band (sent_at);
