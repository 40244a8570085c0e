-- row: member_row id int8, email text, name text, role text, role_id int8?
-- row: member_row role_name text?, permissions text?, is_super bool
-- row: member_row visibility text, queue_ids json, queues text?, disabled bool
-- row: member_row disabled_at timestamptz?, two_factor bool, picture text?
-- row: member_row last_seen_at timestamptz?, version int8, created_at timestamptz
-- row: member_row sort_name text, erased bool

-- query: member_list many
-- in:    search text, role text, role_id int8, queue_id int8, status text, after_name text, after_id int8, max int8
-- out:   =member_row
-- Pessoas da empresa em ordem de nome, por chave.
SELECT @member_row
  FROM member_list(:search, :role, :role_id, :queue_id, :status, :after_name, :after_id, :max);

-- query: member_get one
-- in:    id int8
-- out:   =member_row
SELECT @member_row FROM member_get(:id);

-- query: member_lock one
-- in:    id int8
-- out:   =member_row
-- Lê para mudar: ninguém mais muda pessoas da empresa até o fim.
SELECT @member_row FROM member_lock(:id);

-- query: member_save one
-- in:    id int8, version int8, name text, role text, role_id int8?, visibility text, queue_ids int8[], disabled bool
-- out:   outcome text
SELECT member_save(:id, :version::integer, :name, :role, :role_id, :visibility, :queue_ids, :disabled);

-- query: member_create one
-- in:    email text, name text, password_hash text, role text, role_id int8?, visibility text, queue_ids int8[]
-- out:   outcome text, id int8?
SELECT outcome, id
  FROM member_create(:email, :name, :password_hash, :role, :role_id, :visibility, :queue_ids);

-- query: member_logout one
-- in:    id int8
-- out:   ended int8
-- -1: não é da empresa.
SELECT member_logout(:id);

-- query: member_tickets_release many
-- in:    id int8
-- out:   ticket_id int8
SELECT id FROM member_tickets_release(:id);

-- query: email_standing one
-- in:    email text
-- out:   standing text, id int8?
-- free, member (id: a pessoa) ou taken, visto da empresa do contexto.
SELECT standing, id FROM email_standing(:email);

-- query: role_permissions maybe
-- in:    id int8
-- out:   name text, permissions text
-- Um papel próprio da empresa do contexto.
SELECT name, array_to_string(permissions, ' ') FROM roles WHERE id = :id;

-- query: default_visibility one
-- out:   visibility text
-- O que vê quem entra na empresa, se ninguém diz.
SELECT default_visibility FROM companies WHERE id = app_company();

-- query: role_options many
-- out:   id int8, name text, permissions text
SELECT id, name, array_to_string(permissions, ' ') FROM roles ORDER BY lower(name);

-- query: queue_options many
-- out:   id int8, name text
SELECT id, name FROM queues ORDER BY lower(name);

-- query: picture_put one
-- in:    kind text, owner int8, image bytea
-- out:   saved bool
SELECT picture_put(:kind, :owner, :image);

-- query: picture_drop one
-- in:    kind text, owner int8
-- out:   gone int8
SELECT picture_drop(:kind, :owner);

-- query: picture_get maybe
-- in:    kind text, owner int8, known text
-- out:   image bytea?, etag text
-- image nula: é a que quem pede já tem.
SELECT image, etag FROM picture_get(:kind, :owner, :known);

-- query: user_elsewhere one
-- in:    id int8
-- out:   elsewhere bool
-- A pessoa trabalha também noutra empresa.
SELECT user_elsewhere(:id);
