-- query: mail_post exec
-- in:    company_id int8, payload jsonb
-- Enfileira um e-mail, haja ou não empresa na transação (migração 0012).
SELECT mail_post(:company_id, :payload);
