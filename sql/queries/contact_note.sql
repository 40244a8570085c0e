-- O que se anota sobre um contato. Quem chama já conferiu que ele existe.

-- row: contact_note_row id int8, contact_id int8, body text, user_id int8?
-- row: contact_note_row user_name text?, created_at timestamptz

-- query: contact_note_list many
-- in:    contact_id int8, before int8, max int8
-- out:   =contact_note_row
-- As novas antes, por chave.
SELECT n.id, n.contact_id, n.body, n.user_id, m.display_name, n.created_at
  FROM contact_notes n
  LEFT JOIN memberships m ON m.company_id = n.company_id
                         AND m.user_id = n.user_id
 WHERE n.contact_id = :contact_id AND n.id < :before
 ORDER BY n.id DESC
 LIMIT :max;

-- query: contact_note_add one
-- in:    contact_id int8, body text
-- out:   =contact_note_row
WITH added AS (
    INSERT INTO contact_notes (company_id, contact_id, user_id, body)
    VALUES (app_company(), :contact_id, nullif(app_user(), 0), :body)
    RETURNING id, company_id, contact_id, body, user_id, created_at)
SELECT a.id, a.contact_id, a.body, a.user_id, m.display_name, a.created_at
  FROM added a
  LEFT JOIN memberships m ON m.company_id = a.company_id
                         AND m.user_id = a.user_id;

-- query: contact_note_of maybe
-- in:    id int8, contact_id int8
-- out:   user_id int8?
SELECT n.user_id FROM contact_notes n
 WHERE n.id = :id AND n.contact_id = :contact_id;

-- query: contact_note_drop exec
-- in:    id int8
DELETE FROM contact_notes WHERE id = :id;
