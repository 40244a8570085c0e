-- 0074: a notificação que já se leu não fica para sempre.

CREATE INDEX notifications_read ON notifications (read_at)
    WHERE read_at IS NOT NULL;

-- Faxina, de todas as empresas: as lidas há mais de `days` dias. Devolve
-- quantas saíram.
CREATE FUNCTION notifications_forget(days integer, most bigint) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    WITH gone AS (
        DELETE FROM notifications n WHERE (n.company_id, n.id) IN (
            SELECT x.company_id, x.id FROM notifications x
             WHERE x.read_at < now() - make_interval(days => days) LIMIT most)
        RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE EXECUTE ON FUNCTION notifications_forget(integer, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notifications_forget(integer, bigint) TO balcao_app;
