-- 0020: o atendimento inteiro: mudar assunto, prioridade, campos e etiquetas,
-- transferir, adiar; os tempos de cada ciclo; e o que as listas filtram.

-- ---- os tempos do ciclo ----------------------------------------------------

-- Vale para quem quer que mude o atendimento: responder, assumir, encerrar,
-- reabrir, devolver à fila. Uma resposta é a que mexe em first_human_at com
-- mensagem nova; a mensagem do contato não mexe.
CREATE FUNCTION ticket_times() RETURNS trigger LANGUAGE plpgsql
SET search_path = balcao, pg_temp AS $$
DECLARE
    now_at timestamptz := clock_timestamp();
BEGIN
    IF NEW.status = 'closed' AND OLD.status <> 'closed' THEN
        NEW.resolution_s := greatest(0, least(2147483647,
            extract(epoch FROM now_at - OLD.opened_at)))::integer;
        NEW.waiting_since := NULL;
        NEW.snoozed_until := NULL;
    ELSIF NEW.status <> 'closed' AND OLD.status = 'closed' THEN
        NEW.cycle := OLD.cycle + 1;
        NEW.opened_at := now_at;
        NEW.started_at := CASE WHEN NEW.status = 'active' THEN now_at END;
        NEW.first_human_at := NULL;
        NEW.first_answer_s := NULL;
        NEW.resolution_s := NULL;
        NEW.close_reason := '';
    END IF;
    IF NEW.user_id IS DISTINCT FROM OLD.user_id THEN
        NEW.assigned_at := CASE WHEN NEW.user_id IS NOT NULL THEN now_at END;
    END IF;
    IF NEW.first_human_at IS NOT NULL AND OLD.status <> 'closed'
       AND NEW.last_message_at > OLD.last_message_at THEN
        NEW.waiting_since := NULL;
        NEW.first_answer_s := coalesce(OLD.first_answer_s, greatest(0,
            least(2147483647,
                  extract(epoch FROM now_at - NEW.opened_at)))::integer);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER times BEFORE UPDATE OF status, user_id, first_human_at ON tickets
    FOR EACH ROW EXECUTE FUNCTION ticket_times();

-- Quem já esperava antes desta migração espera desde a última mensagem.
UPDATE tickets SET waiting_since = last_message_at
 WHERE status IN ('bot', 'pending') AND unread_count > 0;

-- ---- mudar -----------------------------------------------------------------

-- O instante de um texto ISO 8601 (data, ou data e hora); nulo se não é um.
CREATE FUNCTION instant_of(what text) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = balcao, pg_temp AS $$
BEGIN
    IF what !~ '^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)?)?$' THEN
        RETURN NULL;
    END IF;
    RETURN what::timestamptz;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END $$;

-- Uma linha do histórico, feita por quem está no contexto.
CREATE FUNCTION ticket_log(ticket bigint, what text, was text, becomes text)
RETURNS void LANGUAGE sql SET search_path = balcao, pg_temp AS $$
    INSERT INTO ticket_changes (company_id, ticket_id, user_id, field,
                                old_value, new_value)
    SELECT app_company(), ticket, nullif(app_user(), 0), what, was, becomes
     WHERE was IS DISTINCT FROM becomes
$$;

-- Muda o que não veio nulo e anota cada campo; custom_ já vem conferido e
-- inteiro (src/desk/custom.h). Devolve ok, same, unknown, stale ou tags.
CREATE FUNCTION ticket_edit(ticket bigint, seen bigint, subject_ text,
                            priority_ text, custom_ jsonb, tags_ bigint[])
RETURNS text LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
DECLARE
    t      tickets;
    fresh  jsonb;
    wanted bigint[];
