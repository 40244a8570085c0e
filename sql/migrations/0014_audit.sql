-- 0014: consulta, exportação e prazo da auditoria. Só por estas funções se lê
-- a de outra empresa, e só quem administra a plataforma.

CREATE INDEX audit_log_at ON audit_log (company_id, at);
CREATE INDEX audit_log_age ON audit_log USING brin (at);

-- Retrato e marca também são mudança; a imagem não vai ao registro.
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON pictures FOR EACH ROW
    EXECUTE FUNCTION audit_row('picture', 'id', '', 'image,updated_at');

-- A empresa cuja auditoria se pode ler: a do contexto, ou a que o super pedir
-- (0: a plataforma). Ninguém mais sai da sua.
CREATE FUNCTION audit_company(asked bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    IF asked IS NULL OR asked = app_company() THEN
        RETURN app_company();
    END IF;
    IF NOT EXISTS (SELECT FROM users u WHERE u.id = app_user()
                      AND u.is_super AND u.disabled_at IS NULL) THEN
        RAISE EXCEPTION 'auditoria alheia' USING ERRCODE = '42501';
    END IF;
    RETURN asked;
END $$;

-- Dia (no fuso da empresa) ou instante ISO; `next` leva o dia ao seu fim.
CREATE FUNCTION audit_instant(what text, zone text, next boolean)
RETURNS timestamptz LANGUAGE sql STABLE SET search_path = balcao, pg_temp
RETURN CASE WHEN char_length(what) = 10
            THEN (what::date + next::integer)::timestamp AT TIME ZONE zone
            ELSE what::timestamptz END;

-- As ações que a empresa já teve, pulando de uma à outra no índice.
CREATE FUNCTION audit_actions(company bigint) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    WITH RECURSIVE seen (company_id, action) AS (
        (SELECT l.company_id, l.action FROM audit_log l
          WHERE l.company_id = audit_company(company)
          ORDER BY l.action LIMIT 1)
        UNION ALL
        SELECT n.company_id, n.action FROM seen s CROSS JOIN LATERAL (
               SELECT l.company_id, l.action FROM audit_log l
                WHERE l.company_id = s.company_id AND l.action > s.action
                ORDER BY l.action LIMIT 1) n)
    SELECT action FROM seen
$$;

-- O nome que o alvo tem hoje, ou o que tinha quando foi apagado.
CREATE FUNCTION audit_target_name(company bigint, kind text, target text,
                                  before jsonb, after jsonb)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
DECLARE
    number bigint := CASE WHEN target ~ '^[0-9]{1,18}$' THEN target::bigint END;
    found_name text;
BEGIN
    CASE kind
    WHEN 'user', 'member', 'queue_member' THEN
        SELECT coalesce(m.display_name, u.name) INTO found_name
          FROM users u LEFT JOIN memberships m
            ON m.user_id = u.id AND m.company_id = company
         WHERE u.id = number AND (m.user_id IS NOT NULL OR company = 0);
    WHEN 'role' THEN
        SELECT r.name INTO found_name FROM roles r
         WHERE r.company_id = company AND r.id = number;
    WHEN 'queue' THEN
        SELECT q.name INTO found_name FROM queues q
         WHERE q.company_id = company AND q.id = number;
    WHEN 'channel' THEN
        SELECT k.name INTO found_name FROM channels k
         WHERE k.company_id = company AND k.id = number;
    WHEN 'company' THEN
        SELECT k.name INTO found_name FROM companies k
         WHERE k.id = number AND company IN (k.id, 0);
    WHEN 'api_token' THEN
        SELECT t.name INTO found_name FROM api_tokens t
         WHERE t.company_id = company AND t.id = number;
    WHEN 'invitation' THEN
        SELECT i.email INTO found_name FROM invitations i
         WHERE i.company_id = company AND i.id = number;
    WHEN 'contact' THEN
        SELECT k.name INTO found_name FROM contacts k
         WHERE k.company_id = company AND k.id = number;
    ELSE
        NULL;
    END CASE;
    RETURN coalesce(found_name, before ->> 'display_name', before ->> 'name',
                    before ->> 'email', after ->> 'display_name',
                    after ->> 'name', after ->> 'email');
END $$;

-- Uma página da auditoria, da mais nova à mais velha. As condições são só as
-- pedidas: o banco escolhe o índice que serve a elas.
--   since, until  dia ou instante; o dia `until` entra inteiro
--   what          ações ou começos delas ("login" é login e login.*)
--   addr          começo do endereço
--   words         em qualquer lugar do registro, sem acento nem maiúscula
CREATE FUNCTION audit_find(company bigint, since text, until text,
                           person bigint, what text[], kind text, target text,
                           addr text, words text, before_id bigint, most bigint)
RETURNS TABLE (company_id bigint, id bigint, at timestamptz, user_id bigint,
               user_name text, action text, target_type text, target_id text,
               target_name text, before jsonb, after jsonb, address text,
               user_agent text, request_id text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    place   bigint := audit_company(company);
    zone    text := coalesce((SELECT c.time_zone FROM companies c
                               WHERE c.id = app_company()), 'UTC');
    rule    text := 'l.company_id = $1 AND l.id < $2';
    actions text[];
BEGIN
    IF since IS NOT NULL THEN
        rule := rule || ' AND l.at >= $3';
    END IF;
    IF until IS NOT NULL THEN
        rule := rule || ' AND l.at < $4';
    END IF;
    IF person IS NOT NULL THEN
        rule := rule || ' AND l.user_id = $5';
    END IF;
    IF what IS NOT NULL THEN
        SELECT array_agg(a) INTO actions FROM audit_actions(place) a
         WHERE EXISTS (SELECT FROM unnest(what) w
                        WHERE a = w OR starts_with(a, w || '.'));
        rule := rule || ' AND l.action = ANY ($6)';
    END IF;
    IF kind IS NOT NULL THEN
        rule := rule || ' AND l.target_type = $7';
    END IF;
    IF target IS NOT NULL THEN
        rule := rule || ' AND l.target_id = $8';
    END IF;
    IF addr IS NOT NULL THEN
        rule := rule || ' AND starts_with(l.address, $9)';
    END IF;
    IF words IS NOT NULL THEN
        rule := rule || ' AND position($10 IN fold(concat_ws('' '', '
            'l.user_name, l.action, l.target_type, l.target_id, l.address, '
            'l.before, l.after))) > 0';
    END IF;
    RETURN QUERY EXECUTE
        'SELECT l.company_id, l.id, l.at, l.user_id, l.user_name, l.action, '
        'l.target_type, l.target_id, audit_target_name(l.company_id, '
        'l.target_type, l.target_id, l.before, l.after), l.before, l.after, '
        'l.address, l.user_agent, l.request_id FROM (SELECT * FROM audit_log l '
        'WHERE ' || rule || ' ORDER BY l.id DESC LIMIT $11) l ORDER BY l.id DESC'
        USING place, before_id, audit_instant(since, zone, false),
              audit_instant(until, zone, true), person, actions, kind, target,
              addr, fold(words), most;
END $$;

-- Apaga até `most` registros com mais de `days` dias, nunca os dos últimos 90;
-- 0 dias: guarda para sempre. O que se apagou fica registrado.
CREATE FUNCTION audit_forget(days bigint, most bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    hits bigint := 0;
BEGIN
    IF days > 0 THEN
        DELETE FROM audit_log WHERE ctid = ANY (ARRAY(
            SELECT l.ctid FROM audit_log l
             WHERE l.at < now() - make_interval(days => greatest(days, 90)::integer)
             LIMIT most));
        GET DIAGNOSTICS hits = ROW_COUNT;
    END IF;
    IF hits > 0 THEN
        PERFORM audit_note(0, 0, 'audit.forgotten', '', '', NULL,
                           jsonb_build_object('rows', hits, 'days',
                                              greatest(days, 90)), '');
    END IF;
    RETURN hits;
END $$;

REVOKE EXECUTE ON FUNCTION audit_company(bigint),
    audit_instant(text, text, boolean), audit_actions(bigint),
    audit_target_name(bigint, text, text, jsonb, jsonb),
    audit_find(bigint, text, text, bigint, text[], text, text, text, text,
               bigint, bigint),
    audit_forget(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_actions(bigint),
    audit_find(bigint, text, text, bigint, text[], text, text, text, text,
               bigint, bigint),
    audit_forget(bigint, bigint) TO balcao_app;
