-- row: file_row id int8, user_id int8?, ticket_id int8?, message_id int8?
-- row: file_row source text, kind text, name text, mime text, bytes int8
-- row: file_row sha256 text?, voice bool, state text, reason text?, key text?
-- row: file_row width int8?, height int8?, duration_ms int8?, preview bool
-- row: file_row created_at timestamptz, talk_message_id int8?, reply_id int8?

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
           AND t.id = f.ticket_id AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)));

-- query: file_sweep many
-- in:    max int8
-- out:   key text
-- De todas as empresas: bytes que já podem sair do disco.
SELECT key FROM file_sweep(:max);

-- query: file_swept one
-- in:    keys text[]
-- out:   gone int8
SELECT file_swept(:keys) AS gone;

-- query: file_inbound maybe
-- in:    message_id int8, kind text, name text, mime text, voice bool
-- in:    remote_id text
-- out:   id int8, media text
-- O arquivo de uma mensagem que chegou: por buscar.
WITH f AS (
    INSERT INTO files AS f (company_id, ticket_id, message_id, source, kind,
                            name, mime, voice, state, remote_id)
    SELECT m.company_id, m.ticket_id, m.id, 'inbound', :kind,
           left(regexp_replace(:name, '^.*[/\\]', ''), 255),
           left(split_part(:mime, ';', 1), 120), :voice, 'pending', :remote_id
      FROM messages m WHERE m.id = :message_id
    RETURNING f.id, f AS line)
UPDATE messages m SET media = coalesce(m.media, '{}') || file_media(f.line)
  FROM f
 WHERE m.company_id = app_company() AND m.id = :message_id
RETURNING f.id, m.media::text;

-- query: file_fetch_load maybe
-- in:    id int8
-- out:   id int8, message_id int8, ticket_id int8, kind text, remote_id text?
-- out:   expected text?, channel_id int8, platform text, external_id text
-- out:   secrets bytea, locale text
-- O que buscar um arquivo precisa saber, se ainda é preciso buscá-lo.
SELECT f.id, f.message_id, m.ticket_id, f.kind, f.remote_id,
       m.media ->> 'sha256', h.id, h.platform, h.external_id, h.secrets,
       o.locale
  FROM files f
  JOIN messages m ON m.company_id = f.company_id AND m.id = f.message_id
  JOIN channels h ON h.company_id = m.company_id AND h.id = m.channel_id
  JOIN companies o ON o.id = f.company_id
 WHERE f.id = :id AND f.state = 'pending' AND f.source = 'inbound';

-- query: file_voice_load maybe
-- in:    id int8
-- out:   id int8, message_id int8, key text, mime text, bytes int8
-- out:   sha256 text, locale text
-- A gravação por converter, se ainda é preciso.
SELECT f.id, f.message_id, f.key, f.mime, f.bytes, f.sha256, o.locale
  FROM files f
  JOIN companies o ON o.id = f.company_id
 WHERE f.id = :id AND f.state = 'pending' AND f.source = 'upload'
   AND f.voice AND f.message_id IS NOT NULL;

-- query: file_of_failed maybe
-- in:    message_id int8
-- out:   id int8
-- A gravação que não se converteu, da mensagem que vai de novo.
SELECT f.id FROM files f
 WHERE f.company_id = app_company() AND f.message_id = :message_id
   AND f.source = 'upload' AND f.state = 'failed';

-- query: file_fetched maybe
-- in:    id int8, key text, mime text, bytes int8, sha256 text
-- in:    width int8?, height int8?, duration_ms int8?
-- out:   message_id int8, kind text
-- Os bytes estão guardados: o arquivo fica pronto, e a mensagem sabe.
WITH f AS (
    UPDATE files AS f
       SET state = 'ready', key = :key, mime = :mime, bytes = :bytes,
           sha256 = :sha256, width = :width, height = :height,
           duration_ms = :duration_ms, reason = NULL,
           ready_at = clock_timestamp()
     WHERE f.id = :id AND f.state = 'pending'
    RETURNING f.message_id, f.kind, f AS line)
UPDATE messages m SET media = coalesce(m.media, '{}') || file_media(f.line)
  FROM f
 WHERE m.company_id = app_company() AND m.id = f.message_id
RETURNING m.id, f.kind;

