-- bench_contacts.sql - contatos e tickets. Parâmetros: seed.company,
-- seed.contacts e seed.tickets. Os 20 % mais novos estão abertos (no canal 1)
-- e os 10 % antes deles esperam (no canal 2); o resto está fechado.
CREATE TEMP TABLE bench_keys AS
SELECT current_setting('seed.company')::bigint AS company,
       current_setting('seed.contacts')::int AS contacts,
       current_setting('seed.tickets')::int AS tickets,
       (SELECT array_agg(id ORDER BY id) FROM channels
         WHERE company_id = current_setting('seed.company')::bigint) AS channels,
       (SELECT array_agg(id ORDER BY id) FROM queues
         WHERE company_id = current_setting('seed.company')::bigint) AS queues,
       (SELECT array_agg(user_id ORDER BY user_id) FROM memberships
         WHERE company_id = current_setting('seed.company')::bigint) AS users,
       (SELECT coalesce(max(id), 0) FROM contacts) AS contact_base,
       (SELECT coalesce(max(id), 0) FROM tickets) AS ticket_base;

INSERT INTO contacts (company_id, id, name, phone)
SELECT k.company, k.contact_base + i, 'Contact ' || i, (5500000000000 + i)::text
  FROM bench_keys k, generate_series(1, k.contacts) i;
INSERT INTO contact_identities (company_id, contact_id, kind, match_key, value)
SELECT k.company, k.contact_base + i, 'phone', (5500000000000 + i)::text, (5500000000000 + i)::text
  FROM bench_keys k, generate_series(1, k.contacts) i;

INSERT INTO tickets (company_id, id, contact_id, channel_id, queue_id, user_id,
    status, last_message, last_message_at, unread_count, reply_to, window_until,
    started_at, first_human_at, closed_at, created_at, updated_at)
SELECT k.company, k.ticket_base + i, k.contact_base + 1 + i % k.contacts,
       k.channels[CASE WHEN s.status = 'pending' THEN 2 ELSE 1 END],
       k.queues[1 + i % 8],
       CASE WHEN s.status <> 'pending' THEN k.users[1 + i % 50] END, s.status,
       'Last message of ticket ' || i || ': thank you, see you soon.', t.at,
       CASE WHEN s.status <> 'closed' THEN i % 6 ELSE 0 END,
       (5500000000001 + i % k.contacts)::text, now() + interval '20 hours',
       CASE WHEN s.status <> 'pending' THEN t.at END,
       CASE WHEN s.status <> 'pending' THEN t.at END,
       CASE WHEN s.status = 'closed' THEN t.at END, t.at - interval '1 hour', t.at
  FROM bench_keys k, generate_series(1, k.tickets) i,
       LATERAL (SELECT CASE WHEN i > k.tickets * 0.8 THEN 'active'
                            WHEN i > k.tickets * 0.7 THEN 'pending'
                            ELSE 'closed' END AS status) s,
       LATERAL (SELECT now() - interval '30 days' * (1 - (i - 1)::float8 / k.tickets) AS at) t;

SELECT setval(pg_get_serial_sequence('contacts', 'id'), (SELECT max(id) FROM contacts)),
       setval(pg_get_serial_sequence('tickets', 'id'), (SELECT max(id) FROM tickets));
