-- row: queue_row id int8, name text, color text, position int8, open bool
-- row: queue_row greeting text, away_message text, business_hours jsonb?
-- row: queue_row time_zone text?, holidays jsonb, assignment text
-- row: queue_row capacity int8?, member_ids json, waiting int8, version int8
-- row: queue_row created_at timestamptz, updated_at timestamptz
-- row: queue_row answer_minutes int8?, resolution_minutes int8?
-- row: queue_row csat text, csat_question text, silence_minutes int8?
-- row: queue_row silence_message text, silence_close_minutes int8?

-- query: queue_list many
-- out:   =queue_row
-- As filas da empresa, na ordem da tela; são no máximo 200.
SELECT @queue_row FROM queue_rows
 WHERE company_id = app_company() ORDER BY position, lower(name), id;

-- query: queue_get one
-- in:    id int8
-- out:   =queue_row
SELECT @queue_row FROM queue_rows
 WHERE company_id = app_company() AND id = :id;

-- query: queue_room one
-- in:    id int8, name text, zone text?, members int8[]
-- out:   queues int8, name_taken bool, zone_known bool, strangers int8
-- O que é preciso saber antes de gravar.
SELECT (SELECT count(*) FROM queues WHERE company_id = app_company()),
       EXISTS (SELECT FROM queues WHERE company_id = app_company()
                  AND lower(name) = lower(:name) AND id <> :id),
       :zone IS NULL OR time_zone_exists(:zone),
       (SELECT count(*) FROM unnest(:members) u (id)
         WHERE NOT EXISTS (SELECT FROM memberships m
                            WHERE m.company_id = app_company()
                              AND m.user_id = u.id AND m.disabled_at IS NULL));

-- query: queue_add one
-- in:    name text
-- out:   id int8
INSERT INTO queues (company_id, name) VALUES (app_company(), :name)
RETURNING id;

-- query: queue_update maybe
-- in:    id int8, version int8, name text, color text, position int8
-- in:    greeting text, away_message text, business_hours jsonb?
-- in:    time_zone text?, holidays jsonb, assignment text, capacity int8?
-- in:    fresh bool, answer_minutes int8?, resolution_minutes int8?
-- in:    csat text, csat_question text, silence_minutes int8?
-- in:    silence_message text, silence_close_minutes int8?
-- out:   id int8
-- Nenhuma linha: a versão já é outra.
UPDATE queues
   SET name = :name, color = :color, position = :position::integer,
       greeting = :greeting, away_message = :away_message,
       business_hours = :business_hours, time_zone = :time_zone,
       holidays = :holidays, assignment = :assignment,
       capacity = :capacity::integer,
       answer_minutes = :answer_minutes::integer,
       resolution_minutes = :resolution_minutes::integer, csat = :csat,
       csat_question = :csat_question,
       silence_minutes = :silence_minutes::integer,
       silence_message = :silence_message,
       silence_close_minutes = :silence_close_minutes::integer,
       updated_at = clock_timestamp(),
       version = CASE WHEN :fresh THEN version ELSE version + 1 END
 WHERE company_id = app_company() AND id = :id AND version = :version
RETURNING id;

-- query: queue_members_put exec
-- in:    id int8, members int8[]
-- Quem fica não é tocado: a vez no rodízio continua.
WITH gone AS (
    DELETE FROM queue_members
     WHERE company_id = app_company() AND queue_id = :id
       AND user_id <> ALL (:members))
INSERT INTO queue_members (company_id, queue_id, user_id)
SELECT DISTINCT app_company(), :id, u.id FROM unnest(:members) u (id)
    ON CONFLICT DO NOTHING;

-- query: queue_open_tickets one
-- in:    id int8
-- out:   tickets int8
SELECT count(*) FROM tickets
 WHERE company_id = app_company() AND queue_id = :id AND status <> 'closed';

-- query: queue_move many
-- in:    id int8, target int8?, user_id int8?
-- out:   id int8, old_user_id int8?
-- Leva tudo para a outra fila (ou nenhuma); devolve os atendimentos abertos.
WITH moved AS (
    UPDATE tickets SET queue_id = :target, version = version + 1
     WHERE company_id = app_company() AND queue_id = :id
    RETURNING id, status, user_id),
noted AS (
    INSERT INTO ticket_changes (company_id, ticket_id, user_id, field,
                                old_value, new_value)
    SELECT app_company(), moved.id, :user_id, 'queue', :id::text, :target::text
      FROM moved WHERE status <> 'closed'),
channel AS (
    UPDATE channels SET default_queue_id = :target
     WHERE company_id = app_company() AND default_queue_id = :id)
SELECT id, user_id FROM moved WHERE status <> 'closed' ORDER BY id;

-- query: queue_delete exec
-- in:    id int8
DELETE FROM queues WHERE company_id = app_company() AND id = :id;

-- query: queue_people many
-- out:   id int8, name text
-- Quem pode ser de uma fila.
SELECT user_id, display_name
  FROM memberships
 WHERE company_id = app_company() AND disabled_at IS NULL
 ORDER BY lower(display_name), user_id LIMIT 500;