BEGIN
    SELECT k.* INTO t FROM tickets k
     WHERE k.id = ticket AND ticket_visible(k.queue_id, k.user_id) FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'unknown';
    ELSIF t.version <> seen THEN
        RETURN 'stale';
    END IF;
    wanted := t.tag_ids;
    IF tags_ IS NOT NULL THEN
        SELECT coalesce(array_agg(g.id ORDER BY g.id), '{}') INTO wanted
          FROM tags g WHERE g.id = ANY (tags_);
        IF cardinality(wanted) <> (SELECT count(DISTINCT x)
                                     FROM unnest(tags_) x) THEN
            RETURN 'tags';
        END IF;
    END IF;
    subject_ := coalesce(subject_, t.subject);
    priority_ := coalesce(priority_, t.priority);
    fresh := coalesce(custom_, t.custom);
    IF (subject_, priority_, fresh, wanted) IS NOT DISTINCT FROM
       (t.subject, t.priority, t.custom, t.tag_ids) THEN
        RETURN 'same';
    END IF;
    UPDATE tickets k
       SET subject = subject_, priority = priority_, custom = fresh,
           version = k.version + 1, updated_at = clock_timestamp()
     WHERE k.id = ticket;
    DELETE FROM ticket_tags l
     WHERE l.ticket_id = ticket AND l.tag_id <> ALL (wanted);
    INSERT INTO ticket_tags (company_id, ticket_id, tag_id, user_id)
    SELECT app_company(), ticket, x, nullif(app_user(), 0)
      FROM unnest(wanted) x
        ON CONFLICT DO NOTHING;
    PERFORM ticket_log(ticket, 'subject', t.subject, subject_);
    PERFORM ticket_log(ticket, 'priority', t.priority, priority_);
    PERFORM ticket_log(ticket, 'tags', tag_names(t.tag_ids), tag_names(wanted));
    PERFORM ticket_log(ticket, 'custom.' || k.key, t.custom ->> k.key,
                       fresh ->> k.key)
       FROM (SELECT jsonb_object_keys(t.custom || fresh)) k (key);
    RETURN 'ok';
END $$;

-- Os nomes, para o histórico: a etiqueta pode sumir, a história não.
CREATE FUNCTION tag_names(ids bigint[]) RETURNS text
LANGUAGE sql STABLE SET search_path = balcao, pg_temp AS $$
    SELECT coalesce(string_agg(g.name, ', ' ORDER BY fold(g.name)), '')
      FROM tags g WHERE g.id = ANY (ids)
$$;

-- A pessoa da empresa do contexto e o que ela pode, para receber atendimento.
CREATE FUNCTION ticket_person(person bigint)
RETURNS TABLE (name text, role text, permissions text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT m.display_name, a.role, a.permissions
      FROM memberships m
      JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL,
           access_of(person, m.company_id) a
     WHERE m.company_id = app_company() AND m.user_id = person
       AND m.disabled_at IS NULL
$$;

-- ---- listar ----------------------------------------------------------------

CREATE INDEX tickets_recent ON tickets (company_id, updated_at DESC, id DESC);
CREATE INDEX tickets_created ON tickets (company_id, created_at, id);
CREATE INDEX tickets_waiting ON tickets (company_id, waiting_since, id)
    WHERE waiting_since IS NOT NULL;
CREATE INDEX tickets_subject ON tickets USING gin (fold(subject) gin_trgm_ops)
    WHERE subject <> '';
CREATE INDEX tickets_closed_by ON tickets (company_id, user_id, closed_at DESC, id DESC)
    WHERE status = 'closed';

-- A ordem das prioridades: a urgente primeiro.
CREATE FUNCTION priority_rank(priority text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE priority WHEN 'urgent' THEN 3 WHEN 'high' THEN 2
    WHEN 'normal' THEN 1 ELSE 0 END;
CREATE INDEX tickets_priority ON tickets
    (company_id, status, priority_rank(priority) DESC, updated_at DESC, id DESC);

REVOKE EXECUTE ON FUNCTION ticket_times(), instant_of(text),
    ticket_log(bigint, text, text, text),
    ticket_edit(bigint, bigint, text, text, jsonb, bigint[]),
    tag_names(bigint[]), ticket_person(bigint), priority_rank(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ticket_times(), instant_of(text),
    ticket_log(bigint, text, text, text),
    ticket_edit(bigint, bigint, text, text, jsonb, bigint[]),
    tag_names(bigint[]), ticket_person(bigint), priority_rank(text)
    TO balcao_app;
