-- demo.sql - a empresa da demonstração, com alguns dias de conversa.
-- Os parâmetros vêm de current_setting('seed.…'), postos por `balcao seed`:
-- seed.password_hash, seed.channel_key e seed.phone_number_id.

CREATE TEMP TABLE demo_people (
    n int PRIMARY KEY, name text, phone text, queue text, status text,
    owner text, unread int) ON COMMIT DROP;
INSERT INTO demo_people VALUES
    (1,  'Beatriz Moraes',      '5511981230001', 'Vendas',  'active',  'agent', 0),
    (2,  'Carlos Eduardo Pinto','5521981230002', 'Suporte', 'active',  'agent', 2),
    (3,  'Dona Lourdes',        '553181230003',  'Vendas',  'active',  'admin', 0),
    (4,  'Padaria Pão de Mel',  '5541981230004', 'Vendas',  'active',  'agent', 0),
    (5,  'Fernanda Albuquerque','5548981230005', 'Suporte', 'pending', NULL,    3),
    (6,  'Gustavo Sampaio',     '5551981230006', 'Vendas',  'pending', NULL,    1),
    (7,  'Helena Vasconcelos',  '5561981230007', 'Suporte', 'pending', NULL,    2),
    (8,  'Igor Nascimento',     '5571981230008', NULL,      'bot',     NULL,    1),
    (9,  'Juliana Prado',       '5581981230009', NULL,      'bot',     NULL,    1),
    (10, 'Kleber Antunes',      '5585981230010', 'Suporte', 'closed',  'agent', 0),
    (11, 'Larissa Monteiro',    '5591981230011', 'Vendas',  'closed',  'agent', 0),
    (12, 'Oficina do Mário',    '5562981230012', 'Vendas',  'closed',  'admin', 0),
    (13, 'Natália Brandão',     '5527981230013', 'Suporte', 'closed',  'agent', 0);

-- ago: minutos antes de agora. who: c cliente, a agente, d administradora,
-- b robô. quotes: a linha (seq) citada, da mesma conversa.
CREATE TEMP TABLE demo_lines (
    n int, seq int, ago int, who text, kind text, body text, status text,
    quotes int, media jsonb, location jsonb, contacts jsonb, reactions jsonb,
    error text, PRIMARY KEY (n, seq)) ON COMMIT DROP;
