-- A conversa entre colegas. A pessoa só alcança as conversas em que está.

-- row: talk_row id int8, kind text, name text, peer_id int8?, presence text?
-- row: talk_row last_id int8?, last_body text?, last_by int8?, last_by_name text?
-- row: talk_row last_at timestamptz, unread int8, people int8, owner_id int8?
-- row: talk_row version int8, created_at timestamptz, last_file text?

-- query: talk_list many
-- in:    after_at timestamptz?, after_id int8, max int8
-- out:   =talk_row
-- Da mais recente à mais antiga, por chave (last_at, id). A conversa de duas
-- pessoas tem o nome da outra; a vazia só aparece a quem a abriu.
SELECT k.id, k.kind, CASE k.kind WHEN 'group' THEN k.name
            ELSE coalesce(b.display_name, '') END,
       p.user_id, CASE WHEN k.kind = 'private' THEN
            presence_word(v.seen_at, coalesce(v.away, false)) END,
       n.id, CASE WHEN n.deleted_at IS NULL THEN left(n.body, 160) ELSE '' END,
       n.user_id, w.display_name, k.last_at, m.unread,
       (SELECT count(*) FROM talk_members c
         WHERE c.company_id = k.company_id AND c.talk_id = k.id),
       k.owner_id, k.version, k.created_at,
       (SELECT f.kind FROM files f WHERE f.company_id = n.company_id
           AND f.talk_id = n.talk_id AND f.talk_message_id = n.id)
  FROM talk_members m
  JOIN talks k ON k.company_id = m.company_id AND k.id = m.talk_id
  LEFT JOIN LATERAL (SELECT o.user_id FROM talk_members o
         WHERE k.kind = 'private' AND o.company_id = k.company_id
           AND o.talk_id = k.id AND o.user_id <> m.user_id LIMIT 1) p ON true
  LEFT JOIN memberships b ON b.company_id = k.company_id AND b.user_id = p.user_id
  LEFT JOIN presence v ON v.company_id = k.company_id AND v.user_id = p.user_id
  LEFT JOIN talk_messages n ON n.company_id = k.company_id AND n.id = k.last_id
  LEFT JOIN memberships w ON w.company_id = n.company_id AND w.user_id = n.user_id
 WHERE m.company_id = app_company() AND m.user_id = app_user()
   AND (:after_at IS NULL OR (k.last_at, k.id) < (:after_at, :after_id))
 ORDER BY k.last_at DESC, k.id DESC
 LIMIT :max;

-- query: talk_get one
-- in:    id int8
-- out:   id int8, kind text, name text, peer_id int8?, presence text?, last_id int8?, last_body text?, last_by int8?, last_by_name text?, last_at timestamptz, unread int8, people int8, owner_id int8?, version int8, created_at timestamptz, last_file text?, members json
SELECT k.id, k.kind, CASE k.kind WHEN 'group' THEN k.name
            ELSE coalesce(b.display_name, '') END,
       p.user_id, CASE WHEN k.kind = 'private' THEN
            presence_word(v.seen_at, coalesce(v.away, false)) END,
       n.id, CASE WHEN n.deleted_at IS NULL THEN left(n.body, 160) ELSE '' END,
       n.user_id, w.display_name, k.last_at, m.unread,
       (SELECT count(*) FROM talk_members c
         WHERE c.company_id = k.company_id AND c.talk_id = k.id),
       k.owner_id, k.version, k.created_at,
       (SELECT f.kind FROM files f WHERE f.company_id = n.company_id
           AND f.talk_id = n.talk_id AND f.talk_message_id = n.id),
       (SELECT json_agg(json_build_object('id', c.user_id, 'name', d.display_name,
                   'status', presence_word(s.seen_at, coalesce(s.away, false)),
                   'readId', c.read_id) ORDER BY lower(d.display_name), c.user_id)
          FROM talk_members c
          JOIN memberships d ON d.company_id = c.company_id
                            AND d.user_id = c.user_id
          LEFT JOIN presence s ON s.company_id = c.company_id
                              AND s.user_id = c.user_id
         WHERE c.company_id = k.company_id AND c.talk_id = k.id)
  FROM talk_members m
  JOIN talks k ON k.company_id = m.company_id AND k.id = m.talk_id
  LEFT JOIN LATERAL (SELECT o.user_id FROM talk_members o
         WHERE k.kind = 'private' AND o.company_id = k.company_id
           AND o.talk_id = k.id AND o.user_id <> m.user_id LIMIT 1) p ON true
  LEFT JOIN memberships b ON b.company_id = k.company_id AND b.user_id = p.user_id
  LEFT JOIN presence v ON v.company_id = k.company_id AND v.user_id = p.user_id
  LEFT JOIN talk_messages n ON n.company_id = k.company_id AND n.id = k.last_id
  LEFT JOIN memberships w ON w.company_id = n.company_id AND w.user_id = n.user_id
 WHERE m.company_id = app_company() AND m.user_id = app_user()
   AND k.id = :id;

-- query: talk_open one
-- in:    people int8[], name text
-- out:   outcome text, id int8?, fresh bool?
SELECT outcome, id, fresh FROM talk_open(:people, :name);

-- query: talk_change one
-- in:    id int8, version int8, name text?, people int8[]?
-- out:   outcome text
SELECT talk_change(:id, :version, :name, :people);

-- query: talk_leave one
-- in:    id int8
-- out:   outcome text
SELECT talk_leave(:id);

