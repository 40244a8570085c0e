-- query: inbound_lock exec
-- in:    keys int8[]
-- Na ordem do vetor, que quem chama ordena; valem até o fim da transação.
SELECT pg_advisory_xact_lock(k) FROM unnest(:keys) k;

-- query: inbound_find one
-- in:    channel_id int8, provider_id text, reply_to text?, kinds text[]
-- in:    keys text[], shown text[]
-- out:   repeated_id int8?, repeated_ticket_id int8?, reply_to_id int8?
-- out:   contact_id int8?, other_contact_id int8?, known int8, name text?
-- out:   phone text?, ticket_id int8?, queue_id int8?, user_id int8?
-- out:   has_parked bool, blocked bool
-- Tudo o que receber uma mensagem precisa saber, numa ida: se já é conhecida,
-- de quem é (menor e maior contato das identidades dadas; known conta as que
-- já estão na forma em que vieram) e o ticket aberto, que fica travado.
WITH ids AS (
    SELECT i.contact_id, i.value = g.value AS same
      FROM unnest(:kinds, :keys, :shown) AS g (kind, key, value)
     CROSS JOIN LATERAL (
           SELECT x.contact_id, x.value FROM contact_identities x
            WHERE x.kind = g.kind AND x.match_key = g.key
            LIMIT 1) i),
who AS (
    SELECT min(contact_id) AS id, max(contact_id) AS other,
           count(*) FILTER (WHERE same) AS known
      FROM ids),
t AS (
    SELECT id, queue_id, user_id FROM tickets
     WHERE contact_id = (SELECT who.id FROM who)
       AND channel_id = :channel_id AND status <> 'closed'
       FOR NO KEY UPDATE)
SELECT old.id, old.ticket_id,
       (SELECT r.id FROM messages r WHERE r.channel_id = :channel_id
           AND r.provider_id = :reply_to),
       who.id, who.other, who.known, c.name, c.phone, t.id, t.queue_id,
       t.user_id,
       EXISTS (SELECT FROM parked_updates p WHERE p.channel_id = :channel_id
                  AND p.provider_id = :provider_id),
       c.blocked_at IS NOT NULL
  FROM who
  LEFT JOIN contacts c ON c.id = who.id
  LEFT JOIN t ON true
  LEFT JOIN messages old ON old.channel_id = :channel_id
                        AND old.provider_id = :provider_id;

-- query: inbound_ticket_add maybe
-- in:    contact_id int8, channel_id int8, queue_id int8?
-- out:   id int8
-- Nenhuma linha: outro abriu um neste instante (reabertura); tente de novo.
INSERT INTO tickets (company_id, contact_id, channel_id, queue_id, status)
VALUES (app_company(), :contact_id, :channel_id, :queue_id, 'pending')
ON CONFLICT DO NOTHING
RETURNING id;

-- query: inbound_ticket_reopen maybe
-- in:    contact_id int8, channel_id int8
-- out:   id int8, status text, queue_id int8?, user_id int8?
-- O que se encerrou há pouco (companies.reopen_hours) continua, com quem o
-- atendia se ainda está na empresa, ou à espera na fila. O fundido não volta,
-- nem o que guarda o que se escreveu bloqueado.
WITH last AS (
    SELECT t.company_id, t.id, EXISTS (
           SELECT FROM memberships m WHERE m.company_id = t.company_id
              AND m.user_id = t.user_id AND m.disabled_at IS NULL) AS stays
      FROM tickets t JOIN companies k ON k.id = t.company_id
     WHERE t.contact_id = :contact_id AND t.channel_id = :channel_id
       AND t.status = 'closed' AND t.merged_into_id IS NULL
       AND NOT ticket_is_hidden(t)
       AND t.closed_at > clock_timestamp() - make_interval(hours => k.reopen_hours)
     ORDER BY t.closed_at DESC LIMIT 1
       FOR UPDATE OF t)
UPDATE tickets t
   SET status = CASE WHEN last.stays THEN 'active' ELSE 'pending' END,
       user_id = CASE WHEN last.stays THEN t.user_id END,
       closed_at = NULL, version = t.version + 1, updated_at = clock_timestamp()
  FROM last
 WHERE t.company_id = last.company_id AND t.id = last.id
RETURNING t.id, t.status, t.queue_id, t.user_id;

