-- query: seed_set exec
-- in:    name text, value text
-- Parâmetro de um arquivo de sql/seeds; dura só esta transação.
SELECT set_config(:name, :value, true);

-- query: seed_lock exec
-- Duas semeaduras ao mesmo tempo fariam duas empresas.
SELECT pg_advisory_xact_lock(7236418092);

-- query: demo_find maybe
-- out:   company_id int8, channel_id int8, key text, external_id text, display_phone text, secrets bytea
-- O canal da demonstração, achado por quem a administra.
SELECT h.company_id, h.id, h.key, h.external_id, h.display_phone, h.secrets
  FROM users u
  JOIN memberships m ON m.user_id = u.id
  JOIN channels h ON h.company_id = m.company_id
 WHERE lower(u.email) = 'admin@demo.balcao' AND h.platform = 'whatsapp_cloud'
 ORDER BY h.id
 LIMIT 1;

-- query: demo_set_secrets exec
-- in:    company_id int8, channel_id int8, secrets bytea
UPDATE channels SET secrets = :secrets
 WHERE company_id = :company_id AND id = :channel_id;

-- query: bench_find maybe
-- out:   company_id int8
SELECT m.company_id FROM users u JOIN memberships m ON m.user_id = u.id
 WHERE lower(u.email) = 'user1@bench.test' LIMIT 1;

-- query: seed_set_session exec
-- in:    name text, value text
-- O mesmo, para sementes em vários pedaços.
SELECT set_config(:name, :value, false);
