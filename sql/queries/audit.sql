-- query: audit_note exec
-- in:    company_id int8, user_id int8, action text, target_type text, target_id text, before jsonb?, after jsonb?, origin text
-- Um fato que nenhuma tabela conta sozinha.
SELECT audit_note(:company_id, :user_id, :action, :target_type, :target_id, :before, :after, :origin);
