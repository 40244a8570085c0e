-- 0088: o que um contato bloqueado escreve fica guardado, e fora das listas: o
-- atendimento encerrado onde isso se guarda só aparece a quem olha o contato.

-- Nem fila nem pessoa: o motivo é livre, e quem encerra pode escrever o mesmo.
CREATE FUNCTION ticket_is_hidden(t tickets) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN t.status = 'closed' AND t.close_reason = 'blocked'
       AND t.queue_id IS NULL AND t.user_id IS NULL;
REVOKE EXECUTE ON FUNCTION ticket_is_hidden(tickets) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ticket_is_hidden(tickets) TO balcao_app;

DO $$
DECLARE
    was  text := pg_get_functiondef('ticket_where(jsonb)'::regprocedure);
    now_ text := replace(was,
        $w$'ticket_visible(t.queue_id, t.user_id, t.participant_ids)',$w$,
        $w$'ticket_visible(t.queue_id, t.user_id, t.participant_ids)',
        CASE WHEN NOT f ? 'contact' THEN 'NOT ticket_is_hidden(t)' END,$w$);
BEGIN
    IF now_ = was THEN
        RAISE EXCEPTION 'ticket_where mudou de forma';
    END IF;
    EXECUTE now_;
END $$;
