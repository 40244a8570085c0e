-- 0031: a fila inteira (ordem, textos, horário, feriados, distribuição), a
-- presença de quem atende e a distribuição automática.

ALTER TABLE queues
    ADD position       integer NOT NULL DEFAULT 0
                       CHECK (position BETWEEN 0 AND 10000),
    ADD greeting       text NOT NULL DEFAULT ''
                       CHECK (char_length(greeting) <= 1000),
    ADD away_message   text NOT NULL DEFAULT ''
                       CHECK (char_length(away_message) <= 1000),
    ADD business_hours jsonb CHECK (jsonb_typeof(business_hours) = 'object'),
    ADD time_zone      text,
    ADD holidays       jsonb NOT NULL DEFAULT '[]'
                       CHECK (jsonb_typeof(holidays) = 'array'
                              AND jsonb_array_length(holidays) <= 100),
    ADD assignment     text NOT NULL DEFAULT 'off'
                       CHECK (assignment IN ('off', 'round_robin', 'least_busy')),
    ADD capacity       integer CHECK (capacity BETWEEN 1 AND 1000),
    ADD version        bigint NOT NULL DEFAULT 1,
    ADD updated_at     timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN queues.position IS 'Ordem na tela; empate, por nome.';
COMMENT ON COLUMN queues.greeting IS
    'Saudação, uma vez por conversa; vazia: nenhuma.';
COMMENT ON COLUMN queues.away_message IS
    'Aviso de fora do horário, uma vez por conversa; vazio: nenhum.';
COMMENT ON COLUMN queues.business_hours IS
    'Horário da semana, como em companies; nulo: o da empresa.';
COMMENT ON COLUMN queues.time_zone IS 'Fuso, nome IANA; nulo: o da empresa.';
COMMENT ON COLUMN queues.holidays IS
    'Dias fora da regra: [{date, name, hours}]; sem hours, fechado o dia todo.';
COMMENT ON COLUMN queues.assignment IS
    'Distribuição: off, round_robin (em rodízio) ou least_busy (menos ocupado).';
COMMENT ON COLUMN queues.capacity IS
    'Atendimentos ativos por pessoa nesta fila, na distribuição; nulo: sem limite.';
COMMENT ON COLUMN queues.version IS 'Sobe a cada mudança.';
COMMENT ON COLUMN queues.updated_at IS 'Última mudança.';

ALTER TABLE queue_members ADD last_assigned_at timestamptz;
COMMENT ON COLUMN queue_members.last_assigned_at IS
    'Quando recebeu o último atendimento da distribuição; nulo: nunca.';

DROP TRIGGER audit ON queues;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON queues FOR EACH ROW
    EXECUTE FUNCTION audit_row('queue', 'id', '', 'version,updated_at');

ALTER TABLE tickets ADD away_told_at timestamptz;
COMMENT ON COLUMN tickets.away_told_at IS
    'Quando o contato soube que está fora do horário; nulo: não soube.';

-- Quem atende agora, e quanto tem nas mãos.
CREATE INDEX tickets_user_active ON tickets (company_id, user_id, queue_id)
    WHERE status = 'active';
CREATE INDEX tickets_queue ON tickets (company_id, queue_id);

-- ---- horário ---------------------------------------------------------------

