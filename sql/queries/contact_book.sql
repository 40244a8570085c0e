-- row: contact_row id int8, name text, phone text?, email text?
-- row: contact_row document text?, phones jsonb, emails jsonb, tag_ids int8[]
-- row: contact_row custom jsonb, blocked_at timestamptz?, version int8
-- row: contact_row created_at timestamptz, updated_at timestamptz
-- row: contact_row sort_name text

-- query: contact_list many
-- in:    q text, tags int8[], blocked text, channel_id int8, list_id int8
-- in:    after_name text, after_id int8, max int8
-- out:   =contact_row
-- Na ordem de contact_find.
SELECT x.*
  FROM contact_find(:q, :tags, :blocked, :channel_id, :list_id, :after_name,
                    :after_id, :max) WITH ORDINALITY f (id, place)
 CROSS JOIN LATERAL (
       SELECT c.id, c.name, c.phone, c.email, c.document,
              (SELECT coalesce(jsonb_agg(i.value ORDER BY i.id), '[]')
                 FROM contact_identities i
                WHERE i.contact_id = c.id AND i.kind = 'phone'),
              (SELECT coalesce(jsonb_agg(i.value ORDER BY i.id), '[]')
                 FROM contact_identities i
                WHERE i.contact_id = c.id AND i.kind = 'email'),
              c.tag_ids, c.custom, c.blocked_at, c.version, c.created_at,
              c.updated_at, fold(c.name)
         FROM contacts c WHERE c.id = f.id LIMIT 1) x
 ORDER BY f.place;

-- query: contact_get one
-- in:    id int8
-- out:   =contact_row
SELECT c.id, c.name, c.phone, c.email, c.document,
       (SELECT coalesce(jsonb_agg(i.value ORDER BY i.id), '[]')
          FROM contact_identities i
         WHERE i.contact_id = c.id AND i.kind = 'phone'),
       (SELECT coalesce(jsonb_agg(i.value ORDER BY i.id), '[]')
          FROM contact_identities i
         WHERE i.contact_id = c.id AND i.kind = 'email'),
       c.tag_ids, c.custom, c.blocked_at, c.version, c.created_at, c.updated_at,
       fold(c.name)
  FROM contacts c WHERE c.id = :id AND c.deleted_at IS NULL;

-- query: contact_save one
-- in:    contact int8, seen int8, name text, phone text?, email text?
-- in:    document text?, custom jsonb, tags int8[]?, kinds text[], keys text[]
-- in:    shown text[], phones_all bool, emails_all bool
-- out:   outcome text, id int8?, other int8?
SELECT outcome, id, other
  FROM contact_save(:contact, :seen, :name, :phone, :email, :document, :custom,
                    :tags, :kinds, :keys, :shown, :phones_all, :emails_all);

-- query: contact_remove one
-- in:    id int8
-- out:   open_id int8?, gone bool
-- Só sai da lista quem não tem atendimento aberto.
WITH o AS (SELECT max(t.id) AS id FROM tickets t
            WHERE t.contact_id = :id AND t.status <> 'closed'),
d AS (UPDATE contacts c
         SET deleted_at = now(), version = c.version + 1,
             updated_at = clock_timestamp()
       WHERE c.id = :id AND c.deleted_at IS NULL
         AND (SELECT o.id FROM o) IS NULL
      RETURNING c.id)
SELECT o.id, EXISTS (SELECT FROM d) FROM o;

-- query: contact_block exec
-- in:    id int8, blocked bool
UPDATE contacts
   SET blocked_at = CASE WHEN :blocked THEN coalesce(blocked_at, now()) END,
       version = version + 1, updated_at = clock_timestamp()
 WHERE id = :id AND deleted_at IS NULL;

-- query: contact_blocked_ticket maybe
-- in:    contact_id int8, channel_id int8
-- out:   id int8
-- De um contato bloqueado, onde guardar o que ele escreve sem que ninguém seja
-- chamado: um atendimento encerrado e sem fila, que se cria na primeira vez.
-- Nenhuma linha: não está bloqueado.
WITH b AS (SELECT c.id FROM contacts c
            WHERE c.id = :contact_id AND c.blocked_at IS NOT NULL),
old AS (SELECT t.id FROM tickets t JOIN b ON b.id = t.contact_id
         WHERE t.channel_id = :channel_id AND ticket_is_hidden(t)
         ORDER BY t.id DESC LIMIT 1),
fresh AS (
    INSERT INTO tickets (company_id, contact_id, channel_id, status, closed_at,
                         close_reason)
    SELECT app_company(), b.id, :channel_id, 'closed', now(), 'blocked'
      FROM b WHERE NOT EXISTS (SELECT FROM old)
    RETURNING id)
SELECT id FROM old UNION ALL SELECT id FROM fresh;

-- query: contact_blocked_quiet exec
-- in:    ticket_id int8
UPDATE tickets SET unread_count = 0, window_until = NULL WHERE id = :ticket_id;
