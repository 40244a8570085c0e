-- query: account_profile_set exec
-- in:    name text?, locale text?
-- Nome e língua da própria conta; nulo: fica como está; língua '': a da empresa.
SELECT account_profile_set(:name, :locale);

-- query: account_display_name_set exec
-- in:    display_name text
-- O nome da própria pessoa nesta empresa.
UPDATE memberships SET display_name = :display_name
 WHERE company_id = app_company() AND user_id = app_user();

-- query: account_pending_email one
-- out:   address text?
-- O e-mail que falta confirmar.
SELECT account_pending_email();

-- query: account_email_is_free one
-- in:    address text
-- out:   is_free bool
SELECT account_email_is_free(:address);

-- query: account_email_set one
-- in:    user_id int8, address text
-- out:   is_done bool
-- Troca o e-mail, se ninguém o tomou.
SELECT account_email_set(:user_id, :address);

-- query: account_two_factor_required one
-- out:   is_required bool
SELECT account_two_factor_required();

-- query: account_recovered one
-- in:    user_id int8, address text, password_hash text
-- out:   claimed bool
-- Senha nova pelo link mandado a este endereço.
SELECT account_recovered(:user_id, :address, :password_hash);
