-- 0025: anotações internas, menções, estrelas, rascunhos, encaminhamento e
-- confirmação de leitura.

-- ---- anotações --------------------------------------------------------------

-- A anotação é da equipe: nunca tem id da plataforma nem entra na fila de
-- envio. Quem tentar mandá-la esbarra no próprio banco.
ALTER TABLE messages
    DROP CONSTRAINT messages_kind_check,
    ADD CONSTRAINT messages_kind_check CHECK (kind IN ('text', 'image', 'video',
        'audio', 'document', 'sticker', 'location', 'contacts', 'interactive',
        'button', 'reaction', 'order', 'system', 'unsupported', 'note')),
    ADD mentions bigint[] NOT NULL DEFAULT '{}'
        CHECK (cardinality(mentions) <= 20),
    ADD forwarded_from_id bigint,
    ADD CONSTRAINT messages_note_stays CHECK (kind <> 'note'
        OR (sender_type <> 'contact' AND status = 'received'
            AND provider_id IS NULL));
COMMENT ON COLUMN messages.mentions IS
    'Pessoas citadas numa anotação, até 20; vazio nas demais.';
COMMENT ON COLUMN messages.forwarded_from_id IS
    'Mensagem que se encaminhou nesta; nulo: não é encaminhada.';

-- O que a visão já tinha fica como está, mais as colunas novas no fim.
DO $$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW message_rows WITH (security_invoker = true) AS '
        || regexp_replace(rtrim(pg_get_viewdef('message_rows'::regclass), '; '),
            '\s+FROM (\(*)messages m',
            ', m.mentions, m.forwarded_from_id IS NOT NULL AS forwarded'
            ' FROM \1messages m');
END $$;

-- ---- estrelas ---------------------------------------------------------------

CREATE TABLE message_stars (
    company_id bigint NOT NULL,
    user_id    bigint NOT NULL,
    message_id bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, user_id, message_id),
    FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE,
    FOREIGN KEY (company_id, message_id) REFERENCES messages ON DELETE CASCADE
);
CREATE INDEX message_stars_user ON message_stars (user_id);
CREATE INDEX message_stars_message ON message_stars (company_id, message_id);
COMMENT ON TABLE message_stars IS 'Mensagens que cada pessoa marcou para si.';
COMMENT ON COLUMN message_stars.company_id IS 'Empresa.';
COMMENT ON COLUMN message_stars.user_id IS 'Quem marcou.';
COMMENT ON COLUMN message_stars.message_id IS 'Mensagem marcada.';
COMMENT ON COLUMN message_stars.created_at IS 'Quando foi marcada.';

-- ---- rascunhos --------------------------------------------------------------

CREATE TABLE drafts (
    company_id bigint NOT NULL,
    user_id    bigint NOT NULL,
    ticket_id  bigint NOT NULL,
    body       text NOT NULL CHECK (char_length(body) BETWEEN 1 AND 4096),
    reply_to   bigint,
    is_note    boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, user_id, ticket_id),
    FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE,
    FOREIGN KEY (company_id, ticket_id) REFERENCES tickets ON DELETE CASCADE
);
CREATE INDEX drafts_user ON drafts (user_id);
CREATE INDEX drafts_ticket ON drafts (company_id, ticket_id);
COMMENT ON TABLE drafts IS
    'O que cada pessoa escreveu e não enviou, por atendimento.';
COMMENT ON COLUMN drafts.company_id IS 'Empresa.';
COMMENT ON COLUMN drafts.user_id IS 'De quem é.';
COMMENT ON COLUMN drafts.ticket_id IS 'Atendimento.';
COMMENT ON COLUMN drafts.body IS 'Texto, 1 a 4096 caracteres.';
COMMENT ON COLUMN drafts.reply_to IS 'Mensagem que se ia citar; nulo: nenhuma.';
COMMENT ON COLUMN drafts.is_note IS 'Ia ser uma anotação interna.';
COMMENT ON COLUMN drafts.updated_at IS 'Última mudança.';

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['message_stars', 'drafts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I '
                       'USING (company_id = app_company())', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO balcao_app',
                       t);
    END LOOP;
END $$;

-- Conversa apagada por privacidade leva junto o que se ia responder nela.
CREATE FUNCTION drafts_erase() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
BEGIN
    DELETE FROM drafts d
     WHERE d.company_id = NEW.company_id AND d.ticket_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER drafts_erase AFTER UPDATE OF erased_at ON tickets FOR EACH ROW
    WHEN (NEW.erased_at IS NOT NULL) EXECUTE FUNCTION drafts_erase();
REVOKE EXECUTE ON FUNCTION drafts_erase() FROM PUBLIC;

-- ---- confirmação de leitura -------------------------------------------------

ALTER TABLE companies ADD read_receipts boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN companies.read_receipts IS
    'Diz ao cliente que a mensagem dele foi lida.';
ALTER TABLE tickets ADD receipt_message_id bigint;
COMMENT ON COLUMN tickets.receipt_message_id IS
    'Última mensagem do contato cuja leitura se confirmou; nulo: nenhuma.';

-- A mensagem recebida mais nova que ainda não se confirmou entra na fila; uma
-- só vez por mensagem, por mais gente que a abra.
CREATE FUNCTION receipt_enqueue(ticket bigint) RETURNS void
LANGUAGE sql SET search_path = balcao, pg_temp AS $$
    SELECT job_enqueue(2, 'message.read', 'receipt:' || ticket,
               ticket || ':' || m.id,
               jsonb_build_object('ticketId', ticket), 0)
      FROM tickets t
      JOIN companies o ON o.id = t.company_id AND o.read_receipts
     CROSS JOIN LATERAL (
           SELECT n.id FROM messages n
            WHERE n.company_id = t.company_id AND n.ticket_id = t.id
              AND n.sender_type = 'contact' AND n.provider_id IS NOT NULL
            ORDER BY n.id DESC LIMIT 1) m
     WHERE t.id = ticket AND m.id > coalesce(t.receipt_message_id, 0)
$$;

CREATE FUNCTION read_receipts_save(wanted boolean) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
    UPDATE companies c SET read_receipts = wanted
     WHERE c.id = app_company()
    RETURNING c.read_receipts
$$;
REVOKE EXECUTE ON FUNCTION receipt_enqueue(bigint), read_receipts_save(boolean)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION receipt_enqueue(bigint), read_receipts_save(boolean)
    TO balcao_app;

-- O que a empresa leva ao sair: o que já levava, e isto.
DO $$
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION privacy_company_tables() '
        'RETURNS text[] LANGUAGE sql IMMUTABLE RETURN %L::text[]',
        (SELECT array_agg(n ORDER BY at) FROM unnest(privacy_company_tables()
             || ARRAY['message_stars', 'drafts']) WITH ORDINALITY u (n, at)
          WHERE at <= cardinality(privacy_company_tables())
             OR NOT n = ANY (privacy_company_tables())));
END $$;
