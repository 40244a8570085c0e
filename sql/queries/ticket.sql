-- row: ticket_row id int8, status text, contact text, contact_id int8, phone text?
-- row: ticket_row queue text?, queue_id int8?, assignee text?, assignee_id int8?
-- row: ticket_row channel text, channel_id int8, last_message text
-- row: ticket_row last_message_at timestamptz, unread_count int8
-- row: ticket_row window_until timestamptz?, started_at timestamptz?
-- row: ticket_row closed_at timestamptz?, version int8, created_at timestamptz
-- row: ticket_row updated_at timestamptz, protocol text, subject text
-- row: ticket_row priority text, tag_ids int8[], custom jsonb
-- row: ticket_row snoozed_until timestamptz?, waiting_since timestamptz?
-- row: ticket_row first_answer_s int8?, resolution_s int8?, close_reason text
-- row: ticket_row merged_into_id int8?

-- query: ticket_list many
-- in:    status text, before_at timestamptz, before_id int8, max int8
-- out:   =ticket_row
-- Tickets visíveis de um estado, do mais recente ao mais antigo, por chave.
SELECT @ticket_row FROM ticket_rows
 WHERE status = :status AND (updated_at, id) < (:before_at, :before_id)
   AND ticket_visible(queue_id, assignee_id)
 ORDER BY updated_at DESC, id DESC
 LIMIT :max;

-- query: ticket_get one
-- in:    id int8
-- out:   =ticket_row
SELECT @ticket_row FROM ticket_rows
 WHERE id = :id AND ticket_visible(queue_id, assignee_id);

-- query: ticket_lock one
-- in:    id int8
-- out:   id int8, status text, user_id int8?, queue_id int8?, contact_id int8, channel_id int8, version int8
-- Trava o ticket até o fim da transação, se a pessoa o vê.
SELECT id, status, user_id, queue_id, contact_id, channel_id, version
  FROM tickets
 WHERE id = :id AND ticket_visible(queue_id, user_id)
   FOR UPDATE;

-- query: ticket_set_state exec
-- in:    id int8, status text, user_id int8?
-- Muda estado e responsável; os instantes do ciclo se gravam uma vez só.
UPDATE tickets
   SET status = :status, user_id = :user_id, version = version + 1,
       updated_at = clock_timestamp(),
       started_at = CASE WHEN :status = 'active' THEN coalesce(started_at, clock_timestamp())
                         WHEN :status = 'pending' THEN NULL ELSE started_at END,
       first_human_at = CASE WHEN :status = 'pending' THEN NULL ELSE first_human_at END,
       closed_at = CASE WHEN :status = 'closed' THEN clock_timestamp() END,
       unread_count = CASE WHEN :status = 'closed' THEN 0 ELSE unread_count END
 WHERE id = :id;

-- query: ticket_change_add exec
-- in:    ticket_id int8, user_id int8?, field text, old_value text?, new_value text?
INSERT INTO ticket_changes (company_id, ticket_id, user_id, field, old_value, new_value)
VALUES (app_company(), :ticket_id, :user_id, :field, :old_value, :new_value);

-- query: ticket_counts many
-- out:   status text, tickets int8, unread int8
-- Quantos tickets não fechados a pessoa vê em cada estado, e com não lidas.
SELECT status, count(*), count(*) FILTER (WHERE unread_count > 0)
  FROM tickets
 WHERE status <> 'closed' AND ticket_visible(queue_id, user_id)
 GROUP BY status;

-- query: ticket_mark_read exec
-- in:    id int8
UPDATE tickets SET unread_count = 0
 WHERE id = :id AND unread_count > 0 AND ticket_visible(queue_id, user_id);

-- query: ticket_any one
-- in:    id int8
-- out:   =ticket_row
-- Para avisar os outros: quem o mudou pode já não o ver.
SELECT @ticket_row FROM ticket_rows
 WHERE company_id = app_company() AND id = :id;
