-- 0016: dados pessoais (LGPD): exportar, apagar e não guardar além do prazo.
-- Apagar é tirar o que identifica e o que foi dito; as linhas, as espécies, as
-- horas e as contagens ficam, e os relatórios continuam certos.

ALTER TABLE contacts ADD COLUMN erased_at timestamptz;
ALTER TABLE tickets ADD COLUMN erased_at timestamptz;

-- ---- conversas ------------------------------------------------------------

-- Esvazia até `most` mensagens de um ticket, depois de after_id. Sai também o
-- id da plataforma: nele vai escrito o telefone.
CREATE FUNCTION privacy_blank(company bigint, ticket bigint, after_id bigint,
                              most bigint, OUT last_id bigint, OUT blanked bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    ids   bigint[];
    known text[];
BEGIN
    SELECT coalesce(array_agg(k.id), '{}'), coalesce(array_agg(k.provider_id)
               FILTER (WHERE k.provider_id IS NOT NULL), '{}'),
           coalesce(max(k.id), after_id), count(*)
      INTO ids, known, last_id, blanked
      FROM (SELECT m.id, m.provider_id FROM messages m
             WHERE m.company_id = company AND m.ticket_id = ticket
               AND m.id > after_id
             ORDER BY m.id LIMIT most FOR UPDATE) k;
    IF blanked = 0 THEN
        RETURN;
    END IF;
    DELETE FROM parked_updates p
     WHERE p.company_id = company AND p.provider_id = ANY (known);
    DELETE FROM jobs j
     WHERE j.company_id = company AND j.kind = 'message.send'
       AND j.state = 'dead' AND (j.payload ->> 'messageId') = ANY (ids::text[]);
    UPDATE messages m
       SET body = '', media = NULL, location = NULL, contacts = NULL,
           reactions = '[]', payload = NULL, error = NULL, provider_id = NULL,
           reply_to_provider_id = NULL,
           deleted_at = coalesce(m.deleted_at, clock_timestamp()),
           status = CASE WHEN m.status IN ('queued', 'sending') THEN 'failed'
                         ELSE m.status END
     WHERE m.company_id = company AND m.id = ANY (ids);
END $$;

-- Um pedaço do contato: até `most` mensagens depois da posição. done: acabou.
CREATE FUNCTION privacy_contact_step(contact bigint, from_ticket bigint,
    after_id bigint, most bigint,
    OUT ticket_id bigint, OUT message_id bigint, OUT blanked bigint,
    OUT done boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    one  bigint;
    part record;
BEGIN
    ticket_id := from_ticket;
    message_id := after_id;
    blanked := 0;
    done := false;
    FOR one IN
        SELECT t.id FROM tickets t JOIN contacts k
            ON k.company_id = t.company_id AND k.id = t.contact_id
         WHERE t.company_id = app_company() AND t.contact_id = contact
           AND k.erased_at IS NOT NULL AND t.id >= from_ticket
         ORDER BY t.id
    LOOP
        IF one <> ticket_id THEN
            ticket_id := one;
            message_id := 0;
        END IF;
        SELECT * INTO part
          FROM privacy_blank(app_company(), one, message_id, most - blanked);
        message_id := part.last_id;
        blanked := blanked + part.blanked;
        IF blanked >= most THEN
            RETURN;
        END IF;
    END LOOP;
    done := true;
END $$;

-- O contato deixa de dizer quem é, já; as mensagens saem aos pedaços.
-- outcome: ok, unknown, erased, confirm.
CREATE FUNCTION privacy_contact_erase(contact bigint, confirm text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
DECLARE
    was   contacts;
    marks text[];
BEGIN
    SELECT * INTO was FROM contacts c
     WHERE c.company_id = app_company() AND c.id = contact FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'unknown';
    ELSIF was.erased_at IS NOT NULL THEN
        RETURN 'erased';
    ELSIF confirm <> was.name THEN
        RETURN 'confirm';
    END IF;
    SELECT array_agg(DISTINCT x.mark) INTO marks
      FROM (SELECT was.phone UNION
            SELECT unnest(ARRAY[i.value, i.match_key]) FROM contact_identities i
             WHERE i.company_id = app_company() AND i.contact_id = contact) x (mark)
     WHERE char_length(x.mark) >= 5;
    -- o corpo cru não se refaz sem o que se apagou
    UPDATE webhook_failures f
       SET body = '', error = 'apagado', replayed_at = coalesce(f.replayed_at, now())
     WHERE f.company_id = app_company() AND EXISTS (
           SELECT FROM unnest(marks) k
            WHERE position(convert_to(k, 'UTF8') IN f.body) > 0);
    UPDATE contacts c
       SET name = CASE k.locale WHEN 'en' THEN 'Erased contact'
                                ELSE 'Contato apagado' END,
           phone = NULL, erased_at = now(), updated_at = clock_timestamp()
      FROM companies k
     WHERE k.id = c.company_id AND c.company_id = app_company() AND c.id = contact;
    DELETE FROM contact_identities i
     WHERE i.company_id = app_company() AND i.contact_id = contact;
    UPDATE tickets t
       SET last_message = '', reply_to = '', reply_to_kind = 'phone',
           window_until = NULL, erased_at = clock_timestamp()
     WHERE t.company_id = app_company() AND t.contact_id = contact;
    UPDATE audit_log a SET before = NULL, after = NULL
     WHERE a.company_id = app_company()
       AND (a.target_type = 'contact' AND a.target_id = contact::text
            OR EXISTS (SELECT FROM unnest(marks) k WHERE char_length(k) >= 8
                  AND position(k IN concat(a.before, a.after)) > 0));
    -- encerrar os abertos, de quem forem, é parte de apagar
    PERFORM set_config('app.visibility', 'all', true);
    RETURN 'ok';
END $$;

-- O que ainda repete o que se apagou: avisos do último dia e respostas
-- guardadas. Os avisos de depois já não dizem nada.
CREATE FUNCTION privacy_contact_sweep(contact bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    since timestamptz;
    rule  text;
    hits  bigint;
BEGIN
    SELECT c.erased_at INTO since FROM contacts c
     WHERE c.company_id = app_company() AND c.id = contact
       AND c.erased_at IS NOT NULL;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    SELECT concat('"contactId": ?', contact, '\M|"contact": ?\{"id": ?', contact,
                  '\M', '|"ticketId": ?(' || string_agg(t.id::text, '|') || ')\M')
      INTO rule FROM tickets t
     WHERE t.company_id = app_company() AND t.contact_id = contact;
    DELETE FROM live_outbox o
     WHERE o.company_id = app_company() AND o.created_at < since
       AND o.payload ~ rule;
    GET DIAGNOSTICS hits = ROW_COUNT;
    DELETE FROM idempotency_keys k
     WHERE k.company_id = app_company() AND k.created_at < since
       AND k.body ~ rule;
    RETURN hits;
END $$;

-- O prazo da empresa: conversas encerradas há mais de retention_days perdem o
-- texto, até `most` mensagens por vez, em todas as empresas.
CREATE FUNCTION privacy_retain(most bigint, OUT tickets bigint, OUT blanked bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    old  record;
    part record;
BEGIN
    tickets := 0;
    blanked := 0;
    FOR old IN
        SELECT t.company_id, t.id FROM companies c JOIN tickets t
            ON t.company_id = c.id AND t.status = 'closed'
           AND t.closed_at < now() - make_interval(days => c.retention_days)
           AND (t.erased_at IS NULL OR t.erased_at < t.closed_at)
         WHERE c.retention_days IS NOT NULL
         ORDER BY t.company_id, t.id LIMIT 200
           FOR UPDATE OF t SKIP LOCKED
    LOOP
        -- um ticket não se parte: o que resta dele voltaria do começo
        SELECT * INTO part FROM privacy_blank(old.company_id, old.id, 0, 1000000);
        UPDATE tickets t SET last_message = '', erased_at = clock_timestamp()
         WHERE t.company_id = old.company_id AND t.id = old.id;
        tickets := tickets + 1;
        blanked := blanked + part.blanked;
        EXIT WHEN blanked >= most;
    END LOOP;
END $$;

-- ---- exportar uma pessoa --------------------------------------------------

-- Onde se pode ler a pessoa: quem pede os próprios dados, em toda parte; quem
-- administra, só na empresa em que está. Vazio: não é daqui.
CREATE FUNCTION privacy_places(person bigint) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT coalesce(array_agg(m.company_id ORDER BY m.company_id), '{}')
      FROM memberships m
     WHERE m.user_id = person
       AND (person = app_user() OR m.company_id = app_company())
$$;

-- Um arquivo por linha; segredos e resumos deles nunca saem.
CREATE FUNCTION privacy_person_files(person bigint)
RETURNS TABLE (name text, body text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
#variable_conflict use_column
DECLARE
    own    boolean := person = app_user();
    places bigint[] := privacy_places(person);
BEGIN
    IF NOT own AND places = '{}' THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT 'profile.json', jsonb_pretty(jsonb_build_object(
            'id', u.id, 'email', u.email, 'createdAt', u.created_at) ||
        CASE WHEN own THEN jsonb_build_object('name', u.name, 'locale', u.locale,
            'isSuper', u.is_super, 'twoFactorSince', u.totp_enabled_at,
            'disabledAt', u.disabled_at, 'pictureWebpBase64',
            (SELECT encode(p.image, 'base64') FROM pictures p
              WHERE p.user_id = u.id)) ELSE '{}' END)
      FROM users u WHERE u.id = person;
    RETURN QUERY SELECT 'memberships.json', jsonb_pretty(coalesce(jsonb_agg(
        jsonb_build_object('companyId', m.company_id, 'company', c.name,
            'displayName', m.display_name, 'role', m.role, 'roleName', r.name,
            'visibility', m.visibility, 'createdAt', m.created_at,
            'disabledAt', m.disabled_at, 'queues',
            (SELECT coalesce(jsonb_agg(q.name ORDER BY q.id), '[]')
               FROM queue_members k JOIN queues q ON q.company_id = k.company_id
                AND q.id = k.queue_id
              WHERE k.company_id = m.company_id AND k.user_id = person))
        ORDER BY m.company_id), '[]'))
      FROM memberships m JOIN companies c ON c.id = m.company_id
      LEFT JOIN roles r ON r.company_id = m.company_id AND r.id = m.role_id
     WHERE m.user_id = person AND m.company_id = ANY (places);
    RETURN QUERY SELECT 'sessions.json', jsonb_pretty(coalesce(jsonb_agg(
        to_jsonb(s) ORDER BY s."createdAt"), '[]'))
      FROM (SELECT 'browser' AS kind, w.company_id AS "companyId",
                   w.address, w.user_agent AS "userAgent",
                   w.created_at AS "createdAt", w.last_seen_at AS "lastSeenAt",
                   w.expires_at AS "expiresAt", w.revoked_at AS "revokedAt"
              FROM web_sessions w WHERE w.user_id = person
               AND (own OR w.company_id = ANY (places))
            UNION ALL
            SELECT 'token', f.company_id, f.address, f.user_agent, f.created_at,
                   f.created_at, f.expires_at, f.revoked_at
              FROM refresh_tokens f WHERE f.user_id = person
               AND (own OR f.company_id = ANY (places))) s;
    RETURN QUERY SELECT 'tokens.json', jsonb_pretty(coalesce(jsonb_agg(
        jsonb_build_object('companyId', t.company_id, 'id', t.id, 'name', t.name,
            'scopes', t.scopes, 'prefix', t.prefix, 'createdAt', t.created_at,
            'expiresAt', t.expires_at, 'revokedAt', t.revoked_at,
            'lastUsedAt', t.last_used_at,
            'lastUsedAddress', t.last_used_address) ORDER BY t.id), '[]'))
      FROM api_tokens t
     WHERE t.user_id = person AND t.company_id = ANY (places);
    RETURN QUERY SELECT 'invitations.json', jsonb_pretty(coalesce(jsonb_agg(
        jsonb_build_object('companyId', i.company_id, 'email', i.email,
            'name', i.name, 'role', i.role, 'sentAt', i.sent_at,
            'acceptedAt', i.accepted_at) ORDER BY i.id), '[]'))
      FROM invitations i JOIN users u ON u.id = person
     WHERE (i.accepted_by = person OR lower(i.email) = lower(u.email))
       AND (own OR i.company_id = ANY (places));
    RETURN QUERY SELECT 'tickets.json', coalesce('[' || string_agg(
        json_build_object('companyId', t.company_id, 'id', t.id,
            'status', t.status, 'createdAt', t.created_at,
            'closedAt', t.closed_at)::text, E',\n' ORDER BY t.company_id, t.id)
        || ']', '[]')
      FROM tickets t
     WHERE t.user_id = person AND t.company_id = ANY (places);
    RETURN QUERY SELECT 'changes.json', coalesce('[' || string_agg(
        json_build_object('companyId', k.company_id, 'ticketId', k.ticket_id,
            'field', k.field, 'from', k.old_value, 'to', k.new_value,
            'at', k.created_at)::text, E',\n' ORDER BY k.company_id, k.id)
        || ']', '[]')
      FROM ticket_changes k
     WHERE k.user_id = person AND k.company_id = ANY (places);
    RETURN QUERY SELECT 'audit.json', coalesce('[' || string_agg(
        json_build_object('companyId', a.company_id, 'at', a.at,
            'action', a.action, 'targetType', a.target_type,
            'targetId', a.target_id, 'address', a.address,
            'userAgent', a.user_agent)::text, E',\n' ORDER BY a.company_id, a.id)
        || ']', '[]')
      FROM audit_log a
     WHERE a.user_id = person
       AND (a.company_id = ANY (places) OR own AND a.company_id = 0);
END $$;

-- O que a pessoa escreveu, por chave; body é o miolo de um vetor JSON.
CREATE FUNCTION privacy_person_messages(person bigint, after_company bigint,
    after_id bigint, most bigint,
    OUT company_id bigint, OUT message_id bigint, OUT found bigint, OUT body text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT coalesce(max(k.company_id), 0),
           coalesce((array_agg(k.id ORDER BY k.company_id DESC, k.id DESC))[1], 0),
           count(*), coalesce(string_agg(json_build_object(
               'companyId', k.company_id, 'id', k.id, 'ticketId', k.ticket_id,
               'kind', k.kind, 'body', k.body, 'status', k.status,
               'media', k.media, 'createdAt', k.created_at)::text,
               E',\n' ORDER BY k.company_id, k.id), '')
      FROM (SELECT m.company_id, m.id, m.ticket_id, m.kind, m.body, m.status,
                   m.media, m.created_at
              FROM messages m
             WHERE m.user_id = person AND m.sender_type = 'user'
               AND m.company_id = ANY (privacy_places(person))
               AND (m.company_id, m.id) > (after_company, after_id)
             ORDER BY m.company_id, m.id LIMIT most) k
$$;

-- ---- apagar uma pessoa ----------------------------------------------------

-- A si mesma, em toda parte; outra, na empresa do contexto, e a conta inteira
-- se ela não trabalha em mais nenhuma. Mascara por último: os gatilhos acabam
-- de anotar o nome e o e-mail que saíram.
-- outcome: ok, unknown, super, last_admin, confirm.
CREATE FUNCTION privacy_person_erase(person bigint, confirm text,
                                     OUT outcome text, OUT whole boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    own    boolean := coalesce(person = app_user(), false);
    home   bigint := app_company();
    was    users;
    places bigint[];
    place  bigint;
    marks  text[];
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
    ELSIF NOT own AND confirm <> was.email THEN
        outcome := 'confirm';
        RETURN;
    END IF;
    whole := own OR NOT EXISTS (SELECT FROM memberships m
        WHERE m.user_id = person AND m.company_id <> home
          AND m.disabled_at IS NULL);
    SELECT array_agg(m.company_id ORDER BY m.company_id) INTO places
      FROM memberships m
     WHERE m.user_id = person AND (whole OR m.company_id = home);
    FOREACH place IN ARRAY coalesce(places, '{}') LOOP
        PERFORM members_lock(place);
        IF last_admin(place, person) THEN
            outcome := 'last_admin';
            RETURN;
        END IF;
    END LOOP;
    SELECT array_agg(DISTINCT k.mark) INTO marks FROM (
        SELECT unnest(CASE WHEN whole THEN ARRAY[was.email, was.name] END)
        UNION SELECT m.display_name FROM memberships m
               WHERE m.user_id = person AND m.company_id = ANY (places)
        UNION SELECT i.email FROM invitations i WHERE whole
                 AND i.accepted_by = person
        UNION SELECT o.address FROM one_time_tokens o WHERE whole
                 AND o.user_id = person) k (mark)
     WHERE char_length(k.mark) >= 3;
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
           visibility = 'own', disabled_at = coalesce(m.disabled_at, now())
     WHERE m.user_id = person AND m.company_id = ANY (places);
    DELETE FROM invitations i
     WHERE i.accepted_at IS NULL AND lower(i.email) = lower(was.email)
       AND (whole OR i.company_id = home);
    UPDATE invitations i
       SET email = 'apagado-' || person || '@apagado.invalid', name = NULL
     WHERE i.accepted_by = person AND (whole OR i.company_id = home);
    IF whole THEN
        DELETE FROM one_time_tokens o
         WHERE o.user_id = person OR lower(o.address) = lower(was.email);
        DELETE FROM recovery_codes k WHERE k.user_id = person;
        DELETE FROM pictures p WHERE p.user_id = person;
        UPDATE users u
           SET name = blank, email = 'apagado-' || person || '@apagado.invalid',
               password_hash = '*', totp_secret = NULL, totp_enabled_at = NULL,
               locale = NULL, token_version = u.token_version + 1,
               disabled_at = coalesce(u.disabled_at, now())
         WHERE u.id = person;
    END IF;
    UPDATE audit_log a SET user_name = blank, address = '', user_agent = ''
     WHERE a.user_id = person
       AND (a.company_id = ANY (places) OR whole AND a.company_id = 0);
    UPDATE audit_log a SET before = NULL, after = NULL
     WHERE (a.company_id = ANY (places) OR whole AND a.company_id = 0)
       AND (a.target_type IN ('user', 'member', 'queue_member')
            AND a.target_id = person::text
            OR (a.before ->> 'user_id') = person::text
            OR (a.after ->> 'user_id') = person::text
            OR EXISTS (SELECT FROM unnest(marks) k
                  WHERE strpos(lower(concat(a.before, a.after)), lower(k)) > 0));
    outcome := 'ok';
END $$;

REVOKE EXECUTE ON FUNCTION privacy_blank(bigint, bigint, bigint, bigint),
    privacy_contact_step(bigint, bigint, bigint, bigint),
    privacy_contact_erase(bigint, text), privacy_contact_sweep(bigint),
    privacy_retain(bigint), privacy_places(bigint), privacy_person_files(bigint),
    privacy_person_messages(bigint, bigint, bigint, bigint),
    privacy_person_erase(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy_contact_step(bigint, bigint, bigint, bigint),
    privacy_contact_erase(bigint, text), privacy_contact_sweep(bigint),
    privacy_retain(bigint), privacy_person_files(bigint),
    privacy_person_messages(bigint, bigint, bigint, bigint),
    privacy_person_erase(bigint, text) TO balcao_app;

COMMENT ON COLUMN contacts.erased_at IS
    'Quando os dados pessoais foram apagados; nulo: não foram.';
COMMENT ON COLUMN tickets.erased_at IS
    'Quando o texto das mensagens foi apagado, a pedido ou pelo prazo; nulo: não foi.';
