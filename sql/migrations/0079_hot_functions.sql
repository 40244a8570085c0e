-- 0079: o que toda página, todo aviso e toda volta do worker chamam, com o plano
-- guardado. Função SQL que não se abre dentro de quem a chama é lida e planejada
-- de novo a cada consulta: 0,3 a 1 ms de cada pedido. Em plpgsql, uma vez por
-- conexão. O corpo de cada uma continua o da migração que a criou.
DO $do$
DECLARE
    f    record;
    body text;
BEGIN
    FOR f IN
        SELECT p.proretset AS many, p.prosqlbody IS NOT NULL AS atomic,
               replace(pg_get_functiondef(p.oid), E'\n LANGUAGE sql\n',
                       E'\n LANGUAGE plpgsql\n') AS def,
               coalesce(array_to_string(p.proconfig, ' '), '') ~ 'search_path'
                   AS has_path
          FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
         WHERE p.pronamespace = 'balcao'::regnamespace AND l.lanname = 'sql'
           AND p.proname = ANY ('{access_of,auth_me,contact_firm_rule,file_media,firm_rule,first_link,
               hours_contain,hours_open,mentioned_in,
               notify_wants,participant_may,signed_text,tag_names,
               ticket_protocol,ticket_visible_to,two_factor_missing}')
    LOOP
        IF f.atomic THEN
            body := substr(f.def, strpos(f.def, E'\nRETURN ') + 1);
            f.def := left(f.def, strpos(f.def, E'\nRETURN '));
        ELSE
            body := rtrim(split_part(f.def, '$function$', 2), E'; \n');
            f.def := left(f.def, strpos(f.def, E'\nAS $function$'));
            body := CASE WHEN f.many THEN 'RETURN QUERY ' || body
                         ELSE 'RETURN (' || body || ')' END;
        END IF;
        -- os nomes valem como valiam: os das colunas antes dos argumentos
        EXECUTE f.def || CASE WHEN f.has_path THEN ''
                         ELSE ' SET search_path = balcao, pg_temp' END ||
            E'\nAS $hot$\n#variable_conflict use_column\nBEGIN\n    ' ||
            rtrim(body, E'; \n') || E';\nEND $hot$';
    END LOOP;
END $do$;
-- chamada por linha, e só usa o que é do próprio banco
ALTER FUNCTION ticket_protocol(timestamptz, bigint) RESET search_path;

-- A de 0064. Os números vão à parte: com eles numa subconsulta o banco preferia
-- ler todos os atendimentos da empresa, a cada aviso.
CREATE OR REPLACE FUNCTION live_audience(rooms text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = balcao, pg_temp AS $$
DECLARE
    ids bigint[] := ARRAY(SELECT substr(r, 8)::bigint FROM unnest(rooms) r
                           WHERE r LIKE 'ticket:%');
BEGIN
    IF ids = '{}' THEN
        RETURN rooms;
    END IF;
    RETURN rooms || ARRAY(
        SELECT DISTINCT 'user:' || p
          FROM tickets t, unnest(t.participant_ids) p
         WHERE t.company_id = app_company() AND t.id = ANY (ids)
           AND 'user:' || p <> ALL (rooms));
END $$;

-- Quem não fecha no silêncio não paga a inserção vazia.
CREATE OR REPLACE FUNCTION ticket_silence() RETURNS trigger LANGUAGE plpgsql
SET search_path = balcao, pg_temp AS $$
DECLARE
    minutes integer := (SELECT q.silence_minutes FROM queues q
                         WHERE q.company_id = NEW.company_id
                           AND q.id = NEW.queue_id);
BEGIN
    IF minutes IS NOT NULL THEN
        INSERT INTO jobs (company_id, lane, kind, unique_key, payload, state,
                          run_at)
        VALUES (NEW.company_id, 3, 'ticket.silence', NEW.id::text,
                jsonb_build_object('ticketId', NEW.id), 'delayed',
                clock_timestamp() + make_interval(mins => minutes))
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

-- A de antes, mas uma consulta só diz em que filas há o que fazer: eram cem
-- perguntas a cada volta do worker, quase sempre todas vazias. O ORDER BY é o do
-- índice: sem ele, com muito na fila, o banco preferia ler a tabela.
CREATE OR REPLACE FUNCTION job_claim(worker text, lease_s bigint, slots integer,
    kinds text[], rooms bigint[], cursors bigint[], busy jsonb)
RETURNS TABLE (id bigint, company_id bigint, lane integer, kind text,
    payload text, attempts integer, losses integer, next_company bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
#variable_conflict use_column
DECLARE
    l integer;
    k integer;
    room integer;
    companies bigint[];
    last_one bigint;
    got integer;
    j jobs;
BEGIN
    FOR l, k IN
        SELECT a.l, b.k
          FROM generate_series(1, 5) a (l)
         CROSS JOIN unnest(kinds) WITH ORDINALITY b (kind, k)
         CROSS JOIN LATERAL (SELECT FROM jobs r
                              WHERE r.state = 'ready' AND r.lane = a.l
                                AND r.kind = b.kind
                              ORDER BY r.company_id LIMIT 1) has
         ORDER BY a.l, b.k
    LOOP
        LOOP
            room := least(slots, rooms[k]);
            EXIT WHEN room <= 0;
            companies := (SELECT array_agg(c ORDER BY at) FROM (
                SELECT c, at
                  FROM unnest(job_companies(l, kinds[k], cursors[l],
                         room + (SELECT count(*)::int FROM jsonb_object_keys(busy))))
                       WITH ORDINALITY u (c, at)
                 WHERE coalesce((busy ->> c::text)::int, 0) < slots
                 ORDER BY at LIMIT room) few);
            EXIT WHEN companies IS NULL;
            last_one := companies[cardinality(companies)];
            got := 0;
            FOR j IN SELECT * FROM job_take(l, kinds[k], companies, room,
                                            slots, worker, lease_s, busy)
            LOOP
                got := got + 1;
                busy := jsonb_set(busy, ARRAY[j.company_id::text],
                    to_jsonb(coalesce((busy ->> j.company_id::text)::int, 0) + 1));
                RETURN QUERY SELECT j.id, j.company_id, j.lane::integer,
                    j.kind, j.payload::text, j.attempts, j.losses, last_one;
            END LOOP;
            EXIT WHEN got = 0;
            slots := slots - got;
            rooms[k] := rooms[k] - got;
            cursors[l] := last_one;
        END LOOP;
    END LOOP;
END $$;
