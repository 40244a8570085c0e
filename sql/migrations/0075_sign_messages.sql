-- 0075: assinar as mensagens. Se a empresa quer, o texto vai ao contato com o
-- nome de quem escreveu, em negrito, na primeira linha; na tela o nome já está.

ALTER TABLE companies ADD sign_messages boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN companies.sign_messages IS
    'O texto sai com o nome de quem o escreveu.';

-- Como a empresa trata as mensagens; nulo deixa como está. Sem prévias, as que
-- havia se esquecem.
DROP FUNCTION message_settings_save(boolean, boolean);
CREATE FUNCTION message_settings_save(receipts boolean, previews boolean,
                                      signed boolean)
RETURNS TABLE (read_receipts boolean, link_previews boolean,
               sign_messages boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF NOT previews THEN
        DELETE FROM link_previews p WHERE p.company_id = app_company();
    END IF;
    RETURN QUERY UPDATE companies c
       SET read_receipts = coalesce(receipts, c.read_receipts),
           link_previews = coalesce(previews, c.link_previews),
           sign_messages = coalesce(signed, c.sign_messages)
     WHERE c.id = app_company()
    RETURNING c.read_receipts, c.link_previews, c.sign_messages;
END $$;
REVOKE EXECUTE ON FUNCTION message_settings_save(boolean, boolean, boolean)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION message_settings_save(boolean, boolean, boolean)
    TO balcao_app;

-- O texto como vai ao contato. O nome não leva asterisco, que fecharia o
-- negrito, e o que com ele passaria do limite vai sem assinatura.
CREATE FUNCTION signed_text(body text, sender text, most integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = balcao, pg_temp
RETURN CASE WHEN body = '' OR replace(coalesce(sender, ''), '*', '') = ''
              OR char_length(body) + char_length(sender) + 3 > most THEN body
       ELSE '*' || replace(sender, '*', '') || '*' || E'\n' || body END;
REVOKE EXECUTE ON FUNCTION signed_text(text, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION signed_text(text, text, integer) TO balcao_app;
