-- 0078: as buscas de quem digita, com os planos guardados. Montar a consulta
-- como texto custava planejá-la a cada tecla, e isto era quase todo o tempo de
-- uma empresa comum. O que se procura sem filtro são agora consultas fixas; o
-- texto montado fica só para ir ao índice dos pedaços, entre muitos contatos.

-- ---- contatos --------------------------------------------------------------

-- A de 0069, que agora só atende quem filtra.
ALTER FUNCTION contact_find(text, bigint[], text, bigint, bigint, text, bigint,
                            bigint) RENAME TO contact_find_narrowed;
REVOKE EXECUTE ON FUNCTION contact_find_narrowed(text, bigint[], text, bigint,
    bigint, text, bigint, bigint) FROM PUBLIC;

-- Como um número se escreve: com e sem o país, com e sem o nono dígito. Nulo:
-- não é número, e-mail nem documento; vazio: só pode ser documento.
CREATE FUNCTION contact_keys(q text, plain text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = balcao, pg_temp AS $$
BEGIN
    IF plain ~ '^[0-9]+$' THEN
        RETURN ARRAY[plain, '55' || plain] || ARRAY(
            SELECT left(k, 4) || substr(k, 6)
              FROM unnest(ARRAY[plain, '55' || plain]) k
             WHERE k ~ '^55[1-9][0-9]9[6-9][0-9]{7}$');
    ELSIF q ~ '@' THEN
        RETURN ARRAY[lower(trim(q))];
    ELSIF plain ~ '^[0-9a-z]{12}[0-9]{2}$' THEN
        RETURN '{}';
    END IF;
    RETURN NULL;
END $$;

-- Os que têm todas as palavras (likes), sem os de skip. O que um em cada cem
-- tem está entre os 2.000 mais novos (enable_sort: que os leia pela chave); o
-- que não está ali é raro, e o índice responde depressa.
CREATE FUNCTION contact_having(likes text[], skip bigint[], most bigint)
RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp SET enable_seqscan = off
SET enable_sort = off AS $$
DECLARE
    me   bigint := app_company();
    hits bigint[];
    seen integer;
BEGIN
    WITH c AS MATERIALIZED (
        SELECT c.id, c.search FROM contacts c
         WHERE c.company_id = me AND c.deleted_at IS NULL
         ORDER BY c.id DESC LIMIT 2000)
    SELECT (SELECT count(*) FROM c),
           ARRAY(SELECT c.id FROM c
                  WHERE c.search LIKE ALL (likes) AND c.id <> ALL (skip)
                  LIMIT most)
      INTO seen, hits;
    IF cardinality(hits) >= most OR seen < 2000 THEN
        RETURN hits;
    END IF;
    EXECUTE 'WITH found AS MATERIALIZED (SELECT c.id FROM contacts c WHERE ' ||
        contact_firm_rule() || ' AND c.deleted_at IS NULL' ||
        (SELECT string_agg(format(' AND c.search LIKE %L', l), '')
           FROM unnest(likes) l) || ') SELECT ARRAY(SELECT f.id FROM found f '
        'WHERE f.id <> ALL ($2) LIMIT $3)'
        INTO hits USING me, skip, most;
    RETURN hits;
END $$;

-- Os mais parecidos com o que se digitou, quando ninguém o tem.
CREATE FUNCTION contact_alike(q text, plain text, most bigint)
RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
DECLARE
    tokens text[] := (string_to_array(CASE WHEN q ~ '@' THEN trim(regexp_replace(
        fold(q), '[!-/:-@\[-`{-~[:space:]]+', ' ', 'g')) ELSE plain END,
        ' '))[1:8];
    rule   text;
    more   bigint[];
    hits   bigint[] := '{}';
BEGIN
    FOR pass IN 1..2 LOOP
        rule := contact_typo_rule(tokens, pass = 2);
        CONTINUE WHEN rule = '';
        -- cem parecidos bastam para escolher os melhores
        more := contact_pick('c.company_id = $1 AND c.deleted_at IS NULL', rule,
                             false, '{}', 0, '{}', greatest(most, 100));
        hits := ARRAY(SELECT y.id FROM contacts y
                       WHERE y.company_id = app_company() AND y.id = ANY (more)
                       ORDER BY word_similarity(plain, y.search) DESC, y.id
                       LIMIT most);
        EXIT WHEN hits <> '{}';
    END LOOP;
    RETURN hits;
END $$;

-- Quem não filtra, por camadas (as de 0069).
CREATE FUNCTION contact_find_any(q text, plain text, most bigint)
RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
DECLARE
    me    bigint := app_company();
    start text := fold(trim(q));
    keys  text[] := contact_keys(q, plain);
    word  text;
    hits  bigint[] := '{}';
    more  bigint[];
BEGIN
    IF keys IS NOT NULL THEN
        hits := ARRAY(
            SELECT c.id FROM contacts c
             WHERE c.company_id = me AND c.deleted_at IS NULL AND c.id IN (
                   SELECT i.contact_id FROM contact_identities i
                    WHERE i.company_id = me AND i.kind IN ('phone', 'email')
                      AND i.match_key = ANY (keys)
                    UNION ALL
                   SELECT d.id FROM contacts d
                    WHERE d.company_id = me AND d.document = upper(plain)
                      AND d.deleted_at IS NULL)
             LIMIT most);
        IF hits <> '{}' AND char_length(plain) >= 8 THEN
            RETURN hits;
        END IF;
        -- quem digita um número mostra o começo dele, com ou sem o país
        FOREACH word IN ARRAY keys[1:2] LOOP
            EXIT WHEN word !~ '^[0-9]{4}' OR cardinality(hits) >= most;
            hits := hits || ARRAY(
                SELECT c.id FROM contacts c
                 WHERE c.company_id = me AND c.deleted_at IS NULL
                   AND c.phone >= word AND c.phone < word || chr(1114111)
                   AND c.id <> ALL (hits)
                 ORDER BY c.phone, c.id LIMIT most - cardinality(hits));
        END LOOP;
        IF hits <> '{}' AND plain ~ '^[0-9]{10}' THEN
            RETURN hits;
        END IF;
    END IF;
    IF cardinality(hits) < most THEN
        hits := hits || ARRAY(
            SELECT c.id FROM contacts c
             WHERE c.company_id = me AND c.deleted_at IS NULL
               AND fold(c.name) >= start AND fold(c.name) < start || chr(1114111)
               AND c.id <> ALL (hits)
             ORDER BY fold(c.name), c.id LIMIT most - cardinality(hits));
    END IF;
    IF cardinality(hits) < most AND plain ~ '\S{3}' THEN
        more := contact_having(
            ARRAY(SELECT '%' || w || '%'
                    FROM unnest(string_to_array(plain, ' ')) w LIMIT 8),
            hits, most - cardinality(hits));
        IF more <> '{}' THEN
            hits := hits || ARRAY(SELECT y.id FROM contacts y
                                   WHERE y.company_id = me AND y.id = ANY (more)
                                   ORDER BY fold(y.name), y.id);
        END IF;
    END IF;
    IF hits = '{}' AND char_length(plain) >= 4 AND plain !~ '^[0-9]+$' THEN
        hits := contact_alike(q, plain, most);
    END IF;
    RETURN hits;
END $$;

-- Os ids de uma página, em ordem. Sem q: por nome, depois de (after_name,
-- after_id). Nas políticas de linha o LIKE não usaria o índice (não é
-- leakproof): por isso a função é do dono e confere a empresa ela mesma.
CREATE FUNCTION contact_find(q text, tags bigint[], blocked text,
    channel bigint, list bigint, after_name text, after_id bigint, most bigint)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
DECLARE
    plain text;
BEGIN
    IF tags <> '{}' OR channel > 0 OR list > 0 OR blocked IN ('true', 'false') THEN
        RETURN QUERY SELECT n FROM contact_find_narrowed(q, tags, blocked,
            channel, list, after_name, after_id, most) n;
        RETURN;
    END IF;
    plain := trim(regexp_replace(search_fold(q), '\s+', ' ', 'g'));
    IF plain = '' THEN
        RETURN QUERY
            SELECT c.id FROM contacts c
             WHERE c.company_id = app_company() AND c.deleted_at IS NULL
               AND (fold(c.name), c.id) > (after_name, after_id)
             ORDER BY fold(c.name), c.id LIMIT most;
        RETURN;
    END IF;
    IF plain ~ '^[0-9 ]+$' THEN
        plain := replace(plain, ' ', '');
    END IF;
    RETURN QUERY SELECT unnest(contact_find_any(q, plain, most));
END $$;
COMMENT ON FUNCTION contact_find(text, bigint[], text, bigint, bigint, text,
    bigint, bigint) IS 'Os contatos de uma página da busca, em ordem.';
REVOKE EXECUTE ON FUNCTION contact_find(text, bigint[], text, bigint, bigint,
    text, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION contact_find(text, bigint[], text, bigint, bigint,
    text, bigint, bigint) TO balcao_app;
REVOKE EXECUTE ON FUNCTION contact_keys(text, text),
    contact_having(text[], bigint[], bigint), contact_alike(text, text, bigint),
    contact_find_any(text, text, bigint) FROM PUBLIC;

-- ---- procurar em tudo ------------------------------------------------------

-- As de 0052, em plpgsql: as que são SQL e não se abrem dentro da consulta são
-- lidas e planejadas de novo a cada uma.
CREATE OR REPLACE FUNCTION search_words(q text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = balcao, pg_temp AS $$
BEGIN
    RETURN (array_remove(string_to_array(regexp_replace(fold(q),
        '[!-/:-@\[-`{-~[:space:]]+', ' ', 'g'), ' '), ''))[1:8];
END $$;
CREATE OR REPLACE FUNCTION search_query(q text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = balcao, pg_temp AS $$
DECLARE
    words text[] := search_words(q);
BEGIN
    -- search_words tira as aspas
    RETURN CASE WHEN words = '{}' THEN ''
                ELSE '''' || array_to_string(words, ''':* & ''') || ''':*'
           END::tsquery;
END $$;

-- Atendimentos: pelo número, pelo protocolo, ou por palavras do assunto; estas,
-- como as dos contatos: os mais novos, depois o índice. São só 400, que tirar os
-- acentos de cada um custa.
CREATE INDEX tickets_with_subject ON tickets (company_id, id) WHERE subject <> '';
CREATE OR REPLACE FUNCTION search_tickets(q text, before bigint, most bigint)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp SET enable_seqscan = off
SET enable_sort = off AS $$
DECLARE
    me     bigint := app_company();
    words  text[] := search_words(q);
    digits text := array_to_string(words, '');
    likes  text[] := ARRAY(SELECT '%' || w || '%' FROM unnest(words) w);
    exact  bigint;
    hits   bigint[];
    seen   integer;
BEGIN
    IF cardinality(words) = 0 THEN
        RETURN;
    END IF;
    WITH t AS MATERIALIZED (
        SELECT t.id, t.subject, t.queue_id, t.user_id, t.participant_ids
          FROM tickets t
         WHERE t.company_id = me AND t.subject <> '' AND t.id < before
         ORDER BY t.id DESC LIMIT 400)
    SELECT (SELECT count(*) FROM t),
           ARRAY(SELECT t.id FROM t
                  WHERE fold(t.subject) LIKE ALL (likes)
                    AND ticket_visible(t.queue_id, t.user_id, t.participant_ids)
                  LIMIT most)
      INTO seen, hits;
    IF cardinality(hits) < most AND seen = 400 THEN
        EXECUTE 'WITH found AS MATERIALIZED (SELECT t.id FROM tickets t WHERE '
            't.company_id = $1 AND t.subject <> '''' AND t.id < $2 AND '
            'ticket_visible(t.queue_id, t.user_id, t.participant_ids)' ||
            (SELECT string_agg(format(' AND fold(t.subject) LIKE %L', l), '')
               FROM unnest(likes) l) || ') SELECT ARRAY(SELECT f.id FROM found f '
            'ORDER BY f.id DESC LIMIT $3)' INTO hits USING me, before, most;
    END IF;
    exact := CASE WHEN digits ~ '^[0-9]{14,26}$' THEN substr(digits, 9)::bigint
                  WHEN digits ~ '^[0-9]{1,18}$' THEN digits::bigint END;
    IF exact IS NOT NULL THEN
        hits := ARRAY(SELECT h FROM unnest(hits) h UNION
                      SELECT t.id FROM tickets t
                       WHERE t.company_id = me AND t.id = exact AND t.id < before
                         AND ticket_visible(t.queue_id, t.user_id,
                                            t.participant_ids)
                         AND (length(digits) < 14 OR
                              ticket_protocol(t.created_at, t.id) = digits)
                       ORDER BY 1 DESC LIMIT most);
    END IF;
    RETURN QUERY SELECT unnest(hits);
END $$;

CREATE OR REPLACE FUNCTION search_contacts(q text, before bigint, most bigint)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp SET enable_seqscan = off
SET enable_sort = off AS $$
DECLARE
    me    bigint := app_company();
    plain text := trim(regexp_replace(search_fold(q), '\s+', ' ', 'g'));
    likes text[];
    hits  bigint[];
    seen  integer;
BEGIN
    IF plain = '' THEN
        RETURN;
    ELSIF plain ~ '^[0-9 ]+$' THEN
        plain := replace(plain, ' ', '');
    END IF;
    likes := ARRAY(SELECT '%' || w || '%'
                     FROM unnest(string_to_array(plain, ' ')) w LIMIT 8);
    WITH c AS MATERIALIZED (
        SELECT c.id, c.search FROM contacts c
         WHERE c.company_id = me AND c.deleted_at IS NULL AND c.id < before
         ORDER BY c.id DESC LIMIT 2000)
    SELECT (SELECT count(*) FROM c),
           ARRAY(SELECT c.id FROM c WHERE c.search LIKE ALL (likes) LIMIT most)
      INTO seen, hits;
    IF cardinality(hits) < most AND seen = 2000 THEN
        EXECUTE 'WITH found AS MATERIALIZED (SELECT c.id FROM contacts c WHERE ' ||
            contact_firm_rule() || ' AND c.deleted_at IS NULL AND c.id < $2' ||
            (SELECT string_agg(format(' AND c.search LIKE %L', l), '')
               FROM unnest(likes) l) || ') SELECT ARRAY(SELECT f.id FROM found f '
            'ORDER BY f.id DESC LIMIT $3)' INTO hits USING me, before, most;
    END IF;
    RETURN QUERY SELECT unnest(hits);
END $$;

-- Das `span` mensagens (ou anotações) mais novas antes de `before`: quantas são,
-- quantas têm cada palavra, e até `most` das que têm todas e se veem.
CREATE FUNCTION search_newest(words text[], asked tsquery, notes boolean,
    before bigint, most bigint, span integer,
    OUT seen integer, OUT many bigint[], OUT hits bigint[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp
SET enable_seqscan = off SET enable_sort = off AS $$
DECLARE
    me    bigint := app_company();
    likes text[] := ARRAY(SELECT '%' || w || '%' FROM unnest(words) w);
    whole boolean := current_setting('app.visibility', true) = 'all';
BEGIN
    WITH m AS MATERIALIZED (
        SELECT x.id, x.ticket_id, fold(x.body) AS plain, x.deleted_at
          FROM ((SELECT m.id, m.ticket_id, m.body, m.deleted_at FROM messages m
                  WHERE notes AND m.company_id = me AND m.id < before
                    AND m.kind = 'note'
                  ORDER BY m.id DESC LIMIT span)
                UNION ALL
                (SELECT m.id, m.ticket_id, m.body, m.deleted_at FROM messages m
                  WHERE NOT notes AND m.company_id = me AND m.id < before
                    AND m.body <> '' AND m.kind <> 'note'
                  ORDER BY m.id DESC LIMIT span)) x)
    SELECT (SELECT count(*) FROM m),
           ARRAY(SELECT (SELECT count(*) FROM m WHERE m.plain LIKE u.l)
                   FROM unnest(likes) WITH ORDINALITY u (l, n) ORDER BY u.n),
           ARRAY(SELECT m.id FROM m
                  WHERE m.deleted_at IS NULL AND m.plain LIKE ALL (likes)
                    AND to_tsvector('simple', m.plain) @@ asked
                    AND (whole OR EXISTS (
                         SELECT FROM tickets t
                          WHERE t.company_id = me AND t.id = m.ticket_id
                            AND ticket_visible(t.queue_id, t.user_id,
                                               t.participant_ids)))
                  LIMIT most)
      INTO seen, many, hits;
END $$;
REVOKE EXECUTE ON FUNCTION search_newest(text[], tsquery, boolean, bigint, bigint,
    integer) FROM PUBLIC;

-- As que o índice de palavras acha com `rare` e têm tudo o que se pediu, até
-- `cap`, sem ordem. Quatro consultas iguais, que o plano de cada uma é outro: o
-- índice das anotações não é o das mensagens, e a empresa que tem boa parte da
-- tabela (`big`) fica fora dele (+ 0): lá a lista dela custa mais que descartar
-- depois o que é dos outros. O '' é para as palavras comuns não irem ao índice;
-- cpu_operator_cost: tirar os acentos de cada mensagem custa, e o banco não sabe.
CREATE FUNCTION search_indexed(words text[], asked tsquery, rare tsquery,
    notes boolean, before bigint, cap bigint) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp
SET enable_seqscan = off SET cpu_operator_cost = 0.1 AS $$
DECLARE
    me    bigint := app_company();
    big   boolean := firm_rule('messages', 'm') ~ '[+] 0';
    likes text[] := ARRAY(SELECT '%' || w || '%' FROM unnest(words) w);
    found bigint[];
BEGIN
    IF notes AND big THEN
        WITH h AS MATERIALIZED (
            SELECT m.id FROM messages m
             WHERE m.company_id + 0 = me AND m.id < before
               AND m.deleted_at IS NULL AND m.kind = 'note'
               AND to_tsvector('simple', fold(m.body)) @@ rare
               AND (rare = asked OR fold(m.body) LIKE ALL (likes)
                    AND (to_tsvector('simple', fold(m.body)) || '') @@ asked))
        SELECT ARRAY(SELECT h.id FROM h LIMIT cap) INTO found;
    ELSIF notes THEN
        WITH h AS MATERIALIZED (
            SELECT m.id FROM messages m
             WHERE m.company_id = me AND m.id < before
               AND m.deleted_at IS NULL AND m.kind = 'note'
               AND to_tsvector('simple', fold(m.body)) @@ rare
               AND (rare = asked OR fold(m.body) LIKE ALL (likes)
                    AND (to_tsvector('simple', fold(m.body)) || '') @@ asked))
        SELECT ARRAY(SELECT h.id FROM h LIMIT cap) INTO found;
    ELSIF big THEN
        WITH h AS MATERIALIZED (
            SELECT m.id FROM messages m
             WHERE m.company_id + 0 = me AND m.id < before
               AND m.deleted_at IS NULL AND m.body <> '' AND m.kind <> 'note'
               AND to_tsvector('simple', fold(m.body)) @@ rare
               AND (rare = asked OR fold(m.body) LIKE ALL (likes)
                    AND (to_tsvector('simple', fold(m.body)) || '') @@ asked))
        SELECT ARRAY(SELECT h.id FROM h LIMIT cap) INTO found;
    ELSE
        WITH h AS MATERIALIZED (
            SELECT m.id FROM messages m
             WHERE m.company_id = me AND m.id < before
               AND m.deleted_at IS NULL AND m.body <> '' AND m.kind <> 'note'
               AND to_tsvector('simple', fold(m.body)) @@ rare
               AND (rare = asked OR fold(m.body) LIKE ALL (likes)
                    AND (to_tsvector('simple', fold(m.body)) || '') @@ asked))
        SELECT ARRAY(SELECT h.id FROM h LIMIT cap) INTO found;
    END IF;
    RETURN found;
END $$;
REVOKE EXECUTE ON FUNCTION search_indexed(text[], tsquery, tsquery, boolean,
    bigint, bigint) FROM PUBLIC;

-- A de 0070, pelas duas de cima.
CREATE OR REPLACE FUNCTION search_messages(q text, notes boolean, before bigint,
                                           most bigint)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
DECLARE
    me    bigint := app_company();
    words text[] := search_words(q);
    asked tsquery := search_query(q);
    whole boolean := current_setting('app.visibility', true) = 'all';
    rare  tsquery;
    many  bigint[];
    found bigint[];
    cap   bigint;
    seen  integer;
    hits  bigint[];
BEGIN
    IF cardinality(words) = 0 THEN
        RETURN;
    END IF;
    FOREACH cap IN ARRAY ARRAY[40, 1000] LOOP
        SELECT n.seen, n.many, n.hits INTO seen, many, hits
          FROM search_newest(words, asked, notes, before, most, cap::integer) n;
        EXIT WHEN cardinality(hits) >= most OR seen < cap;
        -- só as raras vão ao índice: a lista das comuns tem milhões
        rare := (SELECT string_agg('''' || u.w || ''':*', ' & ')
                   FROM (SELECT w, n, row_number() OVER (ORDER BY n) AS place
                           FROM unnest(words, many) v (w, n)) u
                  WHERE u.place = 1 OR u.n * 20 <= seen)::tsquery;
        -- três mil ainda se juntam depressa; mais, e as mil novas valem a pena
        cap := CASE cap WHEN 40 THEN 3000 ELSE 9000000000000000000 END;
        found := search_indexed(words, asked, rare, notes, before, cap);
        hits := CASE WHEN whole
            THEN ARRAY(SELECT f FROM unnest(found) f ORDER BY f DESC LIMIT most)
            ELSE ARRAY(SELECT f FROM unnest(found) f
                        WHERE EXISTS (
                              SELECT FROM messages m
                                JOIN tickets t ON t.company_id = m.company_id
                                              AND t.id = m.ticket_id
                               WHERE m.company_id = me AND m.id = f
                                 AND ticket_visible(t.queue_id, t.user_id,
                                                    t.participant_ids))
                        ORDER BY f DESC LIMIT most) END;
        EXIT WHEN cardinality(found) < cap;
    END LOOP;
    RETURN QUERY SELECT unnest(hits);
END $$;

-- Poucos ids cada uma: quem as junta às tabelas vai pela chave.
ALTER FUNCTION contact_find(text, bigint[], text, bigint, bigint, text, bigint,
                            bigint) ROWS 20;
ALTER FUNCTION search_tickets(text, bigint, bigint) ROWS 5;
ALTER FUNCTION search_contacts(text, bigint, bigint) ROWS 5;
ALTER FUNCTION search_messages(text, boolean, bigint, bigint) ROWS 5;

-- A de 0052, com menos idas ao executor: a alternância já prefere a mais longa.
CREATE OR REPLACE FUNCTION search_marks(what text, words text[], most integer)
RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = balcao, pg_temp AS $$
DECLARE
    plain text := fold(what);
    rule  text := array_to_string(words, '|');
    piece text := left(what, most);
    start integer := 1;
    at    integer;
    parts jsonb := '[]';
    hit   text;
BEGIN
    at := CASE WHEN rule = '' OR char_length(plain) <> char_length(what) THEN 0
               ELSE regexp_instr(plain, rule) END;
    IF at > most - 40 THEN
        parts := '[{"match": false, "text": "…"}]';
        start := greatest(at - 40, 1);
        piece := substr(what, start, most);
        plain := substr(plain, start);
        at := at - start + 1;
    END IF;
    plain := left(plain, most);
    WHILE at > 0 LOOP
        IF at > 1 THEN
            parts := parts || jsonb_build_object('match', false, 'text',
                                                 left(piece, at - 1));
        END IF;
        hit := regexp_substr(plain, rule);
        parts := parts || jsonb_build_object('match', true, 'text',
                              substr(piece, at, char_length(hit)));
        piece := substr(piece, at + char_length(hit));
        plain := substr(plain, at + char_length(hit));
        at := regexp_instr(plain, rule);
    END LOOP;
    IF piece <> '' THEN
        parts := parts || jsonb_build_object('match', false, 'text', piece);
    END IF;
    IF char_length(what) >= start + most THEN
        parts := parts || '{"match": false, "text": "…"}'::jsonb;
    END IF;
    RETURN parts;
END $$;
