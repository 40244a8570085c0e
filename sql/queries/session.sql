-- query: session_find maybe
-- in:    hash bytea, life_s int8
-- out:   user_id int8, company_id int8, token_version int4, role text, name text, locale text, company_name text, time_zone text, visibility text, queue_ids text
-- A sessão do navegador pelo hash do cookie.
SELECT user_id, company_id, token_version, role, name, locale, company_name,
       time_zone, visibility, queue_ids
  FROM auth_session_find(:hash, :life_s);
