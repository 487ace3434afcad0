-- What colleagues do around one comment: who has it in hand (unique by number, so that of two who assign at once one wins), notes among
-- themselves, and who has read it or has it open. None of it is a version of the comment, and none is ever public.

ALTER TABLE comment ADD COLUMN assignee_id TEXT COLLATE "C";

ALTER TABLE comment ADD COLUMN assignment BIGINT NOT NULL DEFAULT 0;

CREATE INDEX comment_of_assignee ON comment (site_id, assignee_id, received_at, id) WHERE assignee_id IS NOT NULL;

CREATE INDEX comment_of_reader_by_date ON comment (site_id, reader_hash, received_at, id) WHERE reader_hash IS NOT NULL;

CREATE TABLE assignment (
  id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  comment_id TEXT COLLATE "C" NOT NULL REFERENCES comment (id),
  number BIGINT NOT NULL,
  assignee_id TEXT COLLATE "C",
  assignee_name TEXT COLLATE "C",
  actor_kind TEXT COLLATE "C" NOT NULL,
  actor_id TEXT COLLATE "C",
  actor_name TEXT COLLATE "C",
  created_at TEXT COLLATE "C" NOT NULL,
  UNIQUE (comment_id, number)
);

CREATE TABLE note (
  id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  comment_id TEXT COLLATE "C" NOT NULL REFERENCES comment (id),
  body TEXT COLLATE "C" NOT NULL,
  actor_kind TEXT COLLATE "C" NOT NULL,
  actor_id TEXT COLLATE "C",
  actor_name TEXT COLLATE "C",
  corrected_at TEXT COLLATE "C",
  deleted_at TEXT COLLATE "C",
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX note_of_comment ON note (comment_id, id);

CREATE TABLE viewing (
  comment_id TEXT COLLATE "C" NOT NULL REFERENCES comment (id),
  viewer_id TEXT COLLATE "C" NOT NULL,
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  viewer_name TEXT COLLATE "C" NOT NULL,
  first_seen_at TEXT COLLATE "C" NOT NULL,
  last_seen_at TEXT COLLATE "C" NOT NULL,
  open_until TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (comment_id, viewer_id)
);
