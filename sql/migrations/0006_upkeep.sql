-- 0006: faxina de todas as empresas, para `balcao cleanup`. Cada chamada mexe
-- em até `most` linhas: quem chama repete, um COMMIT por vez, para que o
-- relay não espere por uma transação longa.

CREATE INDEX messages_unsent ON messages (created_at)
    WHERE status IN ('queued', 'sending');

CREATE FUNCTION upkeep_forget(most bigint)
RETURNS TABLE (sessions bigint, tokens bigint, idempotency bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    DELETE FROM web_sessions WHERE id IN (
        SELECT s.id FROM web_sessions s
         WHERE s.expires_at < now() ORDER BY s.expires_at LIMIT most);
    GET DIAGNOSTICS sessions = ROW_COUNT;
    DELETE FROM refresh_tokens WHERE id IN (
        SELECT r.id FROM refresh_tokens r
         WHERE r.expires_at < now() ORDER BY r.expires_at LIMIT most);
    GET DIAGNOSTICS tokens = ROW_COUNT;
    DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
        SELECT k.ctid FROM idempotency_keys k
         WHERE k.created_at < now() - interval '24 hours'
         ORDER BY k.created_at LIMIT most));
    GET DIAGNOSTICS idempotency = ROW_COUNT;
    RETURN NEXT;
END $$;

-- Mensagens que ninguém mais vai enviar: velhas, por sair e sem job vivo.
CREATE FUNCTION upkeep_stuck(older_s bigint, most bigint)
RETURNS TABLE (company_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT m.company_id, m.id FROM messages m
     WHERE m.status IN ('queued', 'sending')
       AND m.created_at < now() - make_interval(secs => older_s)
       AND NOT EXISTS (SELECT FROM jobs j
                        WHERE j.company_id = m.company_id
                          AND j.kind = 'message.send'
                          AND j.unique_key = m.id::text AND j.state <> 'dead')
     ORDER BY m.created_at
     LIMIT most
$$;

REVOKE EXECUTE ON FUNCTION upkeep_forget(bigint), upkeep_stuck(bigint, bigint)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION upkeep_forget(bigint), upkeep_stuck(bigint, bigint)
    TO balcao_app;

COMMENT ON TABLE schema_migrations IS 'Migrações aplicadas, por `balcao migrate`';
COMMENT ON COLUMN schema_migrations.name IS 'Nome do arquivo';
COMMENT ON COLUMN schema_migrations.checksum IS 'SHA-256 do arquivo, em hexadecimal';
COMMENT ON COLUMN schema_migrations.applied_at IS 'Quando foi aplicada';
