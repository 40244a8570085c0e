-- Procurar em tudo: os ids vêm das funções de 0078; aqui, o que se mostra. Cada
-- um pela chave (a cerca é o LIMIT 1): com estatísticas velhas o banco preferia
-- ler tabelas inteiras.

-- query: search_tickets many
-- in:    q text, before int8, max int8
-- out:   id int8, protocol text, subject text, subject_marks jsonb, contact text, status text, updated_at timestamptz
SELECT x.*
  FROM search_tickets(:q, :before, :max) s (id)
 CROSS JOIN LATERAL (
       SELECT t.id, ticket_protocol(t.created_at, t.id), t.subject,
              search_marks(t.subject, search_words(:q), 200), c.name, t.status,
              t.updated_at
         FROM tickets t
         JOIN contacts c ON c.company_id = t.company_id AND c.id = t.contact_id
        WHERE t.company_id = app_company() AND t.id = s.id
        LIMIT 1) x
 ORDER BY s.id DESC;

-- query: search_contacts many
-- in:    q text, before int8, max int8
-- out:   id int8, name text, name_marks jsonb, phone text?, email text?, document text?, ticket_id int8?
SELECT x.*, (SELECT t.id FROM tickets t
              WHERE t.company_id = app_company() AND t.contact_id = x.id
                AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
              ORDER BY t.updated_at DESC LIMIT 1)
  FROM search_contacts(:q, :before, :max) s (id)
 CROSS JOIN LATERAL (
       SELECT c.id, c.name, search_marks(c.name, search_words(:q), 200), c.phone,
              c.email, c.document
         FROM contacts c
        WHERE c.company_id = app_company() AND c.id = s.id
        LIMIT 1) x
 ORDER BY s.id DESC;

-- query: search_messages many
-- in:    q text, notes bool, before int8, max int8
-- out:   id int8, ticket_id int8, protocol text, contact text, from_me bool, author text?, snippet jsonb, created_at timestamptz
SELECT x.*
  FROM search_messages(:q, :notes, :before, :max) s (id)
 CROSS JOIN LATERAL (
       SELECT m.id, m.ticket_id, ticket_protocol(t.created_at, t.id), c.name,
              m.sender_type <> 'contact', b.display_name,
              search_marks(regexp_replace(m.body, '\s+', ' ', 'g'),
                           search_words(:q), 180), m.created_at
         FROM messages m
         JOIN tickets t ON t.company_id = m.company_id AND t.id = m.ticket_id
         JOIN contacts c ON c.company_id = t.company_id AND c.id = t.contact_id
         LEFT JOIN memberships b ON b.company_id = m.company_id
                                AND b.user_id = m.user_id
        WHERE m.company_id = app_company() AND m.id = s.id
        LIMIT 1) x
 ORDER BY s.id DESC;
