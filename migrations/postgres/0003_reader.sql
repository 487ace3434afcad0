-- What readers do beside writing, as on SQLite (migrations/sqlite, same name): the same tables, columns and keys.

ALTER TABLE comment ADD COLUMN kind TEXT COLLATE "C";

ALTER TABLE comment ADD COLUMN reader_hash TEXT COLLATE "C";

ALTER TABLE comment ADD COLUMN body_hash TEXT COLLATE "C";

ALTER TABLE comment ADD COLUMN official_agency TEXT COLLATE "C";

ALTER TABLE comment ADD COLUMN official_signer_title TEXT COLLATE "C";

ALTER TABLE comment ADD COLUMN official_signed_at TEXT COLLATE "C";

ALTER TABLE comment ADD COLUMN reply_rank BIGINT NOT NULL DEFAULT 1;

ALTER TABLE comment ADD COLUMN public_official BIGINT NOT NULL DEFAULT 0;

ALTER TABLE comment ADD COLUMN pin_slot BIGINT;

ALTER TABLE comment ADD COLUMN open_reports BIGINT NOT NULL DEFAULT 0;

ALTER TABLE thread ADD COLUMN official_count BIGINT NOT NULL DEFAULT 0;

ALTER TABLE thread ADD COLUMN touched_at TEXT COLLATE "C";

ALTER TABLE thread ADD COLUMN likes_due_at TEXT COLLATE "C";

ALTER TABLE fact ADD COLUMN beside_id TEXT COLLATE "C";

CREATE INDEX fact_beside ON fact (beside_id) WHERE beside_id IS NOT NULL;

CREATE TABLE comment_like (
  id TEXT COLLATE "C" PRIMARY KEY,
  comment_id TEXT COLLATE "C" NOT NULL REFERENCES comment (id),
  voter TEXT COLLATE "C" NOT NULL,
  network TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL,
  UNIQUE (comment_id, voter)
);

CREATE INDEX comment_like_by_network ON comment_like (comment_id, network, created_at);

CREATE TABLE report (
  id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  comment_id TEXT COLLATE "C" NOT NULL REFERENCES comment (id),
  reporter TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  body TEXT COLLATE "C",
  handled_at TEXT COLLATE "C",
  created_at TEXT COLLATE "C" NOT NULL,
  UNIQUE (comment_id, reporter)
);

CREATE INDEX report_open ON report (comment_id, created_at) WHERE handled_at IS NULL;

UPDATE comment SET published_at = NULL WHERE state = 'sealed';

UPDATE thread SET public_count = (
  SELECT count(*) FROM comment LEFT JOIN comment AS root ON root.id = comment.parent_id
  WHERE comment.thread_id = thread.id AND comment.public_revision_id IS NOT NULL AND comment.hidden_at IS NULL
    AND (comment.parent_id IS NULL OR root.published_at IS NOT NULL)
);

DROP INDEX comment_root_by_date;

DROP INDEX comment_root_by_likes;

DROP INDEX comment_reply_by_date;

CREATE INDEX comment_root_by_date ON comment (thread_id, published_at, id)
  WHERE parent_id IS NULL AND published_at IS NOT NULL AND ((public_revision_id IS NOT NULL AND hidden_at IS NULL) OR public_replies > 0);

CREATE INDEX comment_root_by_likes ON comment (thread_id, likes, published_at, id)
  WHERE parent_id IS NULL AND published_at IS NOT NULL AND ((public_revision_id IS NOT NULL AND hidden_at IS NULL) OR public_replies > 0);

CREATE INDEX comment_root_official ON comment (thread_id, published_at, id)
  WHERE parent_id IS NULL AND published_at IS NOT NULL AND public_official > 0;

CREATE INDEX comment_reply_in_order ON comment (parent_id, reply_rank, published_at, id)
  WHERE parent_id IS NOT NULL AND public_revision_id IS NOT NULL AND hidden_at IS NULL;

CREATE UNIQUE INDEX comment_pinned ON comment (thread_id, pin_slot) WHERE pin_slot IS NOT NULL;

CREATE INDEX comment_reported ON comment (site_id, state, received_at, id) WHERE open_reports > 0;

CREATE INDEX comment_of_reader ON comment (site_id, reader_hash, state) WHERE reader_hash IS NOT NULL;

CREATE INDEX comment_by_text ON comment (thread_id, body_hash, received_at) WHERE body_hash IS NOT NULL;
