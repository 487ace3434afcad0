-- The first ground, as on SQLite (migrations/sqlite, same name): the same tables, columns and keys.
-- Text compares by bytes (COLLATE "C") and whole numbers have 64 bits, as they do there.

CREATE TABLE site (
  id TEXT COLLATE "C" PRIMARY KEY,
  slug TEXT COLLATE "C" NOT NULL UNIQUE,
  name TEXT COLLATE "C" NOT NULL,
  settings TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE TABLE site_origin (
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  origin TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (site_id, origin)
);

CREATE TABLE thread (
  id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  key TEXT COLLATE "C" NOT NULL,
  url TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  closed_at TEXT COLLATE "C",
  revision BIGINT NOT NULL DEFAULT 0,
  public_count BIGINT NOT NULL DEFAULT 0,
  next_change_at TEXT COLLATE "C",
  created_at TEXT COLLATE "C" NOT NULL,
  UNIQUE (site_id, key)
);

CREATE INDEX thread_by_url ON thread (site_id, url);

CREATE INDEX thread_by_creation ON thread (site_id, created_at);

CREATE INDEX thread_by_next_change ON thread (site_id, next_change_at) WHERE next_change_at IS NOT NULL;

CREATE TABLE comment (
  id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  thread_id TEXT COLLATE "C" NOT NULL REFERENCES thread (id),
  parent_id TEXT COLLATE "C" REFERENCES comment (id),
  state TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  author_name TEXT COLLATE "C",
  author_name_given TEXT COLLATE "C",
  contact_sealed TEXT COLLATE "C",
  consents TEXT COLLATE "C" NOT NULL,
  revision_id TEXT COLLATE "C" NOT NULL,
  public_revision_id TEXT COLLATE "C",
  public_text TEXT COLLATE "C",
  public_html TEXT COLLATE "C",
  renderer BIGINT,
  published_at TEXT COLLATE "C",
  hidden_at TEXT COLLATE "C",
  legal_hold_at TEXT COLLATE "C",
  likes BIGINT NOT NULL DEFAULT 0,
  public_replies BIGINT NOT NULL DEFAULT 0,
  receipt_code TEXT COLLATE "C" NOT NULL UNIQUE,
  idempotency_key TEXT COLLATE "C",
  request_hash TEXT COLLATE "C" NOT NULL,
  edit_until TEXT COLLATE "C" NOT NULL,
  received_at TEXT COLLATE "C" NOT NULL,
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
  id TEXT COLLATE "C" PRIMARY KEY,
  comment_id TEXT COLLATE "C" NOT NULL REFERENCES comment (id),
  number BIGINT NOT NULL,
  body TEXT COLLATE "C" NOT NULL,
  signals TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL,
  UNIQUE (comment_id, number)
);

CREATE TABLE fact (
  id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  comment_id TEXT COLLATE "C" NOT NULL REFERENCES comment (id),
  from_version BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  revision_id TEXT COLLATE "C" NOT NULL,
  verdict TEXT COLLATE "C",
  reason TEXT COLLATE "C",
  reason_text TEXT COLLATE "C",
  note TEXT COLLATE "C",
  undoes_id TEXT COLLATE "C",
  state_before TEXT COLLATE "C",
  state_after TEXT COLLATE "C" NOT NULL,
  actor_kind TEXT COLLATE "C" NOT NULL,
  actor_id TEXT COLLATE "C",
  actor_name TEXT COLLATE "C",
  request_key TEXT COLLATE "C",
  request_hash TEXT COLLATE "C",
  takes_effect_at TEXT COLLATE "C",
  created_at TEXT COLLATE "C" NOT NULL,
  UNIQUE (comment_id, from_version)
);

CREATE INDEX fact_by_request ON fact (site_id, actor_id, request_key) WHERE request_key IS NOT NULL;

CREATE TABLE settlement (
  decision_id TEXT COLLATE "C" PRIMARY KEY REFERENCES fact (id),
  outcome TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE TABLE pending_publication (
  decision_id TEXT COLLATE "C" PRIMARY KEY REFERENCES fact (id),
  thread_id TEXT COLLATE "C" NOT NULL REFERENCES thread (id),
  takes_effect_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX pending_publication_of_thread ON pending_publication (thread_id, takes_effect_at);

CREATE TABLE audit (
  id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C",
  action TEXT COLLATE "C" NOT NULL,
  subject_kind TEXT COLLATE "C" NOT NULL,
  subject_id TEXT COLLATE "C" NOT NULL,
  actor_kind TEXT COLLATE "C" NOT NULL,
  actor_id TEXT COLLATE "C",
  actor_name TEXT COLLATE "C",
  detail TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX audit_of_subject ON audit (subject_id, created_at);

CREATE INDEX audit_of_site ON audit (site_id, created_at);

CREATE TABLE outbox (
  id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C" NOT NULL,
  event TEXT COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  not_before TEXT COLLATE "C" NOT NULL,
  leased_until TEXT COLLATE "C",
  attempts BIGINT NOT NULL DEFAULT 0,
  last_error TEXT COLLATE "C",
  given_up_at TEXT COLLATE "C",
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX outbox_due ON outbox (not_before) WHERE given_up_at IS NULL;

CREATE TABLE staff (
  id TEXT COLLATE "C" PRIMARY KEY,
  email TEXT COLLATE "C" NOT NULL UNIQUE,
  name TEXT COLLATE "C" NOT NULL,
  disabled_at TEXT COLLATE "C",
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE TABLE staff_role (
  staff_id TEXT COLLATE "C" NOT NULL REFERENCES staff (id),
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  role TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (staff_id, site_id)
);

CREATE INDEX staff_role_of_site ON staff_role (site_id);

CREATE TABLE signin_link (
  token_hash TEXT COLLATE "C" PRIMARY KEY,
  staff_id TEXT COLLATE "C" NOT NULL REFERENCES staff (id),
  expires_at TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE TABLE signin_use (
  token_hash TEXT COLLATE "C" PRIMARY KEY REFERENCES signin_link (token_hash),
  used_at TEXT COLLATE "C" NOT NULL
);

CREATE TABLE session (
  token_hash TEXT COLLATE "C" PRIMARY KEY,
  staff_id TEXT COLLATE "C" NOT NULL REFERENCES staff (id),
  last_seen_at TEXT COLLATE "C" NOT NULL,
  expires_at TEXT COLLATE "C" NOT NULL,
  revoked_at TEXT COLLATE "C",
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX session_of_staff ON session (staff_id);

CREATE TABLE api_token (
  id TEXT COLLATE "C" PRIMARY KEY,
  token_hash TEXT COLLATE "C" NOT NULL UNIQUE,
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  role TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  revoked_at TEXT COLLATE "C",
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX api_token_of_site ON api_token (site_id);
