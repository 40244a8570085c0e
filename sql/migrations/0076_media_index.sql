-- 0076: os arquivos de uma conversa, sem andar por todas as mensagens dela.
CREATE INDEX messages_media ON messages (company_id, ticket_id, id DESC)
    WHERE kind IN ('image', 'video', 'audio', 'document', 'sticker')
      AND deleted_at IS NULL;
