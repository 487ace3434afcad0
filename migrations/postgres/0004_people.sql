-- The people of the desk: passwords, second factors, passkeys, identities of a provider, invitations bound to a role, and what was used up.
-- Sessions and links of before had no second factor: everybody signs in anew. Times and ids as in 0001.

DROP TABLE signin_use;

DROP TABLE signin_link;

DROP TABLE session;

ALTER TABLE staff ADD COLUMN password_hash TEXT COLLATE "C";

ALTER TABLE staff ADD COLUMN language TEXT COLLATE "C";

ALTER TABLE staff_role ADD COLUMN disabled_at TEXT COLLATE "C";

ALTER TABLE api_token ADD COLUMN last_used_at TEXT COLLATE "C";

CREATE TABLE signin_link (
  token_hash TEXT COLLATE "C" PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL,
  staff_id TEXT COLLATE "C" NOT NULL REFERENCES staff (id),
  site_id TEXT COLLATE "C" REFERENCES site (id),
  role TEXT COLLATE "C",
  expires_at TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL,
  CONSTRAINT invitation_names_site CHECK (kind <> 'invitation' OR site_id IS NOT NULL)
);

CREATE INDEX signin_link_of_site ON signin_link (site_id, expires_at) WHERE site_id IS NOT NULL;

CREATE INDEX signin_link_of_staff ON signin_link (staff_id);

CREATE TABLE session (
  token_hash TEXT COLLATE "C" PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL UNIQUE,
  staff_id TEXT COLLATE "C" NOT NULL REFERENCES staff (id),
  method TEXT COLLATE "C" NOT NULL,
  agent TEXT COLLATE "C" NOT NULL,
  confirmed_at TEXT COLLATE "C" NOT NULL,
  last_seen_at TEXT COLLATE "C" NOT NULL,
  expires_at TEXT COLLATE "C" NOT NULL,
  revoked_at TEXT COLLATE "C",
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX session_of_staff ON session (staff_id, created_at);

CREATE TABLE totp (
  staff_id TEXT COLLATE "C" PRIMARY KEY REFERENCES staff (id),
  secret_sealed TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE TABLE recovery_code (
  code_hash TEXT COLLATE "C" PRIMARY KEY,
  staff_id TEXT COLLATE "C" NOT NULL REFERENCES staff (id),
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX recovery_code_of_staff ON recovery_code (staff_id);

CREATE TABLE passkey (
  id TEXT COLLATE "C" PRIMARY KEY,
  staff_id TEXT COLLATE "C" NOT NULL REFERENCES staff (id),
  public_key TEXT COLLATE "C" NOT NULL,
  counter BIGINT NOT NULL,
  transports TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  last_used_at TEXT COLLATE "C",
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX passkey_of_staff ON passkey (staff_id, created_at);

CREATE TABLE identity (
  issuer TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  staff_id TEXT COLLATE "C" NOT NULL REFERENCES staff (id),
  created_at TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (issuer, subject)
);

CREATE INDEX identity_of_staff ON identity (staff_id);

CREATE TABLE spent (
  key TEXT COLLATE "C" PRIMARY KEY,
  spent_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX spent_by_time ON spent (spent_at);

CREATE TABLE attempt (
  key TEXT COLLATE "C" PRIMARY KEY,
  tries BIGINT NOT NULL,
  since TEXT COLLATE "C" NOT NULL
);

CREATE INDEX attempt_by_time ON attempt (since);
