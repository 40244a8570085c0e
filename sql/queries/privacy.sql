-- query: privacy_person_files many
-- in:    id int8
-- out:   name text, body text
-- O que se guarda de uma pessoa, um arquivo por linha; nenhuma: não é daqui.
SELECT name, body FROM privacy_person_files(:id);

-- query: privacy_person_messages one
-- in:    id int8, after_company int8, after_id int8, max int8
-- out:   company_id int8, message_id int8, found int8, body text
SELECT company_id, message_id, found, body
  FROM privacy_person_messages(:id, :after_company, :after_id, :max);

-- query: privacy_person_erase one
-- in:    id int8, confirm text
-- out:   outcome text, whole bool
SELECT outcome, whole FROM privacy_person_erase(:id, :confirm);

-- query: privacy_contact_name one
-- in:    id int8
-- out:   name text, phone text?, tickets int8, erased bool
SELECT c.name, c.phone,
       (SELECT count(*) FROM tickets t WHERE t.contact_id = c.id),
       c.erased_at IS NOT NULL
  FROM contacts c WHERE c.id = :id;

-- query: privacy_contact_files many
-- in:    id int8
-- out:   name text, body text
-- O que se guarda de um contato, fora as mensagens.
SELECT 'contact.json' AS name, jsonb_pretty(jsonb_build_object(
           'id', c.id, 'name', c.name, 'phone', c.phone, 'email', c.email,
           'document', c.document, 'custom', c.custom,
           'blockedAt', c.blocked_at, 'tags',
           (SELECT coalesce(jsonb_agg(g.name ORDER BY g.name), '[]')
              FROM tags g WHERE g.id = ANY (c.tag_ids)),
           'createdAt', c.created_at, 'updatedAt', c.updated_at,
           'erasedAt', c.erased_at)) AS body
  FROM contacts c WHERE c.id = :id
UNION ALL
SELECT 'identities.json', jsonb_pretty(coalesce(jsonb_agg(jsonb_build_object(
           'kind', i.kind, 'value', i.value, 'createdAt', i.created_at)
           ORDER BY i.id), '[]'))
  FROM contact_identities i WHERE i.contact_id = :id
UNION ALL
SELECT 'tickets.json', coalesce('[' || string_agg(json_build_object(
           'id', t.id, 'status', t.status, 'channel', h.name, 'queue', q.name,
           'createdAt', t.created_at, 'startedAt', t.started_at,
           'closedAt', t.closed_at, 'updatedAt', t.updated_at)::text,
           E',\n' ORDER BY t.id) || ']', '[]')
  FROM tickets t
  JOIN channels h ON h.company_id = t.company_id AND h.id = t.channel_id
  LEFT JOIN queues q ON q.company_id = t.company_id AND q.id = t.queue_id
 WHERE t.contact_id = :id
UNION ALL
SELECT 'changes.json', coalesce('[' || string_agg(json_build_object(
           'ticketId', k.ticket_id, 'field', k.field, 'from', k.old_value,
           'to', k.new_value, 'at', k.created_at)::text,
           E',\n' ORDER BY k.id) || ']', '[]')
  FROM ticket_changes k JOIN tickets t
    ON t.company_id = k.company_id AND t.id = k.ticket_id
 WHERE t.contact_id = :id
UNION ALL
SELECT 'notes.json', coalesce('[' || string_agg(json_build_object(
           'id', n.id, 'body', n.body, 'createdAt', n.created_at)::text,
           E',\n' ORDER BY n.id) || ']', '[]')
  FROM contact_notes n WHERE n.contact_id = :id;

-- query: privacy_contact_messages one
-- in:    id int8, from_ticket int8, after_id int8, max int8
-- out:   ticket_id int8, message_id int8, found int8, body text
-- Por chave, ticket a ticket: cada pedaço só lê o que devolve.
SELECT coalesce(max(k.ticket_id), 0) AS ticket_id,
       coalesce((array_agg(k.id ORDER BY k.ticket_id DESC, k.id DESC))[1], 0)
           AS message_id,
       count(*) AS found, coalesce(string_agg(json_build_object(
           'id', k.id, 'ticketId', k.ticket_id, 'from', k.sender_type,
           'kind', k.kind, 'body', k.body, 'status', k.status,
           'media', k.media, 'location', k.location, 'contacts', k.contacts,
           'reactions', k.reactions, 'createdAt', k.created_at,
           'sentAt', k.sent_at, 'editedAt', k.edited_at,
           'deletedAt', k.deleted_at)::text,
           E',\n' ORDER BY k.ticket_id, k.id), '') AS body
  FROM (SELECT m.id, m.ticket_id, m.sender_type, m.kind, m.body, m.status,
               m.media, m.location, m.contacts, m.reactions, m.created_at,
               m.sent_at, m.edited_at, m.deleted_at
          FROM (SELECT t.company_id, t.id FROM tickets t
                 WHERE t.contact_id = :id AND t.id >= :from_ticket
                 ORDER BY t.id) t
         CROSS JOIN LATERAL (
               SELECT n.id, n.ticket_id, n.sender_type, n.kind, n.body, n.status,
                      n.media, n.location, n.contacts, n.reactions,
                      n.created_at, n.sent_at, n.edited_at, n.deleted_at
                 FROM messages n
                WHERE n.company_id = t.company_id AND n.ticket_id = t.id
                  AND (t.id > :from_ticket OR n.id > :after_id)
                ORDER BY n.id LIMIT :max) m
         ORDER BY t.id, m.id LIMIT :max) k;

-- query: privacy_contact_erase one
-- in:    id int8, confirm text
-- out:   outcome text
SELECT privacy_contact_erase(:id, :confirm);

-- query: privacy_contact_open many
-- in:    id int8
-- out:   ticket_id int8
-- Atendimentos abertos do contato.
SELECT t.id FROM tickets t
 WHERE t.contact_id = :id AND t.status <> 'closed' ORDER BY t.id;

-- query: privacy_contact_step one
-- in:    id int8, from_ticket int8, after_id int8, max int8
-- out:   ticket_id int8, message_id int8, blanked int8, done bool
SELECT ticket_id, message_id, blanked, done
  FROM privacy_contact_step(:id, :from_ticket, :after_id, :max);

-- query: privacy_contact_sweep one
-- in:    id int8
-- out:   gone int8
SELECT privacy_contact_sweep(:id);

-- query: privacy_retain one
-- in:    max int8
-- out:   tickets int8, blanked int8
SELECT tickets, blanked FROM privacy_retain(:max);

-- query: privacy_contact_search many
-- in:    words text, digits text, max int8
-- out:   id int8, name text, phone text?
-- Contatos pelo nome (sem acento nem maiúscula) ou por um pedaço do telefone.
SELECT c.id, c.name, c.phone FROM contacts c
 WHERE c.erased_at IS NULL
   AND (position(fold(:words) IN fold(c.name)) > 0
        OR char_length(:digits) >= 4 AND position(:digits IN c.phone) > 0)
 ORDER BY c.updated_at DESC, c.id DESC LIMIT :max;

-- query: privacy_company_tables many
-- out:   name text
SELECT unnest(privacy_company_tables()) AS name;

-- query: privacy_company_rows one
-- in:    id int8, source text, after_id int8, max int8
-- out:   last_id int8, found int8, body text
-- last_id -1: a tabela acabou.
SELECT last_id, row_count AS found, body
  FROM privacy_company_rows(:id, :source, :after_id, :max);
