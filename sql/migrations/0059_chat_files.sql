-- 0059: arquivos na conversa entre colegas. O arquivo tem um lugar só: uma
-- mensagem ao cliente, ou uma entre colegas; sem lugar, a faxina o leva.

ALTER TABLE files
    ADD talk_id bigint,
    ADD talk_message_id bigint,
    ADD FOREIGN KEY (company_id, talk_id, talk_message_id)
        REFERENCES talk_messages (company_id, talk_id, id) ON DELETE CASCADE,
    ADD CHECK ((talk_id IS NULL) = (talk_message_id IS NULL)),
    ADD CONSTRAINT files_one_place
        CHECK (num_nonnulls(message_id, talk_message_id) <= 1);
CREATE UNIQUE INDEX files_talk ON files (company_id, talk_id, talk_message_id)
    WHERE talk_message_id IS NOT NULL;
COMMENT ON COLUMN files.talk_id IS 'Conversa entre colegas; nula: não é de nenhuma.';
COMMENT ON COLUMN files.talk_message_id IS 'Mensagem dela que o leva.';
COMMENT ON COLUMN talk_messages.body IS
    'Texto, até 4096 caracteres; vazio: apagada, ou só um arquivo.';

-- Sem texto já não quer dizer apagada: pode ser só o arquivo.
ALTER TABLE talk_messages
    DROP CONSTRAINT talk_messages_check,
    ADD CONSTRAINT talk_messages_erased CHECK (deleted_at IS NULL OR body = '');

DROP INDEX files_loose;
CREATE INDEX files_loose ON files (created_at)
    WHERE message_id IS NULL AND talk_message_id IS NULL;

CREATE OR REPLACE FUNCTION file_sweep(most bigint) RETURNS TABLE (key text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    DELETE FROM files f USING (
        SELECT l.company_id, l.id FROM files l
         WHERE l.message_id IS NULL AND l.talk_message_id IS NULL
           AND l.created_at < now() - interval '1 day'
         LIMIT most) old
     WHERE f.company_id = old.company_id AND f.id = old.id
       AND f.message_id IS NULL AND f.talk_message_id IS NULL;
    RETURN QUERY SELECT t.key FROM file_trash t
     WHERE NOT EXISTS (SELECT FROM files f WHERE f.key = t.key) LIMIT most;
END $$;

-- A mensagem apagada não deixa o arquivo para trás.
CREATE FUNCTION talk_file_orphaned() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    DELETE FROM files f
     WHERE f.company_id = new.company_id AND f.talk_id = new.talk_id
       AND f.talk_message_id = new.id;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION talk_file_orphaned() FROM PUBLIC;
CREATE TRIGGER file_orphaned AFTER UPDATE OF deleted_at ON talk_messages
    FOR EACH ROW WHEN (old.deleted_at IS NULL AND new.deleted_at IS NOT NULL)
    EXECUTE FUNCTION talk_file_orphaned();
