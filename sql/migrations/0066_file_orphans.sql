-- 0066: bytes guardados que linha nenhuma conhece (um envio que morreu entre
-- os bytes e o COMMIT). Quem caminha pelo armazenamento pergunta por muitos de
-- uma vez, de todas as empresas.

CREATE FUNCTION file_orphans(keys text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT k FROM unnest(keys) k
     WHERE NOT EXISTS (
           SELECT FROM files f
            WHERE f.key = regexp_replace(k, '\.webp$', ''))
$$;
REVOKE EXECUTE ON FUNCTION file_orphans(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION file_orphans(text[]) TO balcao_app;
COMMENT ON FUNCTION file_orphans(text[]) IS
    'Das chaves dadas, as que não são de arquivo nenhum, nem miniatura de um.';
