-- O painel ao lado da conversa: quem é o contato e o que já houve com ele.
-- Quem chama já conferiu que a pessoa vê o ticket.

-- query: panel_contact one
-- in:    id int8
-- out:   id int8, name text, phone text?, email text?, document text?, blocked bool, created_at timestamptz, tickets int8, closed int8, custom jsonb, version int8
SELECT c.id, c.name, c.phone, c.email, c.document, c.blocked_at IS NOT NULL,
       c.created_at, count(t.id), count(t.id) FILTER (WHERE t.status = 'closed'),
       (SELECT coalesce(jsonb_agg(jsonb_build_object('label', f.label, 'value',
               c.custom ->> f.key) ORDER BY f.position, f.id), '[]')
          FROM custom_fields f
         WHERE f.target = 'contact' AND c.custom ? f.key),
       c.version
  FROM contacts c
  LEFT JOIN tickets t ON t.company_id = c.company_id AND t.contact_id = c.id
 WHERE c.id = :id
 GROUP BY c.company_id, c.id;

-- query: panel_tickets many
-- in:    contact_id int8, ticket_id int8, max int8
-- out:   id int8, status text, protocol text, subject text, last_message text, last_message_at timestamptz
-- Os outros atendimentos do contato que a pessoa pode ver, os novos antes.
SELECT id, status, ticket_protocol(created_at, id), subject, last_message,
       last_message_at
  FROM tickets
 WHERE contact_id = :contact_id AND id <> :ticket_id
   AND ticket_visible(queue_id, user_id, participant_ids)
 ORDER BY id DESC
 LIMIT :max;

-- query: panel_targets many
-- out:   kind text, id int8, name text
-- A quem se pode passar um atendimento: as filas e quem está na empresa.
SELECT 'queue', id, name FROM queues
 UNION ALL
SELECT 'user', user_id, display_name FROM memberships
 WHERE disabled_at IS NULL
 ORDER BY 1, 3;

-- query: panel_tag_choices many
-- in:    ticket_id int8, contact_id int8
-- out:   id int8, name text, color text, chosen bool, on_contact bool
SELECT g.id, g.name, g.color, l.tag_id IS NOT NULL, k.tag_id IS NOT NULL
  FROM tags g
  LEFT JOIN ticket_tags l ON l.company_id = g.company_id AND l.tag_id = g.id
                         AND l.ticket_id = :ticket_id
  LEFT JOIN contact_tags k ON k.company_id = g.company_id AND k.tag_id = g.id
                          AND k.contact_id = :contact_id
 ORDER BY g.position, fold(g.name), g.id;

-- query: panel_window one
-- in:    id int8
-- out:   until timestamptz?
-- Até quando a janela do canal está aberta; nulo: não tem, ou já fechou.
SELECT CASE WHEN window_until > now() THEN window_until END
  FROM tickets WHERE id = :id;
