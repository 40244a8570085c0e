-- 0071: importar e desfazer depressa. Medido com cem mil linhas: desfazer
-- comparava cada linha da importação com cada contato que saiu, e aprender as
-- palavras custava uma chamada por contato.

-- As de 0069, com os nomes todos de uma vez em lugar de um a um.
CREATE OR REPLACE FUNCTION contact_words_learn() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    INSERT INTO contact_words (company_id, word)
    SELECT n.company_id, w
      FROM (SELECT f.company_id, string_agg(f.name, ' ') AS names,
                   string_agg(f.email, ' ') AS emails
              FROM fresh f GROUP BY f.company_id) n,
           contact_words_of(n.names, n.emails) w
     WHERE (SELECT bool_and(k.doubt_at IS NULL) FROM contact_words k
             WHERE k.company_id = n.company_id AND k.word = w) IS NOT TRUE;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION contact_words_doubt() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    INSERT INTO contact_words (company_id, word, doubt_at)
    SELECT n.company_id, w, now()
      FROM (SELECT g.company_id, string_agg(g.name, ' ') AS names,
                   string_agg(g.email, ' ') AS emails
              FROM gone g GROUP BY g.company_id) n,
           contact_words_of(n.names, n.emails) w
     WHERE EXISTS (SELECT FROM companies c WHERE c.id = n.company_id);
    RETURN NULL;
END $$;

-- Desfazer: as linhas acham-se pelo contato. As estatísticas ainda não conhecem
-- a importação: pelo número dela o banco esperava uma linha e lia cem mil, cada
-- uma contra uma lista de milhares (o + 0 tira-o do caminho).
DO $$
DECLARE
    was text := pg_get_functiondef('contact_import_undo(bigint,integer)'::regprocedure);
    now_is text := regexp_replace(was,
        'SET state = CASE WHEN r\.contact_id = ANY \(gone\) THEN ''undone''\s+'
        'ELSE ''touched'' END\s+WHERE r\.company_id = firm AND r\.import_id = '
        'import AND r\.state = ''created''\s+AND r\.contact_id = ANY \(ids\);',
        'SET state = ''undone'' WHERE r.company_id = firm AND r.import_id + 0 = import '
        'AND r.state = ''created'' AND r.contact_id = ANY (gone); '
        'UPDATE contact_import_rows r SET state = ''touched'' WHERE r.company_id = firm '
        'AND r.import_id + 0 = import AND r.state = ''created'' '
        'AND r.contact_id = ANY (ids);');
BEGIN
    ASSERT was <> now_is, 'contact_import_undo mudou';
    EXECUTE now_is;
END $$;
