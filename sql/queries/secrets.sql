-- row: sealed_row id int8, context text, box bytea
-- row: sealed_key_row key text, boxes int8

-- O que src/auth/secret_box.h cifrou no banco, de todas as empresas: só com a
-- URL de quem possui as tabelas. De cada espécie: as linhas que não são da
-- chave atual, a troca de uma (se ninguém a mudou antes) e quantas há por
-- chave. O id da chave são os bytes 2 a 5 da cifra; o contexto é o de quem
-- cifra, e um teste rotaciona o que cada um cifrou.

-- query: secrets_origin exec
-- A auditoria conta quem trocou: o comando, e não uma pessoa.
SELECT set_config('app.origin', E'\nbalcao secrets rotate\n', true);

-- query: secrets_channel_list many
-- in:    after int8, key bytea, max int8
-- out:   =sealed_row
SELECT c.id, 'channel:' || c.company_id || ':' || c.id, c.secrets
  FROM channels c
 WHERE c.id > :after AND substr(c.secrets, 2, 4) <> :key
 ORDER BY c.id LIMIT :max;

-- query: secrets_channel_put exec
-- in:    id int8, old bytea, box bytea
UPDATE channels SET secrets = :box WHERE id = :id AND secrets = :old;

-- query: secrets_channel_keys many
-- out:   =sealed_key_row
SELECT encode(substr(c.secrets, 2, 4), 'hex') AS key, count(*) AS boxes
  FROM channels c GROUP BY 1 ORDER BY 1;

-- query: secrets_totp_list many
-- in:    after int8, key bytea, max int8
-- out:   =sealed_row
SELECT u.id, 'totp:' || u.id, u.totp_secret
  FROM users u
 WHERE u.id > :after AND substr(u.totp_secret, 2, 4) <> :key
 ORDER BY u.id LIMIT :max;

-- query: secrets_totp_put exec
-- in:    id int8, old bytea, box bytea
UPDATE users SET totp_secret = :box WHERE id = :id AND totp_secret = :old;

-- query: secrets_totp_keys many
-- out:   =sealed_key_row
SELECT encode(substr(u.totp_secret, 2, 4), 'hex') AS key, count(*) AS boxes
  FROM users u WHERE u.totp_secret IS NOT NULL GROUP BY 1 ORDER BY 1;

-- query: secrets_mail_list many
-- in:    after int8, key bytea, max int8
-- out:   =sealed_row
-- A carta vai em base64 dentro do JSON; a que não é base64 sai como está, e
-- não abre.
SELECT s.id, 'mail', s.box
  FROM (SELECT j.id, CASE
            WHEN j.payload ->> 'sealed' ~ '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$'
            THEN decode(j.payload ->> 'sealed', 'base64')
            ELSE convert_to(coalesce(j.payload ->> 'sealed', ''), 'UTF8')
            END AS box
          FROM jobs j WHERE j.kind = 'mail.send' AND j.id > :after) s
 WHERE substr(s.box, 2, 4) <> :key
 ORDER BY s.id LIMIT :max;

-- query: secrets_mail_put exec
-- in:    id int8, old bytea, box bytea
UPDATE jobs
   SET payload = jsonb_set(payload, '{sealed}',
                           to_jsonb(translate(encode(:box, 'base64'), E'\n', '')))
 WHERE id = :id
   AND payload ->> 'sealed' = translate(encode(:old, 'base64'), E'\n', '');

-- query: secrets_mail_keys many
-- out:   =sealed_key_row
SELECT encode(substr(s.box, 2, 4), 'hex') AS key, count(*) AS boxes
  FROM (SELECT CASE
            WHEN j.payload ->> 'sealed' ~ '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$'
            THEN decode(j.payload ->> 'sealed', 'base64')
            ELSE convert_to(coalesce(j.payload ->> 'sealed', ''), 'UTF8')
            END AS box
          FROM jobs j WHERE j.kind = 'mail.send') s
 GROUP BY 1 ORDER BY 1;

-- query: secrets_push_list many
-- in:    after int8, key bytea, max int8
-- out:   =sealed_row
SELECT s.id, 'push:' || s.company_id || ':' || s.user_id, s.secrets
  FROM push_subscriptions s
 WHERE s.id > :after AND substr(s.secrets, 2, 4) <> :key
 ORDER BY s.id LIMIT :max;

-- query: secrets_push_put exec
-- in:    id int8, old bytea, box bytea
UPDATE push_subscriptions SET secrets = :box
 WHERE id = :id AND secrets = :old;

-- query: secrets_push_keys many
-- out:   =sealed_key_row
SELECT encode(substr(s.secrets, 2, 4), 'hex') AS key, count(*) AS boxes
  FROM push_subscriptions s GROUP BY 1 ORDER BY 1;
