-- 0064: os participantes de um atendimento: colegas que o acompanham além de
-- quem atende. Veem-no mesmo que a fila não seja a deles, e sabem do que chega.

CREATE TABLE ticket_participants (
    company_id bigint NOT NULL,
    ticket_id  bigint NOT NULL,
    user_id    bigint NOT NULL,
    by_id      bigint,
    via        text NOT NULL DEFAULT 'hand' CHECK (via IN ('hand', 'mention')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, ticket_id, user_id),
    FOREIGN KEY (company_id, ticket_id) REFERENCES tickets ON DELETE CASCADE,
    FOREIGN KEY (company_id, user_id) REFERENCES memberships ON DELETE CASCADE,
    FOREIGN KEY (company_id, by_id) REFERENCES memberships
        ON DELETE SET NULL (by_id)
);
CREATE INDEX ticket_participants_user
    ON ticket_participants (company_id, user_id, ticket_id);
CREATE INDEX ticket_participants_by ON ticket_participants (company_id, by_id)
    WHERE by_id IS NOT NULL;
COMMENT ON TABLE ticket_participants IS
    'Colegas que acompanham um atendimento além de quem atende.';
COMMENT ON COLUMN ticket_participants.company_id IS 'Empresa.';
COMMENT ON COLUMN ticket_participants.ticket_id IS 'Atendimento.';
COMMENT ON COLUMN ticket_participants.user_id IS 'Quem o acompanha.';
COMMENT ON COLUMN ticket_participants.by_id IS
    'Quem a pôs ali, ou ela mesma; nulo: saiu da empresa.';
COMMENT ON COLUMN ticket_participants.via IS
    'hand (alguém a pôs, ou entrou) ou mention (foi citada numa anotação).';
COMMENT ON COLUMN ticket_participants.created_at IS 'Desde quando.';

ALTER TABLE ticket_participants ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ticket_participants USING (company_id = app_company());
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_participants TO balcao_app;

