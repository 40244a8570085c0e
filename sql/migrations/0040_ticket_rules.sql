-- 0040: por quanto tempo um atendimento encerrado ainda é o mesmo assunto, e
-- as etiquetas postas e tiradas em muitos de uma vez.

ALTER TABLE companies ADD COLUMN reopen_hours integer NOT NULL DEFAULT 24
    CHECK (reopen_hours BETWEEN 0 AND 720);
COMMENT ON COLUMN companies.reopen_hours IS
    'Horas depois de encerrado em que o contato, ao escrever, continua o mesmo atendimento; 0: sempre outro.';

-- Muda a regra da empresa do contexto; a auditoria é a da tabela.
CREATE FUNCTION reopen_hours_set(hours bigint) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    UPDATE companies SET reopen_hours = hours
     WHERE id = app_company()
    RETURNING reopen_hours
$$;

-- Põe ou tira etiquetas de um atendimento já travado, e anota.
CREATE FUNCTION ticket_tag(ticket bigint, tags_ bigint[], put boolean)
RETURNS boolean LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
DECLARE
    was     bigint[];
    becomes bigint[];
BEGIN
    SELECT t.tag_ids INTO was FROM tickets t WHERE t.id = ticket;
    IF put THEN
        INSERT INTO ticket_tags (company_id, ticket_id, tag_id, user_id)
        SELECT app_company(), ticket, g.id, nullif(app_user(), 0)
          FROM tags g WHERE g.id = ANY (tags_)
            ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM ticket_tags l
         WHERE l.ticket_id = ticket AND l.tag_id = ANY (tags_);
    END IF;
    SELECT t.tag_ids INTO becomes FROM tickets t WHERE t.id = ticket;
    IF was = becomes THEN
        RETURN false;
    END IF;
    UPDATE tickets t SET version = t.version + 1, updated_at = clock_timestamp()
     WHERE t.id = ticket;
    PERFORM ticket_log(ticket, 'tags', tag_names(was), tag_names(becomes));
    RETURN true;
END $$;

REVOKE EXECUTE ON FUNCTION reopen_hours_set(bigint),
    ticket_tag(bigint, bigint[], boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reopen_hours_set(bigint),
    ticket_tag(bigint, bigint[], boolean) TO balcao_app;
