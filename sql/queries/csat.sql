-- A pesquisa de satisfação (0061).

-- query: csat_due maybe
-- in:    ticket_id int8, cycle int8?
-- out:   question text, locale text, cycle int8
-- O que perguntar deste encerramento (nulo: o de agora); nenhuma linha: nada.
SELECT question, locale, cycle FROM csat_due(:ticket_id, :cycle);

-- query: csat_ask one
-- in:    ticket_id int8, body text, button text, titles text[]
-- out:   message_id int8
SELECT csat_ask(:ticket_id, :body, :button, :titles);

-- query: csat_match maybe
-- in:    contact_id int8, channel_id int8, choice int8, given int8
-- out:   survey_id int8, ticket_id int8, queue_id int8?, user_id int8?, is_open bool, part text?
SELECT survey_id, ticket_id, queue_id, user_id, is_open, part
  FROM csat_match(:contact_id, :channel_id, :choice, :given);

-- query: csat_score exec
-- in:    id int8, score int8
UPDATE csat_surveys SET score = :score::smallint, scored_at = clock_timestamp()
 WHERE id = :id AND score IS NULL;

-- query: csat_comment exec
-- in:    id int8, comment text
UPDATE csat_surveys SET comment = :comment
 WHERE id = :id AND score IS NOT NULL AND comment IS NULL;

-- query: csat_quiet exec
-- in:    ticket_id int8
-- Quem responde à pesquisa não espera nada de ninguém.
UPDATE tickets SET unread_count = 0, waiting_since = NULL
 WHERE id = :ticket_id AND status = 'closed';

-- query: csat_thanks_due maybe
-- in:    id int8
-- out:   ticket_id int8, locale text
-- A nota veio agora, e o atendimento (ou aquele em que se fundiu, no mesmo
-- canal) segue encerrado.
SELECT k.id, o.locale
  FROM csat_surveys s
  JOIN tickets t ON t.company_id = s.company_id AND t.id = s.ticket_id
  JOIN tickets k ON k.company_id = t.company_id
                AND k.id = coalesce(t.merged_into_id, t.id)
                AND k.channel_id = t.channel_id
  JOIN companies o ON o.id = s.company_id
 WHERE s.id = :id AND s.comment IS NULL AND k.status = 'closed'
   AND s.scored_at > now() - interval '10 minutes' AND k.window_until > now();

-- query: csat_say one
-- in:    ticket_id int8, body text
-- out:   message_id int8
INSERT INTO messages (company_id, ticket_id, channel_id, sender_type, kind,
                      body, status)
SELECT t.company_id, t.id, t.channel_id, 'bot', 'text', :body, 'queued'
  FROM tickets t WHERE t.id = :ticket_id
RETURNING id;

-- query: csat_rules one
-- out:   enabled bool, question text
SELECT csat, csat_question FROM companies WHERE id = app_company();

-- query: csat_rules_set exec
-- in:    enabled bool, question text
SELECT csat_rules_set(:enabled, :question);

-- query: csat_total one
-- in:    since timestamptz?, ends timestamptz?, queue_id int8, user_id int8
-- out:   asked int8, answered int8, average float8?, scores int8[]
-- Sem começo, os últimos 30 dias.
SELECT coalesce(f.asked, 0), coalesce(f.answered, 0), f.average,
       coalesce(f.scores, '{0,0,0,0,0}')
  FROM (SELECT) one
  LEFT JOIN csat_figures(coalesce(:since, now() - interval '30 days'),
       coalesce(:ends, 'infinity'), :queue_id, :user_id, 'all') f ON true;

-- query: csat_by many
-- in:    since timestamptz?, ends timestamptz?, queue_id int8, user_id int8, by_what text
-- out:   id int8?, name text?, asked int8, answered int8, average float8?
-- Por fila ou por pessoa; nulo: nenhuma, ou já não existe.
SELECT f.id, coalesce(q.name, m.display_name), f.asked, f.answered, f.average
  FROM csat_figures(coalesce(:since, now() - interval '30 days'),
       coalesce(:ends, 'infinity'), :queue_id, :user_id, :by_what) f
  LEFT JOIN queues q ON :by_what = 'queue' AND q.company_id = app_company()
                    AND q.id = f.id
  LEFT JOIN memberships m ON :by_what = 'user' AND m.company_id = app_company()
                         AND m.user_id = f.id
 ORDER BY f.average DESC NULLS LAST, f.answered DESC, f.id;

-- query: csat_answers many
-- in:    since timestamptz?, ends timestamptz?, queue_id int8, user_id int8, before int8, max int8
-- out:   id int8, ticket_id int8, protocol text, contact text, queue text?, user_name text?, score int8, comment text?, scored_at timestamptz
-- As respostas dos atendimentos que a pessoa vê, da mais nova à mais velha.
SELECT s.id, t.id, ticket_protocol(t.created_at, t.id), c.name, q.name,
       m.display_name, s.score::bigint, s.comment, s.scored_at
  FROM csat_surveys s
  JOIN tickets t ON t.company_id = s.company_id AND t.id = s.ticket_id
  JOIN contacts c ON c.company_id = t.company_id AND c.id = t.contact_id
  LEFT JOIN queues q ON q.company_id = s.company_id AND q.id = s.queue_id
  LEFT JOIN memberships m ON m.company_id = s.company_id AND m.user_id = s.user_id
 WHERE s.company_id = app_company() AND s.score IS NOT NULL AND s.id < :before
   AND s.asked_at >= coalesce(:since, now() - interval '30 days')
   AND s.asked_at < coalesce(:ends, 'infinity')
   AND (:queue_id = 0 OR s.queue_id = :queue_id)
   AND (:user_id = 0 OR s.user_id = :user_id)
   AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
 ORDER BY s.id DESC LIMIT :max;

-- query: csat_of_ticket maybe
-- in:    ticket_id int8
-- out:   score int8?, comment text?
-- A última pesquisa do atendimento, para o painel.
SELECT score::bigint, comment FROM csat_surveys
 WHERE ticket_id = :ticket_id ORDER BY id DESC LIMIT 1;
