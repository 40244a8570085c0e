-- row: ticket_view_row id int8, name text, filter jsonb, created_at timestamptz

-- query: ticket_view_list many
-- out:   =ticket_view_row
-- Os da própria pessoa, em ordem de nome.
SELECT @ticket_view_row FROM ticket_views ORDER BY fold(name), id;

-- query: ticket_view_get one
-- in:    id int8
-- out:   =ticket_view_row
SELECT @ticket_view_row FROM ticket_views WHERE id = :id;

-- query: ticket_view_add one
-- in:    name text, filter jsonb
-- out:   outcome text, id int8?
SELECT outcome, id FROM ticket_view_add(:name, :filter);

-- query: ticket_view_drop exec
-- in:    id int8
DELETE FROM ticket_views WHERE id = :id;

-- query: ticket_filter_options many
-- out:   kind text, id int8, name text
-- O que se escolhe num filtro: filas, pessoas, etiquetas e canais.
SELECT k.kind, k.id, k.name FROM (
    SELECT 'queue' AS kind, id, name, 0 AS position FROM queues
    UNION ALL
    SELECT 'user', user_id, display_name, 0 FROM memberships
     WHERE disabled_at IS NULL
    UNION ALL
    SELECT 'tag', id, name, position FROM tags
    UNION ALL
    SELECT 'channel', id, name, 0 FROM channels) k
 ORDER BY k.kind, k.position, fold(k.name), k.id;
