-- 0005: o que /api/v1/health e /metrics perguntam sobre todas as empresas.
-- Só contagens e idades, nunca conteúdo.

-- Quem está no ar: relay e worker guardam uma trava partilhada enquanto a
-- conexão deles viver, e por isso um kill -9 aparece na hora, sem relógio.
CREATE FUNCTION system_present(key integer, kind integer) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT count(DISTINCT l.pid) FROM pg_locks l
     WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
       AND l.classid = key::oid AND l.objid = kind::oid
       AND l.database = (SELECT d.oid FROM pg_database d
                          WHERE d.datname = current_database())
$$;

-- overdue_ms: há quanto tempo venceu o que o worker já devia ter devolvido à
-- fila; com um worker vivo não passa de um segundo ou dois.
CREATE FUNCTION system_state()
RETURNS TABLE (relay_lag_ms bigint, relays bigint, workers bigint,
               overdue_ms bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp SET enable_seqscan = off AS $$
    SELECT live_lag_ms(), system_present(7162391, 2),
           system_present(7236420, 1),
           (1000 * extract(epoch FROM greatest(
               (SELECT clock_timestamp() - min(run_at) FROM jobs
                 WHERE state = 'delayed'),
               (SELECT clock_timestamp() - min(lease_until) FROM jobs
                 WHERE state = 'running'), interval '0')))::bigint
$$;

-- Jobs por faixa e estado, com a idade do pronto mais antigo. Conta até cem
-- mil de cada estado: a resposta não pode demorar quando a fila é grande.
CREATE FUNCTION system_jobs()
RETURNS TABLE (lane integer, state text, jobs bigint, oldest_ms bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp SET enable_seqscan = off AS $$
    WITH seen AS (
        (SELECT j.lane, j.state, j.run_at FROM jobs j
          WHERE j.state = 'ready' LIMIT 100000)
        UNION ALL
        (SELECT j.lane, j.state, j.run_at FROM jobs j
          WHERE j.state = 'delayed' LIMIT 100000)
        UNION ALL
        (SELECT j.lane, j.state, j.run_at FROM jobs j
          WHERE j.state = 'waiting' AND j.serial_key IS NOT NULL LIMIT 100000)
        UNION ALL
        (SELECT j.lane, j.state, j.run_at FROM jobs j
          WHERE j.state = 'running' LIMIT 100000)
        UNION ALL
        (SELECT j.lane, j.state, j.run_at FROM jobs j
          WHERE j.state = 'dead' LIMIT 100000))
    SELECT l.lane, s.state, count(j.run_at),
           coalesce((1000 * extract(epoch FROM clock_timestamp()
                                               - min(j.run_at)))::bigint, 0)
      FROM generate_series(1, 5) l (lane)
      CROSS JOIN unnest('{ready,delayed,waiting,running,dead}'::text[])
            WITH ORDINALITY s (state, at)
      LEFT JOIN seen j ON j.lane = l.lane AND j.state = s.state
     GROUP BY l.lane, s.state, s.at
     ORDER BY l.lane, s.at
$$;

REVOKE EXECUTE ON FUNCTION system_present(integer, integer), system_state(),
    system_jobs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION system_state(), system_jobs() TO balcao_app;
