-- 0017: quem manda um e-mail de dentro de uma empresa o manda por ela; o número
-- que veio junto só conta quando a transação não entrou em empresa nenhuma.

-- Enfileira um e-mail já lacrado, e só lacrado.
CREATE OR REPLACE FUNCTION mail_post(company bigint, body jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
DECLARE
    home bigint := coalesce(nullif(app_company(), 0), nullif(company, 0),
                            (SELECT min(id) FROM companies));
BEGIN
    IF body IS NULL OR jsonb_typeof(body -> 'sealed') IS DISTINCT FROM 'string'
       OR body - 'sealed' <> '{}' THEN
        RAISE EXCEPTION 'e-mail sem lacre' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO jobs (company_id, lane, kind, payload)
    SELECT home, 2, 'mail.send', body WHERE home IS NOT NULL;
END
$$;
