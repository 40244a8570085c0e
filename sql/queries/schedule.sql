-- row: schedule_row id int8, ticket_id int8, contact text, user_id int8?
-- row: schedule_row user_name text?, body text, due_at timestamptz
-- row: schedule_row repeats text, status text, reason text?
-- row: schedule_row message_id int8?, sent_count int8, sent_at timestamptz?
-- row: schedule_row after_window bool, version int8, created_at timestamptz

-- query: schedule_coming many
-- in:    status text, after_at timestamptz, after_id int8, max int8
-- out:   =schedule_row
-- Do mais próximo ao mais distante, por chave.
SELECT @schedule_row FROM scheduled_rows
 WHERE status = :status AND (due_at, id) > (:after_at::timestamptz, :after_id::int8)
   AND ticket_visible(queue_id, assignee_id, participant_ids)
 ORDER BY due_at, id LIMIT :max;

-- query: schedule_past many
-- in:    status text, before_at timestamptz, before_id int8, max int8
-- out:   =schedule_row
-- Do mais novo ao mais velho, por chave.
SELECT @schedule_row FROM scheduled_rows
 WHERE status = :status AND (due_at, id) < (:before_at::timestamptz, :before_id::int8)
   AND ticket_visible(queue_id, assignee_id, participant_ids)
 ORDER BY due_at DESC, id DESC LIMIT :max;

-- query: schedule_of_ticket many
-- in:    ticket_id int8, before int8, max int8
-- out:   =schedule_row
SELECT @schedule_row FROM scheduled_rows
 WHERE ticket_id = :ticket_id AND id < :before
   AND ticket_visible(queue_id, assignee_id, participant_ids)
 ORDER BY id DESC LIMIT :max;

-- query: schedule_panel many
-- in:    ticket_id int8, max int8
-- out:   =schedule_row
-- O que espera e o que não pôde sair, para o painel da conversa.
SELECT @schedule_row FROM scheduled_rows
 WHERE ticket_id = :ticket_id AND status IN ('pending', 'failed')
   AND ticket_visible(queue_id, assignee_id, participant_ids)
 ORDER BY status DESC, due_at, id LIMIT :max;

-- query: schedule_get one
-- in:    id int8
-- out:   =schedule_row
SELECT @schedule_row FROM scheduled_rows
 WHERE id = :id AND ticket_visible(queue_id, assignee_id, participant_ids);

-- query: schedule_room one
-- in:    ticket_id int8, due text
-- out:   closed bool, waiting int8, due_at timestamptz?
-- O que decide se mais um cabe no atendimento, que fica travado; due_at nulo:
-- não é um instante futuro de até um ano.
SELECT t.status = 'closed',
       (SELECT count(*) FROM scheduled_messages s
         WHERE s.company_id = t.company_id AND s.ticket_id = t.id
           AND s.status = 'pending'),
       CASE WHEN i > now() AND i < now() + interval '1 year' THEN i END
  FROM tickets t, instant_of(:due) i
 WHERE t.id = :ticket_id AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
   FOR UPDATE OF t;

-- query: schedule_add one
-- in:    ticket_id int8, body text, due_at timestamptz, repeats text
-- out:   id int8, wait_ms int8
INSERT INTO scheduled_messages (company_id, ticket_id, user_id, body, due_at,
                                first_at, repeats)
VALUES (app_company(), :ticket_id, app_user(), :body, :due_at, :due_at, :repeats)
RETURNING id, ceil(extract(epoch FROM due_at - now()) * 1000)::bigint;

-- query: schedule_lock one
-- in:    id int8
-- out:   ticket_id int8, user_id int8?, status text, due_at timestamptz, version int8, body text, repeats text
SELECT s.ticket_id, s.user_id, s.status, s.due_at, s.version, s.body, s.repeats
  FROM scheduled_messages s
  JOIN tickets t ON t.company_id = s.company_id AND t.id = s.ticket_id
 WHERE s.id = :id AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
   FOR UPDATE OF t, s;

