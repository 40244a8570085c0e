-- bench_ids.sql - os próximos ids vêm depois dos semeados.
SELECT setval(pg_get_serial_sequence('contacts', 'id'), (SELECT max(id) FROM contacts)),
       setval(pg_get_serial_sequence('tickets', 'id'), (SELECT max(id) FROM tickets));
