-- The people of the desk: passwords, second factors, passkeys, identities of a provider, invitations bound to a role, and what was used up.
-- Sessions and links of before had no second factor: everybody signs in anew. Times and ids as in 0001.

DROP TABLE signin_use;

DROP TABLE signin_link;

DROP TABLE session;

ALTER TABLE staff ADD COLUMN password_hash TEXT;

ALTER TABLE staff ADD COLUMN language TEXT;

ALTER TABLE staff_role ADD COLUMN disabled_at TEXT;

ALTER TABLE api_token ADD COLUMN last_used_at TEXT;

CREATE TABLE signin_link (
  token_hash TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  staff_id TEXT NOT NULL REFERENCES staff (id),
  site_id TEXT REFERENCES site (id),
  role TEXT,
  expires_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  CONSTRAINT invitation_names_site CHECK (kind <> 'invitation' OR site_id IS NOT NULL)
);

CREATE INDEX signin_link_of_site ON signin_link (site_id, expires_at) WHERE site_id IS NOT NULL;

CREATE INDEX signin_link_of_staff ON signin_link (staff_id);

CREATE TABLE session (
  token_hash TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  staff_id TEXT NOT NULL REFERENCES staff (id),
  method TEXT NOT NULL,
  agent TEXT NOT NULL,
  confirmed_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  revoked_at TEXT,
  created_at TEXT NOT NULL
);

CREATE INDEX session_of_staff ON session (staff_id, created_at);

CREATE TABLE totp (
  staff_id TEXT PRIMARY KEY REFERENCES staff (id),
  secret_sealed TEXT NOT NULL,
  created_at TEXT NOT NULL
);

CREATE TABLE recovery_code (
  code_hash TEXT PRIMARY KEY,
  staff_id TEXT NOT NULL REFERENCES staff (id),
  created_at TEXT NOT NULL
);

CREATE INDEX recovery_code_of_staff ON recovery_code (staff_id);

CREATE TABLE passkey (
  id TEXT PRIMARY KEY,
  staff_id TEXT NOT NULL REFERENCES staff (id),
  public_key TEXT NOT NULL,
  counter INTEGER NOT NULL,
  transports TEXT NOT NULL,
  name TEXT NOT NULL,
  last_used_at TEXT,
  created_at TEXT NOT NULL
);

CREATE INDEX passkey_of_staff ON passkey (staff_id, created_at);

CREATE TABLE identity (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  staff_id TEXT NOT NULL REFERENCES staff (id),
  created_at TEXT NOT NULL,
  PRIMARY KEY (issuer, subject)
);

CREATE INDEX identity_of_staff ON identity (staff_id);

CREATE TABLE spent (
  key TEXT PRIMARY KEY,
  spent_at TEXT NOT NULL
);

CREATE INDEX spent_by_time ON spent (spent_at);

CREATE TABLE attempt (
  key TEXT PRIMARY KEY,
  tries INTEGER NOT NULL,
  since TEXT NOT NULL
);

CREATE INDEX attempt_by_time ON attempt (since);
