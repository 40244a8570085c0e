-- 0003: o que o relay e os hubs leem de todas as empresas, e a manutenção da
-- outbox. Tudo por funções do dono; o programa não lê as tabelas direto.

ALTER TABLE live_cursor ADD COLUMN cluster text NOT NULL DEFAULT '';

COMMENT ON TABLE live_outbox IS 'Eventos ao vivo, gravados na transação do fato; ficam de um a dois dias';
COMMENT ON COLUMN live_outbox.xid IS 'Transação que gravou; com seq, o id do evento';
COMMENT ON COLUMN live_outbox.seq IS 'Ordem dentro da transação';
COMMENT ON COLUMN live_outbox.company_id IS 'Empresa dona do evento';
COMMENT ON COLUMN live_outbox.rooms IS 'Salas que o recebem, ex. {ticket:12,company}';
COMMENT ON COLUMN live_outbox.type IS 'Nome do evento, ex. message:created';
COMMENT ON COLUMN live_outbox.payload IS 'Objeto JSON numa linha';
COMMENT ON COLUMN live_outbox.created_at IS 'Início da transação; escolhe a partição do dia';
COMMENT ON TABLE live_cursor IS 'Posições: relay (até onde publicou) e pruned (até onde já se apagou)';
COMMENT ON COLUMN live_cursor.name IS 'relay ou pruned';
COMMENT ON COLUMN live_cursor.xid IS 'Posição: transação';
COMMENT ON COLUMN live_cursor.seq IS 'Posição: ordem dentro dela';
COMMENT ON COLUMN live_cursor.cluster IS 'Banco em que a posição vale (live_cluster)';
COMMENT ON COLUMN live_cursor.updated_at IS 'Última mudança';

-- Os ids só valem no cluster que os deu: depois de restaurar um dump ou de
-- promover uma réplica, este nome é outro.
CREATE FUNCTION live_cluster() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    RETURN (SELECT s.system_identifier || '-' || c.timeline_id || '-' || d.oid
              FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d
             WHERE d.datname = current_database());
END $$;