INSERT INTO demo_lines (n, seq, ago, who, kind, body, status, quotes) VALUES
    (1, 1, 1502, 'c', 'text', 'Oi! Vocês ainda têm a cafeteira italiana de 6 xícaras?', 'received', NULL),
    (1, 2, 1497, 'a', 'text', 'Oi, Beatriz, tudo bem? Temos sim: em alumínio por R$ 119,90 e em inox por R$ 189,90.', 'read', 1),
    (1, 3, 1490, 'c', 'text', 'A de inox funciona em fogão de indução?', 'received', NULL),
    (1, 4, 1486, 'a', 'text', 'Funciona, sim. A de alumínio é que não.', 'read', 3),
    (1, 6, 46, 'c', 'text', 'Vou querer a de inox então. Entregam em Pinheiros?', 'received', NULL),
    (1, 7, 41, 'a', 'text', 'Entregamos! Para Pinheiros sai R$ 12,00 e chega amanhã até as 18 h.', 'read', NULL),
    (1, 8, 38, 'c', 'text', 'Perfeito 😊 Pode mandar o Pix.', 'received', NULL),
    (1, 9, 36, 'a', 'text', 'Já mando a chave por aqui. Total: R$ 201,90.', 'delivered', 8),
    (2, 1, 320, 'c', 'text', 'Bom dia, minha cafeteira elétrica parou de esquentar.', 'received', NULL),
    (2, 2, 312, 'a', 'text', 'Bom dia, Carlos! Vamos resolver. Pode me mandar uma foto da etiqueta embaixo dela?', 'read', NULL),
    (2, 4, 300, 'a', 'text', 'Obrigado! Está na garantia até março. Vou abrir o chamado.', 'read', 3),
    (2, 5, 296, 'a', 'text', 'Pronto: chamado 4821. A coleta passa na sua casa sem custo.', 'delivered', NULL),
    (2, 6, 14, 'c', 'text', 'Oi, a coleta já passou aqui', 'received', NULL),
    (2, 7, 13, 'c', 'text', 'Em quantos dias volta?', 'received', NULL),
    (3, 1, 2930, 'c', 'text', 'Boa tarde meu filho, aqui é a Lourdes, do sítio.', 'received', NULL),
    (3, 3, 2901, 'd', 'text', 'Boa tarde, dona Lourdes! Ouvi o áudio: separo os dois moedores para a senhora.', 'read', 2),
    (3, 4, 240, 'c', 'text', 'Consegue deixar aqui na porteira? Mando onde é.', 'received', NULL),
    (3, 6, 231, 'd', 'text', 'Recebi o lugar. O motorista passa na quinta de manhã.', 'read', NULL),
    (4, 1, 180, 'c', 'text', 'Precisamos de 30 kg do blend da casa para sexta.', 'received', NULL),
    (4, 2, 172, 'a', 'text', 'Anotado! Segue o orçamento em PDF.', 'read', 1),
    (4, 4, 158, 'c', 'text', 'Fechado. Quem recebe é a Sandra, segue o contato.', 'received', 3),
    (4, 6, 150, 'a', 'text', 'Combinado: entrega na sexta, até as 7 h.', 'sent', NULL),
    (5, 1, 25, 'c', 'text', 'Boa tarde!', 'received', NULL),
    (5, 2, 25, 'c', 'text', 'Comprei um jogo de xícaras e duas vieram lascadas 😕', 'received', NULL),
    (6, 1, 8, 'c', 'text', 'Oi, vocês fazem desconto para compra acima de 10 unidades?', 'received', NULL),
    (7, 1, 70, 'c', 'text', 'Meu pedido 10452 aparece como entregue, mas não chegou.', 'received', NULL),
    (7, 2, 66, 'c', 'text', 'Alguém pode ver, por favor?', 'received', NULL),
    (8, 1, 4, 'c', 'text', 'Oi', 'received', NULL),
    (8, 2, 4, 'b', 'text', 'Olá! Sou o atendimento automático. Digite 1 para Vendas ou 2 para Suporte.', 'delivered', NULL),
    (9, 1, 125, 'c', 'text', 'Qual o horário da loja no sábado?', 'received', NULL),
    (9, 2, 125, 'b', 'text', 'Aos sábados abrimos das 9 h às 14 h. Posso ajudar em algo mais?', 'read', NULL),
    (9, 3, 120, 'c', 'text', 'E no feriado?', 'received', NULL),
    (10, 1, 4420, 'c', 'text', 'O aplicativo não aceita meu cartão.', 'received', NULL),
    (10, 2, 4411, 'a', 'text', 'Oi, Kleber! Que mensagem aparece na tela?', 'read', NULL),
    (10, 4, 4398, 'a', 'text', 'É o banco que está recusando. Tente o cartão virtual deles, por favor.', 'read', 3),
    (10, 5, 4380, 'c', 'text', 'Deu certo com o virtual, valeu!', 'received', NULL),
    (10, 6, 4377, 'a', 'text', 'Que bom! Qualquer coisa, é só chamar.', 'read', NULL),
    (11, 1, 5890, 'c', 'text', 'Quero trocar o presente que ganhei, é possível?', 'received', NULL),
    (11, 2, 5880, 'a', 'text', 'É sim, Larissa. Basta trazer com a etiqueta em até 30 dias.', 'read', NULL),
    (11, 3, 5874, 'c', 'text', 'Ótimo, passo aí amanhã.', 'received', NULL),
    (12, 1, 7300, 'c', 'text', 'Bom dia, sai nota para CNPJ?', 'received', NULL),
    (12, 2, 7291, 'd', 'text', 'Bom dia! Sai, sim. Me passa o CNPJ e o e-mail, por favor.', 'read', NULL),
    (12, 3, 7102, 'd', 'text', 'Oi, Mário, conseguiu separar os dados?', 'failed', NULL),
    (13, 1, 8610, 'c', 'text', 'O moedor está fazendo um barulho estranho, é normal?', 'received', NULL),
    (13, 3, 8590, 'a', 'text', 'Esse som é da regulagem muito fina. Gire dois pontos para a direita.', 'read', 2),
    (13, 4, 8570, 'c', 'text', 'Resolveu! Muito obrigada ❤️', 'received', NULL);
