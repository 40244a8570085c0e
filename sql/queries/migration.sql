-- query: migration_begin one
-- out:   has_schema bool, has_role bool
-- Uma migração por vez, em todo o servidor: a trava dura a sessão inteira.
SELECT to_regnamespace('balcao') IS NOT NULL,
       EXISTS (SELECT FROM pg_roles WHERE rolname = 'balcao_app')
  FROM (SELECT pg_advisory_lock(7236418091)) AS locked;

-- query: migration_schema exec
CREATE SCHEMA balcao;

-- query: migration_table exec
CREATE TABLE IF NOT EXISTS balcao.schema_migrations (
    name       text PRIMARY KEY,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now());

-- query: migration_find maybe
-- in:    name text, body bytea
-- out:   same bool
-- A migração já aplicada; same diz se o arquivo ainda é o de então.
SELECT checksum = encode(sha256(:body), 'hex')
  FROM schema_migrations WHERE name = :name;

-- query: migration_add exec
-- in:    name text, body bytea
INSERT INTO schema_migrations (name, checksum)
VALUES (:name, encode(sha256(:body), 'hex'));
