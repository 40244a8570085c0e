-- query: job_add exec
-- in:    lane int8, kind text, serial_key text?, unique_key text?, payload jsonb, delay_ms int8
-- Enfileira na transação do fato; a chave única repetida não cria outro.
SELECT job_enqueue(:lane::integer, :kind, :serial_key, :unique_key, :payload, :delay_ms);

-- query: job_claim many
-- in:    worker text, lease_s int8, slots int8, kinds text[], rooms int8[], cursors int8[], busy jsonb
-- out:   id int8, company_id int8, lane int4, kind text, payload text, attempts int4, losses int4, next_company int8
-- Pega trabalho de todas as empresas, por faixa e em roda (migração 0004).
SELECT id, company_id, lane, kind, payload, attempts, losses, next_company
  FROM job_claim(:worker, :lease_s, :slots::integer, :kinds, :rooms, :cursors, :busy);

-- query: job_tick one
-- out:   ready int8
-- Atrasados que chegaram à hora e arrendamentos vencidos voltam à fila.
SELECT job_tick();

-- query: job_heartbeat one
-- in:    worker text, lease_s int8, ids int8[]
-- out:   kept int8
SELECT job_heartbeat(:worker, :lease_s, :ids);

-- query: job_done one
-- in:    id int8, worker text
-- out:   owned bool
SELECT job_done(:id, :worker);

-- query: job_retry one
-- in:    id int8, worker text, delay_ms int8, error text?, payload jsonb?
-- out:   owned bool
SELECT job_retry(:id, :worker, :delay_ms, :error, :payload);

-- query: job_wait one
-- in:    id int8, worker text, delay_ms int8
-- out:   owned bool
SELECT job_wait(:id, :worker, :delay_ms);

-- query: job_bury one
-- in:    id int8, worker text, error text
-- out:   owned bool
SELECT job_bury(:id, :worker, :error);

-- query: job_note exec
-- in:    id int8, worker text, payload jsonb
-- Guarda no job o que a próxima tentativa precisa saber.
UPDATE jobs SET payload = :payload WHERE id = :id AND leased_by = :worker;

-- query: job_stats one
-- out:   ready int8, delayed int8, waiting int8, running int8, dead int8, oldest_s float8
-- Tamanho da fila e idade do mais antigo, para /health e /metrics.
SELECT ready, delayed, waiting, running, dead, oldest_s FROM job_stats();
