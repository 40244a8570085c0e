-- A prévia dos endereços das mensagens.

-- query: link_load maybe
-- in:    id int8
-- out:   url text
-- Só a que falta ler, se a empresa ainda quer prévias.
SELECT p.url FROM link_previews p
  JOIN companies c ON c.id = p.company_id AND c.link_previews
 WHERE p.id = :id AND p.state = 'pending';

-- query: link_store exec
-- in:    id int8, state text, title text, description text, site text
UPDATE link_previews
   SET state = :state, title = :title, description = :description,
       site = :site, expires_at = now() + CASE :state
           WHEN 'ready' THEN interval '30 days' ELSE interval '1 day' END
 WHERE id = :id;

-- query: link_messages many
-- in:    id int8, max int8
-- out:   id int8
-- As mais novas que a mostram.
SELECT m.id FROM messages m WHERE m.link_id = :id ORDER BY m.id DESC LIMIT :max;

-- row: message_settings_row read_receipts bool, link_previews bool
-- row: message_settings_row sign_messages bool

-- query: message_settings_get one
-- out:   =message_settings_row
SELECT @message_settings_row FROM companies WHERE id = app_company();

-- query: message_settings_save one
-- in:    read_receipts bool?, link_previews bool?, sign_messages bool?
-- out:   =message_settings_row
SELECT @message_settings_row
  FROM message_settings_save(:read_receipts, :link_previews, :sign_messages);

-- query: upkeep_links one
-- in:    max int8
-- out:   gone int8
SELECT upkeep_links(:max);
