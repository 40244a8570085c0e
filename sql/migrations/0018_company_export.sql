-- 0018: tudo o que é de uma empresa, tabela a tabela, para quem a leva embora
-- ou vai apagá-la. Segredos e resumos deles nunca saem.

-- As tabelas que se exportam, na ordem do ZIP.
CREATE FUNCTION privacy_company_tables() RETURNS text[]
LANGUAGE sql IMMUTABLE
RETURN ARRAY['companies', 'users', 'memberships', 'roles', 'queues',
    'queue_members', 'channels', 'contacts', 'contact_identities', 'tickets',
    'ticket_changes', 'messages', 'invitations', 'invitation_queues',
    'api_tokens', 'audit_log'];

-- Um pedaço de uma tabela, por id, depois de after_id; as que não têm id vão
-- inteiras. body é o miolo de um vetor JSON. Quem não alcança a empresa, ou
-- pede outra tabela, não vê nada.
CREATE FUNCTION privacy_company_rows(company bigint, source text,
    after_id bigint, most bigint,
    OUT last_id bigint, OUT row_count bigint, OUT body text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    rule text := CASE source
        WHEN 'companies' THEN 't.id = $1'
        WHEN 'users' THEN 't.id IN (SELECT m.user_id FROM memberships m '
                          'WHERE m.company_id = $1)'
        ELSE 't.company_id = $1' END;
    by_id boolean;
BEGIN
    last_id := after_id;
    row_count := 0;
    body := '';
    IF NOT company_reached(company)
       OR NOT source = ANY (privacy_company_tables()) THEN
        RETURN;
    END IF;
    by_id := EXISTS (SELECT FROM pg_attribute a
        WHERE a.attrelid = ('balcao.' || source)::regclass AND a.attname = 'id');
    EXECUTE format(
        'SELECT coalesce(max(k.n), $2), count(*), coalesce(string_agg((k.row - '
        '''{password_hash,totp_secret,totp_last_step,token_version,token_hash,'
        'secrets,key}''::text[])::text, E'',\n'' ORDER BY k.n), '''') FROM '
        '(SELECT %s AS n, to_jsonb(t) AS row FROM %I t WHERE %s %s) k',
        CASE WHEN by_id THEN 't.id' ELSE '0::bigint' END, source, rule,
        CASE WHEN by_id THEN 'AND t.id > $2 ORDER BY t.id LIMIT $3' ELSE '' END)
        INTO last_id, row_count, body USING company, after_id, most;
    IF NOT by_id THEN
        last_id := -1;
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION privacy_company_tables(),
    privacy_company_rows(bigint, text, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy_company_tables(),
    privacy_company_rows(bigint, text, bigint, bigint) TO balcao_app;
