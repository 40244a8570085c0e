-- 0026: a conta é de uma pessoa, não de uma empresa. E-mail provado, convite
-- que vale enquanto quem convidou pode, e um apagar que não leva o alheio.

ALTER TABLE users ADD COLUMN email_verified_at timestamptz;
ALTER TABLE memberships ADD COLUMN erased_at timestamptz;

-- Nasceu ao aceitar um convite (a mesma transação): o link leu-se no e-mail.
UPDATE users u SET email_verified_at = u.created_at
 WHERE u.is_super OR EXISTS (SELECT FROM invitations i
        WHERE i.accepted_by = u.id AND i.accepted_at = u.created_at);
UPDATE memberships m SET erased_at = m.disabled_at
 WHERE m.disabled_at IS NOT NULL
   AND m.display_name IN ('Pessoa apagada', 'Erased person');

-- ---- a conta, vista de toda empresa da pessoa --------------------------------

-- Trabalha noutra empresa que não esta?
CREATE FUNCTION user_elsewhere(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT EXISTS (SELECT FROM memberships m
                    WHERE m.user_id = person AND m.disabled_at IS NULL
                      AND m.company_id IS DISTINCT FROM app_company())
$$;

-- O que muda na conta muda para todas: cada uma guarda o seu registro, sem
-- dizer de onde, que é assunto da outra.
CREATE FUNCTION audit_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    PERFORM audit_note(m.company_id, app_user(), 'user.updated', 'user',
        NEW.id::text,
        jsonb_build_object('email', OLD.email,
            'totp_enabled_at', OLD.totp_enabled_at,
            'disabled_at', OLD.disabled_at),
        jsonb_build_object('email', NEW.email,
            'totp_enabled_at', NEW.totp_enabled_at,
            'disabled_at', NEW.disabled_at), '')
       FROM memberships m
      WHERE m.user_id = NEW.id AND m.disabled_at IS NULL
        AND m.company_id IS DISTINCT FROM app_company();
    RETURN NULL;
END $$;
CREATE TRIGGER audit_elsewhere AFTER UPDATE ON users FOR EACH ROW
    WHEN ((OLD.email, OLD.totp_enabled_at, OLD.disabled_at)
          IS DISTINCT FROM (NEW.email, NEW.totp_enabled_at, NEW.disabled_at))
    EXECUTE FUNCTION audit_account();

CREATE OR REPLACE FUNCTION account_email_set(person bigint, address text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
BEGIN
    UPDATE users u SET email = address, email_verified_at = now()
     WHERE u.id = person;
    RETURN FOUND;
EXCEPTION WHEN unique_violation THEN
    RETURN false;
END $$;

-- A primeira conta e as da linha de comando são de quem instala.
CREATE FUNCTION user_owner_made() RETURNS trigger
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
BEGIN
    NEW.email_verified_at := coalesce(NEW.email_verified_at, now());
    RETURN NEW;
END $$;
CREATE TRIGGER owner_made BEFORE INSERT ON users FOR EACH ROW
    WHEN (NEW.is_super) EXECUTE FUNCTION user_owner_made();

-- Como a 0008; a conta que já havia, mas de e-mail que ninguém provou, pode ser
-- de quem a criou: fica com a senha dada aqui, e o que entrou com a de antes
-- cai. hash '': a conta provada fica com a sua.
DROP FUNCTION admin_create(text, text, text, bigint, boolean);
CREATE FUNCTION admin_create(mail text, in_name text, hash text,
                             in_company bigint, as_super boolean)
RETURNS TABLE (user_id bigint, is_new boolean, password_set boolean)
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
#variable_conflict use_column
DECLARE
    person users;
BEGIN
    SELECT * INTO person FROM users u WHERE lower(u.email) = lower(mail)
       FOR UPDATE;
    is_new := person.id IS NULL;
    password_set := is_new OR person.email_verified_at IS NULL;
    IF password_set AND hash = '' THEN
        RAISE EXCEPTION 'conta sem senha' USING ERRCODE = 'check_violation';
    END IF;
    IF is_new THEN
        INSERT INTO users (email, name, password_hash, email_verified_at)
        VALUES (mail, in_name, hash, now()) RETURNING id INTO user_id;
    ELSE
        user_id := person.id;
        IF password_set THEN
            PERFORM account_claim(user_id, hash);
        END IF;
    END IF;
    UPDATE users u SET is_super = u.is_super OR as_super, disabled_at = NULL
     WHERE u.id = user_id;
    IF in_company <> 0 THEN
        PERFORM set_config('app.company_id', in_company::text, true);
        PERFORM member_put(in_company, user_id, in_name, 'admin', NULL, 'all',
                           '{}');
    END IF;
    RETURN NEXT;
END $$;

-- Alguém provou ser o dono de uma conta que outro pode ter criado: senha nova,
-- sem a segunda etapa de antes, e tudo o que entrou com elas acaba.
CREATE FUNCTION account_claim(person bigint, hash text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    PERFORM auth_password_set(person, hash, true);
    PERFORM two_factor_set(person, NULL, 0, NULL);
    UPDATE api_tokens t SET revoked_at = now()
     WHERE t.user_id = person AND t.revoked_at IS NULL;
    UPDATE users u SET email_verified_at = now() WHERE u.id = person;
END $$;

-- Quem refaz a senha pelo link do e-mail provou que o lê; se ninguém provara
-- antes, a segunda etapa e os tokens podem ser de outro.
CREATE FUNCTION account_recovered(person bigint, address text, hash text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
BEGIN
    PERFORM FROM users u WHERE u.id = person AND u.email_verified_at IS NULL
        AND lower(u.email) = lower(address);
    IF FOUND THEN
        PERFORM account_claim(person, hash);
        RETURN true;
    END IF;
    PERFORM auth_password_set(person, hash, true);
    RETURN false;
END $$;

-- Cada permissão uma vez, na ordem em que se lê.
CREATE OR REPLACE FUNCTION auth_me() RETURNS json
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT json_build_object(
        'id', u.id, 'email', u.email, 'name', u.name,
        'displayName', a.name, 'role', a.role, 'roleName', r.name,
        'permissions', (SELECT json_agg(k.word ORDER BY k.first)
                          FROM (SELECT w.word, min(w.n) AS first
                                  FROM unnest(string_to_array(a.permissions, ' '))
                                       WITH ORDINALITY w (word, n)
                                 GROUP BY w.word) k),
        'visibility', a.visibility, 'locale', a.locale,
        'timeZone', a.time_zone, 'companyId', app_company(),
        'companyName', a.company_name,
        'isSuper', u.is_super, 'twoFactor', u.totp_enabled_at IS NOT NULL,
        'queueIds', (SELECT coalesce(json_agg(q.queue_id ORDER BY q.queue_id), '[]')
                       FROM queue_members q
                      WHERE q.company_id = app_company() AND q.user_id = u.id),
        'companies', (SELECT coalesce(json_agg(json_build_object('id', k.id,
                             'name', k.name, 'role', n.role) ORDER BY k.id), '[]')
                        FROM memberships n JOIN companies k ON k.id = n.company_id
                       WHERE n.user_id = u.id AND n.disabled_at IS NULL))
      FROM users u
     CROSS JOIN LATERAL access_of(u.id, app_company()) a
      LEFT JOIN memberships m ON m.user_id = u.id AND m.company_id = app_company()
      LEFT JOIN roles r ON r.company_id = m.company_id AND r.id = m.role_id
     WHERE u.id = app_user()
$$;

-- ---- convites -----------------------------------------------------------------

-- O que quem convidou ainda é na empresa; nenhuma linha: já não está.
-- unverified: há conta, mas ninguém provou ler o e-mail dela; quem a fez pode
-- saber a senha, e aceitar exige outra.
DROP FUNCTION invitation_read(bigint, bigint);
CREATE FUNCTION invitation_read(company bigint, invitation bigint)
RETURNS TABLE (email text, name text, inviter text, company_name text,
               role text, role_name text, role_permissions text, locale text,
               has_account boolean, unverified boolean, inviter_role text,
               inviter_permissions text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT i.email, coalesce(i.name, ''),
           coalesce(m.display_name, w.name), c.name, i.role,
           coalesce(r.name, ''), array_to_string(r.permissions, ' '), c.locale,
           u.id IS NOT NULL, u.id IS NOT NULL AND u.email_verified_at IS NULL,
           CASE WHEN w.is_super THEN 'super' ELSE m.role END,
           CASE WHEN NOT w.is_super THEN array_to_string(o.permissions, ' ') END
      FROM invitations i
      JOIN companies c ON c.id = i.company_id AND c.suspended_at IS NULL
      JOIN users w ON w.id = i.invited_by AND w.disabled_at IS NULL
      LEFT JOIN memberships m ON m.company_id = i.company_id
                             AND m.user_id = w.id AND m.disabled_at IS NULL
      LEFT JOIN roles o ON o.company_id = m.company_id AND o.id = m.role_id
      LEFT JOIN roles r ON r.company_id = i.company_id AND r.id = i.role_id
      LEFT JOIN users u ON lower(u.email) = lower(i.email)
     WHERE i.company_id = company AND i.id = invitation
       AND i.accepted_at IS NULL AND (w.is_super OR m.user_id IS NOT NULL)
$$;

-- Até o fim da transação ninguém muda quem é da empresa: o que se confere de
-- quem convidou vale quando o convite se aceita.
CREATE FUNCTION invitation_hold(company bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT members_lock(company)
$$;

-- Põe a pessoa na empresa, ou a traz de volta; a que se apagou volta com o
-- nome que a conta tem.
CREATE OR REPLACE FUNCTION member_put(company bigint, person bigint,
    in_name text, in_role text, in_role_id bigint, in_visibility text,
    in_queues bigint[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
BEGIN
    INSERT INTO memberships (company_id, user_id, role, role_id, visibility,
                             display_name)
    VALUES (company, person, in_role, in_role_id, in_visibility, in_name)
    ON CONFLICT (company_id, user_id) DO UPDATE
       SET role = in_role, role_id = in_role_id, visibility = in_visibility,
           display_name = CASE WHEN memberships.erased_at IS NULL
                               THEN memberships.display_name ELSE in_name END,
           disabled_at = NULL, erased_at = NULL,
           version = memberships.version + 1;
    PERFORM member_queues_put(company, person, in_queues);
END $$;

-- Aceita; o segredo já foi gasto nesta transação, que daqui em diante é da
-- empresa e da pessoa. hash: da conta nova, ou da que ninguém provou: nesta a
-- senha de antes e tudo o que entrou com ela deixam de valer.
-- outcome: ok, unknown, full, disabled, nameless.
DROP FUNCTION invitation_accept(bigint, bigint, text, text, text, text);
CREATE FUNCTION invitation_accept(company bigint, invitation bigint,
    in_name text, hash text, lang text, origin text)
RETURNS TABLE (outcome text, user_id bigint, token_version integer,
               access_version integer, role text, permissions text, name text,
               email text, is_new boolean, password_set boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
#variable_conflict use_column
DECLARE
    i      invitations;
    person users;
    made   boolean := false;
    reset_ boolean := false;
BEGIN
    PERFORM members_lock(company);
    SELECT * INTO i FROM invitations v
     WHERE v.company_id = company AND v.id = invitation
       AND v.accepted_at IS NULL FOR UPDATE;
    outcome := CASE WHEN i.id IS NULL OR EXISTS (
                         SELECT FROM companies c WHERE c.id = company
                            AND c.suspended_at IS NOT NULL) THEN 'unknown'
                    WHEN NOT seat_free(company) THEN 'full' END;
    IF outcome IS NULL THEN
        SELECT * INTO person FROM users u
         WHERE lower(u.email) = lower(i.email) FOR UPDATE;
        reset_ := person.id IS NOT NULL AND person.email_verified_at IS NULL;
        IF person.disabled_at IS NOT NULL THEN
            outcome := 'disabled';
        ELSIF person.id IS NULL AND in_name = ''
              OR (person.id IS NULL OR reset_) AND hash = '' THEN
            outcome := 'nameless';
        END IF;
    END IF;
    IF outcome IS NOT NULL THEN
        RETURN NEXT;
        RETURN;
    END IF;
    PERFORM set_config('app.company_id', company::text, true),
            set_config('app.origin', origin, true);
    IF person.id IS NULL THEN
        INSERT INTO users (email, name, password_hash, locale,
                           email_verified_at)
        VALUES (i.email, in_name, hash, lang, now())
        RETURNING * INTO person;
        made := true;
    END IF;
    PERFORM set_config('app.user_id', person.id::text, true);
    IF reset_ THEN
        PERFORM account_claim(person.id, hash);
    END IF;
    -- quem já está na empresa por outro meio fica como está
    IF NOT EXISTS (SELECT FROM memberships m WHERE m.company_id = company
                      AND m.user_id = person.id AND m.disabled_at IS NULL) THEN
        PERFORM member_put(company, person.id, person.name, i.role, i.role_id,
                           i.visibility,
                           coalesce((SELECT array_agg(q.queue_id)
                                       FROM invitation_queues q
                                      WHERE q.company_id = company
                                        AND q.invitation_id = invitation), '{}'));
    END IF;
    UPDATE invitations v
       SET accepted_at = now(), accepted_by = person.id, role_id = NULL
     WHERE v.company_id = company AND v.id = invitation;
    RETURN QUERY
    SELECT 'ok', person.id, a.token_version, a.access_version, a.role,
           a.permissions, a.name, a.email, made, reset_
      FROM access_of(person.id, company) a;
END $$;

-- Quem já tem conta, e provou o e-mail dela, passa a administrar a empresa do
-- contexto. NULL: que se convide.
CREATE OR REPLACE FUNCTION company_admin_put(mail text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    person users;
BEGIN
    IF app_role() IS DISTINCT FROM 'super' THEN
        RAISE EXCEPTION 'plataforma' USING ERRCODE = '42501';
    END IF;
    SELECT * INTO person FROM users u
     WHERE lower(u.email) = lower(mail) AND u.disabled_at IS NULL
       AND u.email_verified_at IS NOT NULL;
    IF FOUND THEN
        PERFORM member_put(app_company(), person.id, person.name, 'admin', NULL,
                           'all', '{}');
    END IF;
    RETURN person.id;
END $$;

-- ---- pessoa apagada -------------------------------------------------------------

-- Como na 0008; de quem se apagou aqui, nada da conta, que é de outra empresa.
CREATE OR REPLACE VIEW member_rows AS
    SELECT m.company_id, m.user_id AS id,
           CASE WHEN m.erased_at IS NULL THEN u.email
                ELSE 'apagado-' || u.id || '@apagado.invalid' END AS email,
           m.display_name AS name,
           m.role, m.role_id, r.name AS role_name,
           array_to_string(r.permissions, ' ') AS permissions, u.is_super,
           m.visibility,
           coalesce((SELECT json_agg(q.queue_id ORDER BY q.queue_id)
                       FROM queue_members q WHERE q.company_id = m.company_id
                        AND q.user_id = m.user_id), '[]') AS queue_ids,
           (SELECT string_agg(k.name, ', ' ORDER BY k.name)
              FROM queue_members q
              JOIN queues k ON k.company_id = q.company_id AND k.id = q.queue_id
             WHERE q.company_id = m.company_id
               AND q.user_id = m.user_id) AS queues,
           m.disabled_at IS NOT NULL OR u.disabled_at IS NOT NULL AS disabled,
           coalesce(m.disabled_at, u.disabled_at) AS disabled_at,
           u.totp_enabled_at IS NOT NULL AND m.erased_at IS NULL AS two_factor,
           p.etag AS picture,
           greatest((SELECT max(s.last_seen_at) FROM web_sessions s
                      WHERE s.user_id = m.user_id
                        AND s.company_id = m.company_id),
                    (SELECT max(t.created_at) FROM refresh_tokens t
                      WHERE t.user_id = m.user_id
                        AND t.company_id = m.company_id)) AS last_seen_at,
           m.version, m.created_at, fold(m.display_name) AS sort_name,
           m.erased_at IS NOT NULL AS erased
      FROM memberships m
      JOIN users u ON u.id = m.user_id
      LEFT JOIN roles r ON r.company_id = m.company_id AND r.id = m.role_id
      LEFT JOIN pictures p ON p.user_id = m.user_id AND m.erased_at IS NULL;

CREATE OR REPLACE FUNCTION picture_get(of text, owner bigint, known text)
RETURNS TABLE (image bytea, etag text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT CASE WHEN p.etag <> known THEN p.image END, p.etag
      FROM pictures p
     WHERE CASE of
           WHEN 'user' THEN p.user_id = owner
                AND (owner = app_user() OR EXISTS (
                     SELECT FROM memberships m
                      WHERE m.company_id = app_company()
                        AND m.user_id = owner AND m.erased_at IS NULL))
           WHEN 'company' THEN p.for_company = owner AND owner = app_company()
           END
$$;

-- Quem se apagou aqui já não é daqui: pode ser convidado outra vez.
CREATE OR REPLACE FUNCTION email_standing(mail text, OUT standing text,
                                          OUT id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT coalesce((SELECT CASE WHEN m.user_id IS NULL THEN 'taken'
                                 ELSE 'member' END
                       FROM users u LEFT JOIN memberships m
                            ON m.user_id = u.id AND m.erased_at IS NULL
                           AND m.company_id = app_company()
                      WHERE lower(u.email) = lower(mail)), 'free'),
           (SELECT m.user_id FROM users u JOIN memberships m
                   ON m.user_id = u.id AND m.company_id = app_company()
                  AND m.erased_at IS NULL
             WHERE lower(u.email) = lower(mail))
$$;

-- Onde se pode ler a pessoa: quem pede os próprios dados, em toda parte; quem
-- administra, só na empresa em que está, e enquanto não se apagou dela.
CREATE OR REPLACE FUNCTION privacy_places(person bigint) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT coalesce(array_agg(m.company_id ORDER BY m.company_id), '{}')
      FROM memberships m
     WHERE m.user_id = person
       AND (person = app_user()
            OR m.company_id = app_company() AND m.erased_at IS NULL)
$$;

-- Um documento da auditoria sem o que identifica: os campos ditos e os textos
-- que são, inteiros, um dos marcados (em minúsculas). O resto fica: o registro
-- de um ato não se apaga apagando quem o fez.
CREATE FUNCTION audit_redact(doc jsonb, fields text[], marks text[])
RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT
SET search_path = balcao, pg_temp AS $$
    SELECT CASE WHEN jsonb_typeof(doc) <> 'object' THEN doc ELSE coalesce((
        SELECT jsonb_object_agg(k.key, CASE
                   WHEN jsonb_typeof(k.value) = 'string'
                    AND (k.key = ANY (fields)
                         OR lower(k.value #>> '{}') = ANY (marks))
                   THEN '"***"' ELSE k.value END)
          FROM jsonb_each(doc) k), '{}') END
$$;

-- A si mesma, em toda parte; outra, na empresa do contexto, e a conta inteira
-- se ela não é, nem foi, de mais nenhuma: as linhas das outras são delas.
-- Mascara por último: os gatilhos acabam de anotar o nome e o e-mail que
-- saíram. outcome: ok, unknown, super, last_admin, confirm, erased.
CREATE OR REPLACE FUNCTION privacy_person_erase(person bigint, confirm text,
                                     OUT outcome text, OUT whole boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    own    boolean := coalesce(person = app_user(), false);
    home   bigint := app_company();
    was    users;
    places bigint[];
    place  bigint;
    asked  text[];
    blank  text;
BEGIN
    whole := own;
    SELECT u.* INTO was FROM users u WHERE u.id = person
       AND (own OR EXISTS (SELECT FROM memberships m
             WHERE m.company_id = home AND m.user_id = person)) FOR UPDATE;
    IF NOT FOUND THEN
        outcome := 'unknown';
        RETURN;
    ELSIF was.is_super THEN
        outcome := 'super';
        RETURN;
    ELSIF NOT own AND EXISTS (SELECT FROM memberships m
            WHERE m.company_id = home AND m.user_id = person
              AND m.erased_at IS NOT NULL) THEN
        outcome := 'erased';
        RETURN;
    ELSIF NOT own AND confirm <> was.email THEN
        outcome := 'confirm';
        RETURN;
    END IF;
    whole := own OR NOT EXISTS (SELECT FROM memberships m
        WHERE m.user_id = person AND m.company_id <> home
          AND m.erased_at IS NULL);
    SELECT array_agg(m.company_id ORDER BY m.company_id) INTO places
      FROM memberships m
     WHERE m.user_id = person AND (own OR m.company_id = home);
    FOREACH place IN ARRAY coalesce(places, '{}') LOOP
        PERFORM members_lock(place);
        IF last_admin(place, person) THEN
            outcome := 'last_admin';
            RETURN;
        END IF;
    END LOOP;
    -- os convites dela, como a auditoria os chama
    SELECT coalesce(array_agg(i.company_id || ':' || i.id), '{}') INTO asked
      FROM invitations i
     WHERE i.company_id = ANY (places)
       AND (i.accepted_by = person OR lower(i.email) = lower(was.email));
    blank := CASE (SELECT c.locale FROM companies c WHERE c.id = home)
             WHEN 'en' THEN 'Erased person' ELSE 'Pessoa apagada' END;

    -- os atendimentos abertos voltam à fila
    FOREACH place IN ARRAY coalesce(places, '{}') LOOP
        IF place <> home THEN
            PERFORM set_config('app.company_id', place::text, true);
            PERFORM member_tickets_release(person);
        END IF;
    END LOOP;
    PERFORM set_config('app.company_id', home::text, true);

    INSERT INTO revoked_families (family)
    SELECT r.family FROM refresh_tokens r
     WHERE r.user_id = person AND (whole OR r.company_id = home)
     UNION SELECT w.family FROM web_sessions w
     WHERE w.user_id = person AND (whole OR w.company_id = home)
        ON CONFLICT DO NOTHING;
    DELETE FROM refresh_tokens r
     WHERE r.user_id = person AND (whole OR r.company_id = home);
    DELETE FROM web_sessions w
     WHERE w.user_id = person AND (whole OR w.company_id = home);
    DELETE FROM api_tokens t
     WHERE t.user_id = person AND t.company_id = ANY (places);
    DELETE FROM queue_members q
     WHERE q.user_id = person AND q.company_id = ANY (places);
    DELETE FROM company_visits v
     WHERE v.user_id = person AND (whole OR v.company_id = home);
    DELETE FROM idempotency_keys k
     WHERE k.company_id = ANY (places) AND (k.user_id = person
           OR k.body ~ concat('"(assigneeId|userId)": ?', person, '\M'));
    DELETE FROM live_outbox o
     WHERE o.company_id = ANY (places) AND o.created_at < now()
       AND o.payload ~ concat('"(assigneeId|userId)": ?', person, '\M');
    UPDATE memberships m
       SET display_name = blank, role = 'operator', role_id = NULL,
           visibility = 'own', disabled_at = coalesce(m.disabled_at, now()),
           erased_at = now()
     WHERE m.user_id = person AND m.company_id = ANY (places);
    DELETE FROM invitations i
     WHERE i.accepted_at IS NULL AND lower(i.email) = lower(was.email)
       AND i.company_id = ANY (places);
    UPDATE invitations i
       SET email = 'apagado-' || person || '@apagado.invalid', name = NULL
     WHERE i.accepted_by = person AND i.company_id = ANY (places);
    IF whole THEN
        DELETE FROM one_time_tokens o
         WHERE o.user_id = person
            OR o.user_id IS NULL AND lower(o.address) = lower(was.email)
               AND (o.for_company IS NULL OR o.for_company = ANY (places));
        DELETE FROM recovery_codes k WHERE k.user_id = person;
        DELETE FROM pictures p WHERE p.user_id = person;
        UPDATE users u
           SET name = blank, email = 'apagado-' || person || '@apagado.invalid',
               password_hash = '*', totp_secret = NULL, totp_enabled_at = NULL,
               email_verified_at = NULL, locale = NULL,
               token_version = u.token_version + 1,
               disabled_at = coalesce(u.disabled_at, now())
         WHERE u.id = person;
    END IF;
    UPDATE audit_log a SET user_name = blank, address = '', user_agent = ''
     WHERE a.user_id = person
       AND (a.company_id = ANY (places) OR whole AND a.company_id = 0);
    -- só os campos que identificam, e só nas linhas que são sobre ela
    UPDATE audit_log a
       SET before = audit_redact(a.before, k.fields, '{}'),
           after = audit_redact(a.after, k.fields, '{}')
      FROM (VALUES (ARRAY['name', 'email', 'display_name'])) k (fields)
     WHERE (a.company_id = ANY (places) OR whole AND a.company_id = 0)
       AND (a.target_type IN ('user', 'member', 'queue_member')
            AND a.target_id = person::text
            OR a.target_type = 'invitation'
            AND a.company_id || ':' || a.target_id = ANY (asked)
            OR a.target_type = 'api_token'
            AND coalesce(a.before, a.after) ->> 'user_id' = person::text
            OR a.target_type = '' AND lower(a.after ->> 'email') = lower(was.email));
    outcome := 'ok';
END $$;

-- Na exportação de si mesma, convites a um e-mail que ela não provou são de
-- outra pessoa, talvez.
DO $$
DECLARE
    was text := pg_get_functiondef('privacy_person_files(bigint)'::regprocedure);
    now_is text := replace(was, 'OR lower(i.email) = lower(u.email)',
        'OR u.email_verified_at IS NOT NULL AND lower(i.email) = lower(u.email)');
BEGIN
    ASSERT was <> now_is, 'privacy_person_files mudou';
    EXECUTE now_is;
END $$;

-- ---- o fim de uma empresa -------------------------------------------------------

-- O que se fundiu não prende a linha em que se fundiu; e achar quem aponta para
-- a linha que some não lê a tabela inteira, linha por linha.
CREATE INDEX tickets_merged ON tickets (company_id, merged_into_id)
    WHERE merged_into_id IS NOT NULL;
CREATE INDEX contacts_merged ON contacts (company_id, merged_into_id)
    WHERE merged_into_id IS NOT NULL;
ALTER TABLE tickets DROP CONSTRAINT tickets_company_id_merged_into_id_fkey,
    ADD FOREIGN KEY (company_id, merged_into_id) REFERENCES tickets
        ON DELETE SET NULL (merged_into_id);
ALTER TABLE contacts DROP CONSTRAINT contacts_company_id_merged_into_id_fkey,
    ADD FOREIGN KEY (company_id, merged_into_id) REFERENCES contacts
        ON DELETE SET NULL (merged_into_id);

-- As contas que só existem por ela: nas outras nunca estiveram, ou já se
-- apagaram delas.
CREATE FUNCTION company_alone(company bigint) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT coalesce(array_agg(m.user_id), '{}')
      FROM memberships m JOIN users u ON u.id = m.user_id
     WHERE m.company_id = company AND NOT u.is_super
       AND NOT EXISTS (SELECT FROM memberships n
                        WHERE n.user_id = m.user_id AND n.company_id <> company
                          AND n.erased_at IS NULL)
$$;

-- Some a conta, ou, se outra empresa ainda guarda o lugar de quem se apagou,
-- o que nela identifica; e o que a plataforma anotou dela.
CREATE FUNCTION accounts_end(people bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    DELETE FROM users u WHERE u.id = ANY (people) AND NOT EXISTS (
           SELECT FROM memberships m WHERE m.user_id = u.id);
    DELETE FROM one_time_tokens o WHERE o.user_id = ANY (people);
    DELETE FROM recovery_codes k WHERE k.user_id = ANY (people);
    DELETE FROM pictures p WHERE p.user_id = ANY (people);
    UPDATE users u
       SET name = 'Pessoa apagada',
           email = 'apagado-' || u.id || '@apagado.invalid',
           password_hash = '*', totp_secret = NULL, totp_enabled_at = NULL,
           email_verified_at = NULL, locale = NULL,
           token_version = u.token_version + 1,
           disabled_at = coalesce(u.disabled_at, now())
     WHERE u.id = ANY (people);
    UPDATE audit_log a
       SET before = audit_redact(a.before, ARRAY['name', 'email'], '{}'),
           after = audit_redact(a.after, ARRAY['name', 'email'], '{}')
     WHERE a.target_type = 'user' AND a.target_id = ANY (people::text[])
       AND a.company_id = 0;
    UPDATE audit_log a SET user_name = '', address = '', user_agent = ''
     WHERE a.company_id = 0 AND a.user_id = ANY (people);
END $$;

-- Como a 0013; termina também as contas que se apagaram das outras empresas.
CREATE OR REPLACE FUNCTION company_delete_chunk(company bigint, most bigint)
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
    alone := company_alone(company);
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
    PERFORM accounts_end(alone);
    PERFORM set_config('app.company_id', coalesce(home, ''), true);
    -- do que se apagou não fica história, só que se apagou
    DELETE FROM live_outbox o WHERE o.company_id = company;
    DELETE FROM audit_log a WHERE a.company_id = company;
    PERFORM audit_note(0, 0, 'company.erased', 'company', company::text, NULL,
                       jsonb_build_object('people', cardinality(alone)), '');
    RETURN -1;
END $$;

REVOKE EXECUTE ON FUNCTION user_elsewhere(bigint), audit_account(),
    admin_create(text, text, text, bigint, boolean),
    account_claim(bigint, text), account_recovered(bigint, text, text),
    invitation_hold(bigint), company_alone(bigint), accounts_end(bigint[]),
    user_owner_made(), invitation_read(bigint, bigint),
    invitation_accept(bigint, bigint, text, text, text, text),
    audit_redact(jsonb, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION user_elsewhere(bigint),
    account_recovered(bigint, text, text), invitation_hold(bigint),
    invitation_read(bigint, bigint),
    invitation_accept(bigint, bigint, text, text, text, text) TO balcao_app;

COMMENT ON COLUMN users.email_verified_at IS
    'Desde quando se sabe que o e-mail é da pessoa; nulo: ninguém provou.';
COMMENT ON COLUMN memberships.erased_at IS
    'Quando os dados da pessoa saíram desta empresa; nulo: não saíram.';
