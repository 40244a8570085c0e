-- O que as páginas de contatos mostram além do contato.

-- query: contact_page_tags many
-- out:   id int8, name text, color text
SELECT g.id, g.name, g.color FROM tags g ORDER BY fold(g.name), g.id LIMIT 500;

-- query: contact_page_lists many
-- in:    contact_id int8
-- out:   id int8, name text
-- As listas em que está.
SELECT l.id, l.name
  FROM contact_list_members m
  JOIN contact_lists l ON l.company_id = m.company_id AND l.id = m.list_id
 WHERE m.contact_id = :contact_id
 ORDER BY fold(l.name), l.id LIMIT 100;

-- query: contact_page_channels many
-- out:   id int8, name text
SELECT h.id, h.name FROM channels h ORDER BY fold(h.name), h.id LIMIT 100;

-- query: contact_page_tickets many
-- in:    contact_id int8, before int8, max int8
-- out:   id int8, status text, protocol text, subject text, last_message text
-- out:   last_message_at timestamptz, channel text, assignee text?
-- Todos os que a pessoa pode ver, os novos antes, por chave.
SELECT t.id, t.status, ticket_protocol(t.created_at, t.id), t.subject,
       t.last_message, t.last_message_at, h.name, m.display_name
  FROM tickets t
  JOIN channels h ON h.company_id = t.company_id AND h.id = t.channel_id
  LEFT JOIN memberships m ON m.company_id = t.company_id
                         AND m.user_id = t.user_id
 WHERE t.contact_id = :contact_id AND t.id < :before
   AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
 ORDER BY t.id DESC
 LIMIT :max;

-- row: contact_export_row id int8, name text, phone text?, email text?
-- row: contact_export_row document text?, phones text?, emails text?, tags text?
-- row: contact_export_row custom jsonb, blocked bool, created_at timestamptz
-- row: contact_export_row sort_name text

-- query: contact_export_page many
-- in:    tags int8[], blocked text, list_id int8, after_name text
-- in:    after_id int8, max int8
-- out:   =contact_export_row
-- Um pedaço do filtro sem busca, por chave.
SELECT c.id, c.name, c.phone, c.email, c.document,
       (SELECT string_agg(i.value, '; ' ORDER BY i.id) FROM contact_identities i
         WHERE i.contact_id = c.id AND i.kind = 'phone'
           AND i.value IS DISTINCT FROM c.phone),
       (SELECT string_agg(i.value, '; ' ORDER BY i.id) FROM contact_identities i
         WHERE i.contact_id = c.id AND i.kind = 'email'
           AND i.value IS DISTINCT FROM c.email),
       (SELECT string_agg(g.name, '; ' ORDER BY fold(g.name)) FROM tags g
         WHERE g.id = ANY (c.tag_ids)),
       c.custom, c.blocked_at IS NOT NULL, c.created_at, fold(c.name)
  FROM contact_find('', :tags, :blocked, 0, :list_id, :after_name, :after_id,
                    :max) WITH ORDINALITY f (id, place)
  JOIN contacts c ON c.company_id = app_company() AND c.id = f.id
 ORDER BY f.place;

-- query: contact_export_found one
-- in:    q text, tags int8[], blocked text, list_id int8, max int8
-- out:   ids text
-- Todos os que a busca acha, na ordem dela: a exportação os lê aos pedaços.
SELECT coalesce(string_agg(f.id::text, ',' ORDER BY f.place), '')
  FROM contact_find(:q, :tags, :blocked, 0, :list_id, '', 0, :max)
       WITH ORDINALITY f (id, place);

-- query: contact_export_of many
-- in:    ids int8[]
-- out:   =contact_export_row
SELECT c.id, c.name, c.phone, c.email, c.document,
       (SELECT string_agg(i.value, '; ' ORDER BY i.id) FROM contact_identities i
         WHERE i.contact_id = c.id AND i.kind = 'phone'
           AND i.value IS DISTINCT FROM c.phone),
       (SELECT string_agg(i.value, '; ' ORDER BY i.id) FROM contact_identities i
         WHERE i.contact_id = c.id AND i.kind = 'email'
           AND i.value IS DISTINCT FROM c.email),
       (SELECT string_agg(g.name, '; ' ORDER BY fold(g.name)) FROM tags g
         WHERE g.id = ANY (c.tag_ids)),
       c.custom, c.blocked_at IS NOT NULL, c.created_at, fold(c.name)
  FROM unnest(:ids) WITH ORDINALITY f (id, place)
  JOIN contacts c ON c.company_id = app_company() AND c.id = f.id
                 AND c.deleted_at IS NULL
 ORDER BY f.place;
