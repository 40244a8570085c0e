-- Web Push: os aparelhos de cada pessoa, e o que vai a cada um (migração 0067).

-- row: push_device id int8, device text, digest text, current bool
-- row: push_device created_at timestamptz, used_at timestamptz?

-- query: push_devices many
-- in:    login uuid?
-- out:   =push_device
-- Os da pessoa, do mais novo ao mais velho.
SELECT s.id, s.device, encode(s.endpoint_hash, 'hex'),
       coalesce(s.login = :login, false), s.created_at, s.used_at
  FROM push_subscriptions s
 WHERE s.company_id = app_company() AND s.user_id = app_user()
 ORDER BY s.id DESC LIMIT 20;

-- query: push_device_get one
-- in:    id int8, login uuid?
-- out:   =push_device
SELECT s.id, s.device, encode(s.endpoint_hash, 'hex'),
       coalesce(s.login = :login, false), s.created_at, s.used_at
  FROM push_subscriptions s
 WHERE s.company_id = app_company() AND s.user_id = app_user() AND s.id = :id;

-- query: push_subscribe one
-- in:    hash bytea, box bytea, device text, login uuid?
-- out:   id int8
SELECT push_subscribe(:hash, :box, :device, :login);

-- query: push_unsubscribe exec
-- in:    id int8
DELETE FROM push_subscriptions
 WHERE company_id = app_company() AND user_id = app_user() AND id = :id;

-- query: push_look one
-- in:    notification_id int8, subscription_id int8
-- out:   outcome text, wait_ms int8, user_id int8?, secrets bytea?, locale text?
-- out:   kind text?, ticket_id int8?, protocol text?, contact text?
-- out:   message_id int8?, conversation_id int8?, conversation text?
-- out:   by_name text?, amount int8?, created_at timestamptz?
-- none, wait ou send.
SELECT outcome, wait_ms, user_id, secrets, locale, kind, ticket_id, protocol,
       contact, message_id, talk_id, talk, by_name, amount, created_at
  FROM push_look(:notification_id, :subscription_id);

-- query: push_sent exec
-- in:    id int8
UPDATE push_subscriptions SET used_at = now()
 WHERE company_id = app_company() AND id = :id;

-- query: push_gone exec
-- in:    id int8
DELETE FROM push_subscriptions WHERE company_id = app_company() AND id = :id;
