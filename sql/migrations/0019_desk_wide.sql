-- 0019: o que atendimentos e contatos guardam além do essencial, as etiquetas
-- e os campos próprios de cada empresa. As regras de cada assunto vêm nas
-- migrações seguintes.

-- Busca que tolera erro de digitação; extensão confiável, sem superusuário.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- ---- atendimentos ----------------------------------------------------------

ALTER TABLE tickets
    ADD subject         text NOT NULL DEFAULT ''
                        CHECK (char_length(subject) <= 200),
    ADD priority        text NOT NULL DEFAULT 'normal'
                        CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    ADD tag_ids         bigint[] NOT NULL DEFAULT '{}',
    ADD custom          jsonb NOT NULL DEFAULT '{}'
                        CHECK (jsonb_typeof(custom) = 'object'),
    ADD snoozed_until   timestamptz,
    ADD waiting_since   timestamptz,
    ADD assigned_at     timestamptz,
    ADD cycle           integer NOT NULL DEFAULT 1 CHECK (cycle > 0),
    ADD opened_at       timestamptz NOT NULL DEFAULT now(),
    ADD first_answer_s  integer CHECK (first_answer_s >= 0),
    ADD resolution_s    integer CHECK (resolution_s >= 0),
    ADD close_reason    text NOT NULL DEFAULT ''
                        CHECK (char_length(close_reason) <= 200),
    ADD merged_into_id  bigint,
    ADD FOREIGN KEY (company_id, merged_into_id) REFERENCES tickets,
    ADD CHECK (merged_into_id IS NULL
               OR (merged_into_id <> id AND status = 'closed'));
CREATE INDEX tickets_tags ON tickets USING gin (tag_ids);
CREATE INDEX tickets_user_recent ON tickets
    (company_id, user_id, updated_at DESC, id DESC);
CREATE INDEX tickets_queue_waiting ON tickets (company_id, queue_id, waiting_since, id)
    WHERE status = 'pending';
CREATE INDEX tickets_snoozed ON tickets (snoozed_until)
    WHERE snoozed_until IS NOT NULL;

COMMENT ON COLUMN tickets.subject IS 'Assunto, até 200 caracteres; vazio: nenhum.';
COMMENT ON COLUMN tickets.priority IS 'Prioridade: low, normal, high ou urgent.';
COMMENT ON COLUMN tickets.tag_ids IS
    'Etiquetas, em ordem crescente; cópia de ticket_tags, feita por gatilho.';
COMMENT ON COLUMN tickets.custom IS
    'Campos próprios da empresa: objeto JSON {chave: valor}.';
COMMENT ON COLUMN tickets.snoozed_until IS
    'Adiado até quando, ou até o contato escrever; nulo: não está.';
COMMENT ON COLUMN tickets.waiting_since IS
    'Desde quando o contato espera resposta; nulo: não espera.';
COMMENT ON COLUMN tickets.assigned_at IS 'Quando o responsável de agora o recebeu.';
COMMENT ON COLUMN tickets.cycle IS 'Quantas vezes foi aberto; reabrir soma um.';
COMMENT ON COLUMN tickets.opened_at IS 'Quando o ciclo de agora começou.';
COMMENT ON COLUMN tickets.first_answer_s IS
    'Segundos do início do ciclo à primeira resposta de uma pessoa; nulo: não houve.';
COMMENT ON COLUMN tickets.resolution_s IS
    'Segundos do início do ciclo ao encerramento; nulo: aberto.';
COMMENT ON COLUMN tickets.close_reason IS 'Por que se encerrou; vazio: não se disse.';
COMMENT ON COLUMN tickets.merged_into_id IS
    'Atendimento em que este se fundiu; nulo: em nenhum.';

-- O número que se diz ao cliente: a data de criação (UTC) e o id, com ao menos
-- seis algarismos; nada a guardar, e do protocolo se volta ao id.
CREATE FUNCTION ticket_protocol(created_at timestamptz, id bigint)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_char(extract(year FROM created_at AT TIME ZONE 'UTC') * 10000
    + extract(month FROM created_at AT TIME ZONE 'UTC') * 100
    + extract(day FROM created_at AT TIME ZONE 'UTC'), 'FM00000000')
    || CASE WHEN id < 1000000 THEN lpad(id::text, 6, '0') ELSE id::text END;