-- query: attendant_list many
-- in:    queue_id int8, status text, after_id int8, max int8
-- out:   id int8, name text, status text, last_seen_at timestamptz?, queue_ids json, load int8
-- Quem atende: membros de alguma fila (ou da dada), por chave.
SELECT b.user_id, b.display_name, s.word, p.seen_at,
       (SELECT coalesce(json_agg(q.queue_id ORDER BY q.queue_id), '[]')
          FROM queue_members q
         WHERE q.company_id = b.company_id AND q.user_id = b.user_id),
       (SELECT count(*) FROM tickets t
         WHERE t.company_id = b.company_id AND t.user_id = b.user_id
           AND t.status = 'active')
  FROM memberships b
  LEFT JOIN presence p ON p.company_id = b.company_id AND p.user_id = b.user_id
 CROSS JOIN LATERAL (SELECT presence_word(p.seen_at, p.away) AS word) s
 WHERE b.company_id = app_company() AND b.disabled_at IS NULL
   AND b.user_id > :after_id
   AND EXISTS (SELECT FROM queue_members m
                WHERE m.company_id = b.company_id AND m.user_id = b.user_id
                  AND (:queue_id = 0 OR m.queue_id = :queue_id))
   AND (:status = '' OR s.word = :status)
 ORDER BY b.user_id LIMIT :max;

-- query: queue_assign many
-- in:    queue_id int8, returned int8?, by_user int8?
-- out:   ticket_id int8, user_id int8
SELECT ticket_id, user_id FROM queue_assign(:queue_id, :returned, :by_user);

-- query: presence_beat one
-- in:    status text?
-- out:   before text, after text, last_seen_at timestamptz, came bool
-- Um sinal de vida; status nulo mantém o escolhido. Quem é da plataforma, sem
-- vínculo, não aparece na lista de ninguém: nada se guarda. A trava em old é
-- para não perder a saída que presence_leave acaba de anotar.
WITH old AS (
    SELECT presence_word(p.seen_at, p.away) AS word, p.away, p.online
      FROM presence p
     WHERE p.company_id = app_company() AND p.user_id = app_user()
       FOR UPDATE),
hit AS (
    INSERT INTO presence AS p (company_id, user_id, away)
    SELECT m.company_id, m.user_id, coalesce(:status = 'away', old.away, false)
      FROM memberships m LEFT JOIN old ON true
     WHERE m.company_id = app_company() AND m.user_id = app_user()
    ON CONFLICT (company_id, user_id) DO UPDATE
       SET seen_at = now(), online = true,
           away = coalesce(:status = 'away', p.away)
    RETURNING p.away, p.seen_at)
SELECT CASE WHEN hit.seen_at IS NULL THEN 'online'
            ELSE coalesce(old.word, 'offline') END,
       CASE WHEN hit.seen_at IS NULL THEN 'online'
            ELSE presence_word(hit.seen_at, hit.away) END,
       coalesce(hit.seen_at, now()),
       hit.seen_at IS NOT NULL AND NOT coalesce(old.online, false)
  FROM (SELECT) one LEFT JOIN hit ON true LEFT JOIN old ON true;

-- query: presence_leave maybe
-- in:    user_id int8
-- out:   gone bool, last_seen_at timestamptz, wait_ms int8
-- Anota a saída de quem não dá sinal há 60 s; de quem ainda dá, diz quando
-- olhar de novo. Nenhuma linha: já saiu.
WITH p AS (
    SELECT p.company_id, p.user_id, p.seen_at,
           presence_word(p.seen_at, p.away) = 'offline' AS gone
      FROM presence p
     WHERE p.company_id = app_company() AND p.user_id = :user_id AND p.online
       FOR UPDATE),
hit AS (
    UPDATE presence q SET online = false
      FROM p
     WHERE q.company_id = p.company_id AND q.user_id = p.user_id AND p.gone)
SELECT gone, seen_at,
       greatest(1000, ceil(extract(epoch FROM seen_at + interval '61 seconds'
                                              - now()) * 1000))::bigint
  FROM p;

-- query: presence_queues many
-- in:    user_id int8
-- out:   id int8
-- As filas da pessoa.
SELECT queue_id FROM queue_members
 WHERE company_id = app_company() AND user_id = :user_id ORDER BY queue_id;

-- query: queue_welcome maybe
-- in:    ticket_id int8, fresh bool
-- out:   id int8, body text, created_at timestamptz, queue_id int8, user_id int8?
-- A saudação a quem chega, ou o aviso de fora do horário, uma vez por conversa
-- cada um. Nenhuma linha: nada a dizer.
WITH due AS (
    SELECT t.company_id, t.id, t.channel_id, t.queue_id, t.user_id,
           t.away_told_at, q.greeting, q.away_message,
           hours_open(coalesce(q.business_hours, c.business_hours), q.holidays,
                      coalesce(q.time_zone, c.time_zone), now()) AS open
      FROM tickets t
      JOIN queues q ON q.company_id = t.company_id AND q.id = t.queue_id
      JOIN companies c ON c.id = t.company_id
     WHERE t.company_id = app_company() AND t.id = :ticket_id
       AND q.greeting || q.away_message <> ''),
said AS (
    SELECT due.company_id, due.id, due.channel_id, due.queue_id, due.user_id,
           CASE WHEN NOT open AND away_message <> ''
                THEN CASE WHEN away_told_at IS NULL THEN away_message END
                WHEN :fresh THEN nullif(greeting, '') END AS body,
           NOT open AND away_message <> '' AS away
      FROM due),
told AS (
    UPDATE tickets t SET away_told_at = clock_timestamp()
      FROM said
     WHERE t.company_id = said.company_id AND t.id = said.id
       AND said.away AND said.body IS NOT NULL),
m AS (
    INSERT INTO messages (company_id, ticket_id, channel_id, sender_type, kind,
                          body, status)
    SELECT company_id, id, channel_id, 'bot', 'text', body, 'queued'
      FROM said WHERE body IS NOT NULL
    RETURNING id, body, created_at)
SELECT m.id, m.body, m.created_at, said.queue_id, said.user_id FROM m, said;
