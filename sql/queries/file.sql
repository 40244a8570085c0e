-- row: file_row id int8, user_id int8?, ticket_id int8?, message_id int8?
-- row: file_row source text, kind text, name text, mime text, bytes int8
-- row: file_row sha256 text?, voice bool, state text, reason text?, key text?
-- row: file_row width int8?, height int8?, duration_ms int8?, preview bool
-- row: file_row created_at timestamptz

-- query: file_room one
-- in:    bytes int8
-- out:   fits bool, max_mb int8?
-- Cabe mais isto no que a empresa pode guardar?
SELECT c.max_storage_mb IS NULL
       OR coalesce(u.bytes, 0) + :bytes <= c.max_storage_mb * 1048576::bigint,
       c.max_storage_mb::bigint
  FROM companies c
  LEFT JOIN file_usage u ON u.company_id = c.id
 WHERE c.id = app_company();

-- query: file_add one
-- in:    kind text, name text, mime text, bytes int8, sha256 text, voice bool
-- in:    state text, key text, width int8?, height int8?
-- out:   =file_row
INSERT INTO files AS f (company_id, user_id, source, kind, name, mime, bytes,
                        sha256, voice, state, key, width, height, ready_at)
VALUES (app_company(), app_user(), 'upload', :kind, :name, :mime, :bytes,
        :sha256, :voice, :state, :key, :width, :height,
        CASE WHEN :state = 'ready' THEN clock_timestamp() END)
RETURNING @file_row;

-- query: file_find one
-- in:    id int8
-- out:   =file_row
-- De quem vê o atendimento, ou de quem o enviou.
SELECT @file_row FROM files f
 WHERE f.id = :id
   AND (f.user_id = app_user() OR EXISTS (
        SELECT FROM tickets t WHERE t.company_id = f.company_id
           AND t.id = f.ticket_id AND ticket_visible(t.queue_id, t.user_id)));

-- query: file_sweep many
-- in:    max int8
-- out:   key text
-- De todas as empresas: bytes que já podem sair do disco.
SELECT key FROM file_sweep(:max);

-- query: file_swept one
-- in:    keys text[]
-- out:   gone int8
SELECT file_swept(:keys) AS gone;
