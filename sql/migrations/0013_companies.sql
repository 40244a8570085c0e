-- 0013: os ajustes da empresa, os limites que a plataforma lhe dá, e o fim
-- dela. Quem não é da plataforma só alcança a empresa em que está.

ALTER TABLE companies
    ADD COLUMN business_hours jsonb
        CHECK (jsonb_typeof(business_hours) = 'object'),
    ADD COLUMN retention_days integer
        CHECK (retention_days BETWEEN 30 AND 36500),
    ADD COLUMN default_visibility text NOT NULL DEFAULT 'queues'
        CHECK (default_visibility IN ('all', 'queues', 'own')),
    ADD COLUMN max_users integer CHECK (max_users > 0),
    ADD COLUMN max_channels integer CHECK (max_channels > 0),
    ADD COLUMN max_storage_mb integer CHECK (max_storage_mb > 0),
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN exported_at timestamptz,
    ADD COLUMN deleting_at timestamptz;
ALTER TABLE roles ADD COLUMN version integer NOT NULL DEFAULT 1;

DROP TRIGGER audit ON companies;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON companies FOR EACH ROW
    EXECUTE FUNCTION audit_row('company', 'id', '', 'version,updated_at');
DROP TRIGGER audit ON roles;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON roles FOR EACH ROW
    EXECUTE FUNCTION audit_row('role', 'id', '', 'version,updated_at');

-- Toda mudança, venha de onde vier, é uma versão nova.
CREATE FUNCTION row_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER version BEFORE UPDATE ON companies FOR EACH ROW
    EXECUTE FUNCTION row_version();
CREATE TRIGGER version BEFORE UPDATE ON roles FOR EACH ROW
    EXECUTE FUNCTION row_version();

-- ---- limites --------------------------------------------------------------

-- O muro atrás de seat_free: nenhum caminho põe gente além do limite.
CREATE FUNCTION member_limit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    PERFORM members_lock(NEW.company_id);
    IF NOT seat_free(NEW.company_id) THEN
        RAISE EXCEPTION 'limite de pessoas' USING ERRCODE = 'BLLIM';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seats_new BEFORE INSERT ON memberships FOR EACH ROW
    WHEN (NEW.disabled_at IS NULL) EXECUTE FUNCTION member_limit();
CREATE TRIGGER seats_back BEFORE UPDATE OF disabled_at ON memberships FOR EACH ROW
    WHEN (NEW.disabled_at IS NULL AND OLD.disabled_at IS NOT NULL)
    EXECUTE FUNCTION member_limit();

CREATE FUNCTION channel_limit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    most bigint;
BEGIN
    SELECT c.max_channels INTO most FROM companies c WHERE c.id = NEW.company_id;
    IF most IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('channels', NEW.company_id));
    IF (SELECT count(*) FROM channels k
         WHERE k.company_id = NEW.company_id) >= most THEN
        RAISE EXCEPTION 'limite de canais' USING ERRCODE = 'BLLIM';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seats BEFORE INSERT ON channels FOR EACH ROW
    EXECUTE FUNCTION channel_limit();

-- ---- ler ------------------------------------------------------------------

CREATE VIEW company_rows AS
    SELECT c.id, c.name, c.locale, c.time_zone, c.business_hours,
           c.retention_days::bigint, c.require_two_factor,
           c.default_visibility, c.max_users::bigint, c.max_channels::bigint,
           c.max_storage_mb::bigint,
           (SELECT count(*) FROM memberships m WHERE m.company_id = c.id
               AND m.disabled_at IS NULL) AS users,
           (SELECT count(*) FROM channels k WHERE k.company_id = c.id) AS channels,
           p.etag AS logo, c.suspended_at IS NOT NULL AS suspended,
           c.suspended_at, c.exported_at, c.deleting_at, c.version::bigint,
           c.created_at, c.updated_at
      FROM companies c LEFT JOIN pictures p ON p.for_company = c.id;

