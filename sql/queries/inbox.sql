-- A página da conversa: a mensagem com quem a escreveu e a que ela cita.

-- row: bubble_row id int8, from_me bool, sender_type text, sender text?
-- row: bubble_row kind text, body text, status text, error text?, media jsonb?
-- row: bubble_row location jsonb?, contacts jsonb?, reactions jsonb
-- row: bubble_row happened_at timestamptz, edited bool, deleted bool
-- row: bubble_row quoted_id int8?, quoted_from_me bool?, quoted_kind text?
-- row: bubble_row quoted_body text?, user_id int8?, forwarded bool
-- row: bubble_row starred bool, link jsonb?

-- query: inbox_messages many
-- in:    ticket_id int8, after int8, before int8, ids int8[], max int8
-- out:   =bubble_row
-- Um trecho (after < id < before, do mais novo ao mais velho) e as de `ids`.
-- Quem chama já conferiu que a pessoa vê o ticket.
WITH picked AS (
    (SELECT id FROM messages
      WHERE ticket_id = :ticket_id AND id > :after AND id < :before
      ORDER BY id DESC LIMIT :max)
    UNION
    SELECT id FROM messages
     WHERE ticket_id = :ticket_id AND id = ANY (:ids))
SELECT m.id, m.from_me, m.sender_type, s.display_name, m.kind, m.body,
       m.status, m.error, m.media, m.location, m.contacts, m.reactions,
       m.created_at, m.edited_at IS NOT NULL, m.deleted_at IS NOT NULL, q.id, q.from_me,
       q.kind, q.body, m.user_id, m.forwarded,
       EXISTS (SELECT FROM message_stars s WHERE s.user_id = app_user()
                  AND s.message_id = m.id), m.link
  FROM picked p
  JOIN message_rows m ON m.id = p.id
  LEFT JOIN message_rows q ON q.id = m.reply_to AND q.ticket_id = :ticket_id
  LEFT JOIN memberships s ON s.user_id = m.user_id
 ORDER BY m.id;

-- query: bubble_targets many
-- in:    except_id int8
-- out:   id int8, contact text, protocol text
-- A quem se encaminha: os atendimentos abertos mais recentes que se veem.
SELECT id, contact, protocol FROM ticket_rows
 WHERE status = 'active' AND id <> :except_id
   AND (window_until IS NULL OR window_until > now())
   AND ticket_visible(queue_id, assignee_id, participant_ids)
 ORDER BY updated_at DESC, id DESC
 LIMIT 20;

-- query: inbox_transcript many
-- in:    ticket_id int8, after int8, notes bool, max int8
-- out:   =bubble_row
-- A conversa do começo ao fim, por chave; sem `notes`, só o que o cliente viu.
-- Quem chama já conferiu que a pessoa vê o ticket.
SELECT m.id, m.from_me, m.sender_type, s.display_name, m.kind, m.body,
       m.status, m.error, m.media, m.location, m.contacts, m.reactions,
       m.created_at, m.edited_at IS NOT NULL, m.deleted_at IS NOT NULL, q.id,
       q.from_me, q.kind, q.body, m.user_id, m.forwarded, false, m.link
  FROM message_rows m
  LEFT JOIN message_rows q ON q.id = m.reply_to AND q.ticket_id = :ticket_id
  LEFT JOIN memberships s ON s.user_id = m.user_id
 WHERE m.ticket_id = :ticket_id AND m.id > :after
   AND (:notes OR m.kind <> 'note')
 ORDER BY m.id LIMIT :max;

-- query: inbox_gallery many
-- in:    contact_id int8, before int8, max int8
-- out:   id int8, ticket_id int8, protocol text, from_me bool, sender text?, kind text, media jsonb?, happened_at timestamptz
-- Os arquivos das conversas do contato que a pessoa vê, do mais novo ao mais
-- velho.
SELECT m.id, t.id, ticket_protocol(t.created_at, t.id), r.from_me,
       s.display_name, m.kind, r.media, m.created_at
  FROM tickets t
  JOIN messages m ON m.company_id = t.company_id AND m.ticket_id = t.id
  JOIN message_rows r ON r.id = m.id
  LEFT JOIN memberships s ON s.company_id = m.company_id AND s.user_id = m.user_id
 WHERE t.company_id = app_company() AND t.contact_id = :contact_id
   AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
   AND m.kind IN ('image', 'video', 'audio', 'document', 'sticker')
   AND m.deleted_at IS NULL AND m.id < :before
 ORDER BY m.id DESC LIMIT :max;

-- query: inbox_tags many
-- in:    ids int8[]
-- out:   ticket_id int8, name text, color text
-- As etiquetas das linhas de uma página, numa ida só, na ordem da tela.
SELECT l.ticket_id, g.name, g.color
  FROM ticket_tags l
  JOIN tags g ON g.company_id = l.company_id AND g.id = l.tag_id
 WHERE l.company_id = app_company() AND l.ticket_id = ANY (:ids)
 ORDER BY l.ticket_id, g.position, fold(g.name), g.id;
