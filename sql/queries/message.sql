-- row: message_row id int8, ticket_id int8, user_id int8?, from_me bool
-- row: message_row sender_type text, kind text, body text, status text
-- row: message_row error text?, reply_to int8?, media jsonb?, location jsonb?
-- row: message_row contacts jsonb?, reactions jsonb, sent_at timestamptz?
-- row: message_row created_at timestamptz
-- row: message_row edited_at timestamptz?, deleted_at timestamptz?
-- row: message_row mentions int8[], forwarded bool, link jsonb?

-- query: message_list many
-- in:    ticket_id int8, before int8, older int8, after int8, newer int8
-- out:   =message_row
-- Mensagens de um ticket visível, da mais nova à mais velha, por chave: até
-- `older` antes de `before` e até `newer` depois de `after`. Cada metade é uma
-- descida no índice, por mais longa que a conversa seja.
SELECT @message_row FROM (
    (SELECT @message_row FROM message_rows
      WHERE ticket_id = :ticket_id AND id < :before
      ORDER BY id DESC LIMIT :older)
    UNION ALL
    (SELECT @message_row FROM message_rows
      WHERE ticket_id = :ticket_id AND id > :after
      ORDER BY id LIMIT :newer)) near
 WHERE EXISTS (SELECT FROM tickets t WHERE t.id = :ticket_id
                  AND ticket_visible(t.queue_id, t.user_id, t.participant_ids))
 ORDER BY id DESC;

-- query: message_get one
-- in:    id int8
-- out:   =message_row
SELECT @message_row FROM message_rows WHERE id = :id;

-- row: reply_row id int8, ticket_id int8, user_id int8?, from_me bool
-- row: reply_row sender_type text, kind text, body text, status text
-- row: reply_row error text?, reply_to int8?, media jsonb?, location jsonb?
-- row: reply_row contacts jsonb?, reactions jsonb, sent_at timestamptz?
-- row: reply_row created_at timestamptz, queue_id int8?, assignee_id int8?
-- row: reply_row old_status text, old_user_id int8?, old_unread int8
-- row: reply_row forwarded bool

-- query: message_reply maybe
-- in:    ticket_id int8, body text, reply_to int8, forwarded_from int8
-- in:    file_id int8, preview text, template jsonb?
-- out:   =reply_row
-- Grava a resposta e atualiza o ticket numa ida; nenhuma linha quer dizer
-- ticket que não se vê, fechado, com a janela vencida, citação alheia, ou
-- arquivo (0: nenhum) que não é de quem responde ou já foi usado. O modelo vai
-- com a janela aberta ou fechada.
WITH fl AS (
    SELECT f.id, f.kind, file_media(f) AS media FROM files f
     WHERE f.id = :file_id AND f.user_id = app_user() AND f.source = 'upload'
       AND num_nonnulls(f.message_id, f.talk_message_id, f.reply_id) = 0
       AND f.state IN ('ready', 'pending')
       FOR UPDATE),
old AS (
    SELECT id, company_id, channel_id, status, user_id, unread_count
      FROM tickets
     WHERE id = :ticket_id AND status <> 'closed'
       AND ticket_visible(queue_id, user_id, participant_ids)
       AND (window_until IS NULL OR window_until > now()
            OR :template::jsonb IS NOT NULL)
       AND (:reply_to = 0 OR EXISTS (
            SELECT FROM messages r WHERE r.id = :reply_to
               AND r.ticket_id = :ticket_id))
       AND (:file_id = 0 OR EXISTS (SELECT FROM fl))
       FOR UPDATE),
t AS (
    UPDATE tickets t
       SET last_message = left(:preview, 200), last_message_at = clock_timestamp(),
           updated_at = clock_timestamp(), unread_count = 0,
           version = t.version + (t.status <> 'active')::int,
           status = 'active', user_id = coalesce(t.user_id, app_user()),
           started_at = coalesce(t.started_at, clock_timestamp()),
           first_human_at = coalesce(t.first_human_at, clock_timestamp())
      FROM old
     WHERE t.company_id = old.company_id AND t.id = old.id
    RETURNING t.id, t.queue_id, t.user_id),
m AS (
    INSERT INTO messages (company_id, ticket_id, channel_id, user_id,
                          sender_type, kind, body, status, reply_to_id,
                          forwarded_from_id, media, payload)
    SELECT old.company_id, old.id, old.channel_id, app_user(), 'user',
           coalesce((SELECT kind FROM fl),
                    CASE WHEN :template::jsonb IS NULL THEN 'text'
                         ELSE 'template' END), :body, 'queued',
           nullif(:reply_to, 0), nullif(:forwarded_from, 0),
           (SELECT media FROM fl),
           CASE WHEN :template::jsonb IS NOT NULL
                THEN jsonb_build_object('template', :template::jsonb) END
      FROM old
    RETURNING *),
used AS (
    UPDATE files f SET message_id = m.id, ticket_id = m.ticket_id
      FROM fl, m
     WHERE f.company_id = m.company_id AND f.id = fl.id)
SELECT m.id, m.ticket_id, m.user_id, true, m.sender_type, m.kind, m.body,
       m.status, m.error, m.reply_to_id, m.media, m.location, m.contacts,
       m.reactions, m.sent_at, m.created_at, t.queue_id, t.user_id,
       old.status, old.user_id, old.unread_count,
       m.forwarded_from_id IS NOT NULL
  FROM m, t, old;

-- query: message_room_keys one
-- in:    ticket_id int8
-- out:   queue_id int8?, user_id int8?
-- De que salas é o ticket da mensagem.
SELECT queue_id, user_id FROM tickets WHERE id = :ticket_id;

-- query: message_belongs maybe
-- in:    id int8, ticket_id int8
-- out:   id int8
SELECT id FROM messages WHERE id = :id AND ticket_id = :ticket_id;

-- query: message_unseen maybe
-- in:    ticket_id int8, seen int8
-- out:   name text
-- O colega que respondeu por último, se foi depois desta mensagem.
SELECT coalesce(p.display_name, '')
  FROM messages m
  LEFT JOIN memberships p ON p.company_id = m.company_id AND p.user_id = m.user_id
 WHERE m.company_id = app_company() AND m.ticket_id = :ticket_id
   AND m.id > :seen AND m.sender_type = 'user' AND m.kind <> 'note'
   AND m.user_id <> app_user()
 ORDER BY m.id DESC LIMIT 1;
