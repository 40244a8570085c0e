-- row: ticket_view_row id int8, name text, filter jsonb, share text
-- row: ticket_view_row share_queue_id int8?, share_queue text?, owner_id int8
-- row: ticket_view_row owner text, mine bool, position int8, version int8
-- row: ticket_view_row created_at timestamptz, updated_at timestamptz

-- query: ticket_view_list many
-- out:   =ticket_view_row
-- Os da pessoa, na ordem dela, e depois os que lhe mostram, pelo nome.
SELECT @ticket_view_row FROM ticket_view_rows
 WHERE company_id = app_company()
 ORDER BY NOT mine, CASE WHEN mine THEN position END, fold(name), id;

-- query: ticket_view_get one
-- in:    id int8
-- out:   =ticket_view_row
SELECT @ticket_view_row FROM ticket_view_rows
 WHERE company_id = app_company() AND id = :id;

-- query: ticket_view_add one
-- in:    name text, filter jsonb, everyone bool, queue_id int8?
-- out:   outcome text, id int8?
SELECT outcome, id FROM ticket_view_add(:name, :filter, :everyone, :queue_id);

-- query: ticket_view_taken one
-- in:    id int8, name text
-- out:   taken bool
SELECT EXISTS (SELECT FROM ticket_views WHERE user_id = app_user()
                  AND lower(name) = lower(:name) AND id <> :id);

-- query: ticket_view_update maybe
-- in:    id int8, version int8, name text, everyone bool, queue_id int8?, position int8
-- out:   id int8
-- Nenhuma linha: a versão já é outra.
UPDATE ticket_views
   SET name = :name, everyone = :everyone, queue_id = :queue_id,
       position = :position, version = version + 1,
       updated_at = clock_timestamp()
 WHERE user_id = app_user() AND id = :id AND version = :version
RETURNING id;

-- query: ticket_view_move exec
-- in:    id int8, step int8
-- Troca de lugar com o vizinho (-1: o de cima; 1: o de baixo) e conta os da
-- pessoa de novo; na ponta, nada muda.
WITH g AS (
    SELECT v.id, row_number() OVER (ORDER BY v.position, fold(v.name), v.id) - 1 AS n
      FROM ticket_views v WHERE v.user_id = app_user()),
me AS (SELECT n FROM g WHERE id = :id),
fresh AS (
    SELECT g.id, CASE WHEN NOT EXISTS (SELECT FROM g x WHERE x.n = me.n + :step) THEN g.n
                      WHEN g.id = :id THEN g.n + :step
                      WHEN g.n = me.n + :step THEN me.n
                      ELSE g.n END AS place
      FROM g, me)
UPDATE ticket_views v SET position = fresh.place
  FROM fresh
 WHERE v.user_id = app_user() AND v.id = fresh.id AND v.position <> fresh.place;

-- query: ticket_view_drop exec
-- in:    id int8
DELETE FROM ticket_views WHERE id = :id;

-- query: ticket_view_counts many
-- in:    filters jsonb
-- out:   id int8, tickets int8
SELECT id, tickets FROM ticket_view_counts(:filters);

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
