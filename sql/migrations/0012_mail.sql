-- 0012: e-mail. Um e-mail é um job "mail.send" como os outros; só entra por
-- esta porta porque quem o pede pode não ter empresa (registro, senha
-- esquecida), e job sem empresa não existe.

-- Enfileira um e-mail já lacrado. Sem empresa dada nem na transação, fica na
-- conta da mais antiga da instalação: o conteúdo é cifrado, ninguém o lê lá.
CREATE FUNCTION mail_post(company bigint, body jsonb) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    INSERT INTO jobs (company_id, lane, kind, payload)
    SELECT home.id, 2, 'mail.send', body
      FROM (SELECT coalesce(nullif(company, 0), nullif(app_company(), 0),
                            (SELECT min(id) FROM companies)) AS id) home
     WHERE home.id IS NOT NULL
$$;

REVOKE EXECUTE ON FUNCTION mail_post(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail_post(bigint, jsonb) TO balcao_app;