INSERT INTO demo_lines (n, seq, ago, who, kind, body, status, media) VALUES
    (1, 5, 1480, 'a', 'image', 'Esta é a de inox', 'read',
     '{"id":"910000000000001","mime":"image/jpeg","caption":"Esta é a de inox","sha256":"4f1c9d0e"}'),
    (2, 3, 304, 'c', 'image', '', 'received',
     '{"id":"910000000000002","mime":"image/jpeg","sha256":"a90b51cc"}'),
    (3, 2, 2925, 'c', 'audio', '', 'received',
     '{"id":"910000000000003","mime":"audio/ogg; codecs=opus","sha256":"07de4b11"}'),
    (4, 3, 171, 'a', 'document', 'Orçamento 2291', 'read',
     '{"id":"910000000000004","mime":"application/pdf","caption":"Orçamento 2291","filename":"orcamento-2291.pdf","sha256":"b7710fae"}'),
    (5, 3, 24, 'c', 'image', 'olha como chegou', 'received',
     '{"id":"910000000000005","mime":"image/jpeg","caption":"olha como chegou","sha256":"11ce80d4"}'),
    (10, 3, 4402, 'c', 'image', 'É essa', 'received',
     '{"id":"910000000000006","mime":"image/png","caption":"É essa","sha256":"5ad2f3b0"}'),
    (13, 2, 8606, 'c', 'video', 'Escuta', 'received',
     '{"id":"910000000000007","mime":"video/mp4","caption":"Escuta","sha256":"c2ab9907"}');
INSERT INTO demo_lines (n, seq, ago, who, kind, body, status, location) VALUES
    (3, 5, 238, 'c', 'location', 'Sítio Boa Esperança', 'received',
     '{"latitude":-19.6531,"longitude":-43.9124,"name":"Sítio Boa Esperança","address":"Estrada do Córrego, km 4"}');
INSERT INTO demo_lines (n, seq, ago, who, kind, body, status, contacts) VALUES
    (4, 5, 157, 'c', 'contacts', 'Sandra Padaria', 'received',
     '[{"name":"Sandra Padaria","phones":["+5541981230014"]}]');
UPDATE demo_lines SET reactions = '[{"emoji":"👍","fromMe":false}]'
 WHERE (n, seq) IN ((1, 7), (10, 6));
UPDATE demo_lines SET reactions = '[{"emoji":"🙏","fromMe":false}]'
 WHERE (n, seq) = (3, 6);
UPDATE demo_lines SET reactions = '[{"emoji":"❤️","fromMe":true}]'
 WHERE (n, seq) = (13, 4);
UPDATE demo_lines
   SET error = 'Message failed to send because more than 24 hours have passed '
               'since the customer last replied to this number. (131047)'
 WHERE status = 'failed';

DO $$
DECLARE
    company bigint;
    channel bigint;
    admin bigint;
    agent bigint;
    sales bigint;
    support bigint;
    hash text := current_setting('seed.password_hash');
    p record;
    l record;
    contact bigint;
    ticket bigint;
    message bigint;
    owner bigint;
    ids jsonb;