-- query: inbound_message_add maybe
-- in:    ticket_id int8, channel_id int8, kind text, body text
-- in:    provider_id text, reply_to_id int8?, reply_to_provider_id text?
-- in:    media jsonb?, location jsonb?, contacts jsonb?, payload jsonb?
-- in:    sent_at_s int8, preview text, answer_to text, answer_kind text
-- in:    opens_window bool
-- out:   id int8, created_at timestamptz, sent_at timestamptz, woke bool
-- Grava a mensagem e o que o ticket mostra dela, e o acorda se adiado. A hora
-- do provedor não passa da nossa: um relógio adiantado não estica a janela de
-- 24 h. A resposta à pesquisa de um atendimento fundido pode cair num de outro
-- canal: o endereço e a janela desse não são os dela.
WITH m AS (
    INSERT INTO messages (company_id, ticket_id, channel_id, sender_type, kind,
                          body, status, provider_id, reply_to_id,
                          reply_to_provider_id, media, location, contacts,
                          payload, sent_at)
    VALUES (app_company(), :ticket_id, :channel_id, 'contact', :kind, :body,
            'received', :provider_id, :reply_to_id, :reply_to_provider_id,
            :media, :location, :contacts, :payload,
            least(to_timestamp(:sent_at_s), clock_timestamp()))
    ON CONFLICT DO NOTHING
    RETURNING id, created_at, sent_at),
t AS (
    UPDATE tickets t
       SET last_message = :preview,
           last_message_at = greatest(t.last_message_at, m.sent_at),
           unread_count = t.unread_count + 1,
           waiting_since = coalesce(t.waiting_since, m.sent_at),
           snoozed_until = NULL,
           reply_to = CASE WHEN t.channel_id = :channel_id THEN :answer_to
                           ELSE t.reply_to END,
           reply_to_kind = CASE WHEN t.channel_id = :channel_id
                                THEN :answer_kind ELSE t.reply_to_kind END,
           window_until = CASE WHEN :opens_window
                                AND t.channel_id = :channel_id
               THEN greatest(t.window_until, m.sent_at + interval '24 hours')
               ELSE t.window_until END,
           updated_at = clock_timestamp()
      FROM m
     WHERE t.id = :ticket_id),
woken AS (
    INSERT INTO ticket_changes (company_id, ticket_id, field, old_value)
    SELECT t.company_id, t.id, 'snooze', t.snoozed_until::text
      FROM tickets t, m
     WHERE t.id = :ticket_id AND t.snoozed_until IS NOT NULL
    RETURNING id)
SELECT id, created_at, sent_at, EXISTS (SELECT FROM woken) FROM m;

-- row: target_row id int8, ticket_id int8, changed bool

-- query: inbound_react maybe
-- in:    channel_id int8, target text, emoji text, sent_at_s int8
-- out:   =target_row
-- A reação do cliente, uma por mensagem; a mais velha não desfaz a mais nova.
WITH old AS (
    SELECT m.company_id, m.id, m.ticket_id, m.reactions,
           (SELECT coalesce(jsonb_agg(r), '[]')
              FROM jsonb_array_elements(m.reactions) r
             WHERE (r ->> 'fromMe')::boolean) ||
           CASE WHEN :emoji = '' THEN '[]'::jsonb
                ELSE jsonb_build_array(jsonb_build_object('emoji', :emoji,
                     'fromMe', false)) END AS fresh
      FROM messages m
     WHERE m.channel_id = :channel_id AND m.provider_id = :target
       FOR UPDATE),
hit AS (
    UPDATE messages m
       SET reactions = old.fresh, reacted_at = to_timestamp(:sent_at_s)
      FROM old
     WHERE m.company_id = old.company_id AND m.id = old.id
       AND m.reactions IS DISTINCT FROM old.fresh
       AND coalesce(m.reacted_at, '-infinity') <= to_timestamp(:sent_at_s)
    RETURNING m.id)
SELECT old.id, old.ticket_id, hit.id IS NOT NULL
  FROM old LEFT JOIN hit ON true;

-- query: inbound_edit maybe
-- in:    channel_id int8, target text, body text, sent_at_s int8
-- out:   =target_row
-- O texto novo; o de antes fica em payload -> 'history'.
WITH old AS (
    SELECT m.company_id, m.id, m.ticket_id, m.body, m.payload, m.media
      FROM messages m
     WHERE m.channel_id = :channel_id AND m.provider_id = :target
       AND m.sender_type = 'contact'
       FOR UPDATE),
