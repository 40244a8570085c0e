-- 0060: prazos (SLA) por fila: a primeira resposta e a solução. O prazo se
-- calcula quando o atendimento abre, muda de fila ou é adiado, e fica na
-- linha; a lista só o lê. Quem anota o estouro é um job, na hora.

ALTER TABLE queues
    ADD answer_minutes     integer CHECK (answer_minutes BETWEEN 1 AND 525600),
    ADD resolution_minutes integer CHECK (resolution_minutes BETWEEN 1 AND 525600);
COMMENT ON COLUMN queues.answer_minutes IS
    'Minutos, no horário da fila, até a primeira resposta; nulo: sem prazo.';
COMMENT ON COLUMN queues.resolution_minutes IS
    'Minutos, no horário da fila, até encerrar; nulo: sem prazo.';

ALTER TABLE tickets
    ADD answer_due_at      timestamptz,
    ADD answer_near_at     timestamptz,
    ADD answer_met         boolean,
    ADD resolution_due_at  timestamptz,
    ADD resolution_near_at timestamptz,
    ADD resolution_met     boolean,
    ADD sla_kind           text CHECK (sla_kind IN ('answer', 'resolution')),
    ADD sla_due_at         timestamptz,
    ADD sla_near_at        timestamptz,
    ADD sla_paused_at      timestamptz;
COMMENT ON COLUMN tickets.answer_due_at IS
    'Prazo da primeira resposta neste ciclo; nulo: não há.';
COMMENT ON COLUMN tickets.answer_near_at IS
    'Quando faltam 20 % dele, no horário da fila.';
COMMENT ON COLUMN tickets.answer_met IS
    'Respondeu no prazo; nulo: ainda corre, ou não há prazo.';
COMMENT ON COLUMN tickets.resolution_due_at IS
    'Prazo para encerrar este ciclo; nulo: não há.';
COMMENT ON COLUMN tickets.resolution_near_at IS
    'Quando faltam 20 % dele, no horário da fila.';
COMMENT ON COLUMN tickets.resolution_met IS
    'Encerrou no prazo; nulo: ainda corre, ou não há prazo.';
COMMENT ON COLUMN tickets.sla_kind IS
    'O prazo que corre agora: answer ou resolution; nulo: nenhum.';
COMMENT ON COLUMN tickets.sla_due_at IS
    'Quando vence o prazo que corre; nulo: nenhum corre.';
COMMENT ON COLUMN tickets.sla_near_at IS 'Desde quando ele está perto.';
COMMENT ON COLUMN tickets.sla_paused_at IS
    'Desde quando os prazos não correm (adiado); nulo: correm.';
CREATE INDEX tickets_sla ON tickets (company_id, sla_due_at, id)
    WHERE sla_due_at IS NOT NULL;

-- ---- contar o tempo em que a fila está aberta ------------------------------

-- Anda pelas horas abertas desde `since`, até gastar `budget` segundos ou
-- chegar a `ends`. at: onde parou, nulo se em 400 dias não se gastou tudo;
-- used: quanto de aberto passou. Feriado vence a semana, como em hours_open.
CREATE FUNCTION hours_walk(week jsonb, holidays jsonb, zone text,
                           since timestamptz, budget double precision,
                           ends timestamptz, OUT at timestamptz,
                           OUT used double precision)
LANGUAGE plpgsql STABLE SET search_path = balcao, pg_temp AS $$
DECLARE
    day     date := (since AT TIME ZONE zone)::date;
    special jsonb;
    r       record;
    len     double precision;
BEGIN
    used := 0;
    FOR step IN 0 .. 400 LOOP
        SELECT d INTO special FROM jsonb_array_elements(holidays) d
         WHERE d ->> 'date' = to_char(day, 'YYYY-MM-DD') LIMIT 1;
        FOR r IN
            SELECT greatest(since, (day + (h ->> 'from')::interval)
                                   AT TIME ZONE zone) AS opens,
                   least(ends, (day + (h ->> 'to')::interval)
                               AT TIME ZONE zone) AS closes
              FROM jsonb_array_elements(CASE
                   WHEN special IS NOT NULL
                       THEN coalesce(special -> 'hours', '[]')
                   WHEN week IS NULL
                       THEN '[{"from": "00:00", "to": "24:00"}]'
                   ELSE coalesce(week -> (ARRAY['mon', 'tue', 'wed', 'thu',
                        'fri', 'sat', 'sun'])[extract(isodow FROM day)], '[]')
                   END) h
             ORDER BY h ->> 'from' LOOP
            len := extract(epoch FROM r.closes - r.opens);
            CONTINUE WHEN len <= 0;
            IF used + len >= budget THEN
                at := r.opens + make_interval(secs => budget - used);
                used := budget;
                RETURN;
            END IF;
            used := used + len;
        END LOOP;
        day := day + 1;
        EXIT WHEN day::timestamp AT TIME ZONE zone >= ends;
    END LOOP;