BEGIN
    INSERT INTO companies (name) VALUES ('Demo') RETURNING id INTO company;
    INSERT INTO users (email, name, password_hash, email_verified_at)
    VALUES ('admin@demo.balcao', 'Marina Castro', hash, now()) RETURNING id INTO admin;
    INSERT INTO users (email, name, password_hash, email_verified_at)
    VALUES ('agent@demo.balcao', 'Rafael Souza', hash, now()) RETURNING id INTO agent;
    INSERT INTO memberships (company_id, user_id, role, visibility, display_name)
    VALUES (company, admin, 'admin', 'all', 'Marina'),
           (company, agent, 'operator', 'queues', 'Rafael');
    INSERT INTO queues (company_id, name, color)
    VALUES (company, 'Vendas', '#2fb344') RETURNING id INTO sales;
    INSERT INTO queues (company_id, name, color)
    VALUES (company, 'Suporte', '#4299e1') RETURNING id INTO support;
    INSERT INTO queue_members
    SELECT company, q, u FROM unnest(ARRAY[sales, support]) q,
                              unnest(ARRAY[admin, agent]) u;
    INSERT INTO channels (company_id, platform, name, key, external_id,
                          display_phone, secrets, default_queue_id, waba_id,
                          templates_at)
    VALUES (company, 'whatsapp_cloud', 'WhatsApp', current_setting('seed.channel_key'),
            current_setting('seed.phone_number_id'), '551140000000', '', sales,
            '900800700600500', now())
    RETURNING id INTO channel;

    FOR p IN SELECT d.*, x.last_at, x.first_at, x.in_at, x.human_at, x.preview
               FROM demo_people d
               JOIN (SELECT n, now() - make_interval(mins => min(ago)) AS last_at,
                            now() - make_interval(mins => max(ago)) AS first_at,
                            now() - make_interval(mins => min(ago) FILTER (WHERE who = 'c')) AS in_at,
                            now() - make_interval(mins => max(ago) FILTER (WHERE who IN ('a', 'd'))) AS human_at,
                            (array_agg(CASE kind WHEN 'image' THEN rtrim('[imagem] ' || body) ELSE body END
                                       ORDER BY seq DESC))[1] AS preview
                       FROM demo_lines GROUP BY n) x USING (n)
              ORDER BY x.last_at LOOP
        INSERT INTO contacts (company_id, name, phone, created_at, updated_at)
        VALUES (company, p.name, p.phone, p.first_at, p.first_at)
        RETURNING id INTO contact;
        INSERT INTO contact_identities (company_id, contact_id, kind, match_key, value)
        VALUES (company, contact, 'phone',
                regexp_replace(p.phone, '^(55[1-9][0-9])9([6-9][0-9]{7})$', '\1\2'),
                p.phone);
        owner := CASE p.owner WHEN 'agent' THEN agent WHEN 'admin' THEN admin END;
        INSERT INTO tickets (company_id, contact_id, channel_id, queue_id, user_id,
            status, last_message, last_message_at, unread_count, reply_to,
            reply_to_kind, window_until, started_at, first_human_at, closed_at,
            version, created_at, updated_at)
        VALUES (company, contact, channel,
            CASE p.queue WHEN 'Vendas' THEN sales WHEN 'Suporte' THEN support END,
            owner, p.status, p.preview, p.last_at, p.unread, p.phone, 'phone',
            p.in_at + interval '24 hours', p.human_at, p.human_at,
            CASE WHEN p.status = 'closed' THEN p.last_at + interval '3 minutes' END,
            1, p.first_at, p.last_at)
        RETURNING id INTO ticket;
        INSERT INTO ticket_changes (company_id, ticket_id, user_id, field, old_value, new_value, created_at)
        SELECT company, ticket, owner, 'status', s.old, s.new, s.at
          FROM (VALUES ('pending', 'active', p.human_at),
                       ('active', 'closed', p.last_at + interval '3 minutes')) s (old, new, at)
         WHERE owner IS NOT NULL AND (s.new = 'active' OR p.status = 'closed');
        ids := '{}';
        FOR l IN SELECT * FROM demo_lines d WHERE d.n = p.n ORDER BY seq LOOP
            INSERT INTO messages (company_id, ticket_id, channel_id, user_id,
                sender_type, kind, body, status, provider_id, reply_to_id, media,
                location, contacts, reactions, error, attempts, sent_at, created_at)
            VALUES (company, ticket, channel,
                CASE l.who WHEN 'a' THEN agent WHEN 'd' THEN admin END,
                CASE l.who WHEN 'c' THEN 'contact' WHEN 'b' THEN 'bot' ELSE 'user' END,
                l.kind, l.body, l.status,
                'wamid.DEMO' || lpad(l.n::text, 4, '0') || lpad(l.seq::text, 4, '0'),
                (ids ->> l.quotes::text)::bigint, l.media, l.location, l.contacts,
                coalesce(l.reactions, '[]'), l.error,
                CASE WHEN l.who = 'c' THEN 0 ELSE 1 END,
                now() - make_interval(mins => l.ago, secs => 40 - l.seq),
                now() - make_interval(mins => l.ago, secs => 40 - l.seq))
            RETURNING id INTO message;
            ids := ids || jsonb_build_object(l.seq::text, message);
        END LOOP;
    END LOOP;