CREATE OR REPLACE VIEW ticket_rows WITH (security_invoker = true) AS
    SELECT t.company_id, t.id, t.status, c.name AS contact, t.contact_id,
           c.phone, q.name AS queue, t.queue_id, m.display_name AS assignee,
           t.user_id AS assignee_id, h.name AS channel, t.channel_id,
           t.last_message, t.last_message_at, t.unread_count, t.window_until,
           t.started_at, t.closed_at, t.version, t.created_at, t.updated_at,
           ticket_protocol(t.created_at, t.id) AS protocol, t.subject,
           t.priority, t.tag_ids, t.custom, t.snoozed_until, t.waiting_since,
           t.first_answer_s, t.resolution_s, t.close_reason, t.merged_into_id
      FROM tickets t
      JOIN contacts c ON c.company_id = t.company_id AND c.id = t.contact_id
      JOIN channels h ON h.company_id = t.company_id AND h.id = t.channel_id
      LEFT JOIN queues q ON q.company_id = t.company_id AND q.id = t.queue_id
      LEFT JOIN memberships m ON m.company_id = t.company_id
                             AND m.user_id = t.user_id;

-- ---- contatos --------------------------------------------------------------

ALTER TABLE contacts
    ADD email       text CHECK (char_length(email) BETWEEN 3 AND 254),
    ADD document    text CHECK (document ~ '^([0-9]{11}|[0-9A-Z]{12}[0-9]{2})$'),
    ADD tag_ids     bigint[] NOT NULL DEFAULT '{}',
    ADD custom      jsonb NOT NULL DEFAULT '{}'
                    CHECK (jsonb_typeof(custom) = 'object'),
    ADD blocked_at  timestamptz,
    ADD deleted_at  timestamptz,
    ADD merged_into_id bigint,
    ADD version     bigint NOT NULL DEFAULT 1,
    ADD search      text GENERATED ALWAYS AS (fold(name || ' ' ||
                    coalesce(phone, '') || ' ' || coalesce(document, '') ||
                    ' ' || coalesce(email, ''))) STORED,
    ADD FOREIGN KEY (company_id, merged_into_id) REFERENCES contacts,
    ADD CHECK (merged_into_id IS NULL
               OR (merged_into_id <> id AND deleted_at IS NOT NULL));
CREATE INDEX contacts_tags ON contacts USING gin (tag_ids);
CREATE INDEX contacts_search ON contacts USING gin (search gin_trgm_ops)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_phone ON contacts (company_id, phone)
    WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX contacts_document ON contacts (company_id, document)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_name ON contacts (company_id, fold(name), id)
    WHERE deleted_at IS NULL;

COMMENT ON COLUMN contacts.email IS 'E-mail principal; nulo: não se sabe.';
COMMENT ON COLUMN contacts.document IS
    'CPF (11 algarismos) ou CNPJ (14, letras maiúsculas possíveis), sem pontuação.';
COMMENT ON COLUMN contacts.tag_ids IS
    'Etiquetas, em ordem crescente; cópia de contact_tags, feita por gatilho.';
COMMENT ON COLUMN contacts.custom IS
    'Campos próprios da empresa: objeto JSON {chave: valor}.';
COMMENT ON COLUMN contacts.blocked_at IS
    'Desde quando está bloqueado: não abre atendimento; nulo: não está.';
COMMENT ON COLUMN contacts.deleted_at IS
    'Quando saiu da lista (apagado ou fundido); nulo: está nela.';
COMMENT ON COLUMN contacts.merged_into_id IS
    'Contato em que este se fundiu; nulo: em nenhum.';
COMMENT ON COLUMN contacts.version IS
    'Sobe a cada mudança; quem mudou sobre outra recebe 409.';
