-- row: ticket_row id int8, status text, contact text, contact_id int8, phone text?
-- row: ticket_row queue text?, queue_id int8?, assignee text?, assignee_id int8?
-- row: ticket_row channel text, channel_id int8, last_message text
-- row: ticket_row last_message_at timestamptz, unread_count int8
-- row: ticket_row window_until timestamptz?, started_at timestamptz?
-- row: ticket_row closed_at timestamptz?, version int8, created_at timestamptz
-- row: ticket_row updated_at timestamptz, protocol text, subject text
-- row: ticket_row priority text, tag_ids int8[], custom jsonb
-- row: ticket_row snoozed_until timestamptz?, waiting_since timestamptz?
-- row: ticket_row first_answer_s int8?, resolution_s int8?, close_reason text
-- row: ticket_row merged_into_id int8?, answer_due_at timestamptz?
-- row: ticket_row resolution_due_at timestamptz?, sla text?, sla_kind text?
-- row: ticket_row sla_due_at timestamptz?, sla_near_at timestamptz?
-- row: ticket_row close_needs text
-- row: ticket_row participant_ids int8[]

-- query: ticket_list many
-- in:    status text, before_at timestamptz, before_id int8, max int8
-- out:   =ticket_row
-- Tickets visíveis de um estado, do mais recente ao mais antigo, por chave;
-- fora o que guarda o que um contato bloqueado escreve (ticket_is_hidden).
SELECT @ticket_row FROM ticket_rows
 WHERE status = :status AND (updated_at, id) < (:before_at, :before_id)
   AND ticket_visible(queue_id, assignee_id, participant_ids)
   AND NOT (status = 'closed' AND close_reason = 'blocked'
            AND queue_id IS NULL AND assignee_id IS NULL)
 ORDER BY updated_at DESC, id DESC
 LIMIT :max;

-- query: ticket_filtered many
-- in:    filter jsonb, sort text, rank int8, at timestamptz?, id int8, max int8
-- out:   =ticket_row
-- A lista com filtros e ordem (ticket_where diz quais), por chave.
SELECT @ticket_row
  FROM ticket_find(:filter, :sort, :rank, :at, :id, :max)
       WITH ORDINALITY f (found, place)
  JOIN ticket_rows ON id = f.found
 ORDER BY f.place;

-- query: ticket_tally one
-- in:    filter jsonb
-- out:   bot int8, pending int8, active int8, closed int8, unread int8, mine int8, waiting int8, snoozed int8
SELECT bot, pending, active, closed, unread, mine, waiting, snoozed
  FROM ticket_tally(:filter);

-- query: ticket_get one
-- in:    id int8
-- out:   =ticket_row
SELECT @ticket_row FROM ticket_rows
 WHERE id = :id AND ticket_visible(queue_id, assignee_id, participant_ids);

-- query: ticket_any one
-- in:    id int8
-- out:   =ticket_row
-- Sem olhar quem vê: quem acabou de passar adiante pode não ver mais.
SELECT @ticket_row FROM ticket_rows WHERE id = :id;

-- query: ticket_lock one
-- in:    id int8
-- out:   id int8, status text, user_id int8?, queue_id int8?, contact_id int8, channel_id int8, version int8, merged_into_id int8?, priority text
-- Trava o ticket até o fim da transação, se a pessoa o vê.
SELECT id, status, user_id, queue_id, contact_id, channel_id, version,
       merged_into_id, priority
  FROM tickets
 WHERE id = :id AND ticket_visible(queue_id, user_id, participant_ids)
   FOR UPDATE;

-- query: ticket_set_state exec
-- in:    id int8, status text, user_id int8?, reason text
-- Muda estado e responsável; os tempos do ciclo são do gatilho ticket_times.
UPDATE tickets
   SET status = :status, user_id = :user_id, version = version + 1,
       updated_at = clock_timestamp(),
       started_at = CASE WHEN :status = 'active' THEN coalesce(started_at, clock_timestamp())
                         WHEN :status = 'pending' THEN NULL ELSE started_at END,
       first_human_at = CASE WHEN :status = 'pending' THEN NULL ELSE first_human_at END,
       closed_at = CASE WHEN :status = 'closed' THEN clock_timestamp() END,
       close_reason = :reason,
       unread_count = CASE WHEN :status = 'closed' THEN 0 ELSE unread_count END
 WHERE id = :id;

-- query: ticket_change_add exec
-- in:    ticket_id int8, user_id int8?, field text, old_value text?, new_value text?
INSERT INTO ticket_changes (company_id, ticket_id, user_id, field, old_value, new_value)
VALUES (app_company(), :ticket_id, :user_id, :field, :old_value, :new_value);

