-- Search for staff: an index over folded words that is derived from the comments, kept after they are answered, and may be dropped
-- and rebuilt at any time (ykien search rebuild). So nothing here refers to other tables, and nothing refers here.

CREATE TABLE search_cursor (
  fact_id TEXT NOT NULL
);

INSERT INTO search_cursor (fact_id) VALUES ('');

CREATE TABLE search_site (
  site_id TEXT PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE
);

CREATE TABLE search_document (
  id INTEGER PRIMARY KEY,
  comment_id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL
);

CREATE TABLE search_word (
  word TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE VIRTUAL TABLE search_index USING fts5 (words, content='', contentless_delete=1, tokenize="ascii tokenchars '=~@_'");
