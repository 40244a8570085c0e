-- Contatos repetidos e a fusão de dois num só.

-- row: contact_pair_row id int8, contact_id int8, name text, phone text?
-- row: contact_pair_row email text?, document text?, created_at timestamptz
-- row: contact_pair_row other_id int8, other_name text, other_phone text?
-- row: contact_pair_row other_email text?, other_document text?
-- row: contact_pair_row other_created_at timestamptz
-- row: contact_pair_row reasons jsonb, score int8

-- query: contact_duplicate_page many
-- in:    after_score int8, after_id int8, max int8
-- out:   =contact_pair_row
-- Os que a última procura achou, os mais parecidos antes, por chave.
SELECT d.id, a.id, a.name, a.phone, a.email, a.document, a.created_at,
       b.id, b.name, b.phone, b.email, b.document, b.created_at,
       to_jsonb(d.reasons), d.score::int8
  FROM contact_duplicates d
  JOIN contacts a ON a.company_id = d.company_id AND a.id = d.low_id
                 AND a.deleted_at IS NULL
  JOIN contacts b ON b.company_id = d.company_id AND b.id = d.high_id
                 AND b.deleted_at IS NULL
 WHERE d.dismissed_at IS NULL AND (d.score, d.id) < (:after_score, :after_id)
 ORDER BY d.score DESC, d.id DESC
 LIMIT :max;

-- query: contact_duplicate_of many
-- in:    id int8
-- out:   =contact_pair_row
-- Os parecidos com um, na hora; o par ainda não guardado tem id 0.
SELECT 0::int8, a.id, a.name, a.phone, a.email, a.document, a.created_at,
       b.id, b.name, b.phone, b.email, b.document, b.created_at,
       to_jsonb(t.reasons), t.score::int8
  FROM (SELECT x.contact_id, x.other_id,
               array_agg(x.reason ORDER BY x.reason) AS reasons,
               least(99, sum(x.score)) AS score
          FROM contact_twins(ARRAY[:id::int8], 0) x
         GROUP BY x.contact_id, x.other_id) t
  JOIN contacts a ON a.company_id = app_company() AND a.id = t.contact_id
  JOIN contacts b ON b.company_id = app_company() AND b.id = t.other_id
 WHERE NOT EXISTS (SELECT FROM contact_duplicates d
                    WHERE d.company_id = app_company()
                      AND d.low_id = least(t.contact_id, t.other_id)
                      AND d.high_id = greatest(t.contact_id, t.other_id)
                      AND d.dismissed_at IS NOT NULL)
 ORDER BY t.score DESC, b.id
 LIMIT 20;

-- query: contact_duplicate_dismiss exec
-- in:    id int8
UPDATE contact_duplicates SET dismissed_at = coalesce(dismissed_at, now())
 WHERE id = :id;

-- row: contact_scan_row running bool, done int8, total int8, found int8
-- row: contact_scan_row user_id int8?, started_at timestamptz?
-- row: contact_scan_row finished_at timestamptz?

-- query: contact_scan_get one
-- out:   =contact_scan_row
-- A última procura; sem nenhuma, tudo vazio.
SELECT coalesce(s.running, false), coalesce(s.done_count, 0),
       coalesce(s.row_count, 0),
       (SELECT count(*) FROM (
            SELECT FROM contact_duplicates d
             WHERE d.company_id = app_company() AND d.dismissed_at IS NULL
             LIMIT 10000) n),
       s.user_id, s.started_at, s.finished_at
  FROM (SELECT 1) x LEFT JOIN contact_scans s ON s.company_id = app_company();

-- query: contact_scan_start exec
-- Nenhuma linha mudada: já anda uma.
INSERT INTO contact_scans AS s (company_id, user_id, row_count)
VALUES (app_company(), nullif(app_user(), 0),
        (SELECT count(*) FROM contacts c WHERE c.company_id = app_company()
            AND c.deleted_at IS NULL))
    ON CONFLICT (company_id) DO UPDATE
   SET user_id = excluded.user_id, running = true, after_id = 0, done_count = 0,
       row_count = excluded.row_count, started_at = now(), finished_at = NULL
 WHERE NOT s.running;

-- query: contact_scan_step one
-- in:    max int4
-- out:   more bool
SELECT contact_scan_step(:max);

-- query: contact_scan_stop exec
-- O trabalho morreu: o que se achou fica, e pode-se procurar de novo.
UPDATE contact_scans SET running = false, finished_at = now()
 WHERE company_id = app_company() AND running;