-- query: ticket_edit one
-- in:    id int8, version int8, subject text?, priority text?, custom jsonb?, tag_ids int8[]?
-- out:   outcome text
SELECT ticket_edit(:id, :version, :subject, :priority, :custom, :tag_ids);

-- query: ticket_person maybe
-- in:    id int8
-- out:   name text, role text, permissions text?
-- Quem pode receber um atendimento: da empresa, e não desligado.
SELECT name, role, permissions FROM ticket_person(:id);

-- query: ticket_queue maybe
-- in:    id int8
-- out:   name text
SELECT name FROM queues WHERE id = :id;

-- query: ticket_move exec
-- in:    id int8, status text, queue_id int8?, user_id int8?
-- Muda fila e responsável; o que volta à espera começa de novo.
UPDATE tickets
   SET status = :status, queue_id = :queue_id, user_id = :user_id,
       version = version + 1, updated_at = clock_timestamp(),
       started_at = CASE WHEN :status = 'active'
                         THEN coalesce(started_at, clock_timestamp()) END,
       first_human_at = CASE WHEN :status = 'active' THEN first_human_at END
 WHERE id = :id;

-- query: ticket_set_priority exec
-- in:    id int8, priority text
UPDATE tickets SET priority = :priority, version = version + 1,
       updated_at = clock_timestamp()
 WHERE id = :id AND priority <> :priority;

-- query: ticket_snooze maybe
-- in:    id int8, until text
-- out:   until timestamptz?, wait_ms int8
-- Adia um atendimento já travado; until nulo: o texto não é um instante
-- futuro de até um ano.
WITH at AS (
    SELECT CASE WHEN i > now() AND i < now() + interval '1 year' THEN i END AS i
      FROM instant_of(:until) i),
hit AS (
    UPDATE tickets t SET snoozed_until = at.i, version = t.version + 1,
           updated_at = clock_timestamp()
      FROM at
     WHERE t.id = :id AND at.i IS NOT NULL)
SELECT at.i, coalesce(ceil(extract(epoch FROM at.i - clock_timestamp()) * 1000), 0)::bigint
  FROM at;

-- query: ticket_snooze_time one
-- in:    preset text
-- out:   at timestamptz?
-- 1 h, 3 h, amanhã ou daqui a uma semana às 9 h, no relógio da empresa.
SELECT CASE :preset
       WHEN 'hour' THEN now() + interval '1 hour'
       WHEN 'hours' THEN now() + interval '3 hours'
       WHEN 'tomorrow' THEN (date_trunc('day', now() AT TIME ZONE c.time_zone)
            + interval '1 day 9 hours') AT TIME ZONE c.time_zone
       WHEN 'week' THEN (date_trunc('day', now() AT TIME ZONE c.time_zone)
            + interval '7 days 9 hours') AT TIME ZONE c.time_zone END
  FROM companies c WHERE c.id = app_company();

-- query: ticket_wake maybe
-- in:    id int8, due bool
-- out:   snoozed_until timestamptz, waits_in int8?
-- Deixa de estar adiado; due: só se a hora já chegou. waits_in: a fila em que
-- volta a esperar alguém.
UPDATE tickets t SET snoozed_until = NULL, version = t.version + 1,
       updated_at = clock_timestamp()
  FROM tickets o
 WHERE t.id = :id AND o.company_id = t.company_id AND o.id = t.id
   AND o.snoozed_until IS NOT NULL
   AND (NOT :due OR o.snoozed_until <= clock_timestamp())
RETURNING o.snoozed_until,
          CASE WHEN t.status = 'pending' AND t.user_id IS NULL THEN t.queue_id END;

-- query: ticket_mark_unread exec
-- in:    id int8
UPDATE tickets SET unread_count = 1
 WHERE id = :id AND unread_count = 0 AND status <> 'closed'
   AND ticket_visible(queue_id, user_id, participant_ids);

-- query: ticket_contact maybe
-- in:    id int8
-- out:   blocked bool, deleted bool
SELECT blocked_at IS NOT NULL, deleted_at IS NOT NULL
  FROM contacts WHERE id = :id;

-- query: ticket_contact_by_phone maybe
-- in:    match_key text
-- out:   id int8
SELECT contact_id FROM contact_identities
 WHERE kind = 'phone' AND match_key = :match_key;

-- query: ticket_channels many
-- in:    id int8
-- out:   id int8, default_queue_id int8?
-- O canal pedido (0: qualquer); duas linhas bastam para dizer que há mais.
SELECT id, default_queue_id FROM channels
 WHERE :id = 0 OR id = :id
 ORDER BY id LIMIT 2;

