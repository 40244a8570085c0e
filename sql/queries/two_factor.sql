-- query: two_factor_of maybe
-- in:    user_id int8
-- out:   secret bytea?, enabled_at timestamptz?, last_step int8, codes_left int8
-- A segunda etapa de uma pessoa; o segredo vem cifrado.
SELECT secret, enabled_at, last_step, codes_left FROM two_factor_of(:user_id);

-- query: two_factor_step one
-- in:    user_id int8, step int8
-- out:   taken bool
-- Gasta o passo do código, se é mais novo que o último.
SELECT two_factor_step(:user_id, :step);

-- query: two_factor_set exec
-- in:    user_id int8, secret bytea?, step int8, codes bytea?
-- Liga (ou desliga, sem segredo), com códigos de recuperação novos.
SELECT two_factor_set(:user_id, :secret, :step, :codes);

-- query: two_factor_missing one
-- in:    user_id int8, company_id int8
-- out:   missing bool
-- A empresa exige e a pessoa não ligou.
SELECT two_factor_missing(:user_id, :company_id);

-- query: recovery_code_use one
-- in:    user_id int8, hash bytea
-- out:   taken bool
-- Gasta um código de recuperação.
SELECT recovery_code_use(:user_id, :hash);

-- query: recovery_codes_replace exec
-- in:    user_id int8, codes bytea
-- Códigos novos no lugar de todos.
SELECT recovery_codes_replace(:user_id, :codes);