-- query: schedule_save one
-- in:    id int8, body text, due_at timestamptz, repeats text, again bool
-- out:   wait_ms int8
-- Um que falhou volta a esperar; again: a hora ou a repetição é outra.
UPDATE scheduled_messages
   SET body = :body, due_at = :due_at, repeats = :repeats,
       first_at = CASE WHEN :again THEN :due_at ELSE first_at END,
       status = 'pending', reason = NULL, version = version + 1,
       updated_at = clock_timestamp()
 WHERE id = :id
RETURNING ceil(extract(epoch FROM due_at - now()) * 1000)::bigint;

-- query: schedule_cancel exec
-- in:    id int8
UPDATE scheduled_messages
   SET status = 'cancelled', reason = NULL, version = version + 1,
       updated_at = clock_timestamp()
 WHERE id = :id;

-- query: schedule_take maybe
-- in:    id int8
-- out:   ticket_id int8, user_id int8?, body text, due_at timestamptz, reason text?
-- O que chegou à hora e ainda espera, travado com o atendimento até o COMMIT:
-- quem perde a corrida não acha nada. reason: por que não pode sair; o autor
-- que já não escreveria ali à mão também não o faz pelo relógio.
SELECT s.ticket_id, s.user_id, s.body, s.due_at,
       CASE WHEN NOT EXISTS (
                SELECT FROM access_of(s.user_id, s.company_id) a
                 WHERE (a.permissions IS NULL
                        OR 'tickets.write' = ANY (string_to_array(a.permissions, ' ')))
                   AND (a.visibility = 'all' OR t.user_id = s.user_id
                        OR (a.visibility = 'queues'
                            AND ((t.user_id IS NULL AND t.queue_id IS NULL)
                                 OR EXISTS (SELECT FROM queue_members q
                                     WHERE q.company_id = s.company_id
                                       AND q.user_id = s.user_id
                                       AND q.queue_id = t.queue_id))))) THEN 'author'
            WHEN t.status = 'closed' THEN 'closed'
            WHEN c.blocked_at IS NOT NULL THEN 'blocked'
            WHEN t.window_until <= now() THEN 'window' END
  FROM scheduled_messages s
  JOIN tickets t ON t.company_id = s.company_id AND t.id = s.ticket_id
  JOIN contacts c ON c.company_id = t.company_id AND c.id = t.contact_id
 WHERE s.id = :id AND s.status = 'pending' AND s.due_at <= now()
   FOR UPDATE OF t, s;

-- query: schedule_fail exec
-- in:    id int8, reason text
UPDATE scheduled_messages
   SET status = 'failed', reason = :reason, version = version + 1,
       updated_at = clock_timestamp()
 WHERE id = :id;

-- query: schedule_send one
-- in:    id int8, preview text
-- out:   message_id int8, wait_ms int8?
-- Faz a mensagem, em nome de quem a escreveu, e diz quanto falta para a
-- próxima, se repete. Não zera as não lidas: ninguém olhou a conversa.
WITH s AS (
    SELECT s.id, s.company_id, s.ticket_id, s.user_id, s.body,
           schedule_next(s.first_at, s.repeats, o.time_zone, now()) AS next_at
      FROM scheduled_messages s JOIN companies o ON o.id = s.company_id
     WHERE s.id = :id),
t AS (
    UPDATE tickets t
       SET last_message = left(:preview, 200), last_message_at = clock_timestamp(),
           updated_at = clock_timestamp()
      FROM s
     WHERE t.company_id = s.company_id AND t.id = s.ticket_id
    RETURNING t.id, t.channel_id),
m AS (
    INSERT INTO messages (company_id, ticket_id, channel_id, user_id,
                          sender_type, kind, body, status)
    SELECT s.company_id, t.id, t.channel_id, s.user_id, 'user', 'text', s.body,
           'queued'
      FROM s, t
    RETURNING id)
UPDATE scheduled_messages x
   SET status = CASE WHEN s.next_at IS NULL THEN 'sent' ELSE 'pending' END,
       due_at = coalesce(s.next_at, x.due_at), message_id = m.id,
       sent_count = x.sent_count + 1, sent_at = clock_timestamp(),
       version = x.version + 1, updated_at = clock_timestamp()
  FROM s, m
 WHERE x.company_id = s.company_id AND x.id = s.id
RETURNING m.id, ceil(extract(epoch FROM s.next_at - now()) * 1000)::bigint;
