-- query: outbox_add exec
-- in:    type text, rooms text[], payload text
-- O aviso nasce na transação do fato; quem o leva é o relay. O de um
-- atendimento vai também a quem participa dele.
INSERT INTO live_outbox (company_id, rooms, type, payload)
VALUES (app_company(), live_audience(:rooms), :type, :payload);

-- query: live_person one
-- in:    tickets int8[], queues int8[], session_id int8
-- out:   role text?, visibility text, queues text, tickets_seen int8, queues_found int8, session_open bool
-- Quem abre (ou mantém) um fluxo: o que vê, e quantas das salas pedidas.
SELECT app_role() AS role,
       coalesce(current_setting('app.visibility', true), 'own') AS visibility,
       coalesce(array_to_string(app_queues(), ','), '') AS queues,
       (SELECT count(*) FROM tickets t
         WHERE t.id = ANY (:tickets)
           AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)) AS tickets_seen,
       (SELECT count(*) FROM queues q
         WHERE q.id = ANY (:queues)) AS queues_found,
       live_session_is_open(:session_id) AS session_open;

-- query: live_replay many
-- in:    rooms text[], after_xid xid8, after_seq int8, upto_xid xid8, upto_seq int8, max_rows int4
-- out:   xid xid8, seq int8, rooms text, type text, payload text
-- O que a empresa teve entre duas posições, uma página por vez. A última
-- linha, sem tipo, diz até onde a página foi e (em rooms) se é a última.
WITH page AS MATERIALIZED (
    SELECT o.xid, o.seq, o.rooms, o.type, o.payload
      FROM live_outbox o
     WHERE o.company_id = app_company()
       AND (o.xid, o.seq) > (:after_xid, :after_seq)
       AND (o.xid, o.seq) <= (:upto_xid, :upto_seq)
     ORDER BY o.xid, o.seq
     LIMIT :max_rows),
heard AS (
    SELECT p.xid, p.seq, array_to_string(p.rooms, ',') AS rooms, p.type,
           p.payload
      FROM page p WHERE p.rooms && :rooms),
last AS (
    SELECT p.xid, p.seq FROM page p ORDER BY p.xid DESC, p.seq DESC LIMIT 1)
SELECT h.xid, h.seq, h.rooms, h.type, h.payload FROM heard h
UNION ALL
SELECT coalesce(l.xid, :upto_xid), coalesce(l.seq, :upto_seq),
       CASE WHEN (SELECT count(*) FROM page) < :max_rows
            THEN 'end' ELSE 'more' END, '', ''
  FROM (VALUES (1)) one LEFT JOIN last l ON true
 ORDER BY 1, 2, 4 DESC;

-- query: live_state one
-- out:   cluster text, horizon xid8, top xid8, pruned_xid xid8, pruned_seq int8
-- Até onde se pode ler, e o que já não existe.
SELECT s.cluster, s.horizon, s.top, s.pruned_xid, s.pruned_seq
  FROM live_state() s;

-- query: live_read many
-- in:    after_xid xid8, after_seq int8, max_rows int4
-- out:   xid xid8, seq int8, company_id int8, rooms text, type text, payload text, age_ms int8
-- Eventos de todas as empresas depois da posição, na ordem que não muda.
SELECT e.xid, e.seq, e.company_id, e.rooms, e.type, e.payload, e.age_ms
  FROM live_read(:after_xid, :after_seq, :max_rows) e;

-- query: live_recent many
-- in:    max_rows int4
-- out:   xid xid8, seq int8, company_id int8, rooms text, type text, payload text, age_ms int8
-- Os últimos eventos de todas as empresas, do mais novo ao mais velho.
SELECT e.xid, e.seq, e.company_id, e.rooms, e.type, e.payload, e.age_ms
  FROM live_recent(:max_rows) e;

-- query: live_relay_begin one
-- out:   is_mine bool, is_new bool, cluster text, xid xid8, seq int8
-- A vez do relay, até o fim desta transação.
SELECT b.is_mine, b.is_new, b.cluster, b.xid, b.seq FROM live_relay_begin() b;

-- query: live_relay_move exec
-- in:    xid xid8, seq int8
-- O relay publicou até aqui.
SELECT live_relay_move(:xid, :seq);

-- query: live_waiting one
-- out:   is_waiting bool
-- Há evento gravado que espera uma transação mais antiga terminar?
SELECT live_waiting() AS is_waiting;

-- query: live_lag one
-- out:   lag_ms int8
-- Idade do evento mais antigo que o relay ainda não levou.
SELECT live_lag_ms() AS lag_ms;

-- query: live_upkeep one
-- out:   made int4, dropped int4
-- Cria as partições dos próximos dias e apaga as velhas.
SELECT live_partitions_create() AS made, live_prune() AS dropped;
