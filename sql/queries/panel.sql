-- O painel ao lado da conversa: quem é o contato e o que já houve com ele.
-- Quem chama já conferiu que a pessoa vê o ticket.

-- query: panel_contact one
-- in:    id int8
-- out:   id int8, name text, phone text?, email text?, document text?, blocked bool, created_at timestamptz, tickets int8, closed int8, custom jsonb
SELECT c.id, c.name, c.phone, c.email, c.document, c.blocked_at IS NOT NULL,
       c.created_at, count(t.id), count(t.id) FILTER (WHERE t.status = 'closed'),
       (SELECT coalesce(jsonb_agg(jsonb_build_object('label', f.label, 'value',
               c.custom ->> f.key) ORDER BY f.position, f.id), '[]')
          FROM custom_fields f
         WHERE f.target = 'contact' AND c.custom ? f.key)
  FROM contacts c
  LEFT JOIN tickets t ON t.company_id = c.company_id AND t.contact_id = c.id
 WHERE c.id = :id
 GROUP BY c.company_id, c.id;

-- query: panel_tags many
-- in:    ticket_id int8
-- out:   id int8, name text, color text, of_contact bool
-- As do ticket e, depois, as do contato dele.
SELECT g.id, g.name, g.color, false
  FROM ticket_tags l JOIN tags g ON g.id = l.tag_id
 WHERE l.ticket_id = :ticket_id
 UNION ALL
SELECT g.id, g.name, g.color, true
  FROM tickets t JOIN contact_tags l ON l.contact_id = t.contact_id
  JOIN tags g ON g.id = l.tag_id
 WHERE t.id = :ticket_id
 ORDER BY 4, 2;

-- query: panel_tickets many
-- in:    contact_id int8, ticket_id int8, max int8
-- out:   id int8, status text, protocol text, subject text, last_message text, last_message_at timestamptz
-- Os outros atendimentos do contato que a pessoa pode ver, os novos antes.
SELECT id, status, ticket_protocol(created_at, id), subject, last_message,
       last_message_at
  FROM tickets
 WHERE contact_id = :contact_id AND id <> :ticket_id
   AND ticket_visible(queue_id, user_id)
 ORDER BY id DESC
 LIMIT :max;

-- query: panel_changes many
-- in:    ticket_id int8, max int8
-- out:   who text?, field text, old_value text?, new_value text?, created_at timestamptz
SELECT m.display_name, h.field, h.old_value, h.new_value, h.created_at
  FROM ticket_changes h
  LEFT JOIN memberships m ON m.company_id = h.company_id
                         AND m.user_id = h.user_id
 WHERE h.ticket_id = :ticket_id
 ORDER BY h.id DESC
 LIMIT :max;
