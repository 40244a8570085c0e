-- 0022: a agenda: procurar entre um milhão de contatos, gravar um com todas as
-- identidades, bloquear e apagar.

-- Com a empresa dentro do índice, quem procura não passa pelos contatos das
-- outras; extensão confiável, sem superusuário.
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- Sem acentos, maiúsculas nem pontuação: "D'Ávila" e "davila", "(11) 98" e
-- "11 98" são o mesmo. Tira também o que o LIKE leria como curinga.
CREATE FUNCTION search_fold(what text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(fold(what), '[!-/:-@\[-`{-~]+', '', 'g');

ALTER TABLE contacts DROP COLUMN search;
ALTER TABLE contacts
    ADD search text GENERATED ALWAYS AS (search_fold(name) || ' ' ||
        coalesce(phone, '') || ' ' || lower(coalesce(document, '')) || ' ' ||
        search_fold(coalesce(email, ''))) STORED;
COMMENT ON COLUMN contacts.search IS
    'O que a busca percorre: nome, telefone, documento e e-mail, sem acentos nem pontuação.';
CREATE INDEX contacts_search ON contacts USING gin
    (company_id, search gin_trgm_ops) WHERE deleted_at IS NULL;

-- ---- procurar --------------------------------------------------------------

-- Os ids de uma página, em ordem. Sem q: por nome, depois de (after_name,
-- after_id). Com q, por camadas, e só se passa à seguinte se faltam: telefone
-- ou e-mail exatos (também os que não são o principal, com e sem o nono
-- dígito); começo do nome; pedaços em qualquer ordem; parecidos, se nada se
-- achou. Nas políticas de linha o LIKE não usaria o índice (não é leakproof):
-- por isso a função é do dono e confere a empresa ela mesma.
CREATE FUNCTION contact_find(q text, tags bigint[], blocked text, channel bigint,
                             after_name text, after_id bigint, most bigint)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp
SET pg_trgm.word_similarity_threshold = 0.5 AS $$
DECLARE
    from_all text := 'SELECT c.id FROM contacts c WHERE c.company_id = $1 '
                     'AND c.deleted_at IS NULL';
    plain    text := trim(regexp_replace(search_fold(q), '\s+', ' ', 'g'));
    start    text := fold(trim(q));
    keys     text[];
    hits     bigint[] := '{}';
    more     bigint[];
    rule     text := '';
    word     text;
BEGIN
    IF tags <> '{}' THEN
        from_all := from_all || ' AND c.tag_ids && $2';
    END IF;
    IF channel > 0 THEN
        from_all := from_all || ' AND EXISTS (SELECT FROM tickets t WHERE '
            't.company_id = $1 AND t.contact_id = c.id AND t.channel_id = $3)';
    END IF;
    IF blocked IN ('true', 'false') THEN
        from_all := from_all || ' AND c.blocked_at IS ' ||
            CASE blocked WHEN 'true' THEN 'NOT NULL' ELSE 'NULL' END;
    END IF;
    IF plain = '' THEN
        RETURN QUERY EXECUTE from_all || ' AND (fold(c.name), c.id) > ($4, $5) '
            'ORDER BY fold(c.name), c.id LIMIT $6'
            USING app_company(), tags, channel, after_name, after_id, most;
        RETURN;
    END IF;
    IF plain ~ '^[0-9 ]+$' THEN
        plain := replace(plain, ' ', '');
        keys := ARRAY[plain, '55' || plain];
        keys := keys || ARRAY(SELECT left(k, 4) || substr(k, 6) FROM unnest(keys) k
                               WHERE k ~ '^55[1-9][0-9]9[6-9][0-9]{7}$');
    ELSIF q ~ '@' THEN
        keys := ARRAY[lower(trim(q))];
    END IF;
    IF keys IS NOT NULL THEN
        EXECUTE format('SELECT coalesce(array_agg(x.id), ''{}'') FROM (%s AND c.id IN '
            '(SELECT i.contact_id FROM contact_identities i WHERE i.company_id '
            '= $1 AND i.kind IN (''phone'', ''email'') AND i.match_key = ANY '
            '($4)) LIMIT $5) x', from_all)
            INTO hits USING app_company(), tags, channel, keys, most;
        IF hits <> '{}' AND char_length(plain) >= 8 THEN
            RETURN QUERY SELECT unnest(hits);
            RETURN;
        END IF;
    END IF;
    IF cardinality(hits) < most THEN
        EXECUTE format('SELECT coalesce(array_agg(x.id), ''{}'') FROM (%s AND '
            'fold(c.name) >= $4 AND fold(c.name) < $4 || chr(1114111) AND '
            'c.id <> ALL ($5) ORDER BY fold(c.name), c.id LIMIT $6) x', from_all)
            INTO more USING app_company(), tags, channel, start, hits,
                            most - cardinality(hits);
        hits := hits || more;
    END IF;
    FOR word IN SELECT w FROM unnest(string_to_array(plain, ' ')) w LIMIT 8 LOOP
        rule := rule || format(' AND c.search LIKE %L', '%' || word || '%');
    END LOOP;
    IF cardinality(hits) < most AND plain ~ '\S{3}' THEN
        EXECUTE format('SELECT coalesce(array_agg(y.id ORDER BY fold(y.name), y.id), '
            '''{}'') FROM contacts y WHERE y.company_id = $1 AND y.id IN (%s%s '
            'AND c.id <> ALL ($4) LIMIT $5)', from_all, rule)
            INTO more USING app_company(), tags, channel, hits,
                            most - cardinality(hits);
        hits := hits || more;
    END IF;
    -- cem parecidos bastam para escolher os melhores; todos custariam segundos
    IF cardinality(hits) = 0 AND char_length(plain) >= 4 AND plain !~ '^[0-9]+$' THEN
        EXECUTE format('SELECT coalesce(array_agg(z.id), ''{}'') FROM (SELECT x.id '
            'FROM (%s AND c.search %%> $4 LIMIT 100) x JOIN contacts y ON '
            'y.company_id = $1 AND y.id = x.id ORDER BY word_similarity($4, '
            'y.search) DESC, x.id LIMIT $5) z', from_all)
            INTO hits USING app_company(), tags, channel, plain, most;
    END IF;
    RETURN QUERY SELECT unnest(hits);
END $$;

-- ---- gravar ----------------------------------------------------------------

-- Um contato e as suas identidades, de uma vez. contact 0: novo. Os vetores
-- dizem os telefones e e-mails (o principal entre eles); o que está neles passa
-- a ser dele, se não é de outro. phones_all, emails_all: só os que vieram.
-- outcome: ok, unknown, stale, phone, email, document, tag; other: de quem é.
CREATE FUNCTION contact_save(contact bigint, seen bigint, new_name text,
    new_phone text, new_email text, new_document text, new_custom jsonb,
    new_tags bigint[], kinds text[], keys text[], shown text[],
    phones_all boolean, emails_all boolean,
    OUT outcome text, OUT id bigint, OUT other bigint)
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
DECLARE
    was contacts;
    bad record;
BEGIN
    id := contact;
    IF contact > 0 THEN
        SELECT * INTO was FROM contacts c
         WHERE c.id = contact AND c.deleted_at IS NULL FOR UPDATE;
        IF NOT FOUND THEN
            outcome := 'unknown';
            RETURN;
        ELSIF seen > 0 AND seen <> was.version THEN
            outcome := 'stale';
            other := was.version;
            RETURN;
        END IF;
    END IF;
    IF new_tags IS NOT NULL AND EXISTS (SELECT FROM unnest(new_tags) t (tag)
          WHERE NOT EXISTS (SELECT FROM tags g WHERE g.id = t.tag)) THEN
        outcome := 'tag';
        RETURN;
    END IF;
    SELECT c.id INTO other FROM contacts c
     WHERE c.document = new_document AND c.id <> contact
       AND c.deleted_at IS NULL LIMIT 1;
    IF FOUND THEN
        outcome := 'document';
        RETURN;
    END IF;
    IF contact = 0 THEN
        INSERT INTO contacts (company_id, name, phone, email, document, custom)
        VALUES (app_company(), new_name, new_phone, new_email, new_document,
                new_custom)
        RETURNING contacts.id INTO id;
    ELSE
        UPDATE contacts c
           SET name = new_name, phone = new_phone, email = new_email,
               document = new_document, custom = new_custom,
               version = c.version + 1, updated_at = clock_timestamp()
         WHERE c.id = contact;
        DELETE FROM contact_identities i
         WHERE i.contact_id = contact
           AND (phones_all AND i.kind = 'phone' OR emails_all AND i.kind = 'email')
           AND NOT EXISTS (SELECT FROM unnest(kinds, keys) k (kind, key)
                            WHERE k.kind = i.kind AND k.key = i.match_key);
    END IF;
    -- de um contato apagado a identidade muda de dono; de um vivo, recusa
    INSERT INTO contact_identities AS i (company_id, contact_id, kind, match_key,
                                         value)
    SELECT DISTINCT ON (k.kind, k.key) app_company(), contact_save.id, k.kind,
           k.key, k.value
      FROM unnest(kinds, keys, shown) WITH ORDINALITY k (kind, key, value, place)
     ORDER BY k.kind, k.key, k.place
    ON CONFLICT (company_id, kind, match_key) DO UPDATE
       SET contact_id = excluded.contact_id, value = excluded.value
     WHERE i.contact_id = excluded.contact_id OR EXISTS (
           SELECT FROM contacts c WHERE c.id = i.contact_id
              AND c.deleted_at IS NOT NULL);
    SELECT k.kind, i.contact_id INTO bad
      FROM unnest(kinds, keys) k (kind, key)
      JOIN contact_identities i ON i.kind = k.kind AND i.match_key = k.key
     WHERE i.contact_id <> contact_save.id LIMIT 1;
    IF FOUND THEN
        outcome := bad.kind;
        other := bad.contact_id;
        RETURN;
    END IF;
    IF new_tags IS NOT NULL THEN
        DELETE FROM contact_tags t
         WHERE t.contact_id = contact_save.id AND t.tag_id <> ALL (new_tags);
        INSERT INTO contact_tags (company_id, contact_id, tag_id)
        SELECT app_company(), contact_save.id, t FROM unnest(new_tags) t
        ON CONFLICT DO NOTHING;
    END IF;
    outcome := 'ok';
END $$;

-- Quem saiu da lista e volta a ter um atendimento volta à lista.
CREATE FUNCTION contact_back() RETURNS trigger LANGUAGE plpgsql
SET search_path = balcao, pg_temp AS $$
BEGIN
    UPDATE contacts c
       SET deleted_at = NULL, version = version + 1,
           updated_at = clock_timestamp()
     WHERE c.company_id = NEW.company_id AND c.id = NEW.contact_id
       AND c.deleted_at IS NOT NULL AND c.merged_into_id IS NULL
       AND c.erased_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER contact_back AFTER INSERT ON tickets FOR EACH ROW
    WHEN (NEW.status <> 'closed') EXECUTE FUNCTION contact_back();

-- ---- dados pessoais --------------------------------------------------------

-- O mesmo de 0016, e tudo o que hoje se guarda de um contato.
CREATE OR REPLACE FUNCTION privacy_contact_erase(contact bigint, confirm text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
DECLARE
    was   contacts;
    marks text[];
BEGIN
    SELECT * INTO was FROM contacts c
     WHERE c.company_id = app_company() AND c.id = contact FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'unknown';
    ELSIF was.erased_at IS NOT NULL THEN
        RETURN 'erased';
    ELSIF confirm <> was.name THEN
        RETURN 'confirm';
    END IF;
    SELECT array_agg(DISTINCT x.mark) INTO marks
      FROM (SELECT was.phone UNION SELECT was.email UNION
            SELECT was.document UNION
            SELECT unnest(ARRAY[i.value, i.match_key]) FROM contact_identities i
             WHERE i.company_id = app_company() AND i.contact_id = contact) x (mark)
     WHERE char_length(x.mark) >= 5;
    -- o corpo cru não se refaz sem o que se apagou
    UPDATE webhook_failures f
       SET body = '', error = 'apagado', replayed_at = coalesce(f.replayed_at, now())
     WHERE f.company_id = app_company() AND EXISTS (
           SELECT FROM unnest(marks) k
            WHERE position(convert_to(k, 'UTF8') IN f.body) > 0);
    DELETE FROM contact_tags t
     WHERE t.company_id = app_company() AND t.contact_id = contact;
    UPDATE contacts c
       SET name = CASE k.locale WHEN 'en' THEN 'Erased contact'
                                ELSE 'Contato apagado' END,
           phone = NULL, email = NULL, document = NULL, custom = '{}',
           erased_at = now(), version = c.version + 1,
           updated_at = clock_timestamp()
      FROM companies k
     WHERE k.id = c.company_id AND c.company_id = app_company() AND c.id = contact;
    DELETE FROM contact_identities i
     WHERE i.company_id = app_company() AND i.contact_id = contact;
    UPDATE tickets t
       SET last_message = '', reply_to = '', reply_to_kind = 'phone',
           window_until = NULL, erased_at = clock_timestamp()
     WHERE t.company_id = app_company() AND t.contact_id = contact;
    UPDATE audit_log a SET before = NULL, after = NULL
     WHERE a.company_id = app_company()
       AND a.target_type = 'contact' AND a.target_id = contact::text;
    -- nas outras linhas só o texto que é, inteiro, um dos dele (audit_redact
    -- vem na 0026): o registro de um ato não se apaga com um contato
    UPDATE audit_log a
       SET before = audit_redact(a.before, '{}', low.texts),
           after = audit_redact(a.after, '{}', low.texts)
      FROM (SELECT array_agg(lower(k)) AS texts FROM unnest(marks) k) low
     WHERE a.company_id = app_company() AND a.target_type <> 'contact'
       AND EXISTS (SELECT FROM unnest(marks) k
            WHERE position(to_json(lower(k))::text
                           IN lower(concat(a.before, a.after))) > 0);
    -- encerrar os abertos, de quem forem, é parte de apagar
    PERFORM set_config('app.visibility', 'all', true);
    RETURN 'ok';
END $$;

REVOKE EXECUTE ON FUNCTION search_fold(text), contact_back(),
    contact_find(text, bigint[], text, bigint, text, bigint, bigint),
    contact_save(bigint, bigint, text, text, text, text, jsonb, bigint[], text[],
                 text[], text[], boolean, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_fold(text), contact_back(),
    contact_find(text, bigint[], text, bigint, text, bigint, bigint),
    contact_save(bigint, bigint, text, text, text, text, jsonb, bigint[], text[],
                 text[], text[], boolean, boolean) TO balcao_app;
