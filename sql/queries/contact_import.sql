-- Importações de contatos: o arquivo, as colunas, o andamento e o relatório.

-- row: contact_import_row id int8, state text, filename text, delimiter text
-- row: contact_import_row charset text, has_header bool, width int8
-- row: contact_import_row name_column int8, phone_column int8
-- row: contact_import_row email_column int8, document_column int8
-- row: contact_import_row existing text, tag_id int8?, list_id int8?
-- row: contact_import_row total int8, done int8
-- row: contact_import_row created int8, filled int8, kept int8, refused int8
-- row: contact_import_row undone int8, user_id int8?, user_name text?
-- row: contact_import_row sample jsonb
-- row: contact_import_row created_at timestamptz, finished_at timestamptz?

-- query: contact_import_page many
-- in:    before int8, max int8
-- out:   =contact_import_row
-- As novas antes, por chave; as que ainda são rascunho só são de quem as fez.
SELECT i.id, i.state, i.filename, i.delimiter, i.charset, i.has_header,
       i.width::int8, i.name_column::int8, i.phone_column::int8,
       i.email_column::int8, i.document_column::int8,
       i.existing, i.tag_id, i.list_id,
       (i.row_count - i.has_header::int)::int8, i.done_count::int8,
       i.created_count::int8, i.filled_count::int8, i.kept_count::int8,
       i.refused_count::int8, i.undone_count::int8, i.user_id,
       m.display_name, '[]'::jsonb,
       i.created_at, i.finished_at
  FROM contact_imports i
  LEFT JOIN memberships m ON m.company_id = i.company_id
                         AND m.user_id = i.user_id
 WHERE i.id < :before AND (i.state <> 'draft' OR i.user_id = app_user())
 ORDER BY i.id DESC
 LIMIT :max;

-- query: contact_import_get one
-- in:    id int8
-- out:   =contact_import_row
-- Com as primeiras linhas do arquivo, enquanto se escolhem as colunas.
SELECT i.id, i.state, i.filename, i.delimiter, i.charset, i.has_header,
       i.width::int8, i.name_column::int8, i.phone_column::int8,
       i.email_column::int8, i.document_column::int8,
       i.existing, i.tag_id, i.list_id,
       (i.row_count - i.has_header::int)::int8, i.done_count::int8,
       i.created_count::int8, i.filled_count::int8, i.kept_count::int8,
       i.refused_count::int8, i.undone_count::int8, i.user_id, m.display_name,
       CASE WHEN i.state = 'draft' THEN coalesce((
            SELECT jsonb_agg(to_jsonb(string_to_array(s.cells, E'\x1f'))
                             ORDER BY s.line)
              FROM (SELECT r.line, r.cells FROM contact_import_rows r
                     WHERE r.company_id = app_company() AND r.import_id = i.id
                     ORDER BY r.line LIMIT 6) s), '[]') ELSE '[]' END,
       i.created_at, i.finished_at
  FROM contact_imports i
  LEFT JOIN memberships m ON m.company_id = i.company_id
                         AND m.user_id = i.user_id
 WHERE i.id = :id;

-- query: contact_import_forget exec
-- Um rascunho por pessoa: o arquivo novo toma o lugar do que ela largou.
DELETE FROM contact_imports
 WHERE company_id = app_company() AND user_id = app_user() AND state = 'draft';

-- query: contact_import_add one
-- in:    filename text, delimiter text, charset text, has_header bool
-- in:    width int4, name_column int4, phone_column int4, email_column int4
-- in:    document_column int4, row_count int4
-- out:   id int8
INSERT INTO contact_imports (company_id, user_id, filename, delimiter, charset,
    has_header, width, name_column, phone_column, email_column, document_column,
    row_count)
VALUES (app_company(), app_user(), :filename, :delimiter, :charset, :has_header,
    :width, :name_column, :phone_column, :email_column, :document_column,
    :row_count)
RETURNING id;

-- query: contact_import_stage one
-- out:   ok bool
SELECT true FROM contact_import_stage();

-- query: contact_import_store one
-- in:    id int8
-- out:   ok bool
SELECT true FROM contact_import_store(:id);

-- query: contact_import_apply one
-- in:    id int8
-- out:   ok bool
SELECT true FROM contact_import_apply(:id);

-- query: contact_import_more one
-- out:   ok bool
SELECT true FROM contact_import_more();

-- query: contact_import_lock one
-- in:    id int8, tag_id int8, list_id int8
-- out:   state text, width int4, tag_known bool, list_known bool
-- Lê para começar ou desfazer.
SELECT i.state, i.width,
       :tag_id = 0 OR EXISTS (SELECT FROM tags g WHERE g.id = :tag_id),
       :list_id = 0 OR EXISTS (SELECT FROM contact_lists l
                                WHERE l.id = :list_id)
  FROM contact_imports i WHERE i.id = :id FOR UPDATE;

-- query: contact_import_start exec
-- in:    id int8, has_header bool, name_column int4, phone_column int4
-- in:    email_column int4, document_column int4, existing text, tag_id int8
-- in:    list_id int8
WITH head AS (
    DELETE FROM contact_import_rows r
     WHERE :has_header AND r.company_id = app_company() AND r.import_id = :id
       AND r.line = (SELECT min(f.line) FROM contact_import_rows f
                      WHERE f.company_id = app_company() AND f.import_id = :id))
UPDATE contact_imports
   SET state = 'running', has_header = :has_header,
       name_column = :name_column, phone_column = :phone_column,
       email_column = :email_column, document_column = :document_column,
       existing = :existing, tag_id = nullif(:tag_id, 0),
       list_id = nullif(:list_id, 0)
 WHERE id = :id;

-- query: contact_import_next many
-- in:    id int8, after int4, max int4
-- out:   line int4, cells text
SELECT r.line, r.cells FROM contact_import_rows r
 WHERE r.company_id = app_company() AND r.import_id = :id AND r.line > :after
 ORDER BY r.line LIMIT :max;

-- query: contact_import_finish exec
-- in:    id int8
UPDATE contact_imports SET state = 'done', finished_at = clock_timestamp()
 WHERE id = :id;

-- query: contact_import_stop exec
-- in:    id int8
-- O trabalho morreu: para onde chegou, e de lá se desfaz.
UPDATE contact_imports SET state = 'done', finished_at = clock_timestamp()
 WHERE id = :id AND state IN ('running', 'undoing');

-- query: contact_import_undoing exec
-- in:    id int8
UPDATE contact_imports SET state = 'undoing' WHERE id = :id;

-- query: contact_import_undo one
-- in:    id int8, max int4
-- out:   seen int4
SELECT contact_import_undo(:id, :max) AS seen;

-- query: contact_import_refused many
-- in:    id int8, after int4, max int4
-- out:   line int4, reason text, cells text
-- O relatório, por chave.
SELECT r.line, r.reason, r.cells FROM contact_import_rows r
 WHERE r.company_id = app_company() AND r.import_id = :id
   AND r.state = 'refused' AND r.line > :after
 ORDER BY r.line LIMIT :max;
