-- 0015: a pessoa cuida da própria conta: perfil, e-mail, segunda etapa.

CREATE FUNCTION account_profile_set(new_name text, new_locale text)
RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
    UPDATE users u
       SET name = coalesce(new_name, u.name),
           locale = CASE WHEN new_locale = '' THEN NULL
                         ELSE coalesce(new_locale, u.locale) END
     WHERE u.id = app_user()
$$;

-- O e-mail à espera de confirmação, se há.
CREATE FUNCTION account_pending_email() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT o.address FROM one_time_tokens o
     WHERE o.purpose = 'email' AND o.user_id = app_user()
       AND o.used_at IS NULL AND o.expires_at > now()
     ORDER BY o.id DESC LIMIT 1
$$;

CREATE FUNCTION account_email_is_free(address text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM users u WHERE lower(u.email) = lower(address))
$$;

-- Troca o e-mail; falso se outra conta o tomou enquanto isso.
CREATE FUNCTION account_email_set(person bigint, address text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
BEGIN
    UPDATE users u SET email = address WHERE u.id = person;
    RETURN FOUND;
EXCEPTION WHEN unique_violation THEN
    RETURN false;
END $$;

-- Alguma empresa da pessoa exige a segunda etapa?
CREATE FUNCTION account_two_factor_required() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    SELECT EXISTS (SELECT FROM memberships m JOIN companies c ON c.id = m.company_id
                    WHERE m.user_id = app_user() AND m.disabled_at IS NULL
                      AND c.require_two_factor)
$$;

REVOKE EXECUTE ON FUNCTION account_profile_set(text, text),
    account_pending_email(), account_email_is_free(text),
    account_email_set(bigint, text), account_two_factor_required() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION account_profile_set(text, text),
    account_pending_email(), account_email_is_free(text),
    account_email_set(bigint, text), account_two_factor_required()
    TO balcao_app;
