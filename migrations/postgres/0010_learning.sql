-- What a site learns from its own decisions, and the places it gives to what waits. All of it follows from the facts.

ALTER TABLE comment ADD COLUMN urgent_rank BIGINT NOT NULL DEFAULT 3;

ALTER TABLE comment ADD COLUMN suspect_rank BIGINT NOT NULL DEFAULT 50;

CREATE INDEX comment_urgent ON comment (site_id, state, urgent_rank, received_at, id) WHERE state IN ('pending', 'held', 'returned');

CREATE INDEX comment_suspect ON comment (site_id, state, suspect_rank, received_at, id) WHERE state IN ('pending', 'held', 'returned');

CREATE TABLE assessment_cursor (
  fact_id TEXT COLLATE "C" NOT NULL,
  format BIGINT NOT NULL
);

INSERT INTO assessment_cursor (fact_id, format) VALUES ('', 0);

CREATE TABLE assessment_turn (
  site_id TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  PRIMARY KEY (site_id, number)
);

CREATE TABLE assessment (
  comment_id TEXT COLLATE "C" PRIMARY KEY,
  version BIGINT NOT NULL,
  revision_id TEXT COLLATE "C" NOT NULL,
  reasons TEXT COLLATE "C" NOT NULL
);

CREATE TABLE learned (
  site_id TEXT COLLATE "C" PRIMARY KEY,
  kept BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  syllables TEXT COLLATE "C" NOT NULL,
  pairs TEXT COLLATE "C" NOT NULL,
  trigrams TEXT COLLATE "C" NOT NULL
);

CREATE TABLE lesson (
  comment_id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C" NOT NULL,
  decision_id TEXT COLLATE "C" NOT NULL,
  revision_id TEXT COLLATE "C" NOT NULL,
  label TEXT COLLATE "C" NOT NULL,
  score BIGINT,
  decided_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX lesson_by_decision ON lesson (site_id, decided_at, comment_id);
