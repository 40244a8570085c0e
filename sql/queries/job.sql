-- query: job_add exec
-- in:    lane int8, kind text, serial_key text?, unique_key text?, payload jsonb, delay_ms int8
-- Enfileira na transação do fato; a chave única repetida não cria outro.
INSERT INTO jobs (company_id, lane, kind, serial_key, unique_key, payload, run_at)
VALUES (app_company(), :lane, :kind, :serial_key, :unique_key, :payload,
        clock_timestamp() + make_interval(secs => :delay_ms / 1000.0))
ON CONFLICT DO NOTHING;
