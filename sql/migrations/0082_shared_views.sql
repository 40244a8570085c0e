-- 0082: filtros guardados com nome que muda, em ordem, de um só, dos membros
-- de uma fila ou da empresa; e quantos atendimentos cada um traz.

ALTER TABLE ticket_views
    ADD COLUMN everyone   boolean NOT NULL DEFAULT false,
    ADD COLUMN queue_id   bigint,
    ADD COLUMN position   integer NOT NULL DEFAULT 0
        CHECK (position BETWEEN 0 AND 1000),
    ADD COLUMN version    bigint NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT ticket_views_one_audience
        CHECK (NOT everyone OR queue_id IS NULL),
    -- sem a fila, volta a ser só de quem o fez
    ADD CONSTRAINT ticket_views_queue FOREIGN KEY (company_id, queue_id)
        REFERENCES queues ON DELETE SET NULL (queue_id);
CREATE INDEX ticket_views_of_queue ON ticket_views (company_id, queue_id)
    WHERE queue_id IS NOT NULL;

COMMENT ON COLUMN ticket_views.everyone IS 'A empresa toda o vê.';
COMMENT ON COLUMN ticket_views.queue_id IS
    'A fila cujos membros o veem; nulo e sem everyone: só o dono.';
COMMENT ON COLUMN ticket_views.position IS 'Ordem entre os do dono, 0 a 1000.';
COMMENT ON COLUMN ticket_views.version IS 'Sobe a cada mudança.';
COMMENT ON COLUMN ticket_views.updated_at IS 'Última mudança.';

-- Quem muda é o dono; apagar um que se vê, quem a aplicação deixar.
DROP POLICY tenant ON ticket_views;
CREATE POLICY tenant ON ticket_views
    USING (company_id = app_company()
           AND (user_id = app_user() OR everyone
                OR coalesce(queue_id = ANY (app_queues()), false)))
    WITH CHECK (company_id = app_company() AND user_id = app_user());
GRANT UPDATE ON ticket_views TO balcao_app;

-- O que é de uma pessoa não é assunto da auditoria; nem o que ela procura.
CREATE TRIGGER audit AFTER INSERT ON ticket_views FOR EACH ROW
    WHEN (NEW.everyone OR NEW.queue_id IS NOT NULL)
    EXECUTE FUNCTION audit_row('ticket_view', 'id', '',
                               'version,updated_at,position,filter');
CREATE TRIGGER audit_change AFTER UPDATE OF name, everyone, queue_id
    ON ticket_views FOR EACH ROW
    WHEN (NEW.everyone OR NEW.queue_id IS NOT NULL OR OLD.everyone
          OR OLD.queue_id IS NOT NULL)
    EXECUTE FUNCTION audit_row('ticket_view', 'id', '',
                               'version,updated_at,position,filter');
CREATE TRIGGER audit_end AFTER DELETE ON ticket_views FOR EACH ROW
    WHEN (OLD.everyone OR OLD.queue_id IS NOT NULL)
    EXECUTE FUNCTION audit_row('ticket_view', 'id', '',
                               'version,updated_at,position,filter');

CREATE VIEW ticket_view_rows WITH (security_invoker = true) AS
SELECT v.company_id, v.id, v.name, v.filter,
       CASE WHEN v.everyone THEN 'company' WHEN v.queue_id IS NULL THEN 'private'
            ELSE 'queue' END AS share,
       v.queue_id AS share_queue_id, q.name AS share_queue,
       v.user_id AS owner_id, m.display_name AS owner,
       v.user_id = app_user() AS mine, v.position::bigint AS position,
       v.version, v.created_at, v.updated_at
  FROM ticket_views v
  JOIN memberships m ON m.company_id = v.company_id AND m.user_id = v.user_id
  LEFT JOIN queues q ON q.company_id = v.company_id AND q.id = v.queue_id;
GRANT SELECT ON ticket_view_rows TO balcao_app;
COMMENT ON VIEW ticket_view_rows IS
    'Filtro guardado como sai, a quem o vê: API e páginas.';

-- outcome: ok, name (já há um com este nome), full (são 30, no máximo).
DROP FUNCTION ticket_view_add(text, jsonb);
CREATE FUNCTION ticket_view_add(in_name text, in_filter jsonb,
                                in_everyone boolean, in_queue bigint,
                                OUT outcome text, OUT id bigint)
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
DECLARE
    own  bigint;
    last bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(
        'ticket-views:' || app_company(), app_user()));
    SELECT count(*), coalesce(max(v.position), -1) INTO own, last
      FROM ticket_views v WHERE v.user_id = app_user();
    IF own >= 30 THEN
        outcome := 'full';
        RETURN;
    END IF;
    INSERT INTO ticket_views (company_id, user_id, name, filter, everyone,
                              queue_id, position)
    VALUES (app_company(), app_user(), in_name, in_filter, in_everyone,
            in_queue, least(last + 1, 1000))
    ON CONFLICT DO NOTHING RETURNING ticket_views.id INTO id;
    outcome := CASE WHEN id IS NULL THEN 'name' ELSE 'ok' END;
END $$;

-- Quantos cada filtro traz a quem pergunta, até 100: uma ida ao banco para
-- todos. filters: [{id, sort, filter}], cada filter como ticket_where o lê;
-- sem estado, os que não se encerraram; a ordem que deixa alguns de fora
-- (waiting, sla) os deixa aqui também. Toda página de conversas o pergunta: os
-- encerrados, que não param de crescer, não se contam, e depois de 150 ms os que
-- faltam também não. O que não se contou não vem.
CREATE FUNCTION ticket_view_counts(filters jsonb)
RETURNS TABLE (id bigint, tickets bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    began timestamptz := clock_timestamp();
    one   jsonb;
BEGIN
    FOR one IN SELECT value FROM jsonb_array_elements(filters) LOOP
        EXIT WHEN clock_timestamp() > began + interval '150 milliseconds';
        CONTINUE WHEN one -> 'filter' ->> 'status' = 'closed'
                   OR one ->> 'sort' = 'closed';
        id := (one ->> 'id')::bigint;
        EXECUTE format('SELECT count(*) FROM (SELECT FROM tickets t WHERE %s '
                       'LIMIT 100) k',
            concat_ws(' AND ', ticket_where(one -> 'filter'),
                't.status <> ''closed''',
                CASE one ->> 'sort'
                     WHEN 'waiting' THEN 't.waiting_since IS NOT NULL'
                     WHEN 'sla' THEN 't.sla_due_at IS NOT NULL' END))
           INTO tickets;
        RETURN NEXT;
    END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION ticket_view_add(text, jsonb, boolean, bigint),
    ticket_view_counts(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ticket_view_add(text, jsonb, boolean, bigint),
    ticket_view_counts(jsonb) TO balcao_app;
