-- query: send_load maybe
-- in:    id int8
-- out:   id int8, ticket_id int8, channel_id int8, kind text, body text
-- out:   status text, has_provider bool, attempts int4, reply_to text?
-- out:   send_to text, send_to_kind text, window_closed bool, platform text
-- out:   external_id text, secrets bytea, channel_ok bool, locale text
-- out:   queue_id int8?, user_id int8?, file_id int8?, file_key text?
-- out:   file_mime text?, file_name text?, voice bool, media_id text?
-- out:   interactive jsonb?, file_ready bool, template jsonb?
-- A mensagem e tudo de que o envio precisa; fica travada até o COMMIT, para
-- que um estado que chegue agora espere por quem envia, e o contrário.
SELECT m.id, m.ticket_id, m.channel_id, m.kind,
       CASE WHEN o.sign_messages AND m.sender_type = 'user'
                 AND m.kind <> 'template'
            THEN signed_text(m.body, s.display_name,
                             CASE m.kind WHEN 'text' THEN 4096 ELSE 1024 END)
            ELSE m.body END, m.status,
       m.provider_id IS NOT NULL, m.attempts,
       coalesce(m.reply_to_provider_id, r.provider_id), t.reply_to,
       t.reply_to_kind,
       m.kind <> 'template' AND coalesce(t.window_until <= now(), false),
       h.platform,
       h.external_id, h.secrets, h.problem IS NULL, o.locale, t.queue_id,
       t.user_id, f.id, f.key, f.mime, f.name, coalesce(f.voice, false),
       CASE WHEN f.remote_until > now() THEN f.remote_id END,
       CASE WHEN m.kind = 'interactive' THEN m.payload -> 'send' END,
       coalesce(f.state = 'ready', false),
       CASE WHEN m.kind = 'template' THEN m.payload -> 'template' END
  FROM messages m
  JOIN tickets t ON t.company_id = m.company_id AND t.id = m.ticket_id
  JOIN channels h ON h.company_id = m.company_id AND h.id = m.channel_id
  JOIN companies o ON o.id = m.company_id
  LEFT JOIN messages r ON r.company_id = m.company_id AND r.id = m.reply_to_id
  LEFT JOIN files f ON f.company_id = m.company_id AND f.message_id = m.id
  LEFT JOIN memberships s ON s.company_id = m.company_id AND s.user_id = m.user_id
 WHERE m.id = :id AND m.deleted_at IS NULL
   FOR UPDATE OF m;

-- query: send_begin exec
-- in:    id int8
-- Mais uma tentativa: gravada antes da chamada, para que uma queda no meio
-- dela não passe por mensagem nunca enviada.
UPDATE messages SET status = 'sending', attempts = attempts + 1, error = NULL
 WHERE id = :id;

-- query: send_upload_begin exec
-- in:    id int8
-- O arquivo vai subir: conta a tentativa, mas a mensagem ainda não saiu.
UPDATE messages SET attempts = attempts + 1, error = NULL WHERE id = :id;

-- query: send_uploaded exec
-- in:    file_id int8, media_id text
-- A plataforma o guarda trinta dias.
UPDATE files SET remote_id = :media_id,
                 remote_until = clock_timestamp() + interval '29 days'
 WHERE id = :file_id;

-- query: send_requeue exec
-- in:    id int8
-- A plataforma disse que não aceitou: pode ir de novo sem medo.
UPDATE messages SET status = 'queued'
 WHERE id = :id AND status = 'sending' AND provider_id IS NULL;

-- query: send_accepted maybe
-- in:    id int8, provider_id text
-- out:   moved bool, same bool
-- Guarda o id da plataforma; um estado que chegou antes já pode tê-lo posto,
-- e então o estado não volta para sent.
WITH old AS (
    SELECT id, status, provider_id FROM messages WHERE id = :id FOR UPDATE)
UPDATE messages m
   SET provider_id = coalesce(m.provider_id, :provider_id),
       status = CASE WHEN status_rank(old.status) < status_rank('sent')
                       OR (old.status = 'failed' AND old.provider_id IS NULL)
                     THEN 'sent' ELSE m.status END,
       error = CASE WHEN old.status = 'failed' AND old.provider_id IS NOT NULL
                    THEN m.error END,
       sent_at = coalesce(m.sent_at, clock_timestamp())
  FROM old
 WHERE m.id = old.id
RETURNING m.status = 'sent' AND old.status <> 'sent',
          m.provider_id = :provider_id;

-- query: send_failed one
-- in:    id int8, error text
-- out:   moved bool
WITH hit AS (
    UPDATE messages SET status = 'failed', error = :error
     WHERE id = :id AND status IN ('queued', 'sending')
       AND provider_id IS NULL RETURNING 1)
SELECT EXISTS (SELECT FROM hit);

-- query: channel_problem_set one
-- in:    id int8, problem text
-- out:   changed bool
-- Anota por que o canal não envia; verdadeiro se é novidade.
WITH hit AS (
    UPDATE channels SET problem = left(:problem, 500),
                        problem_at = clock_timestamp()
     WHERE id = :id AND problem IS DISTINCT FROM left(:problem, 500)
    RETURNING 1)
SELECT EXISTS (SELECT FROM hit);

-- query: channel_problem_clear exec
-- in:    id int8
UPDATE channels SET problem = NULL, problem_at = NULL
 WHERE id = :id AND problem IS NOT NULL;
