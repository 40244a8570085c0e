-- 0072: encerrar por silêncio. Por fila: quem não responde à nossa última
-- mensagem por um tempo recebe um aviso e, passado outro tanto, a conversa se
-- encerra. Nunca a que espera por nós.

ALTER TABLE queues
    ADD silence_minutes       integer CHECK (silence_minutes BETWEEN 5 AND 525600),
    ADD silence_message       text NOT NULL DEFAULT ''
        CHECK (char_length(silence_message) <= 1000),
    ADD silence_close_minutes integer CHECK (silence_close_minutes BETWEEN 1 AND 525600);
COMMENT ON COLUMN queues.silence_minutes IS
    'Minutos de silêncio do contato até o aviso; nulo: não se encerra sozinha.';
COMMENT ON COLUMN queues.silence_message IS
    'O aviso; vazio: encerra sem avisar.';
COMMENT ON COLUMN queues.silence_close_minutes IS
    'Minutos do aviso ao encerramento; nulo: uma hora.';

ALTER TABLE tickets ADD silence_warned_id bigint;
COMMENT ON COLUMN tickets.silence_warned_id IS
    'A mensagem do último aviso de silêncio; só conta se ainda é a última.';

-- Um job por conversa, enquanto pode haver silêncio: o que se escreve depois
-- não o muda; na hora ele vê o que houve e espera o que falta.
CREATE FUNCTION ticket_silence() RETURNS trigger LANGUAGE plpgsql
SET search_path = balcao, pg_temp AS $$
BEGIN
    INSERT INTO jobs (company_id, lane, kind, unique_key, payload, state, run_at)
    SELECT NEW.company_id, 3, 'ticket.silence', NEW.id::text,
           jsonb_build_object('ticketId', NEW.id), 'delayed',
           clock_timestamp() + make_interval(mins => q.silence_minutes)
      FROM queues q
     WHERE q.company_id = NEW.company_id AND q.id = NEW.queue_id
       AND q.silence_minutes IS NOT NULL
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER silence AFTER UPDATE ON tickets FOR EACH ROW
    WHEN (NEW.status = 'active' AND NEW.waiting_since IS NULL
          AND NEW.snoozed_until IS NULL AND NEW.queue_id IS NOT NULL
          AND (NEW.status, NEW.last_message_at, NEW.waiting_since,
               NEW.snoozed_until, NEW.queue_id) IS DISTINCT FROM
              (OLD.status, OLD.last_message_at, OLD.waiting_since,
               OLD.snoozed_until, OLD.queue_id))
    EXECUTE FUNCTION ticket_silence();

-- O que fazer agora: none (nada mais), later (daqui a wait_ms), warn (mandar
-- body; volta em wait_ms) ou close. O silêncio conta de quando a mensagem saiu.
CREATE FUNCTION silence_step(ticket bigint, OUT act text, OUT wait_ms bigint,
                             OUT body text, OUT locale text)
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
DECLARE
    now_at timestamptz := clock_timestamp();
    t      tickets;
    q      record;
    said   record;
    warned boolean;
    grace  integer;
    due    timestamptz;
BEGIN
    act := 'none';
    wait_ms := 0;
    SELECT k.* INTO t FROM tickets k
     WHERE k.company_id = app_company() AND k.id = ticket FOR NO KEY UPDATE;
    SELECT k.silence_minutes, k.silence_message,
           coalesce(k.silence_close_minutes, 60) AS grace, c.locale INTO q
      FROM queues k JOIN companies c ON c.id = k.company_id
     WHERE k.company_id = t.company_id AND k.id = t.queue_id;
    locale := coalesce(q.locale, '');
    SELECT m.id, m.sender_type, m.status,
           coalesce(m.sent_at, m.created_at) AS at INTO said
      FROM messages m
     WHERE m.company_id = t.company_id AND m.ticket_id = t.id
       AND m.kind NOT IN ('note', 'system', 'reaction')
     ORDER BY m.id DESC LIMIT 1;
    IF t.status IS DISTINCT FROM 'active' OR t.waiting_since IS NOT NULL
       OR t.snoozed_until IS NOT NULL OR q.silence_minutes IS NULL
       OR said.id IS NULL OR said.sender_type = 'contact' THEN
        RETURN;
    END IF;
    -- ainda não saiu, ou falhou e pode ir de novo: o silêncio não começou
    IF said.status IN ('queued', 'sending', 'failed') THEN
        act := 'later';
        wait_ms := CASE said.status WHEN 'failed' THEN 3600000 ELSE 60000 END;
        RETURN;
    END IF;
    warned := said.id IS NOT DISTINCT FROM t.silence_warned_id;
    due := said.at + make_interval(
        mins => CASE WHEN warned THEN q.grace ELSE q.silence_minutes END);
    IF due > now_at THEN
        act := 'later';
        wait_ms := ceil(extract(epoch FROM due - now_at) * 1000);
    ELSIF warned OR q.silence_message = ''
          OR (t.window_until > now_at) IS NOT TRUE THEN
        act := 'close';
    ELSE
        act := 'warn';
        body := q.silence_message;
        wait_ms := q.grace * 60000::bigint;
    END IF;
END $$;

CREATE FUNCTION silence_warn(ticket bigint, said text) RETURNS bigint
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
DECLARE
    message bigint;
BEGIN
    INSERT INTO messages (company_id, ticket_id, channel_id, sender_type, kind,
                          body, status)
    SELECT t.company_id, t.id, t.channel_id, 'bot', 'text', said, 'queued'
      FROM tickets t WHERE t.company_id = app_company() AND t.id = ticket
    RETURNING id INTO message;
    UPDATE tickets t SET silence_warned_id = message
     WHERE t.company_id = app_company() AND t.id = ticket;
    RETURN message;
END $$;

DO $$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW queue_rows WITH (security_invoker = true) AS '
        || regexp_replace(rtrim(pg_get_viewdef('queue_rows'::regclass), '; '),
            '\s+FROM (\(*)queues q', ', q.silence_minutes, q.silence_message, '
            'q.silence_close_minutes FROM \1queues q');
END $$;

REVOKE EXECUTE ON FUNCTION ticket_silence(), silence_step(bigint),
    silence_warn(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ticket_silence(), silence_step(bigint),
    silence_warn(bigint, text) TO balcao_app;
