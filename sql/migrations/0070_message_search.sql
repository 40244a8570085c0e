-- 0070: procurar nas mensagens entre milhões delas. O banco não sabe quão comum
-- é uma palavra dentro do texto: com ORDER BY e LIMIT achava barato andar para
-- trás até encontrar, e o que ninguém escreveu fazia-o ler tudo (minutos).

-- Se a empresa tem boa parte da tabela, fica fora do índice de palavras (+ 0):
-- lá a lista dela custa mais que descartar depois o que é dos outros.
CREATE FUNCTION firm_rule(tab name, alias text) RETURNS text LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT alias || CASE WHEN EXISTS (
        SELECT FROM pg_stats s,
               unnest(s.most_common_vals::text::bigint[], s.most_common_freqs)
                   AS v (company, part)
         WHERE s.schemaname = 'balcao' AND s.tablename = tab
           AND s.attname = 'company_id' AND v.company = app_company()
           AND v.part > 0.1) THEN '.company_id + 0 = $1'
        ELSE '.company_id = $1' END;
$$;

-- Mensagens, ou anotações, pelas palavras; só dos atendimentos que se veem. As
-- cem mais novas leem-se uma a uma: bastam para o que é comum, e dizem de cada
-- palavra quanto o é. O resto é o índice, só com as palavras raras (a lista das
-- comuns tem milhões) e sem ordem nem limite que o façam parecer caro; se ele
-- acha milhares, primeiro as mil mais novas.
CREATE OR REPLACE FUNCTION search_messages(q text, notes boolean, before bigint,
                                           most bigint)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp SET enable_seqscan = off AS $$
DECLARE
    words text[] := search_words(q);
    conds text := CASE WHEN notes THEN 'm.kind = ''note'''
                  ELSE 'm.body <> '''' AND m.kind <> ''note''' END;
    -- quem vê tudo não precisa do atendimento; quem só vê os seus não percorre
    -- os dos outros
    seen_by text := CASE current_setting('app.visibility', true)
                    WHEN 'all' THEN ''
                    WHEN 'queues' THEN ' AND EXISTS (SELECT FROM tickets t WHERE '
                        't.company_id = $1 AND t.id = h.ticket_id AND '
                        'ticket_visible(t.queue_id, t.user_id, t.participant_ids))'
                    ELSE ' AND EXISTS (SELECT FROM tickets t WHERE t.company_id = '
                        '$1 AND t.id = h.ticket_id AND (t.user_id = app_user() '
                        'OR app_user() = ANY (t.participant_ids)))' END;
    whole text := '';
    rare  text;
    many  bigint[];
    counts text;
    span  integer;
    cap   bigint;
    seen  bigint;
    hits  bigint[];
BEGIN
    IF cardinality(words) = 0 THEN
        RETURN;
    END IF;
    SELECT string_agg(format(' AND @plain LIKE %L', '%' || w || '%'), '')
      INTO whole FROM unnest(words) w;
    SELECT string_agg(format('count(*) FILTER (WHERE m.plain LIKE %L)',
                             '%' || w || '%'), ', ' ORDER BY n)
      INTO counts FROM unnest(words) WITH ORDINALITY u (w, n);
    FOREACH span IN ARRAY ARRAY[100, 1000] LOOP
        EXECUTE 'WITH m AS MATERIALIZED (SELECT m.id, m.ticket_id, fold(m.body) '
            'AS plain, m.deleted_at FROM messages m WHERE m.company_id = $1 AND '
            'm.id < $3 AND ' || conds || ' ORDER BY m.id DESC LIMIT $5), h AS '
            'MATERIALIZED (SELECT m.id, m.ticket_id FROM m WHERE m.deleted_at IS '
            'NULL' || replace(whole, '@plain', 'm.plain') ||
            ' AND to_tsvector(''simple'', m.plain) @@ $2) SELECT (SELECT count(*) '
            'FROM m), (SELECT ARRAY[' || counts || '] FROM m), (SELECT coalesce('
            'array_agg(x.id ORDER BY x.id DESC), ''{}'') FROM (SELECT h.id FROM h '
            'WHERE true' || seen_by || ' ORDER BY h.id DESC LIMIT $4) x)'
            INTO seen, many, hits USING app_company(), search_query(q), before,
                                        most, span;
        IF cardinality(hits) >= most OR seen < span THEN
            RETURN QUERY SELECT unnest(hits);
            RETURN;
        END IF;
        SELECT string_agg('''' || replace(u.w, '''', '') || ''':*', ' & ')
          INTO rare
          FROM (SELECT w, n, row_number() OVER (ORDER BY n) AS place
                  FROM unnest(words, many) v (w, n)) u
         WHERE u.place = 1 OR u.n * 20 <= seen;
        -- três mil ainda se juntam depressa; mais, e as mil novas valem a pena
        cap := CASE span WHEN 100 THEN 3000 ELSE 9000000000000000000 END;
        EXECUTE 'WITH h AS MATERIALIZED (SELECT m.id, m.ticket_id FROM messages m '
            'WHERE ' || firm_rule('messages', 'm') || ' AND m.id < $3 AND '
            'm.deleted_at IS NULL AND ' || conds ||
            ' AND to_tsvector(''simple'', fold(m.body)) @@ $5' ||
            -- o que o índice não viu: as palavras comuns
            CASE WHEN rare::tsquery::text = search_query(q)::text THEN ''
                 ELSE replace(whole, '@plain', 'fold(m.body)') ||
                      ' AND (to_tsvector(''simple'', fold(m.body)) || '''') @@ $2'
            END || '), few AS MATERIALIZED (SELECT h.id, h.ticket_id FROM h LIMIT '
            '$6) SELECT (SELECT count(*) FROM few), (SELECT coalesce(array_agg('
            'x.id ORDER BY x.id DESC), ''{}'') FROM (SELECT h.id FROM few h WHERE '
            'true' || seen_by || ' ORDER BY h.id DESC LIMIT $4) x)'
            INTO seen, hits USING app_company(), search_query(q), before, most,
                                  rare::tsquery, cap;
        EXIT WHEN seen < cap;
    END LOOP;
    RETURN QUERY SELECT unnest(hits);
END $$;

REVOKE EXECUTE ON FUNCTION firm_rule(name, text) FROM PUBLIC;
