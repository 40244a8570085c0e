-- query: watch_name maybe
-- in:    ticket_id int8
-- out:   name text
-- Como a pessoa se chama aqui, se ela vê o ticket.
SELECT m.display_name
  FROM tickets t, memberships m
 WHERE t.id = :ticket_id AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
   AND m.user_id = app_user();
