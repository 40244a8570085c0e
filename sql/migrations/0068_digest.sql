-- 0068: o resumo por e-mail do que ninguém viu. Cada notificação que nasce
-- deixa marcada a hora de olhar por ela (um job, como os prazos de 0060); na
-- hora, o que a pessoa leu já não conta, e o resto vai num e-mail só.

ALTER TABLE notification_settings
    ADD digest         text NOT NULL DEFAULT 'hourly'
                       CHECK (digest IN ('never', 'soon', 'hourly', 'daily')),
    ADD digest_hour    smallint NOT NULL DEFAULT 8
                       CHECK (digest_hour BETWEEN 0 AND 23),
    ADD digest_kinds   text[] NOT NULL
                       DEFAULT '{mention,assigned,transferred}'
                       CHECK (digest_kinds <@ ARRAY['mention', 'assigned',
                       'transferred', 'chat', 'sla', 'participant',
                       'followed']),
    ADD digest_sent_at timestamptz;
COMMENT ON COLUMN notification_settings.digest IS
    'Resumo por e-mail do que não se viu: never, soon (15 min depois), hourly (uma hora depois) ou daily (à hora de digest_hour).';
COMMENT ON COLUMN notification_settings.digest_hour IS
    'Hora do resumo de cada dia, 0 a 23, no fuso da empresa.';
COMMENT ON COLUMN notification_settings.digest_kinds IS
    'Espécies que entram no resumo.';
COMMENT ON COLUMN notification_settings.digest_sent_at IS
    'Último resumo; nulo: nenhum.';

ALTER TABLE notifications ADD mailed_at timestamptz;
COMMENT ON COLUMN notifications.mailed_at IS
    'Quando entrou num resumo por e-mail; nulo: em nenhum.';

