-- row: role_row id int8, name text, description text, permissions json
-- row: role_row slugs text, members int8, version int8
-- row: role_row created_at timestamptz, updated_at timestamptz

-- query: role_list many
-- out:   =role_row
-- Papéis próprios da empresa, em ordem de nome.
SELECT r.id, r.name, r.description, array_to_json(r.permissions),
       array_to_string(r.permissions, ' '),
       (SELECT count(*) FROM memberships m
         WHERE m.company_id = r.company_id AND m.role_id = r.id
           AND m.disabled_at IS NULL),
       r.version::bigint, r.created_at, r.updated_at
  FROM roles r ORDER BY lower(r.name);

-- query: role_get one
-- in:    id int8
-- out:   =role_row
SELECT r.id, r.name, r.description, array_to_json(r.permissions),
       array_to_string(r.permissions, ' '),
       (SELECT count(*) FROM memberships m
         WHERE m.company_id = r.company_id AND m.role_id = r.id
           AND m.disabled_at IS NULL),
       r.version::bigint, r.created_at, r.updated_at
  FROM roles r WHERE r.id = :id;

-- query: role_save one
-- in:    id int8, version int8, name text, description text, permissions text[]
-- out:   outcome text, id int8?
SELECT outcome, id
  FROM role_save(:id, :version, :name, :description, :permissions);

-- query: role_in_use one
-- in:    id int8
-- out:   members int8, invitations int8
SELECT members, invitations FROM role_in_use(:id);

-- query: role_delete exec
-- in:    id int8
DELETE FROM roles WHERE id = :id;

-- query: role_counts many
-- out:   role text, members int8
SELECT role, members FROM role_counts();
