-- 0063: um arquivo numa resposta rápida. O que vai ao cliente é uma cópia da
-- linha, com os mesmos bytes: eles só saem do disco com a última.

ALTER TABLE files
    ADD reply_id bigint,
    ADD FOREIGN KEY (company_id, reply_id) REFERENCES quick_replies
        ON DELETE CASCADE,
    DROP CONSTRAINT files_one_place,
    ADD CONSTRAINT files_one_place
        CHECK (num_nonnulls(message_id, talk_message_id, reply_id) <= 1);
CREATE UNIQUE INDEX files_reply ON files (company_id, reply_id)
    WHERE reply_id IS NOT NULL;
COMMENT ON COLUMN files.reply_id IS 'Resposta rápida de que é o anexo; nula: de nenhuma.';

DROP INDEX files_loose;
CREATE INDEX files_loose ON files (created_at)
    WHERE message_id IS NULL AND talk_message_id IS NULL AND reply_id IS NULL;

CREATE OR REPLACE FUNCTION file_sweep(most bigint) RETURNS TABLE (key text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    DELETE FROM files f USING (
        SELECT l.company_id, l.id FROM files l
         WHERE l.message_id IS NULL AND l.talk_message_id IS NULL
           AND l.reply_id IS NULL AND l.created_at < now() - interval '1 day'
         LIMIT most) old
     WHERE f.company_id = old.company_id AND f.id = old.id
       AND f.message_id IS NULL AND f.talk_message_id IS NULL
       AND f.reply_id IS NULL;
    -- bytes que outra linha ainda usa não saem, e deixam de esperar por isso;
    -- a linha se trava: se saísse ao mesmo tempo, não poria a chave de volta
    DELETE FROM file_trash t USING (
        SELECT f.key FROM files f
         WHERE f.key IN (SELECT w.key FROM file_trash w)
           FOR KEY SHARE OF f SKIP LOCKED) used
     WHERE t.key = used.key;
    RETURN QUERY SELECT t.key FROM file_trash t
     WHERE NOT EXISTS (SELECT FROM files f WHERE f.key = t.key) LIMIT most;
END $$;
