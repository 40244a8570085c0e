-- row: login_row user_id int8, email text, password_hash text
-- row: login_row token_version int4, name text, locale text?
-- row: login_row time_zone text?, company_id int8?
-- row: login_row role text?, permissions text?, access_version int4?
-- row: login_row suspended bool?, two_factor bool
-- row: login_row is_first bool

-- query: auth_find_login maybe
-- in:    email text, user_id int8
-- out:   =login_row
-- Quem tenta entrar, pelo e-mail; ou pelo número, se não é 0.
SELECT @login_row FROM auth_find_login(:email, :user_id);

-- query: auth_visit exec
-- in:    user_id int8, company_id int8
-- A empresa em que a pessoa está: nela cai o próximo login.
SELECT auth_visit(:user_id, :company_id);

-- query: auth_password_set one
-- in:    user_id int8, hash text, all_out bool
-- out:   token_version int4?
-- Senha nova; all_out encerra toda sessão e todo token.
SELECT auth_password_set(:user_id, :hash, :all_out);

-- query: auth_rehash exec
-- in:    user_id int8, old_hash text, new_hash text
SELECT auth_rehash(:user_id, :old_hash, :new_hash);

-- query: auth_refresh_create one
-- in:    user_id int8, company_id int8, token_version int4, hash bytea, life_s int8, agent text, address text
-- out:   family uuid
-- Começa uma família de tokens de renovação.
SELECT auth_refresh_create(:user_id, :company_id, :token_version, NULL, :hash, :life_s, :agent, :address);

-- query: auth_refresh_rotate one
-- in:    old_hash bytea, new_hash bytea, life_s int8, agent text, address text
-- out:   outcome text, user_id int8, company_id int8, token_version int4, role text, permissions text?, access_version int4, name text, email text, family uuid?
SELECT outcome, user_id, company_id, token_version, role, permissions, access_version, name, email, family
  FROM auth_refresh_rotate(:old_hash, :new_hash, :life_s, :agent, :address);

-- query: auth_family_revoke one
-- in:    family uuid
-- out:   revoked int8
SELECT auth_family_revoke(:family);

-- query: auth_session_create exec
-- in:    user_id int8, company_id int8, token_version int4, hash bytea, life_s int8, agent text, address text
SELECT auth_session_create(:user_id, :company_id, :token_version, :hash, :life_s, :agent, :address);

-- query: auth_session_find maybe
-- in:    hash bytea, life_s int8
-- out:   session_id int8, user_id int8, company_id int8, token_version int4, role text, permissions text?, access_version int4, name text, locale text, company_name text, time_zone text, visibility text, queue_ids text, renewed bool, family uuid, companies json?
SELECT session_id, user_id, company_id, token_version, role, permissions, access_version, name, locale, company_name, time_zone, visibility, queue_ids, renewed, family, companies
  FROM auth_session_find(:hash, :life_s);

-- query: auth_session_revoke one
-- in:    hash bytea
-- out:   revoked int8
SELECT auth_session_revoke(:hash);

-- query: auth_me json
-- Quem sou eu, com os vínculos; só dentro do contexto da própria pessoa.
SELECT auth_me();
