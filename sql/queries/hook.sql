-- query: hook_channel maybe
-- in:    key text
-- out:   company_id int8, id int8, platform text, external_id text
-- out:   secrets bytea, default_queue_id int8?, waba_id text
-- O canal pela chave do endereço; ainda não se sabe de que empresa.
SELECT company_id, channel_id, platform, external_id, secrets,
       default_queue_id, waba_id
  FROM hook_channel(:key);

-- query: hook_failure_add exec
-- in:    channel_id int8, body bytea, error text
INSERT INTO webhook_failures (company_id, channel_id, body, error)
VALUES (app_company(), :channel_id, :body, :error);

-- query: hook_failure_get one
-- in:    id int8
-- out:   channel_id int8, platform text, external_id text
-- out:   default_queue_id int8?, body bytea, waba_id text
-- Uma entrega que ainda não entrou inteira, com o canal dela.
SELECT f.channel_id, c.platform, c.external_id, c.default_queue_id, f.body,
       c.waba_id
  FROM webhook_failures f
  JOIN channels c ON c.company_id = f.company_id AND c.id = f.channel_id
 WHERE f.id = :id AND f.replayed_at IS NULL;

-- query: hook_failure_close exec
-- in:    id int8, done bool, error text
-- Entrou inteira, ou o motivo de ainda não.
UPDATE webhook_failures
   SET replayed_at = CASE WHEN :done THEN clock_timestamp() END,
       error = CASE WHEN :done THEN error ELSE :error END
 WHERE id = :id AND replayed_at IS NULL;

-- query: hook_failures_pending many
-- in:    after_company int8, after_id int8, max int8
-- out:   company_id int8, id int8, channel_id int8, received_at timestamptz
-- out:   error text, body_bytes int8
-- Entregas guardadas de todas as empresas, na ordem em que chegaram em cada.
SELECT company_id, id, channel_id, received_at, error, body_bytes
  FROM hook_failures_pending(:after_company, :after_id, :max);
