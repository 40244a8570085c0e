-- query: auth_logins many
-- in:    user_id int8
-- out:   family uuid, kind text, company_id int8, company_name text, user_agent text, address text, created_at timestamptz, last_used_at timestamptz
-- Os logins abertos da pessoa, do usado há menos tempo ao mais esquecido.
SELECT family, kind, company_id, company_name, user_agent, address, created_at, last_used_at
  FROM auth_logins(:user_id);

-- query: auth_login_end one
-- in:    user_id int8, family uuid
-- out:   ended int8
-- Encerra um login da própria pessoa.
SELECT auth_login_end(:user_id, :family);

-- query: auth_revoke_others one
-- in:    user_id int8, keep uuid?
-- out:   ended int8
-- Encerra os outros logins da pessoa.
SELECT auth_revoke_others(:user_id, :keep);

-- query: auth_logout_all one
-- in:    user_id int8
-- out:   token_version int4?
-- Encerra tudo da pessoa.
SELECT auth_logout_all(:user_id);

-- query: auth_login_owner maybe
-- in:    hash bytea?, family uuid?
-- out:   family uuid, user_id int8, company_id int8
-- De quem é um login que ainda vale, pelo token de renovação ou pelo nome.
SELECT family, user_id, company_id FROM auth_login_owner(:hash, :family);

-- query: auth_seen_from one
-- in:    user_id int8, agent text, address text
-- out:   seen bool
-- Já houve um login deste programa neste endereço?
SELECT auth_seen_from(:user_id, :agent, :address);

-- query: auth_access_of maybe
-- in:    user_id int8, company_id int8
-- out:   role text, permissions text?, access_version int4, token_version int4, name text, email text, company_name text, suspended bool
-- O que a pessoa é e pode numa empresa; nenhuma linha se não entra lá.
SELECT role, permissions, access_version, token_version, name, email, company_name, suspended
  FROM access_of(:user_id, :company_id);
