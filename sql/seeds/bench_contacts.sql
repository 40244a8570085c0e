-- bench_contacts.sql - um pedaço dos contatos, de seed.from a seed.to. Os nomes
-- se repetem como na vida: 40 nomes, 50 sobrenomes do meio e 50 do fim dão cem
-- mil; os telefones são celulares e nunca se repetem.
INSERT INTO contacts (company_id, id, name, phone, email, created_at)
SELECT k.company, k.contact_base + i,
       w.first[1 + i % 40] || ' ' || w.last[1 + (i / 40) % 50] || ' ' ||
           w.last[1 + (i / 2000) % 50],
       '55' || p.area || '9' || p.line,
       CASE WHEN i % 3 = 0 THEN lower(fold(w.first[1 + i % 40])) || i || '@exemplo.test' END,
       now() - interval '400 days' * (1 - i::float8 / k.contacts)
  FROM bench_keys k, bench_words w,
       generate_series(current_setting('seed.from')::int, current_setting('seed.to')::int) i,
       LATERAL (SELECT (ARRAY['11', '21', '31', '41', '51', '61', '71', '81', '85', '91'])[1 + i % 10] AS area,
                       (90000000 + i * 7::bigint)::text AS line) p;
INSERT INTO contact_identities (company_id, contact_id, kind, match_key, value)
SELECT c.company_id, c.id, x.kind, x.key, x.value
  FROM bench_keys k JOIN contacts c ON c.company_id = k.company
 CROSS JOIN LATERAL (VALUES
       ('phone', left(c.phone, 4) || right(c.phone, 8), c.phone),
       ('email', c.email, c.email)) x (kind, key, value)
 WHERE c.id BETWEEN k.contact_base + current_setting('seed.from')::int
                AND k.contact_base + current_setting('seed.to')::int
   AND x.value IS NOT NULL;