-- query: ticket_open maybe
-- in:    contact_id int8, channel_id int8, queue_id int8?, user_id int8?, subject text, priority text
-- out:   id int8, reachable bool
-- Abre a conversa com quem se sabe alcançar. A janela do WhatsApp é a da
-- última conversa deles; sem uma, está vencida: só um modelo aprovado entra.
-- Nenhuma linha: já há um aberto.
WITH who AS (
    SELECT i.kind, i.value FROM contact_identities i
     WHERE i.contact_id = :contact_id AND i.kind IN ('phone', 'bsuid', 'lid')
     ORDER BY array_position(ARRAY['phone', 'bsuid', 'lid'], i.kind), i.id DESC
     LIMIT 1),
last AS (
    SELECT t.window_until FROM tickets t
     WHERE t.contact_id = :contact_id AND t.channel_id = :channel_id
     ORDER BY t.window_until DESC NULLS LAST LIMIT 1),
fresh AS (
    INSERT INTO tickets (company_id, contact_id, channel_id, queue_id, user_id,
                         status, subject, priority, reply_to, reply_to_kind,
                         window_until, started_at, assigned_at)
    SELECT app_company(), :contact_id, h.id, :queue_id, u.id,
           CASE WHEN u.id IS NULL THEN 'pending' ELSE 'active' END, :subject,
           :priority, who.value, who.kind,
           CASE WHEN h.platform = 'whatsapp_cloud'
                THEN coalesce((SELECT window_until FROM last), now()) END,
           CASE WHEN u.id IS NOT NULL THEN now() END,
           CASE WHEN u.id IS NOT NULL THEN now() END
      FROM channels h, who, (SELECT :user_id::bigint) u (id)
     WHERE h.id = :channel_id
        ON CONFLICT DO NOTHING
    RETURNING id)
SELECT coalesce((SELECT id FROM fresh), 0), EXISTS (SELECT FROM who);

-- query: ticket_open_of maybe
-- in:    contact_id int8, channel_id int8
-- out:   id int8, protocol text, holder text?
-- O atendimento aberto do contato no canal, veja-o a pessoa ou não.
SELECT t.id, ticket_protocol(t.created_at, t.id),
       coalesce(m.display_name, q.name)
  FROM tickets t
  LEFT JOIN memberships m ON m.company_id = t.company_id AND m.user_id = t.user_id
  LEFT JOIN queues q ON q.company_id = t.company_id AND q.id = t.queue_id
 WHERE t.contact_id = :contact_id AND t.channel_id = :channel_id
   AND t.status <> 'closed';

-- query: ticket_rules one
-- out:   reopen_hours int8
SELECT reopen_hours FROM companies WHERE id = app_company();

-- query: ticket_rules_set one
-- in:    reopen_hours int8
-- out:   reopen_hours int8
SELECT reopen_hours_set(:reopen_hours);

-- query: ticket_tags_missing one
-- in:    ids int8[]
-- out:   missing int8
SELECT count(*) FROM unnest(:ids) x
 WHERE NOT EXISTS (SELECT FROM tags g WHERE g.id = x);

-- query: ticket_tag one
-- in:    id int8, tag_ids int8[], put bool
-- out:   changed bool
SELECT ticket_tag(:id, :tag_ids, :put);

-- query: ticket_history many
-- in:    ticket_id int8, before int8, max int8
-- out:   id int8, field text, old_value text?, new_value text?, old_name text?, new_name text?, user_id int8?, user_name text?, created_at timestamptz
-- Da mudança mais nova à mais velha; filas e pessoas também por nome.
SELECT h.id, h.field, h.old_value, h.new_value,
       CASE h.field
       WHEN 'assignee' THEN (SELECT display_name FROM memberships m
                              WHERE m.user_id = h.old_value::bigint)
       WHEN 'participant' THEN (SELECT display_name FROM memberships m
                                 WHERE m.user_id = h.old_value::bigint)
       WHEN 'queue' THEN (SELECT name FROM queues q
                           WHERE q.id = h.old_value::bigint) END,
       CASE h.field
       WHEN 'assignee' THEN (SELECT display_name FROM memberships m
                              WHERE m.user_id = h.new_value::bigint)
       WHEN 'participant' THEN (SELECT display_name FROM memberships m
                                 WHERE m.user_id = h.new_value::bigint)
       WHEN 'queue' THEN (SELECT name FROM queues q
                           WHERE q.id = h.new_value::bigint) END,
       h.user_id, w.display_name, h.created_at
  FROM ticket_changes h
  LEFT JOIN memberships w ON w.company_id = h.company_id AND w.user_id = h.user_id
 WHERE h.ticket_id = :ticket_id AND h.id < :before
   AND EXISTS (SELECT FROM tickets t WHERE t.id = :ticket_id
                  AND ticket_visible(t.queue_id, t.user_id, t.participant_ids))
 ORDER BY h.id DESC
 LIMIT :max;

