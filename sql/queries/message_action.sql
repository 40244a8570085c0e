-- O que se faz com uma mensagem que já existe.

-- query: message_target one
-- in:    id int8
-- out:   id int8, ticket_id int8, user_id int8?, sender_type text, kind text
-- out:   body text, status text, has_provider bool, deleted bool
-- out:   platform text, ticket_status text, window_closed bool
-- A mensagem de um ticket visível e o que decide o que se pode fazer dela;
-- travada, para que o envio e a pessoa não a mudem ao mesmo tempo.
SELECT m.id, m.ticket_id, m.user_id, m.sender_type, m.kind, m.body, m.status,
       m.provider_id IS NOT NULL, m.deleted_at IS NOT NULL, h.platform,
       t.status, coalesce(t.window_until <= now(), false)
  FROM messages m
  JOIN tickets t ON t.company_id = m.company_id AND t.id = m.ticket_id
  JOIN channels h ON h.company_id = m.company_id AND h.id = m.channel_id
 WHERE m.id = :id AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
   FOR NO KEY UPDATE OF m;

-- query: message_react one
-- in:    id int8, emoji text
-- out:   before text
-- A reação da equipe, uma por mensagem; vazia tira.
WITH old AS (
    SELECT m.company_id, m.id,
           coalesce((SELECT r ->> 'emoji'
              FROM jsonb_array_elements(m.reactions) r
             WHERE (r ->> 'fromMe')::boolean LIMIT 1), '') AS mine,
           (SELECT coalesce(jsonb_agg(r), '[]')
              FROM jsonb_array_elements(m.reactions) r
             WHERE NOT (r ->> 'fromMe')::boolean) AS theirs
      FROM messages m WHERE m.id = :id)
UPDATE messages m
   SET reactions = old.theirs || CASE WHEN :emoji = '' THEN '[]'::jsonb
       ELSE jsonb_build_array(jsonb_build_object('emoji', :emoji::text,
                                                 'fromMe', true)) END
  FROM old
 WHERE m.company_id = old.company_id AND m.id = old.id
RETURNING old.mine;

-- query: message_edit exec
-- in:    id int8, body text, mentions int8[]
-- O texto de antes fica em payload -> 'history'.
UPDATE messages
   SET body = :body, mentions = :mentions, edited_at = clock_timestamp(),
       payload = coalesce(payload, '{}') || jsonb_build_object('history',
           coalesce(payload -> 'history', '[]') || jsonb_build_array(
               jsonb_build_object('body', body, 'until', clock_timestamp())))
 WHERE id = :id;

-- query: message_delete exec
-- in:    id int8
-- Fica o lugar dela na conversa, sem o texto; a que esperava não vai mais.
UPDATE messages
   SET deleted_at = clock_timestamp(), body = '', mentions = '{}',
       payload = NULL, error = NULL,
       status = CASE WHEN status = 'queued' THEN 'failed' ELSE status END
 WHERE id = :id;

-- query: message_preview_redo exec
-- in:    ticket_id int8, message_id int8
-- A linha da lista volta à mensagem de antes, se a apagada era a última.
UPDATE tickets
   SET last_message = coalesce((SELECT left(m.body, 200) FROM messages m
           WHERE m.ticket_id = :ticket_id AND m.kind <> 'note'
             AND m.deleted_at IS NULL
           ORDER BY m.id DESC LIMIT 1), '')
 WHERE id = :ticket_id
   AND NOT EXISTS (SELECT FROM messages m WHERE m.ticket_id = :ticket_id
                      AND m.id > :message_id AND m.kind <> 'note');

-- query: message_requeue exec
-- in:    id int8
-- De volta à fila, a mesma; o id da tentativa recusada fica guardado.
UPDATE messages
   SET status = 'queued', error = NULL, attempts = 0, sent_at = NULL,
       payload = CASE WHEN provider_id IS NULL THEN payload
           ELSE coalesce(payload, '{}') || jsonb_build_object('refused',
                coalesce(payload -> 'refused', '[]') ||
                jsonb_build_array(provider_id)) END,
       provider_id = NULL
 WHERE id = :id AND status = 'failed';

-- query: message_star exec
-- in:    id int8
INSERT INTO message_stars (company_id, user_id, message_id)
SELECT app_company(), app_user(), m.id FROM messages m WHERE m.id = :id
ON CONFLICT DO NOTHING;

-- query: message_unstar exec
-- in:    id int8
DELETE FROM message_stars WHERE user_id = app_user() AND message_id = :id;

-- row: starred_row id int8, ticket_id int8, user_id int8?, from_me bool
-- row: starred_row sender_type text, kind text, body text, status text
-- row: starred_row error text?, reply_to int8?, media jsonb?, location jsonb?
-- row: starred_row contacts jsonb?, reactions jsonb, sent_at timestamptz?
-- row: starred_row created_at timestamptz
-- row: starred_row edited_at timestamptz?, deleted_at timestamptz?
-- row: starred_row mentions int8[], forwarded bool, link jsonb?

-- query: message_starred many
-- in:    before int8, max int8
-- out:   =starred_row
-- As que a pessoa marcou, nos tickets que ela ainda vê.
SELECT @starred_row FROM message_rows
 WHERE id IN (SELECT s.message_id
                FROM message_stars s
                JOIN messages m ON m.company_id = s.company_id
                               AND m.id = s.message_id
                JOIN tickets t ON t.company_id = m.company_id
                              AND t.id = m.ticket_id
               WHERE s.user_id = app_user() AND s.message_id < :before
                 AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
               ORDER BY s.message_id DESC LIMIT :max)
 ORDER BY id DESC;