-- query: talk_send one
-- in:    id int8, body text, reply_to int8
-- out:   outcome text, id int8?
SELECT outcome, id FROM talk_send(:id, :body, :reply_to);

-- query: talk_rewrite one
-- in:    id int8, message_id int8, body text
-- out:   outcome text
SELECT talk_rewrite(:id, :message_id, :body);

-- query: talk_read one
-- in:    id int8, upto int8
-- out:   known bool, changed bool?, read_id int8?, unread int8?
SELECT known, changed, read_id, unread FROM talk_read(:id, :upto);

-- query: talk_member_ids many
-- in:    id int8
-- out:   user_id int8
SELECT user_id FROM talk_members
 WHERE company_id = app_company() AND talk_id = :id ORDER BY user_id;

-- query: talk_typist maybe
-- in:    id int8
-- out:   name text, others text
-- Quem digita e a quem se conta; nenhuma linha: não está na conversa.
SELECT b.display_name,
       coalesce((SELECT string_agg('user:' || o.user_id, ',' ORDER BY o.user_id)
                   FROM talk_members o
                  WHERE o.company_id = m.company_id AND o.talk_id = m.talk_id
                    AND o.user_id <> m.user_id), '')
  FROM talk_members m
  JOIN memberships b ON b.company_id = m.company_id AND b.user_id = m.user_id
 WHERE m.company_id = app_company() AND m.talk_id = :id
   AND m.user_id = app_user();

-- row: talk_message_row id int8, conversation_id int8, user_id int8?
-- row: talk_message_row user_name text?, body text, reply_to int8?
-- row: talk_message_row reply_name text?, reply_body text?, mentions int8[]
-- row: talk_message_row edited_at timestamptz?, deleted_at timestamptz?
-- row: talk_message_row created_at timestamptz, file jsonb?, file_kind text?
-- row: talk_message_row reply_file text?

-- query: talk_messages many
-- in:    id int8, before int8, max int8
-- out:   =talk_message_row
-- Da mais nova à mais velha; quem não está na conversa não vê nenhuma.
SELECT n.id, n.talk_id, n.user_id, w.display_name, n.body, n.reply_to_id,
       x.display_name, left(q.body, 300), n.mentions, n.edited_at, n.deleted_at,
       n.created_at, CASE WHEN f.id > 0 THEN
            file_media(f) || jsonb_build_object('kind', f.kind) END,
       f.kind, g.kind
  FROM talk_members m
  JOIN talk_messages n ON n.company_id = m.company_id AND n.talk_id = m.talk_id
  LEFT JOIN memberships w ON w.company_id = n.company_id AND w.user_id = n.user_id
  LEFT JOIN talk_messages q ON q.company_id = n.company_id
                           AND q.talk_id = n.talk_id AND q.id = n.reply_to_id
  LEFT JOIN memberships x ON x.company_id = q.company_id AND x.user_id = q.user_id
  LEFT JOIN files f ON f.company_id = n.company_id AND f.talk_id = n.talk_id
                   AND f.talk_message_id = n.id
  LEFT JOIN files g ON g.company_id = q.company_id AND g.talk_id = q.talk_id
                   AND g.talk_message_id = q.id
 WHERE m.company_id = app_company() AND m.talk_id = :id
   AND m.user_id = app_user() AND n.id < :before
 ORDER BY n.id DESC
 LIMIT :max;

-- query: talk_message_get one
-- in:    id int8, message_id int8
-- out:   =talk_message_row
SELECT n.id, n.talk_id, n.user_id, w.display_name, n.body, n.reply_to_id,
       x.display_name, left(q.body, 300), n.mentions, n.edited_at, n.deleted_at,
       n.created_at, CASE WHEN f.id > 0 THEN
            file_media(f) || jsonb_build_object('kind', f.kind) END,
       f.kind, g.kind
  FROM talk_members m
  JOIN talk_messages n ON n.company_id = m.company_id AND n.talk_id = m.talk_id
  LEFT JOIN memberships w ON w.company_id = n.company_id AND w.user_id = n.user_id
  LEFT JOIN talk_messages q ON q.company_id = n.company_id
                           AND q.talk_id = n.talk_id AND q.id = n.reply_to_id
  LEFT JOIN memberships x ON x.company_id = q.company_id AND x.user_id = q.user_id
  LEFT JOIN files f ON f.company_id = n.company_id AND f.talk_id = n.talk_id
                   AND f.talk_message_id = n.id
  LEFT JOIN files g ON g.company_id = q.company_id AND g.talk_id = q.talk_id
                   AND g.talk_message_id = q.id
 WHERE m.company_id = app_company() AND m.talk_id = :id
   AND m.user_id = app_user() AND n.id = :message_id;

-- query: talk_people many
-- in:    after_name text, after_id int8, max int8
-- out:   id int8, name text, sort_name text, status text, last_seen_at timestamptz?
-- Os colegas com quem se pode falar, por nome.
SELECT b.user_id, b.display_name, lower(b.display_name),
       presence_word(p.seen_at, coalesce(p.away, false)), p.seen_at
  FROM memberships b
  LEFT JOIN presence p ON p.company_id = b.company_id AND p.user_id = b.user_id
 WHERE b.company_id = app_company() AND b.disabled_at IS NULL
   AND b.user_id <> app_user()
   AND (lower(b.display_name), b.user_id) > (:after_name, :after_id)
 ORDER BY lower(b.display_name), b.user_id
 LIMIT :max;
