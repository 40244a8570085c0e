-- Anotações internas e rascunhos.

-- query: note_people many
-- in:    body text, mentions int8[]
-- out:   user_id int8, asked bool
-- Quem a anotação cita: os dados e os que o texto chama por @Nome. Só gente
-- da empresa que ainda trabalha nela.
SELECT m.user_id, m.user_id = ANY (:mentions)
  FROM memberships m
 WHERE m.disabled_at IS NULL
   AND (m.user_id = ANY (:mentions)
        OR m.user_id IN (SELECT mentioned_in(:body)))
 ORDER BY m.user_id
 LIMIT 21;

-- query: note_add maybe
-- in:    ticket_id int8, body text, mentions int8[]
-- out:   id int8
-- Não toca no ticket: nem última mensagem, nem prazos, nem ordem da lista.
INSERT INTO messages (company_id, ticket_id, channel_id, user_id, sender_type,
                      kind, body, status, mentions)
SELECT t.company_id, t.id, t.channel_id, app_user(), 'user', 'note', :body,
       'received', :mentions
  FROM tickets t
 WHERE t.id = :ticket_id AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
RETURNING id;

-- query: draft_get one
-- in:    ticket_id int8
-- out:   body text, reply_to int8?, is_note bool, updated_at timestamptz?
-- Ticket que não se vê não tem linha; sem rascunho, texto vazio.
SELECT coalesce(d.body, ''), d.reply_to, coalesce(d.is_note, false),
       d.updated_at
  FROM tickets t
  LEFT JOIN drafts d ON d.company_id = t.company_id AND d.ticket_id = t.id
                    AND d.user_id = app_user()
 WHERE t.id = :ticket_id AND ticket_visible(t.queue_id, t.user_id, t.participant_ids);

-- query: draft_put one
-- in:    ticket_id int8, body text, reply_to int8, is_note bool
-- out:   body text, reply_to int8?, is_note bool, updated_at timestamptz?
INSERT INTO drafts AS d (company_id, user_id, ticket_id, body, reply_to, is_note)
SELECT t.company_id, app_user(), t.id, :body, nullif(:reply_to, 0), :is_note
  FROM tickets t
 WHERE t.id = :ticket_id AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
ON CONFLICT (company_id, user_id, ticket_id) DO UPDATE
   SET body = excluded.body, reply_to = excluded.reply_to,
       is_note = excluded.is_note, updated_at = clock_timestamp()
RETURNING d.body, d.reply_to, d.is_note, d.updated_at;

-- query: draft_drop exec
-- in:    ticket_id int8
DELETE FROM drafts WHERE ticket_id = :ticket_id AND user_id = app_user();
