-- query: system_state one
-- out:   relay_lag_ms int8, relays int8, workers int8, overdue_ms int8
-- Atraso do relay, quem está no ar, e há quanto tempo há job vencido.
SELECT s.relay_lag_ms, s.relays, s.workers, s.overdue_ms FROM system_state() s;

-- query: system_jobs many
-- out:   lane int4, state text, jobs int8, oldest_ms int8
-- As cinco faixas nos cinco estados, também os zeros.
SELECT j.lane, j.state, j.jobs, j.oldest_ms FROM system_jobs() j;
