-- Fundir dois atendimentos do mesmo contato.

-- query: ticket_merge one
-- in:    source int8, target int8
-- out:   outcome text, moved int8
SELECT outcome, moved FROM ticket_merge(:source, :target);

-- query: ticket_merge_choices many
-- in:    id int8, max int8
-- out:   id int8, status text, protocol text, channel text, reply_to text, subject text, last_message text, last_message_at timestamptz, messages int8
-- Em que outro se pode fundir este: do mesmo contato e canal, que a pessoa
-- veja, não fundido, e aberto se este está aberto.
SELECT o.id, o.status, ticket_protocol(o.created_at, o.id), h.name, o.reply_to, o.subject,
       o.last_message, o.last_message_at,
       (SELECT count(*) FROM messages m WHERE m.ticket_id = o.id)
  FROM tickets t
  JOIN tickets o ON o.company_id = t.company_id AND o.contact_id = t.contact_id
                AND o.channel_id = t.channel_id AND o.id <> t.id AND o.merged_into_id IS NULL
                AND (o.status <> 'closed' OR t.status = 'closed')
  JOIN channels h ON h.company_id = o.company_id AND h.id = o.channel_id
 WHERE t.id = :id AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
   AND ticket_visible(o.queue_id, o.user_id, o.participant_ids)
 ORDER BY o.status = 'closed', o.id DESC
 LIMIT :max;

-- query: ticket_merge_preview one
-- in:    source int8, target int8
-- out:   messages int8, files int8, scheduled int8, new_tags int8
-- O que passaria de um ao outro.
SELECT (SELECT count(*) FROM messages m WHERE m.ticket_id = :source),
       (SELECT count(*) FROM files f WHERE f.ticket_id = :source),
       (SELECT count(*) FROM scheduled_messages g
         WHERE g.ticket_id = :source AND g.status = 'pending'),
       (SELECT count(*) FROM ticket_tags l
         WHERE l.ticket_id = :source AND NOT EXISTS (
               SELECT FROM ticket_tags x
                WHERE x.ticket_id = :target AND x.tag_id = l.tag_id));
