-- Duas empresas, oito pessoas e seis tickets; fixture_reset() volta a eles.
CREATE TABLE fixture (name text PRIMARY KEY, id bigint NOT NULL);

-- O que TRUNCATE … CASCADE esvaziaria, por DELETE: em tabelas de poucas linhas
-- custa um décimo, e os testes que andam por todas as rotas voltam mil vezes.
CREATE TABLE fixture_tables AS
    WITH RECURSIVE reached(t) AS (
        SELECT unnest('{companies, users, live_outbox, live_cursor, idempotency_keys, jobs, audit_log,
                        revoked_families, login_buckets}'::regclass[])
        UNION
        SELECT k.conrelid FROM pg_constraint k JOIN reached ON k.confrelid = t WHERE k.contype = 'f'
    )
    SELECT t::text AS name FROM reached JOIN pg_class ON oid = t WHERE NOT relispartition;
CREATE TABLE fixture_sequences AS
    SELECT DISTINCT d.objid::regclass AS name
      FROM fixture_tables f JOIN pg_depend d ON d.refobjid = f.name::regclass
      JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
     WHERE d.deptype IN ('a', 'i');

CREATE PROCEDURE fixture_empty() LANGUAGE plpgsql AS $$
DECLARE
    n text;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR n IN SELECT name FROM fixture_tables LOOP
        EXECUTE 'DELETE FROM ' || n;
    END LOOP;
    PERFORM set_config('session_replication_role', 'origin', true);
    PERFORM setval(name, 1, false) FROM fixture_sequences;
END $$;

CREATE PROCEDURE fixture_reset() LANGUAGE plpgsql AS $$
DECLARE
    hash text := '$2b$10$abcdefghijklmnopqrstuudKqWEJIHbZ8h.3gJ1ZXq5ch0el1mxBS';
    a bigint := 1;
    b bigint := 2;
    n text;
BEGIN
    CALL fixture_empty();
    INSERT INTO companies (id, name) VALUES (a, 'Padaria A'), (b, 'Oficina B');
    INSERT INTO users (id, email, name, password_hash) VALUES
        (11, 'admin@a.test', 'Ana Admin', hash),
        (12, 'supervisor@a.test', 'Sara Supervisora', hash),
        (13, 'agent@a.test', 'Bruno Agente', hash),
        (14, 'loner@a.test', 'Lia Solo', hash),
        (15, 'auditor@a.test', 'Otto Auditor', hash),
        (16, 'both@ab.test', 'Nina das Duas', hash),
        (21, 'admin@b.test', 'Beto da B', hash);
    INSERT INTO users (id, email, name, password_hash, is_super) VALUES
        (10, 'super@platform.test', 'Paula Plataforma', hash, true);
    UPDATE users SET email_verified_at = now();
    INSERT INTO roles (company_id, id, name, permissions) VALUES
        (a, 81, 'Auditoria', '{self,live.listen,users.read,audit.read}'),
        (b, 82, 'Recepção', '{self,tickets.read}');
    INSERT INTO memberships (company_id, user_id, role, visibility, display_name) VALUES
        (a, 11, 'admin', 'all', 'Ana Admin'),
        (a, 12, 'supervisor', 'all', 'Sara Supervisora'),
        (a, 13, 'operator', 'queues', 'Bruno Agente'),
        (a, 14, 'operator', 'own', 'Lia Solo'),
        (b, 21, 'admin', 'all', 'Beto da B'),
        (a, 16, 'operator', 'queues', 'Nina na A'),
        (b, 16, 'supervisor', 'all', 'Nina na B');
    INSERT INTO memberships (company_id, user_id, role, role_id, visibility, display_name)
        VALUES (a, 15, 'operator', 81, 'own', 'Otto Auditor');
    INSERT INTO queues (company_id, id, name) VALUES
        (a, 31, 'Vendas'), (a, 32, 'Suporte'), (b, 33, 'Geral');
    INSERT INTO queue_members (company_id, queue_id, user_id) VALUES (a, 31, 13);
    INSERT INTO channels (company_id, id, platform, name, key, external_id, secrets, default_queue_id, waba_id) VALUES
        (a, 41, 'whatsapp_cloud', 'WhatsApp A', 'chave-do-canal-a-0001', '100200300400500', '\x00', 31, '700100'),
        (b, 42, 'whatsapp_cloud', 'WhatsApp B', 'chave-do-canal-b-0001', '900800700600500', '\x00', 33, '700200');
    INSERT INTO contacts (company_id, id, name, phone) VALUES
        (a, 51, 'Carla Cliente', '5511987650001'), (a, 52, 'Davi Dias', '5511987650002'),
        (a, 53, 'Eva Evaristo', '5511987650003'), (a, 54, 'Fábio Farias', '5511987650004'),
        (a, 55, 'Gil Gomes', '5511987650005'), (b, 56, 'Hugo Horta', '5511987650006');
    INSERT INTO contact_identities (company_id, contact_id, kind, match_key, value)
        SELECT company_id, id, 'phone', '55' || substr(phone, 3, 2) || substr(phone, 6), phone
          FROM contacts;
    INSERT INTO tickets (company_id, id, contact_id, channel_id, queue_id, user_id, status,
                         last_message, unread_count, reply_to, window_until, started_at, closed_at) VALUES
        (a, 61, 51, 41, 31, NULL, 'pending', 'Bom dia', 2, '5511987650001', now() + interval '20 hours', NULL, NULL),
        (a, 62, 52, 41, 31, 13, 'active', 'Tem pão?', 1, '5511987650002', now() + interval '20 hours', now(), NULL),
        (a, 63, 53, 41, 31, 13, 'closed', 'Obrigada', 0, '5511987650003', now() + interval '20 hours', now(), now()),
        (a, 64, 54, 41, 31, NULL, 'bot', 'Menu', 0, '5511987650004', now() + interval '20 hours', NULL, NULL),
        (a, 65, 55, 41, 32, 11, 'active', 'Só suporte', 0, '5511987650005', now() + interval '20 hours', now(), NULL),
        (b, 66, 56, 42, 33, 21, 'active', 'Da outra empresa', 0, '5511987650006', now() + interval '20 hours', now(), NULL);
    INSERT INTO messages (company_id, id, ticket_id, channel_id, sender_type, kind, body, status, provider_id)
        SELECT company_id, id + 10, id, channel_id, 'contact', 'text', last_message, 'received', 'wamid.F' || id
          FROM tickets;
    FOREACH n IN ARRAY ARRAY['companies', 'users', 'roles', 'queues', 'channels', 'contacts', 'tickets', 'messages'] LOOP
        PERFORM setval(pg_get_serial_sequence(n, 'id'), 1000);
    END LOOP;
    -- o que a própria fixture fez não é história de ninguém
    DELETE FROM audit_log;
    DELETE FROM live_outbox;
    PERFORM setval(name, 1, false) FROM fixture_sequences
      WHERE name::text ~ '^(audit_log|live_outbox)_';
END $$;
CALL fixture_reset();

INSERT INTO fixture VALUES ('company', 1), ('other_company', 2), ('admin', 11), ('supervisor', 12),
    ('agent', 13), ('loner', 14), ('stranger', 21), ('super', 10), ('auditor', 15), ('both', 16), ('role', 81), ('other_role', 82), ('queue', 31), ('other_queue', 32), ('channel', 41),
    ('pending', 61), ('active', 62), ('closed', 63), ('bot', 64), ('hidden', 65), ('foreign', 66);