-- query: ticket_counts many
-- out:   status text, tickets int8, unread int8
-- Quantos tickets não fechados a pessoa vê em cada estado, e com não lidas.
SELECT status, count(*), count(*) FILTER (WHERE unread_count > 0)
  FROM tickets
 WHERE status <> 'closed' AND ticket_visible(queue_id, user_id, participant_ids)
 GROUP BY status;

-- query: ticket_mark_read exec
-- in:    id int8, for_others bool
-- Sem for_others, só quem atende lê; ou quem for, se ninguém atende.
UPDATE tickets SET unread_count = 0
 WHERE id = :id AND unread_count > 0 AND ticket_visible(queue_id, user_id, participant_ids)
   AND (:for_others OR user_id IS NULL OR user_id = app_user());

-- query: ticket_board_columns many
-- out:   tag_id int8?, name text?, color text?, cards int8
-- As colunas do quadro: primeiro os abertos sem etapa (nulo), depois as
-- etiquetas que são etapa, em ordem, com quantos abertos a pessoa vê em cada.
WITH g AS (
    SELECT id, name, color, position FROM tags WHERE board),
t AS (
    SELECT tag_ids && ARRAY(SELECT id FROM g) AS placed, tag_ids FROM tickets
     WHERE status <> 'closed' AND ticket_visible(queue_id, user_id, participant_ids)),
n AS (
    SELECT u.id, count(*) AS cards FROM t, unnest(t.tag_ids) u(id)
     WHERE t.placed GROUP BY u.id)
SELECT x.id, x.name, x.color, x.cards FROM (
    SELECT NULL::bigint AS id, NULL AS name, NULL AS color, -1 AS position,
           (SELECT count(*) FROM t WHERE NOT placed) AS cards
    UNION ALL
    SELECT g.id, g.name, g.color, g.position, coalesce(n.cards, 0)
      FROM g LEFT JOIN n ON n.id = g.id) x
 ORDER BY x.position, fold(x.name), x.id;

-- query: ticket_board_cards many
-- in:    tag_id int8, before int8, max int8
-- out:   =ticket_row
-- Os cartões de uma coluna (0: sem etapa), do mais novo ao mais velho.
SELECT @ticket_row FROM ticket_rows
 WHERE status <> 'closed' AND id < :before
   AND ticket_visible(queue_id, assignee_id, participant_ids)
   AND CASE WHEN :tag_id::int8 = 0
            THEN NOT tag_ids && ARRAY(SELECT g.id FROM tags g WHERE g.board)
            ELSE tag_ids @> ARRAY[:tag_id::int8] END
 ORDER BY id DESC LIMIT :max;

-- query: ticket_board_stage one
-- in:    id int8, tag_id int8
-- out:   closed bool, version int8, is_stage bool, tag_ids int8[]
-- O atendimento, travado, e as etiquetas que teria na coluna (0: sem etapa).
SELECT t.status = 'closed', t.version,
       :tag_id = 0 OR EXISTS (SELECT FROM tags g WHERE g.id = :tag_id AND g.board),
       ARRAY(SELECT u FROM unnest(t.tag_ids) u
              WHERE NOT EXISTS (SELECT FROM tags g WHERE g.id = u AND g.board)
              UNION ALL SELECT :tag_id WHERE :tag_id > 0)
  FROM tickets t
 WHERE t.id = :id AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
   FOR UPDATE OF t;

-- query: ticket_sla_breach one
-- in:    id int8, kind text
-- out:   breached bool
-- Anota o prazo vencido, uma vez, e notifica; falso: já se cumpriu, mudou,
-- parou ou já se anotou.
SELECT sla_breach(:id, :kind);

-- query: ticket_silence one
-- in:    id int8
-- out:   act text, wait_ms int8, body text?, locale text
-- O que fazer com o silêncio do contato: none, later, warn ou close.
SELECT act, wait_ms, body, locale FROM silence_step(:id);

-- query: ticket_silence_warn one
-- in:    id int8, body text
-- out:   message_id int8
SELECT silence_warn(:id, :body);

-- query: ticket_close_needs one
-- in:    id int8
-- out:   needs text, tagged bool
SELECT coalesce(q.close_needs, 'nothing'), t.tag_ids <> '{}'
  FROM tickets t
  LEFT JOIN queues q ON q.company_id = t.company_id AND q.id = t.queue_id
 WHERE t.company_id = app_company() AND t.id = :id;
