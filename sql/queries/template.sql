-- Os modelos de mensagem do WhatsApp e os canais que os têm.

-- row: channel_row id int8, name text, platform text, display_phone text
-- row: channel_row waba_id text, templates_at timestamptz?
-- row: channel_row templates_problem text?, templates int8

-- query: channel_list many
-- out:   =channel_row
-- Os canais da empresa; são poucos.
SELECT c.id, c.name, c.platform, c.display_phone, c.waba_id, c.templates_at,
       c.templates_problem,
       (SELECT count(*) FROM message_templates m
         WHERE m.company_id = c.company_id AND m.channel_id = c.id)
  FROM channels c ORDER BY c.name, c.id;

-- query: channel_get one
-- in:    id int8
-- out:   =channel_row
SELECT c.id, c.name, c.platform, c.display_phone, c.waba_id, c.templates_at,
       c.templates_problem,
       (SELECT count(*) FROM message_templates m
         WHERE m.company_id = c.company_id AND m.channel_id = c.id)
  FROM channels c WHERE c.id = :id;

-- row: template_row id int8, channel_id int8, name text, language text
-- row: template_row category text, status text, sendable bool, blocked text?
-- row: template_row body text, components jsonb, variables jsonb
-- row: template_row variable_count int8, synced_at timestamptz

-- query: template_list many
-- in:    channel_id int8, q text, sendable bool, after int8, max int8
-- out:   =template_row
-- Os modelos de um canal por nome e língua, depois de um deles; q procura no
-- nome e no corpo.
SELECT m.id, m.channel_id, m.name, m.language, m.category, m.status,
       m.status = 'APPROVED' AND m.blocked IS NULL, m.blocked, m.body,
       m.components, m.variables, jsonb_array_length(m.variables)::int8,
       m.seen_at
  FROM message_templates m
 WHERE m.company_id = app_company() AND m.channel_id = :channel_id
   AND (:q = '' OR position(lower(:q) IN lower(m.name)) > 0
        OR position(lower(:q) IN replace(m.name, '_', ' ')) > 0
        OR position(lower(:q) IN lower(m.body)) > 0)
   AND (NOT :sendable OR (m.status = 'APPROVED' AND m.blocked IS NULL))
   AND (:after = 0 OR (m.name, m.language) > (
        SELECT a.name, a.language FROM message_templates a
         WHERE a.company_id = app_company() AND a.id = :after))
 ORDER BY m.name, m.language LIMIT :max;

-- query: template_find maybe
-- in:    channel_id int8, name text, language text
-- out:   =template_row
-- O modelo pelo nome, na língua pedida.
SELECT m.id, m.channel_id, m.name, m.language, m.category, m.status,
       m.status = 'APPROVED' AND m.blocked IS NULL, m.blocked, m.body,
       m.components, m.variables, jsonb_array_length(m.variables)::int8,
       m.seen_at
  FROM message_templates m
 WHERE m.company_id = app_company() AND m.channel_id = :channel_id
   AND m.name = :name AND m.language = :language;

-- query: template_name_known one
-- in:    channel_id int8, name text
-- out:   known bool
SELECT EXISTS (SELECT FROM message_templates m
                WHERE m.company_id = app_company()
                  AND m.channel_id = :channel_id AND m.name = :name);

-- query: template_get maybe
-- in:    channel_id int8, id int8
-- out:   =template_row
SELECT m.id, m.channel_id, m.name, m.language, m.category, m.status,
       m.status = 'APPROVED' AND m.blocked IS NULL, m.blocked, m.body,
       m.components, m.variables, jsonb_array_length(m.variables)::int8,
       m.seen_at
  FROM message_templates m
 WHERE m.company_id = app_company() AND m.channel_id = :channel_id
   AND m.id = :id;

-- ---- ler da Meta ----

-- query: template_account_set one
-- in:    channel_id int8, waba_id text, only_if_unknown bool
-- out:   changed bool
-- Diz de que conta o canal é.
WITH hit AS (
    UPDATE channels SET waba_id = :waba_id
     WHERE id = :channel_id AND platform = 'whatsapp_cloud'
       AND waba_id <> :waba_id AND (NOT :only_if_unknown OR waba_id = '')
    RETURNING 1)
SELECT EXISTS (SELECT FROM hit);

-- query: template_sync_load maybe
-- in:    channel_id int8
-- out:   platform text, external_id text, secrets bytea, waba_id text
-- out:   locale text, now_at timestamptz
-- O canal cujos modelos se vão ler, e a hora em que a leitura começa.
SELECT c.platform, c.external_id, c.secrets, c.waba_id, o.locale,
       clock_timestamp()
  FROM channels c JOIN companies o ON o.id = c.company_id
 WHERE c.id = :channel_id;

-- query: template_page exec
-- in:    channel_id int8, seen_at timestamptz, rows jsonb
-- Uma página da lista: o que é novo entra, o que se conhece fica como agora.
INSERT INTO message_templates (company_id, channel_id, remote_id, name,
       language, category, status, components, variables, body, blocked,
       seen_at)
SELECT DISTINCT ON (r.name, r.language) app_company(), :channel_id,
       coalesce(r.id, ''), r.name, r.language, r.category, r.status,
       r.components, r.variables, r.body, r.blocked, :seen_at
  FROM jsonb_to_recordset(:rows) AS r (id text, name text, language text,
       category text, status text, components jsonb, variables jsonb,
       body text, blocked text)
    ON CONFLICT (company_id, channel_id, name, language) DO UPDATE
   SET remote_id = excluded.remote_id, category = excluded.category,
       status = excluded.status, components = excluded.components,
       variables = excluded.variables, body = excluded.body,
       blocked = excluded.blocked, seen_at = excluded.seen_at;

-- query: template_sync_done exec
-- in:    channel_id int8, seen_at timestamptz
-- A lista acabou: o que ela já não tem some.
WITH gone AS (
    DELETE FROM message_templates m
     WHERE m.company_id = app_company() AND m.channel_id = :channel_id
       AND m.seen_at < :seen_at)
UPDATE channels SET templates_at = :seen_at, templates_problem = NULL
 WHERE id = :channel_id;

-- query: template_sync_failed exec
-- in:    channel_id int8, problem text
UPDATE channels SET templates_problem = left(:problem, 500)
 WHERE id = :channel_id;

-- query: templates_refresh one
-- out:   queued int8
-- Os canais cuja lista é de ontem vão ser lidos de novo.
SELECT templates_refresh();