END $$;

-- O prazo e quando ele fica perto.
CREATE FUNCTION sla_due(minutes integer, week jsonb, holidays jsonb, zone text,
                        since timestamptz, OUT due timestamptz,
                        OUT near timestamptz)
LANGUAGE sql STABLE SET search_path = balcao, pg_temp AS $$
    SELECT w.at, CASE WHEN w.at IS NOT NULL THEN
               (hours_walk(week, holidays, zone, since, minutes * 48,
                           'infinity')).at END
      FROM hours_walk(week, holidays, zone, since, minutes * 60, 'infinity') w
$$;

-- O mesmo instante depois de uma pausa: o tempo aberto que passou nela.
CREATE FUNCTION sla_shift(what timestamptz, week jsonb, holidays jsonb,
                          zone text, paused timestamptz, resumed timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE SET search_path = balcao, pg_temp
RETURN CASE WHEN what <= paused THEN what ELSE coalesce(
    (hours_walk(week, holidays, zone, what,
        (hours_walk(week, holidays, zone, paused, 'infinity', resumed)).used,
        'infinity')).at, what) END;

-- ---- os prazos do atendimento ----------------------------------------------

-- O estado do prazo que corre.
CREATE FUNCTION sla_word(near timestamptz, due timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN due <= now() THEN 'breached' WHEN near <= now() THEN 'near'
            WHEN due IS NOT NULL THEN 'ok' END;

-- Depois de ticket_times ("times"), pela ordem dos nomes. A resposta conta de
-- quando se abriu, ou de quando chegou a esta fila sem resposta; a solução,
-- sempre do início do ciclo. Quem foi procurado pela empresa não espera a
-- primeira resposta.
CREATE FUNCTION ticket_sla() RETURNS trigger LANGUAGE plpgsql
SET search_path = balcao, pg_temp AS $$
DECLARE
    now_at timestamptz := clock_timestamp();
    fresh  boolean := TG_OP = 'INSERT';
    moved  boolean := false;
    ours   boolean := NEW.status NOT IN ('closed', 'bot');
    q      record;
BEGIN
    IF NOT fresh THEN
        fresh := OLD.status IN ('closed', 'bot') AND ours;
        moved := ours AND NEW.queue_id IS DISTINCT FROM OLD.queue_id;
    END IF;
    IF fresh OR moved OR NEW.sla_paused_at IS NOT NULL THEN
        SELECT k.answer_minutes, k.resolution_minutes, k.holidays,
               coalesce(k.business_hours, c.business_hours) AS week,
               coalesce(k.time_zone, c.time_zone) AS zone INTO q
          FROM queues k JOIN companies c ON c.id = k.company_id
         WHERE k.company_id = NEW.company_id AND k.id = NEW.queue_id;
    END IF;
    IF fresh OR moved THEN
        -- o que já venceu não se apaga mudando de fila
        IF fresh OR (NEW.answer_met IS NULL AND NEW.first_answer_s IS NULL
                     AND coalesce(NEW.answer_due_at > now_at, true)) THEN
            NEW.answer_met := NULL;
            SELECT d.due, d.near INTO NEW.answer_due_at, NEW.answer_near_at
              FROM sla_due(q.answer_minutes, q.week, q.holidays, q.zone,
                           CASE WHEN TG_OP = 'INSERT' THEN NEW.opened_at
                                ELSE now_at END) d
             WHERE ours AND q.answer_minutes IS NOT NULL
               AND NEW.first_answer_s IS NULL
               AND (CASE WHEN fresh THEN nullif(app_user(), 0) IS NULL
                         ELSE OLD.answer_due_at IS NOT NULL
                              OR NEW.waiting_since IS NOT NULL END);
        END IF;
        IF fresh OR (NEW.resolution_met IS NULL
                     AND coalesce(NEW.resolution_due_at > now_at, true)) THEN
            NEW.resolution_met := NULL;
            SELECT d.due, d.near
              INTO NEW.resolution_due_at, NEW.resolution_near_at
              FROM sla_due(q.resolution_minutes, q.week, q.holidays, q.zone,
                           NEW.opened_at) d
             WHERE ours AND q.resolution_minutes IS NOT NULL;
        END IF;
        NEW.sla_paused_at := NULL;
    ELSIF NEW.sla_paused_at IS NOT NULL AND NEW.snoozed_until IS NULL THEN
        NEW.answer_due_at := sla_shift(NEW.answer_due_at, q.week, q.holidays,
            q.zone, NEW.sla_paused_at, now_at);
        NEW.answer_near_at := sla_shift(NEW.answer_near_at, q.week, q.holidays,
            q.zone, NEW.sla_paused_at, now_at);
        NEW.resolution_due_at := sla_shift(NEW.resolution_due_at, q.week,
            q.holidays, q.zone, NEW.sla_paused_at, now_at);
        NEW.resolution_near_at := sla_shift(NEW.resolution_near_at, q.week,
            q.holidays, q.zone, NEW.sla_paused_at, now_at);
        NEW.sla_paused_at := NULL;
    END IF;
    IF NEW.snoozed_until IS NOT NULL AND ours THEN
        NEW.sla_paused_at := coalesce(NEW.sla_paused_at, now_at);
    END IF;
    -- cumprido a tempo; o que passou da hora quem anota é o job
    IF NEW.first_answer_s IS NOT NULL AND NEW.answer_met IS NULL
       AND (NEW.answer_due_at > now_at) THEN
        NEW.answer_met := true;
    END IF;
    IF NEW.status = 'closed' AND NEW.resolution_met IS NULL
       AND NEW.resolution_due_at > now_at THEN
        NEW.resolution_met := true;
    END IF;
    -- encerrado sem resposta a tempo de responder: não se deve mais nada
    IF NEW.status = 'closed' AND NEW.answer_met IS NULL
       AND NEW.answer_due_at > now_at THEN
        NEW.answer_due_at := NULL;
        NEW.answer_near_at := NULL;
    END IF;
    SELECT x.kind, x.due, x.near
      INTO NEW.sla_kind, NEW.sla_due_at, NEW.sla_near_at
      FROM (VALUES ('answer', NEW.answer_due_at, NEW.answer_near_at,
                    NEW.first_answer_s IS NULL),
                   ('resolution', NEW.resolution_due_at,
                    NEW.resolution_near_at, true)) x (kind, due, near, runs)
     WHERE x.runs AND x.due IS NOT NULL AND ours AND NEW.sla_paused_at IS NULL
     ORDER BY x.due LIMIT 1;
    RETURN NEW;
END $$;
CREATE TRIGGER times_sla_new BEFORE INSERT ON tickets FOR EACH ROW
    WHEN (NEW.queue_id IS NOT NULL AND NEW.status NOT IN ('closed', 'bot'))
    EXECUTE FUNCTION ticket_sla();
CREATE TRIGGER times_sla BEFORE UPDATE ON tickets FOR EACH ROW
    WHEN (NEW.status IS DISTINCT FROM OLD.status
          OR NEW.queue_id IS DISTINCT FROM OLD.queue_id
          OR NEW.snoozed_until IS DISTINCT FROM OLD.snoozed_until
          OR NEW.first_answer_s IS DISTINCT FROM OLD.first_answer_s)
    EXECUTE FUNCTION ticket_sla();

-- ---- o job de cada prazo ---------------------------------------------------

CREATE FUNCTION sla_job_key(ticket bigint, kind text, due timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ticket || ':' || kind || ':' ||
       (extract(epoch FROM due) * 1000000)::bigint;

-- Um job por prazo que corre: nasce com ele, e some se ele muda, se cumpre ou
-- para. O que já passou da hora fica, para ser anotado.
CREATE FUNCTION ticket_sla_jobs() RETURNS trigger LANGUAGE plpgsql
SET search_path = balcao, pg_temp AS $$
DECLARE
    now_at timestamptz := clock_timestamp();
    x      record;
BEGIN
    FOR x IN
        SELECT k.kind, k.due,
               CASE WHEN TG_OP = 'UPDATE' THEN k.was_due END AS was,
               k.met IS NULL AND k.due IS NOT NULL
                   AND NEW.sla_paused_at IS NULL
                   AND (k.due <= now_at OR NEW.status NOT IN ('closed', 'bot'))
                   AS runs
          FROM (VALUES
               ('answer', NEW.answer_due_at, NEW.answer_met,
                CASE WHEN TG_OP = 'UPDATE' THEN OLD.answer_due_at END),
               ('resolution', NEW.resolution_due_at, NEW.resolution_met,
                CASE WHEN TG_OP = 'UPDATE' THEN OLD.resolution_due_at END))
               k (kind, due, met, was_due) LOOP
        IF x.was IS NOT NULL AND (x.was IS DISTINCT FROM x.due OR NOT x.runs) THEN
            DELETE FROM jobs j
             WHERE j.company_id = NEW.company_id AND j.kind = 'ticket.sla'
               AND j.unique_key = sla_job_key(NEW.id, x.kind, x.was)
               AND j.state IN ('ready', 'delayed');
        END IF;
        IF x.runs THEN
            INSERT INTO jobs (company_id, lane, kind, unique_key, payload,
                              state, run_at)
            VALUES (NEW.company_id, 3, 'ticket.sla',
                    sla_job_key(NEW.id, x.kind, x.due),
                    jsonb_build_object('ticketId', NEW.id, 'resolution',
                        CASE x.kind WHEN 'resolution' THEN 1 ELSE 0 END),
                    'delayed', x.due)
            ON CONFLICT DO NOTHING;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER sla_jobs_new AFTER INSERT ON tickets FOR EACH ROW
    WHEN (NEW.sla_due_at IS NOT NULL) EXECUTE FUNCTION ticket_sla_jobs();
CREATE TRIGGER sla_jobs AFTER UPDATE ON tickets FOR EACH ROW
    WHEN ((NEW.answer_due_at, NEW.answer_met, NEW.resolution_due_at,
           NEW.resolution_met, NEW.sla_due_at) IS DISTINCT FROM
          (OLD.answer_due_at, OLD.answer_met, OLD.resolution_due_at,
           OLD.resolution_met, OLD.sla_due_at))
    EXECUTE FUNCTION ticket_sla_jobs();

ALTER TABLE notifications DROP CONSTRAINT notifications_kind_check,
    ADD CONSTRAINT notifications_kind_check CHECK (kind IN ('mention',
        'assigned', 'transferred', 'chat', 'sla'));
ALTER TABLE notification_settings DROP CONSTRAINT notification_settings_muted_check,
    ADD CONSTRAINT notification_settings_muted_check CHECK (muted <@ ARRAY[
        'mention', 'assigned', 'transferred', 'chat', 'sla']);
COMMENT ON COLUMN notifications.kind IS
    'mention (citada), assigned (recebeu), transferred (passaram-lhe), chat ou sla (um prazo venceu).';

-- O prazo venceu? Anota uma vez só e avisa quem atende, ou os membros da fila;
-- ninguém é avisado do que já se respondeu ou encerrou, atrasado.
CREATE FUNCTION sla_breach(ticket bigint, what text) RETURNS boolean
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
DECLARE
    t      tickets;
    due    timestamptz;
    is_late boolean;
BEGIN
    SELECT k.* INTO t FROM tickets k
     WHERE k.company_id = app_company() AND k.id = ticket FOR NO KEY UPDATE;
    due := CASE what WHEN 'answer' THEN t.answer_due_at
                ELSE t.resolution_due_at END;
    is_late := t.sla_paused_at IS NULL AND due <= clock_timestamp()
        AND CASE what WHEN 'answer' THEN t.answer_met
                 ELSE t.resolution_met END IS NULL;
    IF is_late IS NOT TRUE THEN
        RETURN false;
    END IF;
    UPDATE tickets k
       SET answer_met = CASE what WHEN 'answer' THEN false ELSE k.answer_met END,
           resolution_met = CASE what WHEN 'answer' THEN k.resolution_met
                                 ELSE false END
     WHERE k.company_id = t.company_id AND k.id = t.id;
    INSERT INTO ticket_changes (company_id, ticket_id, field, new_value)
    VALUES (t.company_id, t.id, 'sla', what);
    IF t.status NOT IN ('closed', 'bot')
       AND (what = 'resolution' OR t.first_answer_s IS NULL) THEN
        INSERT INTO notifications (company_id, user_id, kind, ticket_id)
        SELECT t.company_id, p.id, 'sla', t.id
          FROM (SELECT t.user_id WHERE t.user_id IS NOT NULL
                 UNION ALL
                SELECT m.user_id FROM queue_members m
                 WHERE m.company_id = t.company_id AND m.queue_id = t.queue_id
                   AND t.user_id IS NULL) p (id)
         WHERE notify_wants(t.company_id, p.id, 'sla')
         ORDER BY p.id;
    END IF;
    RETURN true;
END $$;

-- ---- como se lê ------------------------------------------------------------

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
           t.sla_near_at, sla_word(t.sla_near_at, t.sla_due_at) AS sla
      FROM tickets t
      JOIN contacts c ON c.company_id = t.company_id AND c.id = t.contact_id
      JOIN channels h ON h.company_id = t.company_id AND h.id = t.channel_id
      LEFT JOIN queues q ON q.company_id = t.company_id AND q.id = t.queue_id
      LEFT JOIN memberships m ON m.company_id = t.company_id
                             AND m.user_id = t.user_id;

CREATE OR REPLACE VIEW queue_rows WITH (security_invoker = true) AS
    SELECT q.company_id, q.id, q.name, q.color, q.position::bigint, q.greeting,
           q.away_message, q.business_hours, q.time_zone, q.holidays,
           q.assignment, q.capacity::bigint,
           hours_open(coalesce(q.business_hours, c.business_hours), q.holidays,
                      coalesce(q.time_zone, c.time_zone), now()) AS open,
           (SELECT coalesce(json_agg(m.user_id ORDER BY m.user_id), '[]')
              FROM queue_members m
             WHERE m.company_id = q.company_id AND m.queue_id = q.id)
               AS member_ids,
           (SELECT count(*) FROM tickets t
             WHERE t.company_id = q.company_id AND t.queue_id = q.id
               AND t.status = 'pending') AS waiting,
           q.version, q.created_at, q.updated_at,
           q.answer_minutes::bigint, q.resolution_minutes::bigint
      FROM queues q
      JOIN companies c ON c.id = q.company_id;

-- A condição do filtro de prazo: ok, near, breached ou none.
CREATE FUNCTION sla_where(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE word WHEN 'ok' THEN 't.sla_near_at > now()'
    WHEN 'near' THEN 't.sla_near_at <= now() AND t.sla_due_at > now()'
    WHEN 'breached' THEN 't.sla_due_at <= now()'
    WHEN 'none' THEN 't.sla_due_at IS NULL' END;

-- As de 0030, com o prazo: um filtro e uma ordem a mais. Trocam-se só as
-- linhas que mudam, para que valha o que outra migração lhes tenha posto.
DO $$
DECLARE
    was text;
    now_ text;
BEGIN
    was := pg_get_functiondef('ticket_where(jsonb)'::regprocedure);
    now_ := replace(was, '''ticket_visible(t.queue_id, t.user_id)'',',
        '''ticket_visible(t.queue_id, t.user_id)'',
        sla_where(f ->> ''sla''),');
    IF now_ = was THEN
        RAISE EXCEPTION 'ticket_where mudou de forma';
    END IF;
    EXECUTE now_;
    was := pg_get_functiondef('ticket_find(jsonb,text,bigint,timestamptz,bigint,bigint)'::regprocedure);
    now_ := replace(replace(replace(was, 'IN (''oldest'', ''waiting'')',
            'IN (''oldest'', ''waiting'', ''sla'')'),
        'WHEN ''closed'' THEN ''t.closed_at, t.id''',
        'WHEN ''closed'' THEN ''t.closed_at, t.id''
        WHEN ''sla'' THEN ''t.sla_due_at, t.id'''),
        'ELSIF sort = ''closed'' THEN',
        'ELSIF sort = ''sla'' THEN
        rule := rule || '' AND t.sla_due_at IS NOT NULL'';
    ELSIF sort = ''closed'' THEN');
    IF now_ NOT LIKE '%''waiting'', ''sla''%' OR now_ NOT LIKE '%t.sla_due_at, t.id%'
       OR now_ NOT LIKE '%t.sla_due_at IS NOT NULL%' THEN
        RAISE EXCEPTION 'ticket_find mudou de forma';
    END IF;
    EXECUTE now_;
END $$;

DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY[
        'hours_walk(jsonb, jsonb, text, timestamptz, double precision, timestamptz)',
        'sla_due(integer, jsonb, jsonb, text, timestamptz)',
        'sla_shift(timestamptz, jsonb, jsonb, text, timestamptz, timestamptz)',
        'sla_word(timestamptz, timestamptz)', 'ticket_sla()',
        'sla_job_key(bigint, text, timestamptz)', 'ticket_sla_jobs()',
        'sla_breach(bigint, text)', 'sla_where(text)'] LOOP
        EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || f || ' FROM PUBLIC';
        EXECUTE 'GRANT EXECUTE ON FUNCTION ' || f || ' TO balcao_app';
    END LOOP;
END $$;
