-- 0062: importar também de vCards: um cartão traz vários telefones e e-mails.

ALTER TABLE contact_imports DROP CONSTRAINT contact_imports_delimiter_check,
    ADD CONSTRAINT contact_imports_delimiter_check
    CHECK (delimiter IN ('comma', 'semicolon', 'tab', 'vcard'));
COMMENT ON COLUMN contact_imports.delimiter IS
    'Separador das colunas; vcard: não é CSV.';

-- A de 0055, com os telefones e e-mails além dos principais.
CREATE OR REPLACE FUNCTION contact_import_stage() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = balcao, pg_temp
SET client_min_messages = warning AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.contact_import_stage;
    CREATE TEMP TABLE contact_import_stage (line integer NOT NULL, cells text,
        name text, phone text, phone_key text, email text, document text,
        reason text, contact_id bigint, state text, more jsonb) ON COMMIT DROP;
    GRANT INSERT ON pg_temp.contact_import_stage TO balcao_app;
END $$;

-- Depois de contact_import_apply: os endereços que vão além dos principais, de
-- quem nasceu ou foi completado. O que já é de outra pessoa continua dela.
CREATE FUNCTION contact_import_more() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    INSERT INTO contact_identities (company_id, contact_id, kind, match_key,
                                    value)
    SELECT app_company(), s.contact_id, e ->> 'kind', e ->> 'key', e ->> 'value'
      FROM pg_temp.contact_import_stage s, jsonb_array_elements(s.more) e
     WHERE s.more IS NOT NULL AND s.state IN ('created', 'filled')
     ORDER BY s.line
        ON CONFLICT DO NOTHING;
END $$;

-- Desfazer: um endereço a mais só diz que alguém mexeu se veio depois.
DO $$
DECLARE
    was text := pg_get_functiondef('contact_import_undo(bigint,integer)'::regprocedure);
    now_is text := regexp_replace(was,
        'AND i\.value IS DISTINCT FROM c\.phone\s+AND i\.value IS DISTINCT FROM c\.email',
        'AND i.created_at > c.created_at');
BEGIN
    ASSERT was <> now_is, 'contact_import_undo mudou';
    EXECUTE now_is;
END $$;

REVOKE EXECUTE ON FUNCTION contact_import_more() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION contact_import_more() TO balcao_app;
