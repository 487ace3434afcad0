-- Parts hidden by a decision, the desk's own order by article, and what each person of the desk keeps: saved views and keys.
-- Opinions can now be found by their kind too, so the search index is taken in anew.

ALTER TABLE fact ADD COLUMN masks TEXT;

ALTER TABLE comment ADD COLUMN public_masks TEXT;

CREATE INDEX comment_in_queue_by_article ON comment (site_id, state, thread_id, received_at, id);

CREATE TABLE saved_view (
  id TEXT PRIMARY KEY,
  site_id TEXT NOT NULL REFERENCES site (id),
  staff_id TEXT NOT NULL REFERENCES staff (id),
  name TEXT NOT NULL,
  place TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (staff_id, site_id, name)
);

CREATE INDEX saved_view_of_site ON saved_view (site_id);

CREATE TABLE desk_keys (
  staff_id TEXT PRIMARY KEY REFERENCES staff (id),
  keys TEXT NOT NULL,
  changed_at TEXT NOT NULL
);

DROP TABLE search_index;

CREATE VIRTUAL TABLE search_index USING fts5 (words, content='', contentless_delete=1, tokenize="ascii tokenchars '=~@_'");

DELETE FROM search_document;

DELETE FROM search_site;

DELETE FROM search_word;

UPDATE search_cursor SET fact_id = '';
