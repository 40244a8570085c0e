-- Os participantes de um atendimento.

-- row: participant_row user_id int8, name text, via text, by_id int8?
-- row: participant_row by_name text?, created_at timestamptz

-- query: participant_list many
-- in:    ticket_id int8
-- out:   =participant_row
-- De quem a pessoa vê; o que mudou por último, no fim.
SELECT p.user_id, m.display_name, p.via, p.by_id, b.display_name, p.created_at
  FROM ticket_participants p
  JOIN memberships m ON m.company_id = p.company_id AND m.user_id = p.user_id
  LEFT JOIN memberships b ON b.company_id = p.company_id AND b.user_id = p.by_id
 WHERE p.ticket_id = :ticket_id
   AND EXISTS (SELECT FROM tickets t WHERE t.id = :ticket_id
                  AND ticket_visible(t.queue_id, t.user_id, t.participant_ids))
 ORDER BY p.created_at, p.user_id;

-- query: participant_get one
-- in:    ticket_id int8, user_id int8
-- out:   =participant_row
SELECT p.user_id, m.display_name, p.via, p.by_id, b.display_name, p.created_at
  FROM ticket_participants p
  JOIN memberships m ON m.company_id = p.company_id AND m.user_id = p.user_id
  LEFT JOIN memberships b ON b.company_id = p.company_id AND b.user_id = p.by_id
 WHERE p.ticket_id = :ticket_id AND p.user_id = :user_id;

-- query: participant_add one
-- in:    ticket_id int8, user_id int8
-- out:   outcome text
SELECT participant_add(:ticket_id, :user_id);

-- query: participant_drop one
-- in:    ticket_id int8, user_id int8
-- out:   outcome text
SELECT participant_drop(:ticket_id, :user_id);

-- query: participant_choices many
-- in:    ticket_id int8
-- out:   id int8, name text
-- Quem ainda se pode pôr: da empresa, ativo, e que não atende nem participa.
SELECT m.user_id, m.display_name
  FROM tickets t
  JOIN memberships m ON m.company_id = t.company_id AND m.disabled_at IS NULL
 WHERE t.id = :ticket_id AND m.user_id IS DISTINCT FROM t.user_id
   AND m.user_id <> ALL (t.participant_ids)
 ORDER BY fold(m.display_name), m.user_id;
