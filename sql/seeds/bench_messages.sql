-- bench_messages.sql - um pedaço das mensagens, de seed.from a seed.to (de
-- seed.messages ao todo). Os 20 % de tickets mais novos levam 60 % delas.
INSERT INTO messages (company_id, ticket_id, channel_id, user_id, sender_type,
    kind, body, status, provider_id, sent_at, created_at)
SELECT k.company, t.id, t.channel_id,
       CASE WHEN i % 2 = 0 THEN k.users[1 + i % 50] END,
       CASE WHEN i % 2 = 0 THEN 'user' ELSE 'contact' END, 'text',
       'Mensagem ' || i || ': ' || repeat('sobre o pedido que fiz na semana passada ', 1 + i % 4),
       CASE WHEN i % 2 = 0 THEN 'read' ELSE 'received' END,
       'wamid.BENCH' || k.company || '.' || i, m.at, m.at
  FROM bench_keys k,
       generate_series(current_setting('seed.from')::int, current_setting('seed.to')::int) i,
       LATERAL (SELECT now() - interval '30 days' *
                       (1 - i::float8 / current_setting('seed.messages')::int) AS at) m
  JOIN LATERAL (SELECT id, channel_id FROM tickets
         WHERE company_id = k.company AND id = k.ticket_base +
               CASE WHEN i % 5 < 3
                    THEN (k.tickets * 0.8)::int + 1 + (i * 7919::bigint) % (k.tickets * 0.2)::int
                    ELSE 1 + (i * 7919::bigint) % (k.tickets * 0.8)::int END) t ON true;