CREATE FUNCTION hours_contain(ranges jsonb, at text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN EXISTS (SELECT FROM jsonb_array_elements(ranges) r
                WHERE at >= r ->> 'from' AND at < r ->> 'to');

-- Feriado vence a semana; semana nula é sempre aberta.
CREATE FUNCTION hours_open(week jsonb, holidays jsonb, zone text, at timestamptz)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN h.day IS NOT NULL
            THEN hours_contain(coalesce(h.day -> 'hours', '[]'), l.clock)
        WHEN week IS NULL THEN true
        ELSE hours_contain(coalesce(week -> l.weekday, '[]'), l.clock) END
      FROM (SELECT to_char(at AT TIME ZONE zone, 'HH24:MI') AS clock,
                   to_char(at AT TIME ZONE zone, 'YYYY-MM-DD') AS date,
                   (ARRAY['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])
                   [extract(isodow FROM at AT TIME ZONE zone)] AS weekday) l
      LEFT JOIN LATERAL (SELECT d AS day FROM jsonb_array_elements(holidays) d
                          WHERE d ->> 'date' = l.date LIMIT 1) h ON true
$$;

CREATE VIEW queue_rows WITH (security_invoker = true) AS
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
           q.version, q.created_at, q.updated_at
      FROM queues q
      JOIN companies c ON c.id = q.company_id;
COMMENT ON VIEW queue_rows IS 'A fila como sai: API e páginas.';

-- ---- presença --------------------------------------------------------------

CREATE TABLE presence (
    company_id bigint NOT NULL,
    user_id    bigint NOT NULL,
    away       boolean NOT NULL DEFAULT false,
    online     boolean NOT NULL DEFAULT true,
    seen_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, user_id),
    FOREIGN KEY (company_id, user_id) REFERENCES memberships ON DELETE CASCADE
) WITH (fillfactor = 50);
COMMENT ON TABLE presence IS
    'Quem está com a tela aberta: cada aba renova seen_at enquanto vive.';
COMMENT ON COLUMN presence.company_id IS 'Empresa.';
COMMENT ON COLUMN presence.user_id IS 'Pessoa.';
COMMENT ON COLUMN presence.away IS 'Escolheu ficar ausente.';
COMMENT ON COLUMN presence.online IS 'O último aviso aos outros foi de chegada.';
COMMENT ON COLUMN presence.seen_at IS
    'Último sinal de uma aba; passados 60 segundos, está fora.';

CREATE FUNCTION presence_word(seen_at timestamptz, away boolean) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN seen_at IS NULL OR seen_at < now() - interval '60 seconds'
            THEN 'offline' WHEN away THEN 'away' ELSE 'online' END;

-- ---- distribuição ----------------------------------------------------------

-- A próxima pessoa, que não esta: presente, com vaga; a que há mais tempo não
-- recebe, ou a que tem menos nas mãos.
CREATE FUNCTION queue_next_member(queue queues, but bigint) RETURNS bigint
LANGUAGE sql VOLATILE AS $$
    SELECT m.user_id
      FROM queue_members m
      JOIN memberships b ON b.company_id = m.company_id AND b.user_id = m.user_id
      JOIN presence p ON p.company_id = m.company_id AND p.user_id = m.user_id
     CROSS JOIN LATERAL (
           SELECT count(*) AS load,
                  count(*) FILTER (WHERE t.queue_id = m.queue_id) AS here
             FROM tickets t
            WHERE t.company_id = m.company_id AND t.user_id = m.user_id
              AND t.status = 'active') k
     WHERE m.company_id = queue.company_id AND m.queue_id = queue.id
       AND m.user_id IS DISTINCT FROM but
       AND b.disabled_at IS NULL
       AND presence_word(p.seen_at, p.away) = 'online'
       AND (queue.capacity IS NULL OR k.here < queue.capacity)
     ORDER BY CASE queue.assignment WHEN 'least_busy' THEN k.load ELSE 0 END,
              m.last_assigned_at NULLS FIRST, m.user_id
     LIMIT 1
$$;

-- Dá quem espera, do mais antigo, a quem pode receber. A trava na fila faz
-- duas distribuições ao mesmo tempo contarem uma depois da outra. O que alguém
-- acaba de devolver não volta, nesta vez, às mãos da mesma pessoa.
CREATE FUNCTION queue_assign(in_queue bigint, returned bigint, by_user bigint)
RETURNS TABLE (ticket_id bigint, user_id bigint)
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
#variable_conflict use_column
DECLARE
    queue  queues;
    ticket bigint;
    person bigint;
    skip   bigint;
BEGIN
    PERFORM FROM queues q WHERE q.company_id = app_company()
        AND q.id = in_queue AND q.assignment <> 'off';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT q.* INTO queue FROM queues q
     WHERE q.company_id = app_company() AND q.id = in_queue
       FOR NO KEY UPDATE;
    FOR step IN 1 .. 50 LOOP
        EXIT WHEN queue.assignment = 'off';
        person := queue_next_member(queue, skip);
        EXIT WHEN person IS NULL;
        SELECT t.id INTO ticket FROM tickets t
         WHERE t.company_id = queue.company_id AND t.queue_id = queue.id
           AND t.status = 'pending' AND t.user_id IS NULL
           AND (t.snoozed_until IS NULL OR t.snoozed_until <= now())
           AND (person IS DISTINCT FROM by_user OR t.id <> returned)
         ORDER BY t.waiting_since, t.id LIMIT 1
           FOR NO KEY UPDATE SKIP LOCKED;
        IF ticket IS NULL THEN
            EXIT WHEN person IS DISTINCT FROM by_user;
            skip := by_user; -- a esta não resta o que dar: tenta as outras
            CONTINUE;
        END IF;
        UPDATE tickets t
           SET status = 'active', user_id = person, version = t.version + 1,
               assigned_at = clock_timestamp(),
               started_at = coalesce(t.started_at, clock_timestamp()),
               updated_at = clock_timestamp()
         WHERE t.company_id = queue.company_id AND t.id = ticket;
        UPDATE queue_members m SET last_assigned_at = clock_timestamp()
         WHERE m.company_id = queue.company_id AND m.queue_id = queue.id
           AND m.user_id = person;
        INSERT INTO ticket_changes (company_id, ticket_id, field, old_value,
                                    new_value)
        VALUES (queue.company_id, ticket, 'status', 'pending', 'active'),
               (queue.company_id, ticket, 'assignee', NULL, person::text);
        ticket_id := ticket;
        user_id := person;
        RETURN NEXT;
    END LOOP;
END $$;

-- ---- quem pode -------------------------------------------------------------

ALTER TABLE presence ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON presence USING (company_id = app_company());
GRANT SELECT, INSERT, UPDATE, DELETE ON presence TO balcao_app;
GRANT SELECT ON queue_rows TO balcao_app;
REVOKE EXECUTE ON FUNCTION hours_contain(jsonb, text),
    hours_open(jsonb, jsonb, text, timestamptz),
    presence_word(timestamptz, boolean), queue_next_member(queues, bigint),
    queue_assign(bigint, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hours_contain(jsonb, text),
    hours_open(jsonb, jsonb, text, timestamptz),
    presence_word(timestamptz, boolean), queue_next_member(queues, bigint),
    queue_assign(bigint, bigint, bigint), time_zone_exists(text) TO balcao_app;

-- O que a empresa leva ao sair.
DO $$
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION privacy_company_tables() '
        'RETURNS text[] LANGUAGE sql IMMUTABLE RETURN %L::text[]',
        array_append(array_remove(privacy_company_tables(), 'presence'),
                     'presence'));
END $$;