hit AS (
    UPDATE messages m
       SET body = :body, edited_at = to_timestamp(:sent_at_s),
           media = CASE WHEN jsonb_typeof(old.media) = 'object'
               THEN old.media || jsonb_build_object('caption', :body) END,
           payload = coalesce(old.payload, '{}') || jsonb_build_object(
               'history', coalesce(old.payload -> 'history', '[]') ||
               jsonb_build_array(jsonb_build_object('body', old.body,
               'until', to_timestamp(:sent_at_s))))
      FROM old
     WHERE m.company_id = old.company_id AND m.id = old.id
       AND old.body <> :body
       AND coalesce(m.edited_at, '-infinity') <= to_timestamp(:sent_at_s)
    RETURNING m.id)
SELECT old.id, old.ticket_id, hit.id IS NOT NULL
  FROM old LEFT JOIN hit ON true;

-- query: inbound_revoke maybe
-- in:    channel_id int8, target text, sent_at_s int8
-- out:   =target_row
-- Só marca: quem atende precisa saber o que respondeu.
WITH old AS (
    SELECT m.company_id, m.id, m.ticket_id FROM messages m
     WHERE m.channel_id = :channel_id AND m.provider_id = :target
       AND m.sender_type = 'contact'
       FOR UPDATE),
hit AS (
    UPDATE messages m SET deleted_at = to_timestamp(:sent_at_s)
      FROM old
     WHERE m.company_id = old.company_id AND m.id = old.id
       AND m.deleted_at IS NULL
    RETURNING m.id)
SELECT old.id, old.ticket_id, hit.id IS NOT NULL
  FROM old LEFT JOIN hit ON true;

-- query: inbound_preview_set exec
-- in:    message_id int8, ticket_id int8, preview text
-- A linha da lista, se a mensagem ainda é a última do ticket.
UPDATE tickets SET last_message = :preview
 WHERE id = :ticket_id
   AND NOT EXISTS (SELECT FROM messages m WHERE m.ticket_id = :ticket_id
                      AND m.id > :message_id AND m.kind <> 'note');

-- query: inbound_status maybe
-- in:    channel_id int8, provider_id text, message_id int8, status text
-- in:    error text?
-- out:   id int8, ticket_id int8, queue_id int8?, user_id int8?, changed bool
-- Nenhuma linha: ninguém tem este provider_id. Pelo id (0: nenhum) só se acha
-- quem ainda não o tem, ou quem foi enviada mais de uma vez e chegou.
WITH known AS (
    SELECT company_id, id, ticket_id FROM messages
     WHERE channel_id = :channel_id AND provider_id = :provider_id
    UNION ALL
    SELECT company_id, id, ticket_id FROM messages
     WHERE channel_id = :channel_id AND id = :message_id
       AND sender_type <> 'contact'
       AND (provider_id IS NULL OR :status IN ('delivered', 'read', 'played'))
    LIMIT 1),
hit AS (
    UPDATE messages m
       SET status = :status, provider_id = coalesce(m.provider_id, :provider_id),
           error = CASE WHEN :status = 'failed' THEN :error END,
           sent_at = coalesce(m.sent_at, clock_timestamp())
      FROM known
     WHERE m.company_id = known.company_id AND m.id = known.id
       AND status_rank(m.status) < status_rank(:status)
    RETURNING m.id)
SELECT known.id, known.ticket_id, t.queue_id, t.user_id, hit.id IS NOT NULL
  FROM known
  JOIN tickets t ON t.company_id = known.company_id AND t.id = known.ticket_id
  LEFT JOIN hit ON true;

-- query: parked_add exec
-- in:    channel_id int8, provider_id text, what text, value text, sent_at_s int8
INSERT INTO parked_updates AS p (company_id, channel_id, provider_id, what,
                                 value, sent_at)
VALUES (app_company(), :channel_id, :provider_id, :what, :value,
        to_timestamp(:sent_at_s))
ON CONFLICT (company_id, channel_id, provider_id, what) DO UPDATE
   SET value = excluded.value, sent_at = excluded.sent_at
 WHERE p.sent_at <= excluded.sent_at;

-- query: parked_take many
-- in:    channel_id int8, provider_id text
-- out:   what text, value text, sent_at_s int8
-- O mais adiantado primeiro: os estados de antes dele já não mudam nada.
WITH gone AS (
    DELETE FROM parked_updates
     WHERE channel_id = :channel_id AND provider_id = :provider_id
    RETURNING what, value, sent_at)
SELECT what, value, extract(epoch FROM sent_at)::bigint
  FROM gone ORDER BY status_rank(what) DESC, sent_at;
