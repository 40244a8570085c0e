-- bench_tickets.sql - um pedaço dos atendimentos, de seed.from a seed.to. Os
-- 20 % mais novos estão abertos (no canal 1) e os 10 % antes deles esperam (no
-- canal 2); o resto está fechado. Abertos, de contatos diferentes: quando há
-- menos contatos que atendimentos, é preciso que caibam.
INSERT INTO tickets (company_id, id, contact_id, channel_id, queue_id, user_id,
    status, last_message, last_message_at, unread_count, reply_to, window_until,
    started_at, first_human_at, closed_at, created_at, updated_at)
SELECT k.company, k.ticket_base + i, c.id,
       k.channels[CASE WHEN s.status = 'pending' THEN 2 ELSE 1 END],
       k.queues[1 + i % 8],
       CASE WHEN s.status <> 'pending' THEN k.users[1 + i % 50] END, s.status,
       'Obrigado pela atenção, até breve. Pedido ' || i || '.', t.at,
       CASE WHEN s.status <> 'closed' THEN i % 6 ELSE 0 END,
       c.phone, now() + interval '20 hours',
       CASE WHEN s.status <> 'pending' THEN t.at END,
       CASE WHEN s.status <> 'pending' THEN t.at END,
       CASE WHEN s.status = 'closed' THEN t.at END, t.at - interval '1 hour', t.at
  FROM bench_keys k
 CROSS JOIN generate_series(current_setting('seed.from')::int, current_setting('seed.to')::int) i
  JOIN contacts c ON c.company_id = k.company
                 AND c.id = k.contact_base + 1 + i % k.contacts
 CROSS JOIN LATERAL (SELECT CASE WHEN i > k.tickets * 0.8 THEN 'active'
                                 WHEN i > k.tickets * 0.7 THEN 'pending'
                                 ELSE 'closed' END AS status) s
 CROSS JOIN LATERAL (SELECT now() - interval '30 days' *
                            (1 - (i - 1)::float8 / k.tickets) AS at) t;
