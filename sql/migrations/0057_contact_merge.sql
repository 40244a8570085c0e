-- 0057: contatos repetidos e a fusão de dois num só, que se pode desfazer.

-- ---- o que faz dois contatos parecerem um -----------------------------------

-- O mesmo telefone ou e-mail, exato, o banco já não deixa ser de dois. Sobra o
-- que se escreveu de outro jeito: sem o 55, com zeros na frente, com ou sem o
-- nono dígito; o e-mail com "+algo", ou os pontos que o Gmail ignora.
CREATE FUNCTION twin_key(kind text, key text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE kind
    WHEN 'phone' THEN regexp_replace(regexp_replace(key,
        '^0*(55(?=[1-9][0-9]{9,10}$))?', ''),
        '^([1-9][0-9])9([6-9][0-9]{7})$', '\1\2')
    WHEN 'email' THEN CASE
        WHEN lower(key) ~ '@(gmail|googlemail)\.com$'
        THEN replace(regexp_replace(lower(key), '(\+.*)?@.*$', ''), '.', '')
             || '@gmail.com'
        ELSE regexp_replace(lower(key), '\+[^@]*@', '@') END
    END;
CREATE INDEX contact_identities_twin ON contact_identities
    (company_id, twin_key(kind, match_key)) WHERE kind IN ('phone', 'email');

-- Primeira e última palavra do nome, só o som: "Thiago Souza" e "Tiago de
-- Sousa" têm a mesma. Nulo com uma palavra só, que não diz nada. Quem é
-- parecido mesmo, o pg_trgm diz, entre os poucos que têm a mesma.
CREATE FUNCTION twin_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(regexp_replace(regexp_replace(translate(
    substring(search_fold(name) FROM '^\s*([^0-9\s]{2,})\s') || ' ' ||
    substring(search_fold(name) FROM '\s([^0-9\s]{2,})\s*$'),
    'ywkzh', 'ivcs'), '(?<=[a-z])[aeiou]', '', 'g'), '(.)\1+', '\1', 'g'), '');
CREATE INDEX contacts_twin_name ON contacts (company_id, twin_name(name))
    WHERE deleted_at IS NULL AND twin_name(name) IS NOT NULL;

-- Os pares de cada um destes contatos. Nunca lê tudo: são três perguntas a três
-- índices, cada uma com limite. near: quantos de mesmo som ainda contam; um
-- nome que mais gente tem não diz que são a mesma pessoa (0: mostra os mais
-- parecidos, de qualquer modo). Os índices de expressão não servem a uma
-- política de linha: a função é do dono e confere a empresa ela mesma.
CREATE FUNCTION contact_twins(ids bigint[], near integer)
RETURNS TABLE (contact_id bigint, other_id bigint, reason text, score integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT m.id, t.id, t.reason, max(t.score)
      FROM contacts m
     CROSS JOIN LATERAL (
        (SELECT o.contact_id AS id, i.kind AS reason, 90 AS score
           FROM contact_identities i
           JOIN contact_identities o ON o.company_id = i.company_id
            AND o.kind IN ('phone', 'email')
            AND twin_key(o.kind, o.match_key) = twin_key(i.kind, i.match_key)
          WHERE i.company_id = m.company_id AND i.contact_id = m.id
            AND i.kind IN ('phone', 'email') AND o.contact_id <> m.id
          LIMIT 20)
        UNION ALL
        -- o mesmo CNPJ, de outro estabelecimento
        (SELECT d.id, 'document', 60 FROM contacts d
          WHERE d.company_id = m.company_id AND d.deleted_at IS NULL
            AND char_length(m.document) = 14
            AND d.document >= left(m.document, 8)
            AND d.document < left(m.document, 8) || chr(1114111)
            AND char_length(d.document) = 14 AND d.id <> m.id
          LIMIT 20)
        UNION ALL
        (SELECT n.id, 'name', (60 * n.alike)::integer
           FROM (SELECT k.id, k.document, count(*) OVER () AS many,
                        similarity(fold(k.name), fold(m.name)) AS alike
                   FROM (SELECT c.id, c.name, c.document FROM contacts c
                          WHERE c.company_id = m.company_id
                            AND c.deleted_at IS NULL AND c.id <> m.id
                            AND twin_name(c.name) = twin_name(m.name)
                          LIMIT CASE WHEN near > 0 THEN near + 1 ELSE 200 END) k
                ) n
          WHERE n.alike >= 0.4 AND (near = 0 OR n.many <= near)
            AND (m.document IS NULL OR n.document IS NULL
                 OR m.document = n.document)
          ORDER BY n.alike DESC, n.id LIMIT 10)) t
      JOIN contacts c ON c.company_id = m.company_id AND c.id = t.id
     WHERE m.company_id = app_company() AND m.id = ANY (ids)
       AND m.deleted_at IS NULL AND m.erased_at IS NULL
       AND c.deleted_at IS NULL AND c.erased_at IS NULL
     GROUP BY m.id, t.id, t.reason
$$;

-- ---- a procura em toda a agenda ----------------------------------------------

CREATE TABLE contact_scans (
    company_id  bigint PRIMARY KEY REFERENCES companies ON DELETE CASCADE,
    user_id     bigint,
    running     boolean NOT NULL DEFAULT true,
    after_id    bigint NOT NULL DEFAULT 0,
    done_count  bigint NOT NULL DEFAULT 0,
    row_count   bigint NOT NULL DEFAULT 0,
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
COMMENT ON TABLE contact_scans IS
    'A última procura de contatos repetidos de cada empresa.';
COMMENT ON COLUMN contact_scans.company_id IS 'Empresa.';
COMMENT ON COLUMN contact_scans.user_id IS 'Quem a pediu.';
COMMENT ON COLUMN contact_scans.running IS 'Ainda anda.';
COMMENT ON COLUMN contact_scans.after_id IS 'Último contato já visto.';
COMMENT ON COLUMN contact_scans.done_count IS 'Quantos contatos já viu.';
COMMENT ON COLUMN contact_scans.row_count IS 'Quantos contatos havia ao começar.';
COMMENT ON COLUMN contact_scans.started_at IS 'Quando começou.';
COMMENT ON COLUMN contact_scans.finished_at IS 'Quando acabou; nulo: ainda não.';

CREATE TABLE contact_duplicates (
    company_id   bigint NOT NULL,
    id           bigint GENERATED BY DEFAULT AS IDENTITY,
    low_id       bigint NOT NULL,
    high_id      bigint NOT NULL,
    reasons      text[] NOT NULL,
    score        integer NOT NULL,
    found_at     timestamptz NOT NULL,
    dismissed_at timestamptz,
    PRIMARY KEY (company_id, id),
    UNIQUE (company_id, low_id, high_id),
    CHECK (low_id < high_id),
    FOREIGN KEY (company_id, low_id) REFERENCES contacts ON DELETE CASCADE,
    FOREIGN KEY (company_id, high_id) REFERENCES contacts ON DELETE CASCADE
);
CREATE INDEX contact_duplicates_best ON contact_duplicates
    (company_id, score DESC, id DESC) WHERE dismissed_at IS NULL;
CREATE INDEX contact_duplicates_high ON contact_duplicates (company_id, high_id);
COMMENT ON TABLE contact_duplicates IS
    'Pares de contatos que parecem a mesma pessoa.';
COMMENT ON COLUMN contact_duplicates.company_id IS 'Empresa.';
COMMENT ON COLUMN contact_duplicates.id IS 'Número do par.';
COMMENT ON COLUMN contact_duplicates.low_id IS 'O mais antigo dos dois.';
COMMENT ON COLUMN contact_duplicates.high_id IS 'O outro.';
COMMENT ON COLUMN contact_duplicates.reasons IS
    'Por que parecem: phone, email, document (mesmo CNPJ), name.';
COMMENT ON COLUMN contact_duplicates.score IS 'Quanto parecem, até 99.';
COMMENT ON COLUMN contact_duplicates.found_at IS 'Quando se viu por último.';
COMMENT ON COLUMN contact_duplicates.dismissed_at IS
    'Quando alguém disse que não são a mesma pessoa; nulo: ninguém disse.';

-- Um passo da procura; devolve falso quando acabou.
CREATE FUNCTION contact_scan_step(most integer) RETURNS boolean
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
DECLARE
    firm bigint := app_company();
    scan contact_scans;
    ids  bigint[];
BEGIN
    SELECT * INTO scan FROM contact_scans s
     WHERE s.company_id = firm AND s.running FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    ids := ARRAY(SELECT c.id FROM contacts c
                  WHERE c.company_id = firm AND c.id > scan.after_id
                    AND c.deleted_at IS NULL ORDER BY c.id LIMIT most);
    INSERT INTO contact_duplicates AS d (company_id, low_id, high_id, reasons,
                                         score, found_at)
    SELECT firm, p.low, p.high, array_agg(p.reason ORDER BY p.reason),
           least(99, sum(p.score)), clock_timestamp()
      FROM (SELECT least(t.contact_id, t.other_id) AS low,
                   greatest(t.contact_id, t.other_id) AS high, t.reason,
                   max(t.score) AS score
              FROM contact_twins(ids, 8) t GROUP BY 1, 2, 3) p
     GROUP BY p.low, p.high
        ON CONFLICT (company_id, low_id, high_id) DO UPDATE
       SET reasons = excluded.reasons, score = excluded.score,
           found_at = excluded.found_at;
    UPDATE contact_scans s
       SET after_id = coalesce(ids[cardinality(ids)], s.after_id),
           done_count = s.done_count + cardinality(ids),
           running = cardinality(ids) = most,
           finished_at = CASE WHEN cardinality(ids) < most
                              THEN clock_timestamp() END
     WHERE s.company_id = firm;
    IF cardinality(ids) = most THEN
        RETURN true;
    END IF;
    -- os que já não se parecem; o que alguém descartou não volta
    DELETE FROM contact_duplicates d
     WHERE d.company_id = firm AND d.found_at < scan.started_at
       AND d.dismissed_at IS NULL;
    RETURN false;
END $$;

-- ---- a fusão -----------------------------------------------------------------

CREATE TABLE contact_merges (
    company_id bigint NOT NULL,
    id         bigint GENERATED BY DEFAULT AS IDENTITY,
    winner_id  bigint NOT NULL,
    loser_id   bigint NOT NULL,
    user_id    bigint,
    was        jsonb NOT NULL,
    became     jsonb NOT NULL,
    tickets    bigint[] NOT NULL,
    notes      bigint[] NOT NULL,
    identities bigint[] NOT NULL,
    tags       bigint[] NOT NULL,
    lists      bigint[] NOT NULL,
    left_lists jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    undone_at  timestamptz,
    PRIMARY KEY (company_id, id),
    CHECK (winner_id <> loser_id),
    FOREIGN KEY (company_id, winner_id) REFERENCES contacts ON DELETE CASCADE,
    FOREIGN KEY (company_id, loser_id) REFERENCES contacts ON DELETE CASCADE
);
CREATE INDEX contact_merges_winner ON contact_merges (company_id, winner_id, id);
CREATE INDEX contact_merges_loser ON contact_merges (company_id, loser_id);
COMMENT ON TABLE contact_merges IS
    'Fusões de contatos, com o que é preciso para desfazê-las.';
COMMENT ON COLUMN contact_merges.company_id IS 'Empresa.';
COMMENT ON COLUMN contact_merges.id IS 'Número da fusão.';
COMMENT ON COLUMN contact_merges.winner_id IS 'O contato que ficou.';
COMMENT ON COLUMN contact_merges.loser_id IS 'O que se fundiu nele.';
COMMENT ON COLUMN contact_merges.user_id IS 'Quem os fundiu.';
COMMENT ON COLUMN contact_merges.was IS 'Os dados do que ficou, antes.';
COMMENT ON COLUMN contact_merges.became IS 'Os dados do que ficou, depois.';
COMMENT ON COLUMN contact_merges.tickets IS 'Atendimentos que mudaram de contato.';
COMMENT ON COLUMN contact_merges.notes IS 'Anotações que mudaram de contato.';
COMMENT ON COLUMN contact_merges.identities IS
    'Telefones, e-mails e outros que mudaram de contato.';
COMMENT ON COLUMN contact_merges.tags IS 'Etiquetas que o que ficou não tinha.';
COMMENT ON COLUMN contact_merges.lists IS 'Listas em que o que ficou não estava.';
COMMENT ON COLUMN contact_merges.left_lists IS
    'Listas de que o outro saiu: [{list, at}].';
COMMENT ON COLUMN contact_merges.created_at IS 'Quando se fundiram.';
COMMENT ON COLUMN contact_merges.undone_at IS 'Quando se desfez; nulo: vale.';

-- Nenhuma volta: subindo de fusão em fusão nunca se chega ao próprio.
CREATE FUNCTION contact_merge_cycle() RETURNS trigger LANGUAGE plpgsql
SET search_path = balcao, pg_temp AS $$
BEGIN
    IF EXISTS (
        WITH RECURSIVE up (id) AS (
            SELECT new.merged_into_id
             UNION SELECT c.merged_into_id FROM contacts c JOIN up ON c.id = up.id
             WHERE c.company_id = new.company_id
               AND c.merged_into_id IS NOT NULL)
        SELECT FROM up WHERE up.id = new.id) THEN
        RAISE check_violation USING MESSAGE = 'fusão de contatos em volta';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER merge_cycle BEFORE UPDATE OF merged_into_id ON contacts
    FOR EACH ROW WHEN (new.merged_into_id IS NOT NULL)
    EXECUTE FUNCTION contact_merge_cycle();

-- Os dados que a fusão muda, para guardar e para devolver.
CREATE FUNCTION contact_merge_facts(c contacts) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = balcao, pg_temp AS $$
    SELECT jsonb_build_object('name', c.name, 'phone', c.phone, 'email', c.email,
        'document', c.document, 'custom', c.custom, 'blocked', c.blocked_at)
$$;

-- Funde: winner fica; o que é do outro passa a ser dele. Onde os dois dizem algo
-- diferente vale o de winner, salvo os campos de `take` (name, phone, email,
-- document, custom.CHAVE), que vêm do outro.
-- outcome: ok, unknown, self, merged (other: em quem), stale (other: de quem),
-- open (other: o atendimento do outro que não cabe, com um aberto no mesmo canal).
CREATE FUNCTION contact_merge_make(winner bigint, loser bigint, seen bigint,
    other_seen bigint, take text[], OUT outcome text, OUT id bigint,
    OUT other bigint)
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
DECLARE
    w contacts;
    l contacts;
    made contact_merges;
BEGIN
    outcome := 'self';
    IF winner = loser THEN
        RETURN;
    END IF;
    PERFORM FROM contacts c WHERE c.id IN (winner, loser)
      ORDER BY c.id FOR UPDATE;
    SELECT * INTO w FROM contacts c WHERE c.id = winner;
    SELECT * INTO l FROM contacts c WHERE c.id = loser;
    outcome := 'merged';
    other := coalesce(w.merged_into_id, l.merged_into_id);
    IF other IS NOT NULL THEN
        RETURN;
    END IF;
    outcome := 'unknown';
    IF w.id IS NULL OR w.deleted_at IS NOT NULL OR w.erased_at IS NOT NULL THEN
        other := winner;
        RETURN;
    ELSIF l.id IS NULL OR l.deleted_at IS NOT NULL OR l.erased_at IS NOT NULL THEN
        other := loser;
        RETURN;
    END IF;
    outcome := 'stale';
    IF seen > 0 AND seen <> w.version THEN
        other := winner;
        RETURN;
    ELSIF other_seen > 0 AND other_seen <> l.version THEN
        other := loser;
        RETURN;
    END IF;
    SELECT t.id INTO other FROM tickets t
     WHERE t.contact_id = loser AND t.status <> 'closed' AND EXISTS (
           SELECT FROM tickets o WHERE o.contact_id = winner
              AND o.channel_id = t.channel_id AND o.status <> 'closed')
     ORDER BY t.id LIMIT 1;
    IF FOUND THEN
        outcome := 'open';
        RETURN;
    END IF;

    made.was := contact_merge_facts(w);
    made.left_lists := coalesce((
        SELECT jsonb_agg(jsonb_build_object('list', m.list_id, 'at', m.created_at))
          FROM contact_list_members m WHERE m.contact_id = loser), '[]');
    UPDATE contacts c
       SET deleted_at = now(), merged_into_id = winner, version = c.version + 1,
           updated_at = clock_timestamp()
     WHERE c.id = loser;
    UPDATE contacts c
       SET name = CASE WHEN 'name' = ANY (take) THEN l.name ELSE w.name END,
           phone = CASE WHEN 'phone' = ANY (take) THEN coalesce(l.phone, w.phone)
                        ELSE coalesce(w.phone, l.phone) END,
           email = CASE WHEN 'email' = ANY (take) THEN coalesce(l.email, w.email)
                        ELSE coalesce(w.email, l.email) END,
           document = CASE WHEN 'document' = ANY (take)
                           THEN coalesce(l.document, w.document)
                           ELSE coalesce(w.document, l.document) END,
           custom = l.custom || w.custom || coalesce((
               SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(l.custom) e
                WHERE 'custom.' || e.key = ANY (take)), '{}'),
           blocked_at = coalesce(w.blocked_at, l.blocked_at),
           version = c.version + 1, updated_at = clock_timestamp()
     WHERE c.id = winner RETURNING contact_merge_facts(c) INTO made.became;
    WITH x AS (UPDATE contact_identities i SET contact_id = winner
                WHERE i.contact_id = loser RETURNING i.id)
    SELECT coalesce(array_agg(x.id), '{}') INTO made.identities FROM x;
    WITH x AS (UPDATE contact_notes n SET contact_id = winner
                WHERE n.contact_id = loser RETURNING n.id)
    SELECT coalesce(array_agg(x.id), '{}') INTO made.notes FROM x;
    WITH x AS (UPDATE tickets t SET contact_id = winner
                WHERE t.contact_id = loser RETURNING t.id)
    SELECT coalesce(array_agg(x.id), '{}') INTO made.tickets FROM x;
    WITH x AS (INSERT INTO contact_tags (company_id, contact_id, tag_id)
               SELECT g.company_id, winner, g.tag_id FROM contact_tags g
                WHERE g.contact_id = loser ON CONFLICT DO NOTHING
               RETURNING tag_id)
    SELECT coalesce(array_agg(x.tag_id), '{}') INTO made.tags FROM x;
    WITH x AS (INSERT INTO contact_list_members (company_id, list_id, contact_id)
               SELECT app_company(), (e ->> 'list')::bigint, winner
                 FROM jsonb_array_elements(made.left_lists) e
               ON CONFLICT DO NOTHING RETURNING list_id)
    SELECT coalesce(array_agg(x.list_id), '{}') INTO made.lists FROM x;
    INSERT INTO contact_merges (company_id, winner_id, loser_id, user_id, was,
        became, tickets, notes, identities, tags, lists, left_lists)
    VALUES (app_company(), winner, loser, nullif(app_user(), 0), made.was,
        made.became, made.tickets, made.notes, made.identities, made.tags,
        made.lists, made.left_lists)
    RETURNING contact_merges.id INTO id;
    outcome := 'ok';
END $$;

-- Os atendimentos que a fusão trouxe (brought) e depois se juntaram, num fio só,
-- com os de quem ficou: "protocolo → protocolo", até cinco; nulo: nenhum.
CREATE FUNCTION contact_merge_joined(winner bigint, brought bigint[])
RETURNS text
LANGUAGE sql STABLE SET search_path = balcao, pg_temp AS $$
    SELECT string_agg(j.pair, ', ' ORDER BY j.id)
      FROM (SELECT g.id, ticket_protocol(g.created_at, g.id) || ' → ' ||
                   ticket_protocol(k.created_at, k.id) AS pair
              FROM tickets g
              JOIN tickets k ON k.company_id = g.company_id
                            AND k.id = g.merged_into_id
             WHERE g.contact_id = winner
               AND (g.id = ANY (brought)) <> (k.id = ANY (brought))
             ORDER BY g.id LIMIT 5) j
$$;

-- Desfaz a última fusão de um contato: o outro volta como era. No que ficou, o
-- que alguém mudou depois da fusão continua como está.
-- outcome: ok, unknown, undone, late (passou o prazo), later (other: a fusão
-- mais nova, que se desfaz antes), merged (other: em quem o que ficou se fundiu),
-- document (other: quem tem hoje o documento de um dos dois), tickets (joined:
-- os atendimentos de um que se juntaram aos do outro).
CREATE FUNCTION contact_merge_undo(merge bigint, days integer,
    OUT outcome text, OUT winner bigint, OUT loser bigint, OUT other bigint,
    OUT joined text)
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
DECLARE
    m contact_merges;
    w contacts;
    l contacts;
    kept jsonb;
BEGIN
    SELECT * INTO m FROM contact_merges x WHERE x.id = merge FOR UPDATE;
    IF NOT FOUND THEN
        outcome := 'unknown';
        RETURN;
    ELSIF m.undone_at IS NOT NULL THEN
        outcome := 'undone';
        RETURN;
    ELSIF m.created_at < now() - make_interval(days => days) THEN
        outcome := 'late';
        RETURN;
    END IF;
    winner := m.winner_id;
    loser := m.loser_id;
    PERFORM FROM contacts c WHERE c.id IN (winner, loser)
      ORDER BY c.id FOR UPDATE;
    SELECT * INTO w FROM contacts c WHERE c.id = winner;
    SELECT * INTO l FROM contacts c WHERE c.id = loser;
    SELECT x.id INTO other FROM contact_merges x
     WHERE x.winner_id = winner AND x.id > merge AND x.undone_at IS NULL
     ORDER BY x.id DESC LIMIT 1;
    IF FOUND THEN
        outcome := 'later';
        RETURN;
    ELSIF w.merged_into_id IS NOT NULL THEN
        outcome := 'merged';
        other := w.merged_into_id;
        RETURN;
    END IF;
    -- mensagens de duas pessoas num fio só já não se separam; a trava faz
    -- esperar a fusão de atendimentos que está a meio
    PERFORM FROM tickets t WHERE t.id = ANY (m.tickets) ORDER BY t.id FOR UPDATE;
    joined := contact_merge_joined(winner, m.tickets);
    IF joined IS NOT NULL THEN
        outcome := 'tickets';
        RETURN;
    END IF;
    kept := contact_merge_facts(w);
    SELECT jsonb_object_agg(e.key, CASE WHEN kept -> e.key = m.became -> e.key
                                        THEN e.value ELSE kept -> e.key END)
      INTO kept FROM jsonb_each(m.was - 'custom') e;
    SELECT d.id INTO other FROM contacts d
     WHERE d.deleted_at IS NULL AND d.id NOT IN (winner, loser)
       AND d.document IN (l.document, kept ->> 'document') LIMIT 1;
    IF NOT FOUND AND kept ->> 'document' = l.document THEN
        other := winner;
    END IF;
    IF other IS NOT NULL THEN
        outcome := 'document';
        RETURN;
    END IF;
    UPDATE contacts c
       SET name = kept ->> 'name', phone = kept ->> 'phone',
           email = kept ->> 'email', document = kept ->> 'document',
           blocked_at = (kept ->> 'blocked')::timestamptz,
           custom = coalesce((
               SELECT jsonb_object_agg(e.key, e.value) FROM (
                   SELECT k.key, k.value FROM jsonb_each(c.custom) k
                    WHERE k.value IS DISTINCT FROM m.became -> 'custom' -> k.key
                    UNION ALL
                   SELECT k.key, k.value FROM jsonb_each(m.was -> 'custom') k
                    WHERE c.custom -> k.key = m.became -> 'custom' -> k.key) e),
               '{}'),
           version = c.version + 1, updated_at = clock_timestamp()
     WHERE c.id = winner;
    UPDATE contacts c
       SET deleted_at = NULL, merged_into_id = NULL, version = c.version + 1,
           updated_at = clock_timestamp()
     WHERE c.id = loser;
    UPDATE contact_identities i SET contact_id = loser
     WHERE i.id = ANY (m.identities) AND i.contact_id = winner;
    UPDATE contact_notes n SET contact_id = loser
     WHERE n.id = ANY (m.notes) AND n.contact_id = winner;
    UPDATE tickets t SET contact_id = loser
     WHERE t.id = ANY (m.tickets) AND t.contact_id = winner;
    DELETE FROM contact_tags g
     WHERE g.contact_id = winner AND g.tag_id = ANY (m.tags);
    DELETE FROM contact_list_members x
     WHERE x.contact_id = winner AND x.list_id = ANY (m.lists);
    INSERT INTO contact_list_members (company_id, list_id, contact_id, created_at)
    SELECT app_company(), z.id, loser, (e ->> 'at')::timestamptz
      FROM jsonb_array_elements(m.left_lists) e
      JOIN contact_lists z ON z.id = (e ->> 'list')::bigint
        ON CONFLICT DO NOTHING;
    UPDATE contact_merges x SET undone_at = now() WHERE x.id = merge;
    outcome := 'ok';
END $$;

-- Apagar os dados de alguém apaga também quem nele se fundiu, e o que se guardou
-- para desfazer.
CREATE FUNCTION contact_merge_erased() RETURNS trigger LANGUAGE plpgsql
SET search_path = balcao, pg_temp AS $$
BEGIN
    DELETE FROM contact_merges m WHERE m.company_id = new.company_id
       AND new.id IN (m.winner_id, m.loser_id);
    DELETE FROM contact_duplicates d WHERE d.company_id = new.company_id
       AND new.id IN (d.low_id, d.high_id);
    UPDATE contacts c
       SET name = new.name, phone = NULL, email = NULL, document = NULL,
           custom = '{}', erased_at = new.erased_at
     WHERE c.company_id = new.company_id AND c.merged_into_id = new.id
       AND c.erased_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER merge_erased AFTER UPDATE OF erased_at ON contacts FOR EACH ROW
    WHEN (old.erased_at IS NULL AND new.erased_at IS NOT NULL)
    EXECUTE FUNCTION contact_merge_erased();

-- Passado o prazo, o que só servia para desfazer se esquece; a auditoria fica.
CREATE INDEX contact_merges_old ON contact_merges (created_at);
CREATE FUNCTION contact_merges_forget(days integer, most bigint) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    WITH gone AS (
        DELETE FROM contact_merges m WHERE (m.company_id, m.id) IN (
            SELECT x.company_id, x.id FROM contact_merges x
             WHERE x.created_at < now() - make_interval(days => days) LIMIT most)
        RETURNING 1)
    SELECT count(*) FROM gone
$$;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['contact_scans', 'contact_duplicates',
                             'contact_merges'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (company_id = '
                       'app_company())', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO '
                       'balcao_app', t);
    END LOOP;
    EXECUTE format('CREATE OR REPLACE FUNCTION privacy_company_tables() '
        'RETURNS text[] LANGUAGE sql IMMUTABLE RETURN %L::text[]',
        ARRAY(SELECT n FROM unnest(privacy_company_tables()) n
               WHERE n NOT IN ('contact_scans', 'contact_duplicates',
                               'contact_merges')) ||
        ARRAY['contact_scans', 'contact_duplicates', 'contact_merges']);
END $$;

REVOKE EXECUTE ON FUNCTION twin_key(text, text), twin_name(text),
    contact_twins(bigint[], integer), contact_scan_step(integer),
    contact_merge_cycle(), contact_merge_facts(contacts),
    contact_merge_make(bigint, bigint, bigint, bigint, text[]),
    contact_merge_joined(bigint, bigint[]),
    contact_merge_undo(bigint, integer), contact_merge_erased(),
    contact_merges_forget(integer, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION twin_key(text, text), twin_name(text),
    contact_twins(bigint[], integer), contact_scan_step(integer),
    contact_merge_cycle(), contact_merge_facts(contacts),
    contact_merge_make(bigint, bigint, bigint, bigint, text[]),
    contact_merge_joined(bigint, bigint[]),
    contact_merge_undo(bigint, integer), contact_merge_erased(),
    contact_merges_forget(integer, bigint) TO balcao_app;