-- query: file_set_state maybe
-- in:    id int8, old_state text, state text, reason text?
-- out:   message_id int8
-- Nenhuma linha: o arquivo já não está no estado que se esperava.
WITH f AS (
    UPDATE files AS f SET state = :state, reason = left(:reason, 500)
     WHERE f.id = :id AND f.state = :old_state AND f.message_id IS NOT NULL
    RETURNING f.message_id, f AS line)
UPDATE messages m SET media = coalesce(m.media, '{}') || file_media(f.line)
  FROM f
 WHERE m.company_id = app_company() AND m.id = f.message_id
RETURNING m.id;

-- query: file_look_load maybe
-- in:    id int8
-- out:   id int8, kind text, key text, bytes int8, width int8?, height int8?
-- out:   talk_id int8?
-- O arquivo guardado de que ainda se quer saber as medidas, ou a miniatura.
SELECT f.id, f.kind, f.key, f.bytes, f.width, f.height, f.talk_id
  FROM files f
 WHERE f.id = :id AND f.state = 'ready' AND NOT f.preview
   AND f.kind IN ('image', 'video', 'audio');

-- query: file_measured exec
-- in:    id int8, width int8?, height int8?, duration_ms int8?
UPDATE files
   SET width = coalesce(:width, width), height = coalesce(:height, height),
       duration_ms = coalesce(:duration_ms, duration_ms)
 WHERE id = :id;

-- query: file_drawn exec
-- in:    id int8
-- A miniatura está ao lado dos bytes.
UPDATE files SET preview = true WHERE id = :id;

-- query: file_retell maybe
-- in:    id int8
-- out:   message_id int8
-- A mensagem passa a dizer o que se soube do arquivo dela. Comando à parte do
-- que o gravou: assim vê a mensagem que o levou enquanto isso.
UPDATE messages m SET media = coalesce(m.media, '{}') || file_media(f)
  FROM files f
 WHERE f.company_id = app_company() AND f.id = :id
   AND m.company_id = f.company_id AND m.id = f.message_id
RETURNING m.id;

-- query: file_to_talk exec
-- in:    id int8, talk_id int8, message_id int8
-- O arquivo que a pessoa acabou de enviar passa a ser da mensagem dela.
UPDATE files SET talk_id = :talk_id, talk_message_id = :message_id
 WHERE id = :id AND user_id = app_user();

-- query: file_of_talk one
-- in:    talk_id int8, id int8
-- out:   =file_row
-- Só de quem está na conversa.
SELECT @file_row FROM files f
 WHERE f.talk_id = :talk_id AND f.id = :id
   AND EXISTS (SELECT FROM talk_members m
                WHERE m.company_id = f.company_id AND m.talk_id = f.talk_id
                  AND m.user_id = app_user());

-- query: file_of_reply one
-- in:    reply_id int8
-- out:   =file_row
-- O anexo de uma resposta rápida que a pessoa pode usar.
SELECT @file_row FROM files f
 WHERE f.reply_id = :reply_id AND EXISTS (
       SELECT FROM quick_replies q
        WHERE q.company_id = f.company_id AND q.id = f.reply_id
          AND (q.user_id IS NULL OR q.user_id = app_user()));

-- query: file_leave_reply exec
-- in:    reply_id int8
DELETE FROM files WHERE company_id = app_company() AND reply_id = :reply_id;

-- query: file_to_reply exec
-- in:    id int8, reply_id int8
-- O arquivo que a pessoa acabou de enviar passa a ser o anexo da resposta.
UPDATE files SET reply_id = :reply_id
 WHERE id = :id AND user_id = app_user();

-- query: file_copy one
-- in:    id int8
-- out:   id int8
-- Outra linha, de quem pede, com os mesmos bytes; a primeira não sai antes de
-- esta estar lá, senão a faxina levaria os bytes das duas.
INSERT INTO files (company_id, user_id, source, kind, name, mime, bytes,
                   sha256, voice, state, key, width, height, duration_ms,
                   preview, ready_at)
SELECT company_id, app_user(), 'upload', kind, name, mime, bytes, sha256,
       voice, state, key, width, height, duration_ms, preview,
       clock_timestamp()
  FROM files WHERE id = :id AND state = 'ready'
   FOR KEY SHARE
RETURNING id;
