-- What colleagues do around one comment: who has it in hand (unique by number, so that of two who assign at once one wins), notes among
-- themselves, and who has read it or has it open. None of it is a version of the comment, and none is ever public.

ALTER TABLE comment ADD COLUMN assignee_id TEXT;

ALTER TABLE comment ADD COLUMN assignment INTEGER NOT NULL DEFAULT 0;

CREATE INDEX comment_of_assignee ON comment (site_id, assignee_id, received_at, id) WHERE assignee_id IS NOT NULL;

CREATE INDEX comment_of_reader_by_date ON comment (site_id, reader_hash, received_at, id) WHERE reader_hash IS NOT NULL;

CREATE TABLE assignment (
  id TEXT PRIMARY KEY,
  site_id TEXT NOT NULL REFERENCES site (id),
  comment_id TEXT NOT NULL REFERENCES comment (id),
  number INTEGER NOT NULL,
  assignee_id TEXT,
  assignee_name TEXT,
  actor_kind TEXT NOT NULL,
  actor_id TEXT,
  actor_name TEXT,
  created_at TEXT NOT NULL,
  UNIQUE (comment_id, number)
);

CREATE TABLE note (
  id TEXT PRIMARY KEY,
  site_id TEXT NOT NULL REFERENCES site (id),
  comment_id TEXT NOT NULL REFERENCES comment (id),
  body TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT,
  actor_name TEXT,
  corrected_at TEXT,
  deleted_at TEXT,
  created_at TEXT NOT NULL
);

CREATE INDEX note_of_comment ON note (comment_id, id);

CREATE TABLE viewing (
  comment_id TEXT NOT NULL REFERENCES comment (id),
  viewer_id TEXT NOT NULL,
  site_id TEXT NOT NULL REFERENCES site (id),
  viewer_name TEXT NOT NULL,
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  open_until TEXT NOT NULL,
  PRIMARY KEY (comment_id, viewer_id)
);
