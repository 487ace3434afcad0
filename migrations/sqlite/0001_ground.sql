-- The first ground: sites, articles, comments with their facts, the record, the outbox, and the people of the desk.
-- Ids are UUIDv7 text, times ISO-8601 UTC text with milliseconds, a nullable "..._at" says whether and when.
-- A statement ends with a semicolon at the end of a line.

CREATE TABLE site (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  settings TEXT NOT NULL,
  created_at TEXT NOT NULL
);

CREATE TABLE site_origin (
  site_id TEXT NOT NULL REFERENCES site (id),
  origin TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (site_id, origin)
);

CREATE TABLE thread (
  id TEXT PRIMARY KEY,
  site_id TEXT NOT NULL REFERENCES site (id),
  key TEXT NOT NULL,
  url TEXT NOT NULL,
  title TEXT NOT NULL,
  closed_at TEXT,
  revision INTEGER NOT NULL DEFAULT 0,
  public_count INTEGER NOT NULL DEFAULT 0,
  next_change_at TEXT,
  created_at TEXT NOT NULL,
  UNIQUE (site_id, key)
);

CREATE INDEX thread_by_url ON thread (site_id, url);

CREATE INDEX thread_by_creation ON thread (site_id, created_at);

CREATE INDEX thread_by_next_change ON thread (site_id, next_change_at) WHERE next_change_at IS NOT NULL;

CREATE TABLE comment (
  id TEXT PRIMARY KEY,
  site_id TEXT NOT NULL REFERENCES site (id),
  thread_id TEXT NOT NULL REFERENCES thread (id),
  parent_id TEXT REFERENCES comment (id),
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  author_name TEXT,
  author_name_given TEXT,
  contact_sealed TEXT,
  consents TEXT NOT NULL,
  revision_id TEXT NOT NULL,
  public_revision_id TEXT,
  public_text TEXT,
  public_html TEXT,
  renderer INTEGER,
  published_at TEXT,
  hidden_at TEXT,
  legal_hold_at TEXT,
  likes INTEGER NOT NULL DEFAULT 0,
  public_replies INTEGER NOT NULL DEFAULT 0,
  receipt_code TEXT NOT NULL UNIQUE,
  idempotency_key TEXT,
  request_hash TEXT NOT NULL,
  edit_until TEXT NOT NULL,
  received_at TEXT NOT NULL,
  UNIQUE (site_id, idempotency_key)
);

CREATE INDEX comment_in_queue ON comment (site_id, state, received_at, id);

CREATE INDEX comment_root_by_date ON comment (thread_id, published_at, id)
  WHERE parent_id IS NULL AND public_revision_id IS NOT NULL AND hidden_at IS NULL;

CREATE INDEX comment_root_by_likes ON comment (thread_id, likes, published_at, id)
  WHERE parent_id IS NULL AND public_revision_id IS NOT NULL AND hidden_at IS NULL;

CREATE INDEX comment_reply_by_date ON comment (parent_id, published_at, id)
  WHERE parent_id IS NOT NULL AND public_revision_id IS NOT NULL AND hidden_at IS NULL;

CREATE INDEX comment_of_site_by_date ON comment (site_id, published_at, id)
  WHERE public_revision_id IS NOT NULL AND hidden_at IS NULL;

CREATE TABLE revision (
  id TEXT PRIMARY KEY,
  comment_id TEXT NOT NULL REFERENCES comment (id),
  number INTEGER NOT NULL,
  body TEXT NOT NULL,
  signals TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (comment_id, number)
);

CREATE TABLE fact (
  id TEXT PRIMARY KEY,
  site_id TEXT NOT NULL REFERENCES site (id),
  comment_id TEXT NOT NULL REFERENCES comment (id),
  from_version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  revision_id TEXT NOT NULL,
  verdict TEXT,
  reason TEXT,
  reason_text TEXT,
  note TEXT,
  undoes_id TEXT,
  state_before TEXT,
  state_after TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT,
  actor_name TEXT,
  request_key TEXT,
  request_hash TEXT,
  takes_effect_at TEXT,
  created_at TEXT NOT NULL,
  UNIQUE (comment_id, from_version)
);

CREATE INDEX fact_by_request ON fact (site_id, actor_id, request_key) WHERE request_key IS NOT NULL;

CREATE TABLE settlement (
  decision_id TEXT PRIMARY KEY REFERENCES fact (id),
  outcome TEXT NOT NULL,
  created_at TEXT NOT NULL
);

CREATE TABLE pending_publication (
  decision_id TEXT PRIMARY KEY REFERENCES fact (id),
  thread_id TEXT NOT NULL REFERENCES thread (id),
  takes_effect_at TEXT NOT NULL
);

CREATE INDEX pending_publication_of_thread ON pending_publication (thread_id, takes_effect_at);

CREATE TABLE audit (
  id TEXT PRIMARY KEY,
  site_id TEXT,
  action TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT,
  actor_name TEXT,
  detail TEXT NOT NULL,
  created_at TEXT NOT NULL
);

CREATE INDEX audit_of_subject ON audit (subject_id, created_at);

CREATE INDEX audit_of_site ON audit (site_id, created_at);

CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  site_id TEXT NOT NULL,
  event TEXT NOT NULL,
  payload TEXT NOT NULL,
  not_before TEXT NOT NULL,
  leased_until TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  given_up_at TEXT,
  created_at TEXT NOT NULL
);

CREATE INDEX outbox_due ON outbox (not_before) WHERE given_up_at IS NULL;

CREATE TABLE staff (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  disabled_at TEXT,
  created_at TEXT NOT NULL
);

CREATE TABLE staff_role (
  staff_id TEXT NOT NULL REFERENCES staff (id),
  site_id TEXT NOT NULL REFERENCES site (id),
  role TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (staff_id, site_id)
);

CREATE INDEX staff_role_of_site ON staff_role (site_id);

CREATE TABLE signin_link (
  token_hash TEXT PRIMARY KEY,
  staff_id TEXT NOT NULL REFERENCES staff (id),
  expires_at TEXT NOT NULL,
  created_at TEXT NOT NULL
);

CREATE TABLE signin_use (
  token_hash TEXT PRIMARY KEY REFERENCES signin_link (token_hash),
  used_at TEXT NOT NULL
);

CREATE TABLE session (
  token_hash TEXT PRIMARY KEY,
  staff_id TEXT NOT NULL REFERENCES staff (id),
  last_seen_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  revoked_at TEXT,
  created_at TEXT NOT NULL
);

CREATE INDEX session_of_staff ON session (staff_id);

CREATE TABLE api_token (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  site_id TEXT NOT NULL REFERENCES site (id),
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  revoked_at TEXT,
  created_at TEXT NOT NULL
);

CREATE INDEX api_token_of_site ON api_token (site_id);
