-- row: quick_reply_row id int8, shortcut text, body text, shared bool
-- row: quick_reply_row version int8, created_at timestamptz
-- row: quick_reply_row updated_at timestamptz, file jsonb?, file_kind text?

-- query: quick_reply_list many
-- in:    q text, max int8
-- out:   =quick_reply_row
-- As de todos e as da pessoa; primeiro as que começam pelo que se procura.
SELECT q.id, q.shortcut, q.body, q.user_id IS NULL, q.version, q.created_at,
       q.updated_at, CASE WHEN f.id > 0 THEN
            file_media(f) || jsonb_build_object('kind', f.kind) END, f.kind
  FROM quick_replies q
  LEFT JOIN files f ON f.company_id = q.company_id AND f.reply_id = q.id
 WHERE q.company_id = app_company()
   AND (q.user_id IS NULL OR q.user_id = app_user())
   AND (:q = '' OR position(fold(:q) IN q.shortcut) > 0
        OR position(fold(:q) IN fold(q.body)) > 0)
 ORDER BY NOT starts_with(q.shortcut, fold(:q)), q.shortcut,
          q.user_id NULLS LAST, q.id
 LIMIT :max;

-- query: quick_reply_get one
-- in:    id int8
-- out:   =quick_reply_row
SELECT q.id, q.shortcut, q.body, q.user_id IS NULL, q.version, q.created_at,
       q.updated_at, CASE WHEN f.id > 0 THEN
            file_media(f) || jsonb_build_object('kind', f.kind) END, f.kind
  FROM quick_replies q
  LEFT JOIN files f ON f.company_id = q.company_id AND f.reply_id = q.id
 WHERE q.company_id = app_company() AND q.id = :id
   AND (q.user_id IS NULL OR q.user_id = app_user());

-- query: quick_reply_room one
-- in:    id int8, shortcut text, shared bool
-- out:   replies int8, taken bool
-- Quantas há entre as de todos (ou as da pessoa), e se o atalho já é de outra.
SELECT count(*), coalesce(bool_or(shortcut = :shortcut AND id <> :id), false)
  FROM quick_replies
 WHERE company_id = app_company()
   AND CASE WHEN :shared THEN user_id IS NULL ELSE user_id = app_user() END;

-- query: quick_reply_add one
-- in:    shortcut text, body text, shared bool
-- out:   id int8
INSERT INTO quick_replies (company_id, user_id, shortcut, body)
VALUES (app_company(), CASE WHEN NOT :shared THEN app_user() END, :shortcut, :body)
RETURNING id;

-- query: quick_reply_update maybe
-- in:    id int8, version int8, shortcut text, body text, shared bool
-- out:   id int8
-- Nenhuma linha: a versão já é outra.
UPDATE quick_replies
   SET shortcut = :shortcut, body = :body, version = version + 1,
       user_id = CASE WHEN NOT :shared THEN app_user() END,
       updated_at = clock_timestamp()
 WHERE company_id = app_company() AND id = :id AND version = :version
RETURNING id;

-- query: quick_reply_delete exec
-- in:    id int8
DELETE FROM quick_replies WHERE company_id = app_company() AND id = :id;

-- query: quick_reply_values one
-- in:    ticket_id int8
-- out:   contact text?, protocol text?, person text, company text, hour int8
-- O que as variáveis valem; contact nulo: o atendimento não se vê, ou é 0.
SELECT k.name, ticket_protocol(t.created_at, t.id),
       coalesce((SELECT display_name FROM memberships m
                  WHERE m.company_id = c.id AND m.user_id = app_user()), ''),
       c.name, extract(hour FROM now() AT TIME ZONE c.time_zone)::bigint
  FROM companies c
  LEFT JOIN tickets t ON t.company_id = c.id AND t.id = :ticket_id
                     AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
  LEFT JOIN contacts k ON k.company_id = t.company_id AND k.id = t.contact_id
 WHERE c.id = app_company();
