-- The record cannot be changed unseen: each row carries a seal made with the act, and its place in a chain that a duty lays over
-- the rows (docs/decisions/009-the-record.md). Ids sort by time, so that a log is read along (…, id).

ALTER TABLE audit ADD COLUMN seal TEXT COLLATE "C";

ALTER TABLE audit ADD COLUMN sequence BIGINT;

ALTER TABLE audit ADD COLUMN link TEXT COLLATE "C";

CREATE UNIQUE INDEX audit_in_chain ON audit (sequence);

CREATE INDEX audit_unlinked ON audit (id) WHERE sequence IS NULL;

DROP INDEX audit_of_site;

DROP INDEX audit_of_subject;

CREATE INDEX audit_of_site ON audit (site_id, id);

CREATE INDEX audit_of_subject ON audit (site_id, subject_id, id);

CREATE INDEX audit_of_actor ON audit (site_id, actor_id, id);

CREATE INDEX audit_of_action ON audit (site_id, action, id);
