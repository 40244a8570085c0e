-- As notificações de cada pessoa.

-- row: notice_row id int8, kind text, ticket_id int8?, protocol text?, contact text?
-- row: notice_row message_id int8?, conversation_id int8?, conversation text?
-- row: notice_row by_id int8?, by_name text?, amount int8
-- row: notice_row created_at timestamptz, read_at timestamptz?

-- query: notice_list many
-- in:    unread bool, before int8, max int8
-- out:   =notice_row
-- Da mais nova à mais velha. Do atendimento que a pessoa não vê só se diz que
-- ele existe.
SELECT n.id, n.kind, n.ticket_id, t.protocol, t.contact, n.message_id,
       n.talk_id, CASE k.kind WHEN 'group' THEN k.name END, n.by_id,
       b.display_name, n.amount, n.created_at, n.read_at
  FROM notifications n
  LEFT JOIN LATERAL (
        SELECT ticket_protocol(x.created_at, x.id) AS protocol, c.name AS contact
          FROM tickets x
          JOIN contacts c ON c.company_id = x.company_id AND c.id = x.contact_id
         WHERE x.company_id = n.company_id AND x.id = n.ticket_id
           AND ticket_visible(x.queue_id, x.user_id, x.participant_ids)) t ON true
  LEFT JOIN talks k ON k.company_id = n.company_id AND k.id = n.talk_id
  LEFT JOIN memberships b ON b.company_id = n.company_id AND b.user_id = n.by_id
 WHERE n.company_id = app_company() AND n.user_id = app_user()
   AND (NOT :unread OR n.read_at IS NULL) AND n.id < :before
 ORDER BY n.id DESC
 LIMIT :max;

-- query: notice_get one
-- in:    id int8
-- out:   =notice_row
SELECT n.id, n.kind, n.ticket_id, t.protocol, t.contact, n.message_id,
       n.talk_id, CASE k.kind WHEN 'group' THEN k.name END, n.by_id,
       b.display_name, n.amount, n.created_at, n.read_at
  FROM notifications n
  LEFT JOIN LATERAL (
        SELECT ticket_protocol(x.created_at, x.id) AS protocol, c.name AS contact
          FROM tickets x
          JOIN contacts c ON c.company_id = x.company_id AND c.id = x.contact_id
         WHERE x.company_id = n.company_id AND x.id = n.ticket_id
           AND ticket_visible(x.queue_id, x.user_id, x.participant_ids)) t ON true
  LEFT JOIN talks k ON k.company_id = n.company_id AND k.id = n.talk_id
  LEFT JOIN memberships b ON b.company_id = n.company_id AND b.user_id = n.by_id
 WHERE n.company_id = app_company() AND n.user_id = app_user() AND n.id = :id;

-- query: notice_counts one
-- out:   unread int8, chat int8, sound bool, browser bool
-- Os dois números do menu, e como avisar. Até 100: depois disso é "99+".
SELECT (SELECT count(*) FROM (SELECT FROM notifications n
         WHERE n.company_id = app_company() AND n.user_id = app_user()
           AND n.read_at IS NULL LIMIT 100) x),
       (SELECT coalesce(sum(m.unread), 0)::int8 FROM talk_members m
         WHERE m.company_id = app_company() AND m.user_id = app_user()),
       coalesce((SELECT s.sound FROM notification_settings s
                  WHERE s.company_id = app_company()
                    AND s.user_id = app_user()), true),
       coalesce((SELECT s.browser FROM notification_settings s
                  WHERE s.company_id = app_company()
                    AND s.user_id = app_user()), false);

-- query: notice_read exec
-- in:    id int8
-- 0: todas.
UPDATE notifications SET read_at = now()
 WHERE company_id = app_company() AND user_id = app_user()
   AND read_at IS NULL AND (:id = 0 OR id = :id);

-- query: notice_ticket_seen exec
-- in:    ticket_id int8
-- Abriu o atendimento: o que chegou no que acompanha já não é novidade.
UPDATE notifications SET read_at = now()
 WHERE company_id = app_company() AND user_id = app_user()
   AND read_at IS NULL AND ticket_id = :ticket_id
   AND kind IN ('followed', 'participant');

-- row: notice_choice muted json, sound bool, browser bool, digest text
-- row: notice_choice digest_hour int8, digest_kinds json

-- query: notice_settings one
-- out:   =notice_choice
SELECT to_json(coalesce(s.muted, '{}')), coalesce(s.sound, true),
       coalesce(s.browser, false), coalesce(s.digest, 'hourly'),
       coalesce(s.digest_hour, 8)::bigint,
       to_json(coalesce(s.digest_kinds, '{mention,assigned,transferred}'))
  FROM (SELECT app_user() AS id) me
  LEFT JOIN notification_settings s ON s.company_id = app_company()
                                   AND s.user_id = me.id;

-- query: notice_settings_put one
-- in:    muted text[], sound bool, browser bool, digest text?
-- in:    digest_hour int8?, digest_kinds text[]?
-- out:   =notice_choice
-- O resumo que não se diz fica como está.
INSERT INTO notification_settings AS s (company_id, user_id, muted, sound,
       browser, digest, digest_hour, digest_kinds)
VALUES (app_company(), app_user(), :muted, :sound, :browser,
       coalesce(:digest, 'hourly'), coalesce(:digest_hour, 8)::smallint,
       coalesce(:digest_kinds, '{mention,assigned,transferred}'))
ON CONFLICT (company_id, user_id) DO UPDATE
   SET muted = excluded.muted, sound = excluded.sound,
       browser = excluded.browser,
       digest = coalesce(:digest, s.digest),
       digest_hour = coalesce(:digest_hour, s.digest_hour)::smallint,
       digest_kinds = coalesce(:digest_kinds, s.digest_kinds)
RETURNING to_json(s.muted), s.sound, s.browser, s.digest,
       s.digest_hour::bigint, to_json(s.digest_kinds);

-- O resumo por e-mail do que ninguém viu (migração 0068).

-- query: digest_look one
-- in:    user_id int8
-- out:   outcome text, wait_ms int8, name text?, email text?, locale text?
-- out:   time_zone text?
-- none, wait ou send: o que há a fazer pela pessoa agora.
SELECT outcome, wait_ms, name, email, locale, time_zone
  FROM digest_look(:user_id);

-- query: digest_take many
-- in:    user_id int8
-- out:   =notice_row
-- O que vai no resumo, e fica marcado como ido.
SELECT id, kind, ticket_id, protocol, contact, message_id, talk_id, talk,
       NULL::bigint, by_name, amount, created_at, NULL::timestamptz
  FROM digest_take(:user_id);

-- query: digest_stop one
-- in:    company_id int8, user_id int8
-- out:   known bool
SELECT digest_stop(:company_id, :user_id);