-- Quem é da plataforma alcança qualquer uma; os outros, a do contexto.
CREATE FUNCTION company_reached(company bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = balcao, pg_temp
RETURN coalesce(company = app_company() OR app_role() = 'super', false);

CREATE FUNCTION company_get(company bigint)
RETURNS SETOF company_rows LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
    SELECT v.* FROM company_rows v
     WHERE v.id = company AND company_reached(company)
$$;

-- As da pessoa; com everyone, e só para a plataforma, todas.
CREATE FUNCTION company_list(search text, everyone boolean, after_name text,
                             after_id bigint, most bigint)
RETURNS TABLE (id bigint, name text, role text, role_name text,
               current boolean, suspended boolean, users bigint,
               channels bigint, max_users integer, max_channels integer,
               logo text, deleting_at timestamptz, created_at timestamptz,
               sort_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT c.id, c.name, m.role, r.name, c.id = app_company(),
           c.suspended_at IS NOT NULL,
           CASE WHEN w.all THEN (SELECT count(*) FROM memberships n
               WHERE n.company_id = c.id AND n.disabled_at IS NULL) END,
           CASE WHEN w.all THEN (SELECT count(*) FROM channels k
               WHERE k.company_id = c.id) END,
           CASE WHEN w.all THEN c.max_users END,
           CASE WHEN w.all THEN c.max_channels END,
           p.etag, c.deleting_at, c.created_at, fold(c.name)
      FROM (SELECT everyone AND coalesce(app_role() = 'super', false)) w ("all")
     CROSS JOIN companies c
      LEFT JOIN memberships m ON m.company_id = c.id
                             AND m.user_id = app_user()
                             AND m.disabled_at IS NULL
      LEFT JOIN roles r ON r.company_id = m.company_id AND r.id = m.role_id
      LEFT JOIN pictures p ON p.for_company = c.id
     WHERE (w.all OR m.user_id IS NOT NULL)
       AND (search = '' OR position(fold(search) IN fold(c.name)) > 0)
       AND (after_id = 0 OR (fold(c.name), c.id) > (after_name, after_id))
     ORDER BY fold(c.name), c.id
     LIMIT most
$$;

-- Quem trabalha nela, com papel e filas; até `most`, em ordem de nome.
CREATE FUNCTION company_members(company bigint, most bigint) RETURNS json
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT coalesce(json_agg(json_build_object(
               'id', k.id, 'name', k.name, 'email', k.email, 'role', k.role,
               'roleName', k.role_name, 'queueIds', k.queue_ids,
               'disabled', k.disabled)), '[]')
      FROM (SELECT v.* FROM member_rows v
             WHERE v.company_id = company AND company_reached(company)
             ORDER BY v.sort_name, v.id LIMIT most) k
$$;

-- O que a primeira página da administração conta, da empresa do contexto.
CREATE FUNCTION company_numbers()
RETURNS TABLE (users bigint, invitations bigint, roles bigint, channels bigint,
               queues bigint, tokens bigint, audit_today bigint,
               without_two_factor bigint, companies bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT (SELECT count(*) FROM memberships m WHERE m.company_id = app_company()
               AND m.disabled_at IS NULL),
           (SELECT count(*) FROM invitations i WHERE i.company_id = app_company()
               AND i.accepted_at IS NULL AND i.expires_at > now()),
           (SELECT count(*) FROM roles r WHERE r.company_id = app_company()),
           (SELECT count(*) FROM channels k WHERE k.company_id = app_company()),
           (SELECT count(*) FROM queues q WHERE q.company_id = app_company()),
           (SELECT count(*) FROM api_tokens t WHERE t.company_id = app_company()
               AND t.revoked_at IS NULL
               AND (t.expires_at IS NULL OR t.expires_at > now())),
           (SELECT count(*) FROM audit_log a WHERE a.company_id = app_company()
               AND a.at > now() - interval '1 day'),
           (SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id
             WHERE m.company_id = app_company() AND m.disabled_at IS NULL
               AND u.totp_enabled_at IS NULL),
           CASE WHEN app_role() = 'super' THEN (SELECT count(*) FROM companies)
                ELSE 0 END
$$;

-- pg_timezone_names lê o disco: só quando o fuso muda.
CREATE FUNCTION time_zone_exists(zone text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = balcao, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pg_timezone_names z
                    WHERE z.name = zone AND z.name !~ '^(posix|right)/')
$$;

-- ---- mudar ----------------------------------------------------------------

-- outcome: ok, unknown, stale, zone, two_factor.
CREATE FUNCTION company_save(company bigint, seen_version bigint, in_name text,
    in_locale text, in_zone text, in_hours jsonb, in_retention bigint,
    in_two_factor boolean, in_visibility text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
DECLARE
    was companies;
BEGIN
    SELECT * INTO was FROM companies c
     WHERE c.id = company AND company_reached(company) FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'unknown';
    ELSIF was.version <> seen_version THEN
        RETURN 'stale';
    ELSIF in_zone <> was.time_zone AND NOT time_zone_exists(in_zone) THEN
        RETURN 'zone';
    ELSIF in_two_factor AND NOT was.require_two_factor AND NOT EXISTS (
          SELECT FROM users u WHERE u.id = app_user()
             AND u.totp_enabled_at IS NOT NULL) THEN
        RETURN 'two_factor';
    END IF;
    UPDATE companies c
       SET name = in_name, locale = in_locale, time_zone = in_zone,
           business_hours = in_hours, retention_days = in_retention,
           require_two_factor = in_two_factor,
           default_visibility = in_visibility
     WHERE c.id = company;
    RETURN 'ok';
END $$;

-- Só a plataforma; zero é sem limite. outcome: ok, unknown, stale.
CREATE FUNCTION company_limits(company bigint, seen_version bigint,
    in_users bigint, in_channels bigint, in_storage bigint)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
DECLARE
    current integer;
BEGIN
    SELECT c.version INTO current FROM companies c
     WHERE c.id = company AND app_role() = 'super' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'unknown';
    ELSIF current <> seen_version THEN
        RETURN 'stale';
    END IF;
    UPDATE companies c
       SET max_users = nullif(in_users, 0), max_channels = nullif(in_channels, 0),
           max_storage_mb = nullif(in_storage, 0)
     WHERE c.id = company;
    RETURN 'ok';
END $$;

-- Só a plataforma. outcome: ok, unknown, same, deleting.
CREATE FUNCTION company_suspend(company bigint, stop boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    was companies;
BEGIN
    SELECT * INTO was FROM companies c
     WHERE c.id = company AND app_role() = 'super' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'unknown';
    ELSIF was.deleting_at IS NOT NULL THEN
        RETURN 'deleting';
    ELSIF (was.suspended_at IS NOT NULL) = stop THEN
        RETURN 'same';
    END IF;
    UPDATE companies c SET suspended_at = CASE WHEN stop THEN now() END
     WHERE c.id = company;
    RETURN 'ok';
END $$;

-- Só a plataforma: cria, e a transação passa a ser da empresa nova, para que
-- convidar quem a administra seja convidar como sempre. outcome: ok, zone.
CREATE FUNCTION company_open(in_name text, in_locale text, in_zone text,
    in_users bigint, in_channels bigint, in_storage bigint,
    OUT outcome text, OUT id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    IF app_role() IS DISTINCT FROM 'super' THEN
        RAISE EXCEPTION 'plataforma' USING ERRCODE = '42501';
    END IF;
    IF NOT time_zone_exists(in_zone) THEN
        outcome := 'zone';
        RETURN;
    END IF;
    INSERT INTO companies (name, locale, time_zone, max_users, max_channels,
                           max_storage_mb)
    VALUES (in_name, in_locale, in_zone, nullif(in_users, 0),
            nullif(in_channels, 0), nullif(in_storage, 0))
    RETURNING companies.id INTO id;
    PERFORM set_config('app.company_id', id::text, true);
    outcome := 'ok';
END $$;

-- Quem já tem conta passa a administrar a empresa do contexto. NULL: não tem.
CREATE FUNCTION company_admin_put(mail text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    person users;
BEGIN
    IF app_role() IS DISTINCT FROM 'super' THEN
        RAISE EXCEPTION 'plataforma' USING ERRCODE = '42501';
    END IF;
    SELECT * INTO person FROM users u
     WHERE lower(u.email) = lower(mail) AND u.disabled_at IS NULL;
    IF FOUND THEN
        PERFORM member_put(app_company(), person.id, person.name, 'admin', NULL,
                           'all', '{}');
    END IF;
    RETURN person.id;
END $$;

-- ---- o fim ----------------------------------------------------------------

-- A exportação ficou pronta (quem exporta é a privacidade).
CREATE FUNCTION company_exported(company bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    UPDATE companies c SET exported_at = clock_timestamp()
     WHERE c.id = company AND company_reached(company)
$$;

-- Marca e enfileira, na conta de outra empresa: o job sobrevive a esta. As
-- chaves dos canais mudam já, para que nada mais chegue.
-- outcome: ok, unknown, active, unexported, last, deleting.
CREATE FUNCTION company_delete(company bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    was  companies;
    home bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('company_delete', 0));
    SELECT * INTO was FROM companies c
     WHERE c.id = company AND app_role() = 'super' FOR UPDATE;
    SELECT min(c.id) INTO home FROM companies c
     WHERE c.id <> company AND c.deleting_at IS NULL;
    IF was.id IS NULL THEN
        RETURN 'unknown';
    ELSIF was.deleting_at IS NOT NULL THEN
        RETURN 'deleting';
    ELSIF was.suspended_at IS NULL THEN
        RETURN 'active';
    ELSIF was.exported_at IS NULL OR was.exported_at < was.suspended_at THEN
        RETURN 'unexported';
    ELSIF home IS NULL THEN
        RETURN 'last';
    END IF;
    UPDATE companies c SET deleting_at = now() WHERE c.id = company;
    UPDATE channels k
       SET key = 'apagado-' || md5(random()::text || k.id),
           external_id = 'apagado-' || k.company_id || '-' || k.id
     WHERE k.company_id = company;
    INSERT INTO jobs (company_id, lane, kind, unique_key, payload)
    VALUES (home, 5, 'company.delete', company::text,
            jsonb_build_object('companyId', company));
    RETURN 'ok';
END $$;

-- Um pedaço: até `most` linhas de uma tabela grande. Devolve quantas saíram;
-- -1: não sobrou nada, nem a empresa. Só apaga o que company_delete marcou.
CREATE FUNCTION company_delete_chunk(company bigint, most bigint)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
DECLARE
    was   companies;
    big   text;
    gone  bigint;
    alone bigint[];
    home  text := current_setting('app.company_id', true);
BEGIN
    SELECT * INTO was FROM companies c
     WHERE c.id = company AND c.deleting_at IS NOT NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN -1;
    END IF;
    FOREACH big IN ARRAY ARRAY['messages', 'ticket_changes', 'tickets',
        'contact_identities', 'contacts', 'jobs', 'audit_log'] LOOP
        EXECUTE format('DELETE FROM %1$I WHERE ctid IN (SELECT ctid FROM %1$I '
                       'WHERE company_id = $1 LIMIT $2)', big)
          USING company, most;
        GET DIAGNOSTICS gone = ROW_COUNT;
        IF gone > 0 THEN
            RETURN gone;
        END IF;
    END LOOP;
    -- contas que só existiam por ela não têm mais por que existir
    SELECT coalesce(array_agg(m.user_id), '{}') INTO alone
      FROM memberships m JOIN users u ON u.id = m.user_id
     WHERE m.company_id = company AND NOT u.is_super
       AND NOT EXISTS (SELECT FROM memberships n
                        WHERE n.user_id = m.user_id AND n.company_id <> company);
    -- o registro do que some é da que some, não da empresa que faz o trabalho
    PERFORM set_config('app.company_id', company::text, true);
    DELETE FROM live_outbox o WHERE o.company_id = company;
    DELETE FROM channels k WHERE k.company_id = company;
    DELETE FROM invitations i WHERE i.company_id = company;
    DELETE FROM queue_members q WHERE q.company_id = company;
    DELETE FROM memberships m WHERE m.company_id = company;
    DELETE FROM queues q WHERE q.company_id = company;
    DELETE FROM roles r WHERE r.company_id = company;
    DELETE FROM companies c WHERE c.id = company;
    DELETE FROM users u WHERE u.id = ANY (alone);
    PERFORM set_config('app.company_id', coalesce(home, ''), true);
    -- do que se apagou não fica história, só que se apagou
    DELETE FROM live_outbox o WHERE o.company_id = company;
    DELETE FROM audit_log a WHERE a.company_id = company;
    PERFORM audit_note(0, 0, 'company.erased', 'company', company::text, NULL,
                       jsonb_build_object('people', cardinality(alone)), '');
    RETURN -1;
END $$;

-- ---- papéis ---------------------------------------------------------------

CREATE FUNCTION role_in_use(which bigint)
RETURNS TABLE (members bigint, invitations bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT (SELECT count(*) FROM memberships m
             WHERE m.company_id = app_company() AND m.role_id = which),
           (SELECT count(*) FROM invitations i
             WHERE i.company_id = app_company() AND i.role_id = which)
$$;

-- Cria (role 0) ou muda inteiro. outcome: ok, unknown, stale, name, full.
CREATE FUNCTION role_save(role bigint, seen_version bigint, in_name text,
    in_description text, in_permissions text[], OUT outcome text, OUT id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    current integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('roles', app_company()));
    id := role;
    IF role <> 0 THEN
        SELECT r.version INTO current FROM roles r
         WHERE r.company_id = app_company() AND r.id = role FOR UPDATE;
    END IF;
    outcome := CASE
        WHEN role <> 0 AND current IS NULL THEN 'unknown'
        WHEN role <> 0 AND current <> seen_version THEN 'stale'
        WHEN EXISTS (SELECT FROM roles r WHERE r.company_id = app_company()
                        AND lower(r.name) = lower(in_name)
                        AND r.id <> role) THEN 'name'
        WHEN role = 0 AND (SELECT count(*) FROM roles r
                WHERE r.company_id = app_company()) >= 50 THEN 'full'
        ELSE 'ok' END;
    IF outcome <> 'ok' THEN
        RETURN;
    ELSIF role = 0 THEN
        INSERT INTO roles (company_id, name, description, permissions)
        VALUES (app_company(), in_name, in_description, in_permissions)
        RETURNING roles.id INTO id;
    ELSE
        UPDATE roles r
           SET name = in_name, description = in_description,
               permissions = in_permissions
         WHERE r.company_id = app_company() AND r.id = role;
    END IF;
END $$;

-- Quem pode o quê: os papéis da casa são contados pela coluna role.
CREATE FUNCTION role_counts() RETURNS TABLE (role text, members bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT k.role, count(m.user_id)
      FROM unnest(ARRAY['admin', 'supervisor', 'operator']) k (role)
      LEFT JOIN memberships m ON m.company_id = app_company()
           AND m.role = k.role AND m.role_id IS NULL AND m.disabled_at IS NULL
     GROUP BY k.role
$$;

-- ---- quem pode ------------------------------------------------------------

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA balcao FROM PUBLIC;
REVOKE UPDATE ON companies FROM balcao_app;
GRANT EXECUTE ON FUNCTION company_reached(bigint), company_get(bigint),
    company_list(text, boolean, text, bigint, bigint),
    company_members(bigint, bigint), company_numbers(), time_zone_exists(text),
    company_save(bigint, bigint, text, text, text, jsonb, bigint, boolean, text),
    company_limits(bigint, bigint, bigint, bigint, bigint),
    company_suspend(bigint, boolean),
    company_open(text, text, text, bigint, bigint, bigint),
    company_admin_put(text), company_exported(bigint), company_delete(bigint),
    company_delete_chunk(bigint, bigint), role_in_use(bigint),
    role_save(bigint, bigint, text, text, text[]), role_counts() TO balcao_app;

COMMENT ON COLUMN companies.business_hours IS
    'Horário da semana: {mon..sun: [{from, to}]}, HH:MM no fuso da empresa; nulo: sempre aberta.';
COMMENT ON COLUMN companies.retention_days IS
    'Dias que conversas encerradas ficam guardadas; nulo: para sempre.';
COMMENT ON COLUMN companies.default_visibility IS
    'Visibilidade sugerida a quem chega: all, queues ou own.';
COMMENT ON COLUMN companies.max_users IS 'Quantas pessoas ativas; nulo: sem limite.';
COMMENT ON COLUMN companies.max_channels IS 'Quantos canais; nulo: sem limite.';
COMMENT ON COLUMN companies.max_storage_mb IS 'Megabytes de arquivos; nulo: sem limite.';
COMMENT ON COLUMN companies.version IS 'Sobe a cada mudança; quem edita uma antiga é recusado.';
COMMENT ON COLUMN companies.updated_at IS 'Quando mudou.';
COMMENT ON COLUMN companies.exported_at IS 'Quando a última exportação dela ficou pronta.';
COMMENT ON COLUMN companies.deleting_at IS 'Quando se pediu que fosse apagada; nulo: não se pediu.';
COMMENT ON COLUMN roles.version IS 'Sobe a cada mudança; quem edita uma antiga é recusado.';
