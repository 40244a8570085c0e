-- row: audit_row company_id int8, id int8, at timestamptz, user_id int8
-- row: audit_row user_name text, action text, target_type text, target_id text
-- row: audit_row target_name text?, before jsonb?, after jsonb?, address text
-- row: audit_row user_agent text, request_id text

-- query: audit_note exec
-- in:    company_id int8, user_id int8, action text, target_type text, target_id text, before jsonb?, after jsonb?, origin text
-- Um fato que nenhuma tabela conta sozinha.
SELECT audit_note(:company_id, :user_id, :action, :target_type, :target_id, :before, :after, :origin);

-- query: audit_list many
-- in:    company_id int8?, since text?, until text?, user_id int8?, actions text[]?, target_type text?, target_id text?, address text?, words text?, before_id int8, max int8
-- out:   =audit_row
-- Da mais nova à mais velha; de outra empresa, só quem administra a plataforma.
SELECT @audit_row
  FROM audit_find(:company_id, :since, :until, :user_id, :actions, :target_type, :target_id, :address, :words, :before_id, :max);

-- query: audit_one maybe
-- in:    company_id int8?, before_id int8
-- out:   =audit_row
-- A primeira antes do número dado: quem quer a de número n pede antes de n + 1.
SELECT @audit_row
  FROM audit_find(:company_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, :before_id, 1);

-- query: audit_actions many
-- in:    company_id int8?
-- out:   action text
-- As ações que a empresa já teve.
SELECT action FROM audit_actions(:company_id) AS action ORDER BY action;

-- query: audit_people many
-- out:   id int8, name text
-- Quem trabalha ou trabalhou na empresa, para o filtro.
SELECT m.user_id AS id, m.display_name AS name
  FROM memberships m
 WHERE m.company_id = app_company()
 ORDER BY lower(m.display_name), m.user_id LIMIT 500;

-- query: audit_forget one
-- in:    days int8, max int8
-- out:   gone int8
-- Apaga registros velhos, até max; 0 dias: nenhum.
SELECT audit_forget(:days, :max);
