-- query: register_state one
-- in:    email text
-- out:   is_new bool, taken bool
-- is_new: ainda não há conta nenhuma.
SELECT installation_is_new(), email_taken(:email);

-- query: account_register one
-- in:    email text, name text, password_hash text, company_name text, locale text?, anyone bool, origin text
-- out:   outcome text, user_id int8?, company_id int8?, is_super bool
SELECT outcome, user_id, company_id, is_super
  FROM account_register(:email, :name, :password_hash, :company_name, :locale, :anyone, :origin);

-- query: admin_create one
-- in:    email text, name text, password_hash text, company_id int8, as_super bool
-- out:   user_id int8, is_new bool, password_set bool
-- Só o dono do banco pode.
SELECT user_id, is_new, password_set
  FROM admin_create(:email, :name, :password_hash, :company_id, :as_super);

-- query: admin_company_named many
-- in:    name text
-- out:   id int8, name text
-- '' lista todas; número ou nome, sem contar maiúsculas.
SELECT id, name FROM companies
 WHERE :name = '' OR id::text = :name OR lower(name) = lower(:name)
 ORDER BY id;

-- query: admin_company_create one
-- in:    name text
-- out:   id int8
INSERT INTO companies (name) VALUES (:name) RETURNING id;

-- query: user_by_email maybe
-- in:    email text
-- out:   id int8, name text, verified bool
-- verified: a pessoa provou que lê o e-mail.
SELECT id, name, email_verified_at IS NOT NULL
  FROM users WHERE lower(email) = lower(:email);

-- query: user_list_all many
-- out:   id int8, email text, name text, is_super bool, disabled bool, companies text?
-- Todas as contas da instalação, com empresa e papel.
SELECT u.id, u.email, u.name, u.is_super, u.disabled_at IS NOT NULL,
       (SELECT string_agg(c.name || ' (' || coalesce(r.name, m.role)
                          || CASE WHEN m.disabled_at IS NULL THEN '' ELSE ', -' END || ')',
                          ', ' ORDER BY c.id)
          FROM memberships m JOIN companies c ON c.id = m.company_id
          LEFT JOIN roles r ON r.company_id = m.company_id AND r.id = m.role_id
         WHERE m.user_id = u.id)
  FROM users u ORDER BY u.id;
