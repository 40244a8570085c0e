-- query: idempotency_claim maybe
-- in:    route text, key text, fingerprint bytea
-- out:   key text
-- Quem chega junto espera aqui a transação do primeiro terminar.
INSERT INTO idempotency_keys (company_id, user_id, route, key, fingerprint, status, body)
VALUES (app_company(), app_user(), :route, :key, :fingerprint, 0, '')
ON CONFLICT DO NOTHING
RETURNING key;

-- query: idempotency_get one
-- in:    route text, key text
-- out:   fingerprint bytea, status int8, body text
SELECT fingerprint, status, body FROM idempotency_keys
 WHERE user_id = app_user() AND route = :route AND key = :key;

-- query: idempotency_store exec
-- in:    route text, key text, status int8, body text
UPDATE idempotency_keys SET status = :status, body = :body
 WHERE user_id = app_user() AND route = :route AND key = :key;
