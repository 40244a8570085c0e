-- Macros: várias ações num clique.

-- row: macro_row id int8, name text, shared bool, position int8, steps jsonb
-- row: macro_row version int8, created_at timestamptz, updated_at timestamptz

-- query: macro_list many
-- out:   =macro_row
-- As de todos e depois as da pessoa, cada grupo na ordem dele.
SELECT id, name, user_id IS NULL, position::int8, steps, version, created_at,
       updated_at
  FROM macros
 WHERE company_id = app_company() AND (user_id IS NULL OR user_id = app_user())
 ORDER BY user_id IS NOT NULL, position, fold(name), id;

-- query: macro_get one
-- in:    id int8
-- out:   =macro_row
SELECT id, name, user_id IS NULL, position::int8, steps, version, created_at,
       updated_at
  FROM macros
 WHERE company_id = app_company() AND id = :id
   AND (user_id IS NULL OR user_id = app_user());

-- query: macro_room one
-- in:    id int8, name text, shared bool
-- out:   macros int8, last int8, taken bool
-- Quantas há entre as de todos (ou as da pessoa), o último lugar, e se o nome
-- já é de outra.
SELECT count(*), coalesce(max(position), -1)::int8,
       coalesce(bool_or(fold(name) = fold(:name) AND id <> :id), false)
  FROM macros
 WHERE company_id = app_company()
   AND CASE WHEN :shared THEN user_id IS NULL ELSE user_id = app_user() END;

-- query: macro_add one
-- in:    name text, shared bool, position int8, steps jsonb
-- out:   id int8
INSERT INTO macros (company_id, user_id, name, position, steps)
VALUES (app_company(), CASE WHEN NOT :shared THEN app_user() END, :name,
        :position, :steps)
RETURNING id;

-- query: macro_update maybe
-- in:    id int8, version int8, name text, shared bool, position int8, steps jsonb
-- out:   id int8
-- Nenhuma linha: a versão já é outra.
UPDATE macros
   SET name = :name, position = :position, steps = :steps,
       version = version + 1, updated_at = clock_timestamp(),
       user_id = CASE WHEN NOT :shared THEN app_user() END
 WHERE company_id = app_company() AND id = :id AND version = :version
RETURNING id;

-- query: macro_move exec
-- in:    id int8, step int8
-- Troca de lugar com a vizinha (-1: a de cima; 1: a de baixo) e conta as do
-- grupo de novo; na ponta, nada muda.
WITH g AS (
    SELECT m.id, m.position, row_number() OVER (ORDER BY m.position, fold(m.name), m.id) - 1 AS n
      FROM macros m
     WHERE m.company_id = app_company()
       AND m.user_id IS NOT DISTINCT FROM (
            SELECT k.user_id FROM macros k
             WHERE k.company_id = app_company() AND k.id = :id)),
me AS (SELECT n FROM g WHERE id = :id),
fresh AS (
    SELECT g.id, CASE WHEN NOT EXISTS (SELECT FROM g x WHERE x.n = me.n + :step) THEN g.n
                      WHEN g.id = :id THEN g.n + :step
                      WHEN g.n = me.n + :step THEN me.n
                      ELSE g.n END AS place
      FROM g, me)
UPDATE macros m SET position = fresh.place
  FROM fresh
 WHERE m.company_id = app_company() AND m.id = fresh.id
   AND m.position <> fresh.place;

-- query: macro_delete exec
-- in:    id int8
DELETE FROM macros WHERE company_id = app_company() AND id = :id;
