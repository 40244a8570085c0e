-- O que se diz à plataforma além de mensagens: leitura e reações.

-- query: receipt_enqueue exec
-- in:    ticket_id int8
SELECT receipt_enqueue(:ticket_id);

-- query: receipt_load maybe
-- in:    ticket_id int8
-- out:   message_id int8, provider_id text, channel_id int8, platform text
-- out:   external_id text, secrets bytea
-- A recebida mais nova, se a leitura dela ainda não foi dita.
SELECT m.id, m.provider_id, m.channel_id, h.platform, h.external_id, h.secrets
  FROM tickets t
  JOIN companies o ON o.id = t.company_id AND o.read_receipts
 CROSS JOIN LATERAL (
       SELECT n.id, n.provider_id, n.channel_id FROM messages n
        WHERE n.company_id = t.company_id AND n.ticket_id = t.id
          AND n.sender_type = 'contact' AND n.provider_id IS NOT NULL
        ORDER BY n.id DESC LIMIT 1) m
  JOIN channels h ON h.company_id = t.company_id AND h.id = m.channel_id
 WHERE t.id = :ticket_id AND m.id > coalesce(t.receipt_message_id, 0);

-- query: receipt_done exec
-- in:    ticket_id int8, message_id int8
UPDATE tickets SET receipt_message_id = :message_id
 WHERE id = :ticket_id AND coalesce(receipt_message_id, 0) < :message_id;

-- query: reaction_load maybe
-- in:    id int8
-- out:   provider_id text, emoji text, send_to text, send_to_kind text
-- out:   channel_id int8, platform text, external_id text, secrets bytea
-- out:   locale text
SELECT m.provider_id,
       coalesce((SELECT r ->> 'emoji' FROM jsonb_array_elements(m.reactions) r
                  WHERE (r ->> 'fromMe')::boolean LIMIT 1), ''),
       t.reply_to, t.reply_to_kind, m.channel_id, h.platform, h.external_id,
       h.secrets, o.locale
  FROM messages m
  JOIN tickets t ON t.company_id = m.company_id AND t.id = m.ticket_id
  JOIN channels h ON h.company_id = m.company_id AND h.id = m.channel_id
  JOIN companies o ON o.id = m.company_id
 WHERE m.id = :id AND m.provider_id IS NOT NULL;
