-- row: message_row id int8, ticket_id int8, user_id int8?, from_me bool
-- row: message_row sender_type text, kind text, body text, status text
-- row: message_row error text?, reply_to int8?, media jsonb?, location jsonb?
-- row: message_row contacts jsonb?, reactions jsonb, sent_at timestamptz?
-- row: message_row created_at timestamptz

-- query: message_list many
-- in:    ticket_id int8, before int8, max int8
-- out:   =message_row
-- Mensagens de um ticket visível, da mais nova à mais velha, por chave.
SELECT @message_row FROM message_rows
 WHERE ticket_id = :ticket_id AND id < :before
   AND EXISTS (SELECT FROM tickets t WHERE t.id = :ticket_id
                  AND ticket_visible(t.queue_id, t.user_id))
 ORDER BY id DESC
 LIMIT :max;

-- query: message_get one
-- in:    id int8
-- out:   =message_row
SELECT @message_row FROM message_rows WHERE id = :id;
