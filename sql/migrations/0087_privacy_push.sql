-- 0087: os aparelhos que recebem avisos são dados da pessoa: vão na exportação
-- dela, menos o endereço de envio e as chaves, que são segredos.
DO $$
DECLARE
    was  text := pg_get_functiondef('privacy_person_files(bigint)'::regprocedure);
    now_ text := replace(was, '    RETURN QUERY SELECT ''tokens.json''',
'    RETURN QUERY SELECT ''push.json'', jsonb_pretty(coalesce(jsonb_agg(
        jsonb_build_object(''companyId'', p.company_id, ''id'', p.id,
            ''device'', p.device, ''createdAt'', p.created_at,
            ''usedAt'', p.used_at) ORDER BY p.company_id, p.id), ''[]''))
      FROM push_subscriptions p
     WHERE p.user_id = person AND (own OR p.company_id = ANY (places));
    RETURN QUERY SELECT ''tokens.json''');
BEGIN
    IF now_ = was THEN
        RAISE EXCEPTION 'privacy_person_files mudou de forma';
    END IF;
    EXECUTE now_;
END $$;