-- query: contact_merge_weigh one
-- in:    id int8, other_id int8
-- out:   tickets int8, notes int8, addresses int8, tags int8, lists int8
-- out:   open_id int8?
-- O que do outro passaria a ser deste; o aberto que não cabe.
SELECT (SELECT count(*) FROM tickets t WHERE t.contact_id = :other_id),
       (SELECT count(*) FROM contact_notes n WHERE n.contact_id = :other_id),
       (SELECT count(*) FROM contact_identities i
         WHERE i.contact_id = :other_id),
       (SELECT count(*) FROM contact_tags g WHERE g.contact_id = :other_id
           AND NOT EXISTS (SELECT FROM contact_tags h WHERE h.contact_id = :id
                              AND h.tag_id = g.tag_id)),
       (SELECT count(*) FROM contact_list_members l
         WHERE l.contact_id = :other_id
           AND NOT EXISTS (SELECT FROM contact_list_members k
                            WHERE k.contact_id = :id AND k.list_id = l.list_id)),
       (SELECT min(t.id) FROM tickets t
         WHERE t.contact_id = :other_id AND t.status <> 'closed' AND EXISTS (
               SELECT FROM tickets o WHERE o.contact_id = :id
                  AND o.channel_id = t.channel_id AND o.status <> 'closed'));

-- query: contact_merge_where maybe
-- in:    id int8
-- out:   merged_into_id int8?
SELECT c.merged_into_id FROM contacts c WHERE c.id = :id;

-- query: contact_merge_make one
-- in:    winner int8, loser int8, seen int8, other_seen int8, take text[]
-- out:   outcome text, id int8?, other int8?
SELECT outcome, id, other
  FROM contact_merge_make(:winner, :loser, :seen, :other_seen, :take);

-- query: contact_merge_undo one
-- in:    id int8, days int4
-- out:   outcome text, winner int8?, loser int8?, other int8?, joined text?
SELECT outcome, winner, loser, other, joined
  FROM contact_merge_undo(:id, :days);

-- query: contact_merge_open many
-- in:    id int8
-- out:   ticket_id int8
-- Os atendimentos abertos que a fusão levou: as telas mostram outro nome.
SELECT t.id FROM contact_merges m JOIN tickets t ON t.id = ANY (m.tickets)
 WHERE m.id = :id AND t.status <> 'closed' ORDER BY t.id LIMIT 50;

-- row: contact_merge_row id int8, contact_id int8, other_id int8
-- row: contact_merge_row other_name text, tickets int8, notes int8
-- row: contact_merge_row addresses int8, user_id int8?, user_name text?
-- row: contact_merge_row created_at timestamptz, until timestamptz
-- row: contact_merge_row undone_at timestamptz?, undoable bool

-- query: contact_merge_page many
-- in:    contact_id int8, days int4
-- out:   =contact_merge_row
-- As fusões de um contato, as novas antes; só a última se desfaz.
SELECT m.id, m.winner_id, m.loser_id, c.name, cardinality(m.tickets)::int8,
       cardinality(m.notes)::int8, cardinality(m.identities)::int8,
       m.user_id, u.display_name, m.created_at,
       m.created_at + make_interval(days => :days), m.undone_at,
       m.undone_at IS NULL
           AND m.created_at >= now() - make_interval(days => :days)
           AND m.id = max(m.id) FILTER (WHERE m.undone_at IS NULL) OVER ()
           AND contact_merge_joined(m.winner_id, m.tickets) IS NULL
  FROM contact_merges m
  JOIN contacts c ON c.company_id = m.company_id AND c.id = m.loser_id
  LEFT JOIN memberships u ON u.company_id = m.company_id
                         AND u.user_id = m.user_id
 WHERE m.company_id = app_company() AND m.winner_id = :contact_id
 ORDER BY m.id DESC LIMIT 50;

-- query: contact_merge_get one
-- in:    id int8, days int4
-- out:   =contact_merge_row
SELECT m.id, m.winner_id, m.loser_id, c.name, cardinality(m.tickets)::int8,
       cardinality(m.notes)::int8, cardinality(m.identities)::int8,
       m.user_id, u.display_name, m.created_at,
       m.created_at + make_interval(days => :days), m.undone_at,
       m.undone_at IS NULL
           AND m.created_at >= now() - make_interval(days => :days)
           AND NOT EXISTS (SELECT FROM contact_merges n
                            WHERE n.company_id = app_company()
                              AND n.winner_id = m.winner_id AND n.id > m.id
                              AND n.undone_at IS NULL)
           AND contact_merge_joined(m.winner_id, m.tickets) IS NULL
  FROM contact_merges m
  JOIN contacts c ON c.company_id = m.company_id AND c.id = m.loser_id
  LEFT JOIN memberships u ON u.company_id = m.company_id
                         AND u.user_id = m.user_id
 WHERE m.id = :id;