COMMENT ON COLUMN contacts.search IS
    'O que a busca percorre: nome, telefone, documento e e-mail, sem acentos.';

-- ---- etiquetas -------------------------------------------------------------

CREATE TABLE tags (
    company_id bigint NOT NULL REFERENCES companies ON DELETE CASCADE,
    id         bigint GENERATED BY DEFAULT AS IDENTITY,
    name       text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 40),
    color      text NOT NULL DEFAULT '#206bc4' CHECK (color ~ '^#[0-9a-f]{6}$'),
    board      integer CHECK (board > 0),
    version    bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, id)
);
CREATE UNIQUE INDEX tags_name_key ON tags (company_id, fold(name));
COMMENT ON TABLE tags IS 'Etiquetas de atendimentos e contatos.';
COMMENT ON COLUMN tags.company_id IS 'Empresa.';
COMMENT ON COLUMN tags.id IS 'Número da etiqueta.';
COMMENT ON COLUMN tags.name IS
    'Nome, 1 a 40 caracteres, único sem maiúsculas nem acentos.';
COMMENT ON COLUMN tags.color IS 'Cor, #rrggbb.';
COMMENT ON COLUMN tags.board IS
    'Posição da coluna dela no quadro; nulo: não é coluna.';
COMMENT ON COLUMN tags.version IS 'Sobe a cada mudança.';
COMMENT ON COLUMN tags.created_at IS 'Quando nasceu.';

CREATE TABLE ticket_tags (
    company_id bigint NOT NULL,
    ticket_id  bigint NOT NULL,
    tag_id     bigint NOT NULL,
    user_id    bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, ticket_id, tag_id),
    FOREIGN KEY (company_id, ticket_id) REFERENCES tickets ON DELETE CASCADE,
    FOREIGN KEY (company_id, tag_id) REFERENCES tags ON DELETE CASCADE
);
CREATE INDEX ticket_tags_tag ON ticket_tags (company_id, tag_id, ticket_id);
COMMENT ON TABLE ticket_tags IS 'Que atendimentos têm que etiquetas.';
COMMENT ON COLUMN ticket_tags.company_id IS 'Empresa.';
COMMENT ON COLUMN ticket_tags.ticket_id IS 'Atendimento.';
COMMENT ON COLUMN ticket_tags.tag_id IS 'Etiqueta.';
COMMENT ON COLUMN ticket_tags.user_id IS 'Quem a pôs; nulo: o sistema.';
COMMENT ON COLUMN ticket_tags.created_at IS 'Quando foi posta.';

CREATE TABLE contact_tags (
    company_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    tag_id     bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, contact_id, tag_id),
    FOREIGN KEY (company_id, contact_id) REFERENCES contacts ON DELETE CASCADE,
    FOREIGN KEY (company_id, tag_id) REFERENCES tags ON DELETE CASCADE
);
CREATE INDEX contact_tags_tag ON contact_tags (company_id, tag_id, contact_id);
COMMENT ON TABLE contact_tags IS 'Que contatos têm que etiquetas.';
COMMENT ON COLUMN contact_tags.company_id IS 'Empresa.';
COMMENT ON COLUMN contact_tags.contact_id IS 'Contato.';
COMMENT ON COLUMN contact_tags.tag_id IS 'Etiqueta.';
COMMENT ON COLUMN contact_tags.created_at IS 'Quando foi posta.';

-- A cópia na linha faz a lista filtrar e mostrar etiquetas sem outra tabela.
-- Por comando, não por linha: mil etiquetas de uma vez são um UPDATE só.
CREATE FUNCTION tag_ids_copy() RETURNS trigger LANGUAGE plpgsql
SET search_path = balcao, pg_temp AS $$
DECLARE
    owner text := TG_ARGV[0];
BEGIN
    EXECUTE format(
        'UPDATE %1$I o SET tag_ids = coalesce((SELECT array_agg(l.tag_id ORDER BY '
        'l.tag_id) FROM %2$I l WHERE l.company_id = o.company_id AND l.%3$I = '
        'o.id), ''{}'') FROM (SELECT DISTINCT company_id, %3$I AS id FROM changed)'
        ' c WHERE o.company_id = c.company_id AND o.id = c.id',
        owner || 's', owner || '_tags', owner || '_id');
    RETURN NULL;
