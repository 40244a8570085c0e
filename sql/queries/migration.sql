-- query: migration_lock exec
-- Uma migração por vez, em todo o servidor: a trava dura a sessão inteira.
SELECT pg_advisory_lock(7236418091);

-- query: migration_begin one
-- out:   has_schema bool, has_role bool
-- Já com a trava, numa consulta à parte: na mesma, quem esperou ainda veria
-- o banco de antes da espera.
SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'balcao'),
       EXISTS (SELECT FROM pg_roles WHERE rolname = 'balcao_app');

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