-- Quando o que nasceu em `made` deve ir por e-mail, se ninguém o vir; nulo:
-- nunca. O de cada dia também espera 15 minutos por quem o veja.
CREATE FUNCTION digest_due(made timestamptz, often text, at_hour integer,
                           zone text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = balcao, pg_temp AS $$
    SELECT CASE often
        WHEN 'soon' THEN made + interval '15 minutes'
        WHEN 'hourly' THEN made + interval '1 hour'
        WHEN 'daily' THEN (CASE WHEN d.today < d.here
                                THEN d.today + interval '1 day'
                                ELSE d.today END) AT TIME ZONE zone END
      FROM (SELECT h.here, date_trunc('day', h.here)
                   + make_interval(hours => at_hour) AS today
              FROM (SELECT (made + interval '15 minutes') AT TIME ZONE zone
                           AS here) h) d
$$;

-- Marca a hora de olhar. As horas se juntam de 5 em 5 minutos: um job por
-- pessoa e hora marcada, que ainda está por vir quando outra notificação
-- chega (a mesma chave nunca é a de um job que já está rodando).
CREATE FUNCTION digest_plan(company bigint, person bigint, due timestamptz)
RETURNS void LANGUAGE sql VOLATILE SET search_path = balcao, pg_temp AS $$
    INSERT INTO jobs (company_id, lane, kind, unique_key, payload, state,
                      run_at)
    SELECT company, 5, 'notice.digest',
           person || ':' || extract(epoch FROM b.at)::bigint,
           jsonb_build_object('userId', person), 'delayed', b.at
      FROM (SELECT date_bin('5 minutes', due + interval '299.999999 seconds',
                            'epoch') AS at) b
     WHERE due IS NOT NULL
    ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION notification_digest() RETURNS trigger LANGUAGE plpgsql
SET search_path = balcao, pg_temp AS $$
BEGIN
    PERFORM digest_plan(NEW.company_id, NEW.user_id,
                digest_due(NEW.created_at, coalesce(s.digest, 'hourly'),
                           coalesce(s.digest_hour, 8), c.time_zone))
       FROM companies c
       LEFT JOIN notification_settings s ON s.company_id = c.id
                                        AND s.user_id = NEW.user_id
      WHERE c.id = NEW.company_id
        AND NEW.kind = ANY (coalesce(s.digest_kinds,
                                     '{mention,assigned,transferred}'));
    RETURN NULL;
END $$;
CREATE TRIGGER digest AFTER INSERT ON notifications FOR EACH ROW
    WHEN (NEW.read_at IS NULL) EXECUTE FUNCTION notification_digest();

-- Quem muda de ideia não espera pela hora que valia antes.
CREATE FUNCTION digest_changed() RETURNS trigger LANGUAGE plpgsql
SET search_path = balcao, pg_temp AS $$
BEGIN
    PERFORM digest_plan(NEW.company_id, NEW.user_id,
                        greatest(d.due, clock_timestamp()))
       FROM (SELECT min(digest_due(n.created_at, NEW.digest, NEW.digest_hour,
                                   c.time_zone)) AS due
               FROM notifications n JOIN companies c ON c.id = n.company_id
              WHERE n.company_id = NEW.company_id AND n.user_id = NEW.user_id
                AND n.read_at IS NULL AND n.mailed_at IS NULL
                AND n.kind = ANY (NEW.digest_kinds)) d
      WHERE d.due IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER digest AFTER UPDATE OF digest, digest_hour, digest_kinds
    ON notification_settings FOR EACH ROW
    WHEN ((NEW.digest, NEW.digest_hour, NEW.digest_kinds) IS DISTINCT FROM
          (OLD.digest, OLD.digest_hour, OLD.digest_kinds))
    EXECUTE FUNCTION digest_changed();

-- A pessoa, que não é a do contexto, vê o atendimento? O mesmo que app_enter
-- (0007) e ticket_visible (0001) dizem de quem entra.
CREATE FUNCTION ticket_visible_to(company bigint, person bigint,
                                  queue bigint, holder bigint,
                                  participants bigint[])
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp
RETURN EXISTS (SELECT FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE m.company_id = company AND m.user_id = person
      AND m.disabled_at IS NULL
      AND (u.is_super OR m.visibility = 'all' OR holder = person
           OR person = ANY (participants)
           OR (m.role IN ('admin', 'supervisor') AND m.role_id IS NULL)
           OR (m.visibility = 'queues'
               AND ((holder IS NULL AND queue IS NULL)
                    OR EXISTS (SELECT FROM queue_members q
                                WHERE q.company_id = company
                                  AND q.user_id = person
                                  AND q.queue_id = queue)))));

-- O que há a fazer pela pessoa agora. outcome: none; wait (olhar de novo em
-- wait_ms); send, e a quem. Trava a escolha dela: dois que olham juntos não
-- mandam o mesmo. Quem está com a página à vista vê o sino, e não é
-- interrompido; o resumo de cada dia sai à hora dele. Só a quem trabalha aqui,
-- num endereço que se provou.
CREATE FUNCTION digest_look(person bigint, OUT outcome text,
                            OUT wait_ms bigint, OUT name text, OUT email text,
                            OUT locale text, OUT time_zone text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    s   notification_settings;
    now_at timestamptz := clock_timestamp();
    due timestamptz;
BEGIN
    outcome := 'none';
    wait_ms := 0;
    SELECT m.display_name, u.email, coalesce(u.locale, c.locale), c.time_zone
      INTO name, email, locale, time_zone
      FROM memberships m JOIN users u ON u.id = m.user_id
      JOIN companies c ON c.id = m.company_id
     WHERE m.company_id = app_company() AND m.user_id = person
       AND m.disabled_at IS NULL AND u.disabled_at IS NULL
       AND c.suspended_at IS NULL AND u.email_verified_at IS NOT NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO notification_settings (company_id, user_id)
    VALUES (app_company(), person) ON CONFLICT DO NOTHING;
    SELECT x.* INTO s FROM notification_settings x
     WHERE x.company_id = app_company() AND x.user_id = person FOR UPDATE;
    SELECT min(digest_due(n.created_at, s.digest, s.digest_hour,
                          digest_look.time_zone)) INTO due
      FROM notifications n
     WHERE n.company_id = app_company() AND n.user_id = person
       AND n.read_at IS NULL AND n.mailed_at IS NULL
       AND n.kind = ANY (s.digest_kinds);
    IF due IS NULL THEN
        RETURN;
    END IF;
    -- de um resumo a outro passa ao menos o tempo escolhido
    IF s.digest <> 'daily' AND s.digest_sent_at IS NOT NULL THEN
        due := greatest(due, digest_due(s.digest_sent_at, s.digest, 0, 'UTC'));
    END IF;
    IF due > now_at THEN
        outcome := 'wait';
        wait_ms := ceil(extract(epoch FROM due - now_at) * 1000);
    ELSIF s.digest <> 'daily' AND EXISTS (SELECT FROM presence p
          WHERE p.company_id = app_company() AND p.user_id = person
            AND p.seen_at > now_at - interval '60 seconds') THEN
        outcome := 'wait';
        wait_ms := 300000;
    ELSE
        outcome := 'send';
    END IF;
END $$;

-- O que vai no resumo, já marcado como ido: depois de digest_look dizer send,
-- na mesma transação. Do atendimento que a pessoa não vê só se diz que existe.
CREATE FUNCTION digest_take(person bigint)
RETURNS TABLE (id bigint, kind text, ticket_id bigint, protocol text,
               contact text, message_id bigint, talk_id bigint, talk text,
               by_name text, amount bigint, created_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
#variable_conflict use_column
DECLARE
    s notification_settings;
BEGIN
    UPDATE notification_settings x SET digest_sent_at = clock_timestamp()
     WHERE x.company_id = app_company() AND x.user_id = person
    RETURNING x.* INTO s;
    RETURN QUERY
    WITH gone AS (
        UPDATE notifications n SET mailed_at = clock_timestamp()
          FROM companies c
         WHERE c.id = n.company_id AND n.company_id = app_company()
           AND n.user_id = person AND n.read_at IS NULL
           AND n.mailed_at IS NULL AND n.kind = ANY (s.digest_kinds)
           AND digest_due(n.created_at, s.digest, s.digest_hour, c.time_zone)
               <= clock_timestamp()
        RETURNING n.*)
    SELECT n.id, n.kind, n.ticket_id,
           CASE WHEN t.id IS NOT NULL
                THEN ticket_protocol(t.created_at, t.id) END, p.name,
           n.message_id, n.talk_id,
           CASE k.kind WHEN 'group' THEN k.name END, b.display_name, n.amount,
           n.created_at
      FROM gone n
      LEFT JOIN tickets t ON t.company_id = n.company_id AND t.id = n.ticket_id
           AND ticket_visible_to(n.company_id, person, t.queue_id, t.user_id,
                                 t.participant_ids)
      LEFT JOIN contacts p ON p.company_id = t.company_id
                          AND p.id = t.contact_id
      LEFT JOIN talks k ON k.company_id = n.company_id AND k.id = n.talk_id
      LEFT JOIN memberships b ON b.company_id = n.company_id
                             AND b.user_id = n.by_id
     ORDER BY n.id DESC;
END $$;

-- "Não quero mais": de quem clica no link do e-mail, sem ter entrado. Quem
-- chama já conferiu o lacre do link. Falso: não há mais a pessoa.
CREATE FUNCTION digest_stop(company bigint, person bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    INSERT INTO notification_settings AS s (company_id, user_id, digest)
    SELECT m.company_id, m.user_id, 'never' FROM memberships m
     WHERE m.company_id = company AND m.user_id = person
    ON CONFLICT (company_id, user_id) DO UPDATE SET digest = 'never';
    RETURN FOUND;
END $$;

REVOKE EXECUTE ON FUNCTION digest_due(timestamptz, text, integer, text),
    digest_plan(bigint, bigint, timestamptz), notification_digest(),
    digest_changed(), ticket_visible_to(bigint, bigint, bigint, bigint, bigint[]),
    digest_look(bigint), digest_take(bigint), digest_stop(bigint, bigint)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION digest_due(timestamptz, text, integer, text),
    digest_plan(bigint, bigint, timestamptz), digest_look(bigint),
    digest_take(bigint), digest_stop(bigint, bigint) TO balcao_app;
