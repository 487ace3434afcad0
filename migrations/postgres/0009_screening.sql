-- What an office writes into its lists of words, what it turned off, and every change of either. A rule without a site holds on all sites
-- of the province that the installation serves. `site.rules_version` moves with each change that a site's comments are screened by.

ALTER TABLE site ADD COLUMN rules_version BIGINT NOT NULL DEFAULT 0;

CREATE TABLE screening_rule (
  id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C" REFERENCES site (id),
  text TEXT COLLATE "C" NOT NULL,
  words TEXT COLLATE "C" NOT NULL,
  effect TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE UNIQUE INDEX screening_rule_of_site ON screening_rule (site_id, words) WHERE site_id IS NOT NULL;

CREATE UNIQUE INDEX screening_rule_of_province ON screening_rule (words) WHERE site_id IS NULL;

CREATE TABLE screening_off (
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  rule TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (site_id, rule)
);

CREATE TABLE screening_change (
  id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C" REFERENCES site (id),
  number BIGINT NOT NULL,
  changes TEXT COLLATE "C" NOT NULL,
  actor_name TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL
);

CREATE UNIQUE INDEX screening_change_of_site ON screening_change (site_id, number) WHERE site_id IS NOT NULL;

CREATE UNIQUE INDEX screening_change_of_province ON screening_change (number) WHERE site_id IS NULL;
