-- 0077: esperar não é tentar. O job que volta por estar combinado, e não por
-- ter falhado, não soma tentativas: senão, depois de muitas esperas, a primeira
-- falha o mataria.
CREATE FUNCTION job_wait(job bigint, worker text, delay_ms bigint)
RETURNS boolean LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
BEGIN
    UPDATE jobs
       SET state = 'delayed', lease_until = NULL, leased_by = NULL,
           run_at = clock_timestamp() + make_interval(secs => delay_ms / 1000.0),
           attempts = 0, last_error = NULL
     WHERE id = job AND leased_by = worker AND state = 'running';
    RETURN FOUND;
END $$;
REVOKE EXECUTE ON FUNCTION job_wait(bigint, text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION job_wait(bigint, text, bigint) TO balcao_app;