-- A vez do relay: um de cada vez, até o fim da transação. Quem morre no meio
-- solta a vez com a conexão. Cursor de outro cluster recomeça daqui.
CREATE FUNCTION live_relay_begin()
RETURNS TABLE (is_mine boolean, is_new boolean, cluster text, xid xid8,
               seq bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
#variable_conflict use_column
DECLARE
    here text := live_cluster();
    at live_cursor;
    now_xmin xid8;
    now_xmax xid8;
BEGIN
    -- Presença: dura enquanto durar a conexão do relay (migração 0005).
    PERFORM pg_advisory_lock_shared(7162391, 2);
    IF NOT pg_try_advisory_xact_lock(7162391, 1) THEN
        RETURN QUERY SELECT false, false, here, '0'::xid8, 0::bigint;
        RETURN;
    END IF;
    SELECT * INTO at FROM live_cursor c WHERE c.name = 'relay';
    now_xmin := pg_snapshot_xmin(pg_current_snapshot());
    now_xmax := pg_snapshot_xmax(pg_current_snapshot());
    IF at.name IS NOT NULL AND at.cluster = here AND at.xid <= now_xmax THEN
        RETURN QUERY SELECT true, false, here, at.xid, at.seq;
        RETURN;
    END IF;
    -- Linhas "do futuro" vieram de outro cluster: seus ids se repetiriam.
    DELETE FROM live_outbox o
     WHERE o.xid >= pg_snapshot_xmax(pg_current_snapshot());
    INSERT INTO live_cursor AS c (name, xid, seq, cluster)
    VALUES ('relay', now_xmin, 0, here), ('pruned', now_xmin, 0, here)
        ON CONFLICT (name) DO UPDATE
       SET xid = excluded.xid, seq = excluded.seq, cluster = excluded.cluster,
           updated_at = now();
    RETURN QUERY SELECT true, true, here, now_xmin, 0::bigint;
END $$;

-- Eventos depois da posição, em ordem que nenhum COMMIT futuro muda: toda
-- transação abaixo do xmin da foto já terminou. Em plpgsql, aqui e no que mais
-- o relay chama a cada passo, para o plano ficar: em sql seria refeito.
CREATE FUNCTION live_read(after_xid xid8, after_seq bigint, max_rows integer)
RETURNS TABLE (xid xid8, seq bigint, company_id bigint, rooms text,
               type text, payload text, age_ms bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT o.xid, o.seq, o.company_id, array_to_string(o.rooms, ','), o.type,
           o.payload,
           (extract(epoch FROM clock_timestamp() - o.created_at) * 1000)::bigint
      FROM live_outbox o
     WHERE (o.xid, o.seq) > (after_xid, after_seq)
       AND o.xid < pg_snapshot_xmin(pg_current_snapshot())
     ORDER BY o.xid, o.seq
     LIMIT max_rows;
END $$;

-- O mesmo, os mais recentes primeiro: enche a memória de um hub que começa.
CREATE FUNCTION live_recent(max_rows integer)
RETURNS TABLE (xid xid8, seq bigint, company_id bigint, rooms text,
               type text, payload text, age_ms bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp SET enable_seqscan = off AS $$
    SELECT o.xid, o.seq, o.company_id, array_to_string(o.rooms, ','), o.type,
           o.payload, 0::bigint
      FROM live_outbox o
     WHERE o.xid < pg_snapshot_xmin(pg_current_snapshot())
     ORDER BY o.xid DESC, o.seq DESC
     LIMIT max_rows
$$;

-- Há evento gravado que ainda espera uma transação mais antiga terminar?
CREATE FUNCTION live_waiting() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN EXISTS (SELECT FROM live_outbox o
                    WHERE o.xid >= pg_snapshot_xmin(pg_current_snapshot()));
END $$;

-- Perder este passo numa queda só repete eventos: não espera o disco.
CREATE FUNCTION live_relay_move(to_xid xid8, to_seq bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    UPDATE live_cursor SET xid = to_xid, seq = to_seq, updated_at = now()
     WHERE name = 'relay';
END $$;

-- Onde as coisas estão: até onde se pode ler, o que já não existe mais.
CREATE FUNCTION live_state()
RETURNS TABLE (cluster text, horizon xid8, top xid8, pruned_xid xid8,
               pruned_seq bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT live_cluster(), pg_snapshot_xmin(pg_current_snapshot()),
           pg_snapshot_xmax(pg_current_snapshot()),
           coalesce(c.xid, '0'::xid8), coalesce(c.seq, 0)
      FROM (VALUES (1)) one
      LEFT JOIN live_cursor c ON c.name = 'pruned'
$$;

-- Idade, em ms, do evento mais antigo que o relay ainda não levou.
CREATE FUNCTION live_lag_ms() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp SET enable_seqscan = off AS $$
    SELECT coalesce((
        SELECT (extract(epoch FROM clock_timestamp() - o.created_at)
                * 1000)::bigint
          FROM live_outbox o, live_cursor c
         WHERE c.name = 'relay' AND (o.xid, o.seq) > (c.xid, c.seq)
         ORDER BY o.xid, o.seq LIMIT 1), 0)
$$;

-- A sessão do navegador que abriu um fluxo ainda vale? 0: não veio por ela.
CREATE FUNCTION live_session_is_open(session bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT session = 0 OR EXISTS (
        SELECT FROM web_sessions s
         WHERE s.id = session AND s.user_id = app_user()
           AND s.revoked_at IS NULL AND s.expires_at > now())
$$;

-- Cria as partições de hoje e dos dois dias seguintes. Devolve quantas criou.
-- ATTACH, e não CREATE ... PARTITION OF, para não parar quem grava.
CREATE FUNCTION live_partitions_create() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp
SET lock_timeout = '2s' AS $$
DECLARE
    made integer := 0;
    name text;
    day date;
BEGIN
    FOR i IN 0..2 LOOP
        day := (now() AT TIME ZONE 'UTC')::date + i;
        name := 'live_outbox_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass('balcao.' || name) IS NOT NULL;
        BEGIN
            EXECUTE format('CREATE TABLE %I (LIKE live_outbox '
                           'INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
            EXECUTE format('ALTER TABLE live_outbox ATTACH PARTITION %I '
                           'FOR VALUES FROM (%L) TO (%L)', name,
                           day || ' 00:00:00+00', day + 1 || ' 00:00:00+00');
            made := made + 1;
        EXCEPTION WHEN check_violation THEN
            NULL;           -- o dia já tem linhas na partição padrão
        END;
    END LOOP;
    RETURN made;
END $$;

-- Apaga o que tem mais de dois dias e anota até onde. Devolve quantas
-- partições caíram.
CREATE FUNCTION live_prune() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp
SET lock_timeout = '2s' AS $$
DECLARE
    oldest date := (now() AT TIME ZONE 'UTC')::date - 2;
    dropped integer := 0;
    part text;
BEGIN
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = 'live_outbox'::regclass
           AND c.relname ~ '^live_outbox_[0-9]{8}$'
           AND to_date(right(c.relname, 8), 'YYYYMMDD') < oldest
    LOOP
        EXECUTE format($q$
            WITH last AS (SELECT xid, seq FROM %I
                           ORDER BY xid DESC, seq DESC LIMIT 1)
            INSERT INTO live_cursor AS c (name, xid, seq, cluster)
            SELECT 'pruned', xid, seq, live_cluster() FROM last
                ON CONFLICT (name) DO UPDATE
               SET xid = excluded.xid, seq = excluded.seq, updated_at = now()
             WHERE (c.xid, c.seq) < (excluded.xid, excluded.seq)$q$, part);
        EXECUTE format('DROP TABLE %I', part);
        dropped := dropped + 1;
    END LOOP;
    WITH gone AS (
        DELETE FROM live_outbox_rest
         WHERE created_at < now() - interval '2 days' RETURNING xid, seq),
    last AS (SELECT xid, seq FROM gone ORDER BY xid DESC, seq DESC LIMIT 1)
    INSERT INTO live_cursor AS c (name, xid, seq, cluster)
    SELECT 'pruned', xid, seq, live_cluster() FROM last
        ON CONFLICT (name) DO UPDATE
       SET xid = excluded.xid, seq = excluded.seq, updated_at = now()
     WHERE (c.xid, c.seq) < (excluded.xid, excluded.seq);
    RETURN dropped;
END $$;

-- O relay nunca esteve aqui: nada antes disto foi publicado.
INSERT INTO live_cursor (name, xid, seq, cluster)
VALUES ('relay', '0', 0, live_cluster());
SELECT live_partitions_create();

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid FROM pg_proc p
              WHERE p.pronamespace = 'balcao'::regnamespace
                AND p.proname LIKE 'live\_%' LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO balcao_app', f);
    END LOOP;
END $$;