ALTER TABLE tickets ADD participant_ids bigint[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN tickets.participant_ids IS
    'Cópia de ticket_participants, em ordem: a visibilidade olha só a linha.';
CREATE INDEX tickets_participants ON tickets USING gin (participant_ids)
    WHERE participant_ids <> '{}';

-- ---- quem vê ----------------------------------------------------------------

-- A única regra de visibilidade de ticket, agora com quem participa. Quem não
-- diz os participantes fica com a regra mais estreita.
DROP FUNCTION ticket_visible(bigint, bigint);
CREATE FUNCTION ticket_visible(queue_id bigint, user_id bigint,
                               participant_ids bigint[] DEFAULT '{}')
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE current_setting('app.visibility', true)
    WHEN 'all' THEN true
    WHEN 'queues' THEN coalesce(user_id = app_user(), false)
        OR coalesce(queue_id = ANY (app_queues()), false)
        OR (user_id IS NULL AND queue_id IS NULL)
        OR coalesce(app_user() = ANY (participant_ids), false)
    ELSE coalesce(user_id = app_user(), false)
        OR coalesce(app_user() = ANY (participant_ids), false) END;

-- As funções que perguntam passam a dizer os participantes; trocam-se só estas
-- palavras, para que valha o que outra migração lhes tenha posto.
DO $$
DECLARE
    f    oid;
    was  text;
    now_ text;
BEGIN
    FOR f IN SELECT p.oid FROM pg_proc p
              WHERE p.pronamespace = 'balcao'::regnamespace
                AND p.prosrc LIKE '%ticket\_visible(%' LOOP
        was := pg_get_functiondef(f);
        now_ := regexp_replace(was,
            'ticket_visible\((\w+)\.queue_id, \1\.user_id\)',
            'ticket_visible(\1.queue_id, \1.user_id, \1.participant_ids)', 'g');
        IF now_ = was THEN
            RAISE EXCEPTION '% pergunta a visibilidade de outra forma',
                f::regprocedure;
        END IF;
        EXECUTE now_;
    END LOOP;
    was := pg_get_functiondef('ticket_where(jsonb)'::regprocedure);
    now_ := replace(was,
        '''ticket_visible(t.queue_id, t.user_id, t.participant_ids)'',',
        '''ticket_visible(t.queue_id, t.user_id, t.participant_ids)'',
        CASE WHEN f ? ''participant''
             THEN format(''t.participant_ids <> ''''{}'''' AND ''
                         ''t.participant_ids @> %L::bigint[]'',
                         ARRAY[(f ->> ''participant'')::bigint]) END,');
    IF now_ = was THEN
        RAISE EXCEPTION 'ticket_where mudou de forma';
    END IF;
    EXECUTE now_;
    was := pg_get_functiondef('search_messages(text, boolean, bigint, bigint)'::regprocedure);
    now_ := replace(was, 'ELSE ''t.user_id = app_user()''',
        'ELSE ''(t.user_id = app_user() OR app_user() = ANY (t.participant_ids))''');
    IF now_ = was THEN
        RAISE EXCEPTION 'search_messages mudou de forma';
    END IF;
    EXECUTE now_;
END $$;

CREATE OR REPLACE VIEW ticket_rows WITH (security_invoker = true) AS
    SELECT t.company_id, t.id, t.status, c.name AS contact, t.contact_id,
           c.phone, q.name AS queue, t.queue_id, m.display_name AS assignee,
           t.user_id AS assignee_id, h.name AS channel, t.channel_id,
           t.last_message, t.last_message_at, t.unread_count, t.window_until,
           t.started_at, t.closed_at, t.version, t.created_at, t.updated_at,
           ticket_protocol(t.created_at, t.id) AS protocol, t.subject,
           t.priority, t.tag_ids, t.custom, t.snoozed_until, t.waiting_since,
           t.first_answer_s, t.resolution_s, t.close_reason, t.merged_into_id,
           t.answer_due_at, t.resolution_due_at, t.sla_kind, t.sla_due_at,
           t.sla_near_at, sla_word(t.sla_near_at, t.sla_due_at) AS sla,
           t.participant_ids
      FROM tickets t
      JOIN contacts c ON c.company_id = t.company_id AND c.id = t.contact_id
      JOIN channels h ON h.company_id = t.company_id AND h.id = t.channel_id
      LEFT JOIN queues q ON q.company_id = t.company_id AND q.id = t.queue_id
      LEFT JOIN memberships m ON m.company_id = t.company_id
                             AND m.user_id = t.user_id;

-- ---- a cópia, o histórico e o aviso -----------------------------------------

-- As salas de um aviso e a de cada participante dos atendimentos dele: quem não
-- é da fila não ouve a sala dela.
CREATE FUNCTION live_audience(rooms text[]) RETURNS text[]
LANGUAGE sql STABLE SET search_path = balcao, pg_temp AS $$
    SELECT rooms || ARRAY(
        SELECT DISTINCT 'user:' || p
          FROM tickets t, unnest(t.participant_ids) p
         WHERE t.company_id = app_company()
           AND t.id IN (SELECT substr(r, 8)::bigint FROM unnest(rooms) r
                         WHERE r LIKE 'ticket:%')
           AND 'user:' || p <> ALL (rooms))
$$;

-- Venha a mudança de onde vier (a mão, a citação, a fusão, quem saiu da
-- empresa): a linha do atendimento, o histórico e quem o tem aberto sabem. Quem
-- saiu é conferido de novo, já, nas salas que ouve.
CREATE FUNCTION participants_changed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    UPDATE tickets o
       SET participant_ids = ARRAY(SELECT p.user_id FROM ticket_participants p
                                    WHERE p.company_id = o.company_id
                                      AND p.ticket_id = o.id
                                    ORDER BY p.user_id)
      FROM (SELECT DISTINCT company_id, ticket_id FROM changed) c
     WHERE o.company_id = c.company_id AND o.id = c.ticket_id;
    INSERT INTO ticket_changes (company_id, ticket_id, user_id, field,
                                old_value, new_value)
    SELECT c.company_id, c.ticket_id, nullif(app_user(), 0), 'participant',
           CASE TG_OP WHEN 'DELETE' THEN c.user_id END,
           CASE TG_OP WHEN 'INSERT' THEN c.user_id END
      FROM changed c
      JOIN tickets t ON t.company_id = c.company_id AND t.id = c.ticket_id
     WHERE TG_OP = 'INSERT' OR t.merged_into_id IS NULL
     ORDER BY c.company_id, c.ticket_id, c.user_id;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO live_outbox (company_id, rooms, type, payload)
        SELECT c.company_id, ARRAY['ticket:' || c.ticket_id] ||
               array_agg('user:' || c.user_id), 'access:changed', '{}'
          FROM changed c
          JOIN tickets t ON t.company_id = c.company_id AND t.id = c.ticket_id
         GROUP BY c.company_id, c.ticket_id;
        DELETE FROM notifications n USING changed c
         WHERE n.company_id = c.company_id AND n.ticket_id = c.ticket_id
           AND n.user_id = c.user_id AND n.read_at IS NULL
           AND n.kind IN ('followed', 'participant');
    END IF;
    INSERT INTO live_outbox (company_id, rooms, type, payload)
    SELECT t.company_id, ARRAY['ticket:' || t.id, 'company'] ||
           CASE WHEN t.queue_id IS NOT NULL OR t.user_id IS NULL
                THEN ARRAY['queue:' || coalesce(t.queue_id, 0)]
                ELSE '{}' END ||
           ARRAY(SELECT 'user:' || u FROM unnest(t.participant_ids || c.people) u
                 UNION SELECT 'user:' || t.user_id WHERE t.user_id IS NOT NULL),
           'ticket:participants',
           json_build_object('ticketId', t.id,
                             'participantIds', t.participant_ids)::text
      FROM (SELECT company_id, ticket_id, array_agg(user_id) AS people
              FROM changed GROUP BY company_id, ticket_id) c
      JOIN tickets t ON t.company_id = c.company_id AND t.id = c.ticket_id;
    RETURN NULL;
END $$;
CREATE TRIGGER participants_put AFTER INSERT ON ticket_participants
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION participants_changed();
CREATE TRIGGER participants_take AFTER DELETE ON ticket_participants
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION participants_changed();

-- Quem deixa a empresa deixa o que acompanhava: se voltar, não volta a ver.
CREATE FUNCTION participant_leaves() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'users' THEN
        DELETE FROM ticket_participants p WHERE p.user_id = NEW.id;
    ELSE
        DELETE FROM ticket_participants p
         WHERE p.company_id = NEW.company_id AND p.user_id = NEW.user_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER participant_leaves AFTER UPDATE OF disabled_at ON memberships
    FOR EACH ROW
    WHEN (NEW.disabled_at IS NOT NULL AND OLD.disabled_at IS NULL)
    EXECUTE FUNCTION participant_leaves();
CREATE TRIGGER participant_leaves AFTER UPDATE OF disabled_at ON users
    FOR EACH ROW
    WHEN (NEW.disabled_at IS NOT NULL AND OLD.disabled_at IS NULL)
    EXECUTE FUNCTION participant_leaves();

-- ---- notificações -----------------------------------------------------------

ALTER TABLE notifications DROP CONSTRAINT notifications_kind_check,
    ADD CONSTRAINT notifications_kind_check CHECK (kind IN ('mention',
        'assigned', 'transferred', 'chat', 'sla', 'participant', 'followed'));
ALTER TABLE notification_settings DROP CONSTRAINT notification_settings_muted_check,
    ADD CONSTRAINT notification_settings_muted_check CHECK (muted <@ ARRAY[
        'mention', 'assigned', 'transferred', 'chat', 'sla', 'participant',
        'followed']);
COMMENT ON COLUMN notifications.kind IS
    'mention (citada), assigned (recebeu), transferred (recebeu de outra), chat (mensagem de colega), sla (venceu um prazo), participant (passou a acompanhar), followed (chegou algo no que acompanha).';
COMMENT ON COLUMN notifications.amount IS
    'Quantas mensagens junta: por conversa, e por atendimento acompanhado, há no máximo uma não lida.';
CREATE INDEX notifications_followed
    ON notifications (company_id, ticket_id, user_id)
    WHERE kind = 'followed' AND read_at IS NULL;

-- Chegou mensagem do cliente, ou anotação, a quem acompanha; quem a escreveu,
-- quem ela cita (já tem a sua) e quem atende não precisam desta.
CREATE FUNCTION notify_followers() RETURNS trigger LANGUAGE plpgsql
SET search_path = balcao, pg_temp AS $$
DECLARE
    people bigint[];
BEGIN
    SELECT ARRAY(SELECT p FROM unnest(t.participant_ids) p
                  WHERE p IS DISTINCT FROM NEW.user_id
                    AND p IS DISTINCT FROM t.user_id
                    AND NOT p = ANY (NEW.mentions)
                    AND notify_wants(t.company_id, p, 'followed'))
      INTO people
      FROM tickets t
     WHERE t.company_id = NEW.company_id AND t.id = NEW.ticket_id
       AND t.participant_ids <> '{}';
    IF people IS NULL OR people = '{}' THEN
        RETURN NULL;
    END IF;
    WITH gone AS (
        DELETE FROM notifications n
         WHERE n.company_id = NEW.company_id AND n.ticket_id = NEW.ticket_id
           AND n.user_id = ANY (people) AND n.kind = 'followed'
           AND n.read_at IS NULL
        RETURNING n.user_id, n.amount)
    INSERT INTO notifications (company_id, user_id, kind, ticket_id, by_id, amount)
    SELECT NEW.company_id, p, 'followed', NEW.ticket_id, NEW.user_id,
           coalesce(g.amount, 0) + 1
      FROM unnest(people) p
      LEFT JOIN gone g ON g.user_id = p
     ORDER BY p;
    RETURN NULL;
END $$;
CREATE TRIGGER notify_followers AFTER INSERT ON messages FOR EACH ROW
    WHEN (NEW.kind = 'note'
          OR NEW.sender_type = 'contact' AND NEW.kind <> 'reaction')
    EXECUTE FUNCTION notify_followers();

-- ---- entrar e sair ----------------------------------------------------------

-- Quem pode acompanhar: da empresa, ativa, e que pode ler atendimentos.
CREATE FUNCTION participant_may(person bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = balcao, pg_temp AS $$
    SELECT coalesce((SELECT p.permissions IS NULL OR 'tickets.read' = ANY (
                            string_to_array(p.permissions, ' '))
                       FROM ticket_person(person) p), false)
$$;

-- Devolve ok, ou por que não: unknown, merged, person, access, owner, twice,
-- full (são 20).
CREATE FUNCTION participant_add(ticket bigint, person bigint) RETURNS text
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
DECLARE
    t tickets;
BEGIN
    SELECT k.* INTO t FROM tickets k
     WHERE k.id = ticket
       AND ticket_visible(k.queue_id, k.user_id, k.participant_ids) FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'unknown';
    ELSIF t.merged_into_id IS NOT NULL THEN
        RETURN 'merged';
    ELSIF NOT EXISTS (SELECT FROM ticket_person(person)) THEN
        RETURN 'person';
    ELSIF NOT participant_may(person) THEN
        RETURN 'access';
    ELSIF t.user_id = person THEN
        RETURN 'owner';
    ELSIF person = ANY (t.participant_ids) THEN
        RETURN 'twice';
    ELSIF cardinality(t.participant_ids) >= 20 THEN
        RETURN 'full';
    END IF;
    INSERT INTO ticket_participants (company_id, ticket_id, user_id, by_id)
    SELECT t.company_id, t.id, person,
           (SELECT b.user_id FROM memberships b
             WHERE b.company_id = t.company_id AND b.user_id = app_user());
    INSERT INTO notifications (company_id, user_id, kind, ticket_id, by_id)
    SELECT p.company_id, person, 'participant', p.ticket_id, p.by_id
      FROM ticket_participants p
     WHERE p.ticket_id = t.id AND p.user_id = person AND person <> app_user()
       AND notify_wants(p.company_id, person, 'participant');
    RETURN 'ok';
END $$;

-- Devolve ok, unknown (não se vê o atendimento) ou absent (não participa).
CREATE FUNCTION participant_drop(ticket bigint, person bigint) RETURNS text
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
BEGIN
    PERFORM FROM tickets k
      WHERE k.id = ticket
        AND ticket_visible(k.queue_id, k.user_id, k.participant_ids) FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'unknown';
    END IF;
    DELETE FROM ticket_participants p
     WHERE p.ticket_id = ticket AND p.user_id = person;
    RETURN CASE WHEN FOUND THEN 'ok' ELSE 'absent' END;
END $$;

-- Citar alguém numa anotação é pedir que acompanhe; quem já não cabe, ou não
-- pode ler atendimentos, fica só com a notificação.
CREATE FUNCTION participants_mentioned() RETURNS trigger LANGUAGE plpgsql
SET search_path = balcao, pg_temp AS $$
BEGIN
    INSERT INTO ticket_participants (company_id, ticket_id, user_id, by_id, via)
    SELECT t.company_id, t.id, p.id,
           (SELECT b.user_id FROM memberships b
             WHERE b.company_id = t.company_id AND b.user_id = NEW.user_id),
           'mention'
      FROM tickets t
     CROSS JOIN LATERAL (
           SELECT DISTINCT u.id FROM unnest(NEW.mentions) u (id)
            WHERE u.id IS DISTINCT FROM NEW.user_id
              AND u.id IS DISTINCT FROM t.user_id
              AND NOT u.id = ANY (t.participant_ids)
              AND (TG_OP = 'INSERT' OR NOT u.id = ANY (OLD.mentions))
              AND participant_may(u.id)
            ORDER BY u.id
            LIMIT greatest(0, 20 - cardinality(t.participant_ids))) p
     WHERE t.company_id = NEW.company_id AND t.id = NEW.ticket_id
       AND t.merged_into_id IS NULL
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER participants_mentioned AFTER INSERT ON messages FOR EACH ROW
    WHEN (NEW.kind = 'note' AND NEW.mentions <> '{}')
    EXECUTE FUNCTION participants_mentioned();
CREATE TRIGGER participants_mentioned_later AFTER UPDATE OF mentions ON messages
    FOR EACH ROW
    WHEN (NEW.kind = 'note' AND NEW.deleted_at IS NULL
          AND NEW.mentions IS DISTINCT FROM OLD.mentions)
    EXECUTE FUNCTION participants_mentioned();

-- Quem o texto chama por @Nome. Citar dá vista ao atendimento, e por isso o
-- nome vale inteiro: "@Ana Paula" não chama a Ana, nem "@anabela".
CREATE FUNCTION mentioned_in(body text) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = balcao, pg_temp AS $$
    WITH called AS (
        SELECT m.user_id, '@' || fold(m.display_name) AS mark
          FROM memberships m
         WHERE m.company_id = app_company() AND m.disabled_at IS NULL
           AND position('@' IN body) > 0
           AND position('@' || fold(m.display_name) IN fold(body)) > 0)
    SELECT c.user_id FROM called c
     WHERE fold(body) ~ (regexp_replace(c.mark, '([^[:alnum:]])', '\\\1', 'g')
           || '(?![[:alnum:]_]' || coalesce((
                SELECT '|' || string_agg(regexp_replace(
                           substr(o.mark, length(c.mark) + 1),
                           '([^[:alnum:]])', '\\\1', 'g'), '|')
                  FROM called o
                 WHERE starts_with(o.mark, c.mark) AND o.mark <> c.mark), '')
           || ')')
$$;

-- ---- a fusão leva junto -----------------------------------------------------

DO $$
DECLARE
    was  text := pg_get_functiondef('ticket_merge(bigint, bigint)'::regprocedure);
    now_ text := replace(was, 'IF s.status <> ''closed'' THEN',
'INSERT INTO ticket_participants (company_id, ticket_id, user_id, by_id, via,
                                     created_at)
    SELECT p.company_id, kept, p.user_id, p.by_id, p.via, p.created_at
      FROM ticket_participants p
     WHERE p.ticket_id = gone AND p.user_id IS DISTINCT FROM t.user_id
        ON CONFLICT DO NOTHING;
    DELETE FROM ticket_participants p WHERE p.ticket_id = gone;
    IF s.status <> ''closed'' THEN');
BEGIN
    IF now_ = was THEN
        RAISE EXCEPTION 'ticket_merge mudou de forma';
    END IF;
    EXECUTE now_;
END $$;

DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['ticket_visible(bigint, bigint, bigint[])',
        'live_audience(text[])', 'participants_changed()',
        'participant_leaves()', 'notify_followers()', 'participant_may(bigint)',
        'participant_add(bigint, bigint)', 'participant_drop(bigint, bigint)',
        'participants_mentioned()', 'mentioned_in(text)'] LOOP
        EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || f || ' FROM PUBLIC';
        EXECUTE 'GRANT EXECUTE ON FUNCTION ' || f || ' TO balcao_app';
    END LOOP;
END $$;

-- O que a empresa leva ao sair: o que já levava, e isto.
DO $$
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION privacy_company_tables() '
        'RETURNS text[] LANGUAGE sql IMMUTABLE RETURN %L::text[]',
        (SELECT array_agg(n ORDER BY at) FROM unnest(privacy_company_tables()
             || ARRAY['ticket_participants']) WITH ORDINALITY u (n, at)
          WHERE at <= cardinality(privacy_company_tables())
             OR NOT n = ANY (privacy_company_tables())));
END $$;

-- O agendamento como sai; a visibilidade dele é a do atendimento.
CREATE OR REPLACE VIEW scheduled_rows WITH (security_invoker = true) AS
    SELECT s.company_id, s.id, s.ticket_id, c.name AS contact, s.user_id,
           u.name AS user_name, s.body, s.due_at, s.repeats, s.status,
           s.reason, s.message_id, s.sent_count, s.sent_at,
           s.status = 'pending' AND t.window_until IS NOT NULL
               AND t.window_until <= s.due_at AS after_window,
           s.version, s.created_at, t.queue_id, t.user_id AS assignee_id,
           t.participant_ids
      FROM scheduled_messages s
      JOIN tickets t ON t.company_id = s.company_id AND t.id = s.ticket_id
      JOIN contacts c ON c.company_id = t.company_id AND c.id = t.contact_id
      LEFT JOIN LATERAL (SELECT m.display_name AS name FROM memberships m
                          WHERE m.company_id = s.company_id
                            AND m.user_id = s.user_id) u ON true;
