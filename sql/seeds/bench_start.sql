-- bench_start.sql - a empresa da medição: pessoas, filas e dois canais.
-- Parâmetro: seed.password_hash (senha bench-password-1).
DO $$
DECLARE
    company bigint;
    q bigint;
BEGIN
    INSERT INTO companies (name) VALUES ('Bench Ltd') RETURNING id INTO company;
    PERFORM set_config('seed.company', company::text, false);
    WITH u AS (
        INSERT INTO users (email, name, password_hash)
        SELECT 'user' || i || '@bench.test', 'Operator ' || i,
               current_setting('seed.password_hash')
          FROM generate_series(1, 50) i
        RETURNING id, email, name)
    INSERT INTO memberships (company_id, user_id, role, visibility, display_name)
    SELECT company, id, CASE WHEN email = 'user1@bench.test' THEN 'admin' ELSE 'operator' END,
           'queues', name FROM u;
    INSERT INTO queues (company_id, name)
    SELECT company, 'Queue ' || i FROM generate_series(1, 8) i;
    INSERT INTO queue_members
    SELECT company, k.id, m.user_id FROM queues k, memberships m
     WHERE k.company_id = company AND m.company_id = company;
    -- Dois canais: um contato tem no máximo um ticket aberto em cada um.
    INSERT INTO channels (company_id, platform, name, key, external_id, secrets)
    SELECT company, 'whatsapp_cloud', 'Bench ' || i,
           'bench-' || substr(md5(random()::text), 1, 24), 'bench-' || company || '-' || i, ''
      FROM generate_series(1, 2) i;
    SELECT min(id) INTO q FROM queues WHERE company_id = company;
    UPDATE channels SET default_queue_id = q WHERE company_id = company;
END $$;