END $$;
CREATE TRIGGER ticket_tags_put AFTER INSERT ON ticket_tags
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION tag_ids_copy('ticket');
CREATE TRIGGER ticket_tags_take AFTER DELETE ON ticket_tags
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION tag_ids_copy('ticket');
CREATE TRIGGER contact_tags_put AFTER INSERT ON contact_tags
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION tag_ids_copy('contact');
CREATE TRIGGER contact_tags_take AFTER DELETE ON contact_tags
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION tag_ids_copy('contact');

-- ---- campos próprios -------------------------------------------------------

CREATE TABLE custom_fields (
    company_id bigint NOT NULL REFERENCES companies ON DELETE CASCADE,
    id         bigint GENERATED BY DEFAULT AS IDENTITY,
    target     text NOT NULL CHECK (target IN ('ticket', 'contact')),
    key        text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{0,39}$'),
    label      text NOT NULL CHECK (char_length(label) BETWEEN 1 AND 80),
    kind       text NOT NULL CHECK (kind IN ('text', 'number', 'date', 'boolean',
               'select', 'url', 'email', 'phone')),
    options    text[] NOT NULL DEFAULT '{}' CHECK (cardinality(options) <= 100),
    required   boolean NOT NULL DEFAULT false,
    position   integer NOT NULL DEFAULT 0,
    version    bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, id),
    UNIQUE (company_id, target, key),
    CHECK ((kind = 'select') = (cardinality(options) > 0))
);
COMMENT ON TABLE custom_fields IS
    'Campos que a empresa acrescenta a contatos e atendimentos.';
COMMENT ON COLUMN custom_fields.company_id IS 'Empresa.';
COMMENT ON COLUMN custom_fields.id IS 'Número do campo.';
COMMENT ON COLUMN custom_fields.target IS 'De quem: ticket ou contact.';
COMMENT ON COLUMN custom_fields.key IS 'Chave no objeto custom; não muda mais.';
COMMENT ON COLUMN custom_fields.label IS 'Nome mostrado, 1 a 80 caracteres.';
COMMENT ON COLUMN custom_fields.kind IS
    'Espécie: text, number, date, boolean, select, url, email ou phone.';
COMMENT ON COLUMN custom_fields.options IS 'As opções de select, até 100.';
COMMENT ON COLUMN custom_fields.required IS 'Obrigatório nos formulários.';
COMMENT ON COLUMN custom_fields.position IS 'Ordem na tela.';
COMMENT ON COLUMN custom_fields.version IS 'Sobe a cada mudança.';
COMMENT ON COLUMN custom_fields.created_at IS 'Quando nasceu.';

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON tags FOR EACH ROW
    EXECUTE FUNCTION audit_row('tag', 'id', '', 'version');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON custom_fields
    FOR EACH ROW EXECUTE FUNCTION audit_row('custom_field', 'id', '', 'version');

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['tags', 'ticket_tags', 'contact_tags',
        'custom_fields'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I '
                       'USING (company_id = app_company())', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO balcao_app',
                       t);
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION tag_ids_copy(),
    ticket_protocol(timestamptz, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tag_ids_copy(), ticket_protocol(timestamptz, bigint)
    TO balcao_app;

-- O que a empresa leva ao sair.
CREATE OR REPLACE FUNCTION privacy_company_tables() RETURNS text[]
LANGUAGE sql IMMUTABLE
RETURN ARRAY['companies', 'users', 'memberships', 'roles', 'queues',
    'queue_members', 'channels', 'contacts', 'contact_identities', 'tickets',
    'ticket_changes', 'messages', 'tags', 'ticket_tags', 'contact_tags',
    'custom_fields', 'invitations', 'invitation_queues', 'api_tokens',
    'audit_log'];
