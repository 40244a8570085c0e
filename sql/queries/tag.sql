-- row: tag_row id int8, name text, color text, position int8, board bool
-- row: tag_row tickets int8, contacts int8, version int8, created_at timestamptz

-- query: tag_list many
-- out:   =tag_row
-- As etiquetas da empresa, na ordem da tela; são no máximo 500.
SELECT @tag_row FROM tag_rows
 WHERE company_id = app_company() ORDER BY position, fold(name), id;

-- query: tag_get one
-- in:    id int8
-- out:   =tag_row
SELECT @tag_row FROM tag_rows WHERE company_id = app_company() AND id = :id;

-- query: tag_room one
-- in:    id int8, name text
-- out:   tags int8, name_taken bool
-- O que é preciso saber antes de gravar.
SELECT count(*), coalesce(bool_or(fold(name) = fold(:name) AND id <> :id), false)
  FROM tags WHERE company_id = app_company();

-- query: tag_add one
-- in:    name text, color text, position int8, board bool
-- out:   id int8
INSERT INTO tags (company_id, name, color, position, board)
VALUES (app_company(), :name, :color, :position::integer, :board)
RETURNING id;

-- query: tag_update maybe
-- in:    id int8, version int8, name text, color text, position int8, board bool
-- out:   id int8
-- Nenhuma linha: a versão já é outra.
UPDATE tags
   SET name = :name, color = :color, position = :position::integer,
       board = :board, version = version + 1
 WHERE company_id = app_company() AND id = :id AND version = :version
RETURNING id;

-- query: tag_delete exec
-- in:    id int8
DELETE FROM tags WHERE company_id = app_company() AND id = :id;
