-- query: one_time_create one
-- in:    purpose text, user_id int8, company_id int8, address text, payload jsonb?, hash bytea, life_s int8, keep_older bool
-- out:   id int8
-- Guarda o hash de um segredo de um uso.
SELECT one_time_create(:purpose, :user_id, :company_id, :address, :payload, :hash, :life_s, :keep_older);

-- row: one_time_row id int8, user_id int8, company_id int8, address text
-- row: one_time_row payload jsonb, created_at timestamptz, expires_at timestamptz

-- query: one_time_take maybe
-- in:    purpose text, hash bytea, spend bool
-- out:   =one_time_row
-- Lê o segredo que ainda vale; com spend, gasta-o.
SELECT @one_time_row FROM one_time_take(:purpose, :hash, :spend);

-- query: one_time_drop one
-- in:    purpose text, user_id int8, company_id int8, address text
-- out:   gone int8
SELECT one_time_drop(:purpose, :user_id, :company_id, :address);
