-- 0086: quem sai de propósito deixa de estar presente na hora, e não só quando
-- a falta de sinal aparece, um minuto depois: a fila não lhe entrega mais nada.

-- Em cada empresa onde a pessoa já não tem login em uso. Com outro login usado
-- há pouco (o de programa se renova a cada 15 min), decide o sinal de vida, como
-- sempre. Quem avisa os outros é o job que já esperava a saída; seen_at recua
-- até onde a pessoa conta como fora.
CREATE FUNCTION presence_sign_out(person bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    company bigint;
BEGIN
    FOR company IN
        UPDATE presence p SET seen_at = now() - interval '61 seconds'
         WHERE p.user_id = person AND p.online
           AND p.seen_at > now() - interval '60 seconds'
           AND NOT EXISTS (
               SELECT FROM auth_logins(person) l
                WHERE l.company_id = p.company_id
                  AND l.last_used_at > now() - interval '20 minutes')
        RETURNING p.company_id
    LOOP
        UPDATE jobs j SET state = 'ready', run_at = now()
         WHERE j.company_id = company AND j.kind = 'presence.leave'
           AND j.state IN ('delayed', 'ready')
           AND (j.payload ->> 'userId')::bigint = person;
        IF NOT FOUND THEN
            INSERT INTO jobs (company_id, lane, kind, payload)
            VALUES (company, 3, 'presence.leave',
                    jsonb_build_object('userId', person));
        END IF;
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION presence_sign_out(bigint) FROM PUBLIC;

DO $$
DECLARE
    was  text := pg_get_functiondef('auth_family_revoke(uuid)'::regprocedure);
    now_ text := replace(was, 'PERFORM access_changed(person, NULL);',
                         'PERFORM access_changed(person, NULL);
        PERFORM presence_sign_out(person);');
BEGIN
    IF now_ = was THEN
        RAISE EXCEPTION 'auth_family_revoke mudou de forma';
    END IF;
    EXECUTE now_;
END $$;

CREATE OR REPLACE FUNCTION auth_logout_all(person bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    version integer;
BEGIN
    DELETE FROM one_time_tokens t
     WHERE t.user_id = person AND t.purpose IN ('login', 'reset', 'email');
    UPDATE users u SET token_version = u.token_version + 1
     WHERE u.id = person RETURNING u.token_version INTO version;
    PERFORM presence_sign_out(person);
    RETURN version;
END $$;

COMMENT ON COLUMN presence.seen_at IS
    'Último sinal de uma aba; passados 60 segundos, está fora. Recua até aí quando a pessoa sai de propósito.';
