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
    contact_save(bigint, bigint, text, text, text, text, jsonb, bigint[], text[],
                 text[], text[], boolean, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_fold(text), contact_back(),
    contact_save(bigint, bigint, text, text, text, text, jsonb, bigint[], text[],
                 text[], text[], boolean, boolean) TO balcao_app;
