-- row: contact_list_row id int8, name text, description text
-- row: contact_list_row contact_count int8, version int8
-- row: contact_list_row created_at timestamptz, updated_at timestamptz
-- row: contact_list_row sort_name text

-- query: contact_list_page many
-- in:    search text, after_name text, after_id int8, max int8
-- out:   =contact_list_row
-- Em ordem de nome, por chave.
SELECT l.id, l.name, l.description, l.contact_count, l.version, l.created_at,
       l.updated_at, fold(l.name)
  FROM contact_lists l
 WHERE (fold(l.name), l.id) > (:after_name, :after_id)
   AND position(fold(:search) IN fold(l.name)) > 0
 ORDER BY fold(l.name), l.id
 LIMIT :max;

-- query: contact_list_get one
-- in:    id int8
-- out:   =contact_list_row
SELECT l.id, l.name, l.description, l.contact_count, l.version, l.created_at,
       l.updated_at, fold(l.name)
  FROM contact_lists l WHERE l.id = :id;

-- query: contact_list_add maybe
-- in:    name text, description text
-- out:   id int8
-- Sem linha: o nome já existe.
INSERT INTO contact_lists (company_id, name, description)
VALUES (app_company(), :name, :description)
ON CONFLICT (company_id, fold(name)) DO NOTHING
RETURNING id;

-- query: contact_list_lock one
-- in:    id int8, name text
-- out:   version int8, taken bool
-- Lê para mudar, e diz se outra lista tem o nome.
SELECT l.version,
       EXISTS (SELECT FROM contact_lists o
                WHERE fold(o.name) = fold(:name) AND o.id <> l.id)
  FROM contact_lists l WHERE l.id = :id FOR UPDATE;

-- query: contact_list_set exec
-- in:    id int8, name text?, description text?
UPDATE contact_lists
   SET name = coalesce(:name, name),
       description = coalesce(:description, description),
       version = version + 1, updated_at = clock_timestamp()
 WHERE id = :id;

-- query: contact_list_delete exec
-- in:    id int8
DELETE FROM contact_lists WHERE id = :id;

-- query: contact_list_members many
-- in:    id int8, after int8, max int8
-- out:   id int8, name text, phone text?, email text?, added_at timestamptz
-- Por chave, na ordem em que os contatos nasceram.
SELECT c.id, c.name, c.phone, c.email, m.created_at
  FROM contact_list_members m
  JOIN contacts c ON c.company_id = m.company_id AND c.id = m.contact_id
 WHERE m.company_id = app_company() AND m.list_id = :id AND m.contact_id > :after
 ORDER BY m.contact_id
 LIMIT :max;

-- query: contact_list_known one
-- in:    contact_ids int8[], tag_ids int8[]
-- out:   contacts int8, tags int8
-- Quantos dos números pedidos não são da empresa.
SELECT (SELECT count(*) FROM unnest(:contact_ids) u (n) WHERE NOT EXISTS (
            SELECT FROM contacts c WHERE c.company_id = app_company()
               AND c.id = u.n AND c.deleted_at IS NULL)),
       (SELECT count(*) FROM unnest(:tag_ids) u (n) WHERE NOT EXISTS (
            SELECT FROM tags t WHERE t.company_id = app_company()
               AND t.id = u.n));

-- query: contact_list_put exec
-- in:    id int8, contact_ids int8[], tag_ids int8[], search text, everyone bool
-- Os que satisfazem tudo o que se pediu; quem já está fica como está.
INSERT INTO contact_list_members (company_id, list_id, contact_id)
SELECT c.company_id, :id, c.id FROM contacts c
 WHERE c.company_id = app_company() AND c.deleted_at IS NULL
   AND (:everyone
        OR ((:contact_ids = '{}' OR c.id = ANY (:contact_ids))
            AND (:tag_ids = '{}' OR c.tag_ids && :tag_ids)
            AND (:search = '' OR position(fold(:search) IN c.search) > 0)))
ON CONFLICT DO NOTHING;

-- query: contact_list_take exec
-- in:    id int8, contact_ids int8[], tag_ids int8[], search text, everyone bool
DELETE FROM contact_list_members m USING contacts c
 WHERE m.company_id = app_company() AND m.list_id = :id
   AND c.company_id = m.company_id AND c.id = m.contact_id
   AND (:everyone
        OR ((:contact_ids = '{}' OR c.id = ANY (:contact_ids))
            AND (:tag_ids = '{}' OR c.tag_ids && :tag_ids)
            AND (:search = '' OR position(fold(:search) IN c.search) > 0)));

-- query: contact_list_drop exec
-- in:    id int8, contact_id int8
DELETE FROM contact_list_members
 WHERE list_id = :id AND contact_id = :contact_id;