END $$;

-- Mais gente na equipe, com papéis diferentes, um convite e um ex-colega. A
-- senha é a mesma de todos.
DO $$
DECLARE
    hash text := current_setting('seed.password_hash');
    company bigint := (SELECT max(id) FROM companies WHERE name = 'Demo');
    admin bigint := (SELECT id FROM users WHERE email = 'admin@demo.balcao');
    auditing bigint;
    invitation bigint;
BEGIN
    INSERT INTO roles (company_id, name, description, permissions)
    VALUES (company, 'Conferência', 'Vê pessoas e auditoria; não atende.',
            '{self,live.listen,company.read,users.read,roles.read,audit.read}')
    RETURNING id INTO auditing;
    INSERT INTO users (email, name, password_hash, email_verified_at)
    VALUES ('camila@demo.balcao', 'Camila Duarte', hash, now()),
           ('diego@demo.balcao', 'Diego Farias', hash, now()),
           ('luana@demo.balcao', 'Luana Prates', hash, now()),
           ('otavio@demo.balcao', 'Otávio Lima', hash, now()),
           ('sonia@demo.balcao', 'Sônia Brito', hash, now());
    INSERT INTO memberships (company_id, user_id, role, role_id, visibility,
                             display_name, disabled_at)
    SELECT company, u.id, t.role, CASE WHEN t.own THEN auditing END, t.sees,
           u.name, CASE WHEN t.gone THEN now() - interval '20 days' END
      FROM (VALUES ('camila', 'supervisor', false, 'all', false),
                   ('diego', 'operator', false, 'queues', false),
                   ('luana', 'operator', false, 'own', false),
                   ('otavio', 'operator', true, 'own', false),
                   ('sonia', 'operator', false, 'queues', true))
           t (who, role, own, sees, gone)
      JOIN users u ON u.email = t.who || '@demo.balcao';
    INSERT INTO queue_members (company_id, queue_id, user_id)
    SELECT company, q.id, u.id
      FROM (VALUES ('camila', 'Vendas'), ('camila', 'Suporte'),
                   ('diego', 'Suporte'), ('luana', 'Vendas')) t (who, queue)
      JOIN users u ON u.email = t.who || '@demo.balcao'
      JOIN queues q ON q.company_id = company AND q.name = t.queue;
    INSERT INTO invitations (company_id, email, name, role, invited_by,
                             expires_at)
    VALUES (company, 'paulo@demo.balcao', 'Paulo Teles', 'operator', admin,
            now() + interval '6 days') RETURNING id INTO invitation;
    INSERT INTO invitation_queues (company_id, invitation_id, queue_id)
    SELECT company, invitation, q.id FROM queues q
     WHERE q.company_id = company AND q.name = 'Vendas';
END $$;
