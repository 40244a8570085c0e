-- query: outbox_add exec
-- in:    type text, rooms text[], payload text
-- O aviso nasce na transação do fato; quem o leva é o relay.
INSERT INTO live_outbox (company_id, rooms, type, payload)
VALUES (app_company(), :rooms, :type, :payload);
