-- demo_desk.sql - o que a equipe da demonstração já juntou: etiquetas e quadro,
-- respostas rápidas, campos, listas, anotações, um agendamento, conversas
-- entre colegas, filas com regras, filtros guardados. Vem depois de demo.sql,
-- na mesma transação.

CREATE TEMP TABLE demo_is ON COMMIT DROP AS
SELECT c.id AS company, a.id AS admin, g.id AS agent, k.id AS lead
  FROM (SELECT max(id) AS id FROM companies WHERE name = 'Demo') c,
       (SELECT id FROM users WHERE email = 'admin@demo.balcao') a,
       (SELECT id FROM users WHERE email = 'agent@demo.balcao') g,
       (SELECT id FROM users WHERE email = 'camila@demo.balcao') k;

-- ---- etiquetas e quadro ------------------------------------------------------

INSERT INTO tags (company_id, name, color, board, position)
SELECT company, t.name, t.color, t.position < 4, t.position
  FROM demo_is, (VALUES ('Orçamento', '#7048e8', 1), ('Aguardando cliente', '#f08c00', 2),
                        ('Em entrega', '#1098ad', 3), ('Garantia', '#e03131', 4),
                        ('Atacado', '#2f9e44', 5), ('Clube do café', '#a61e4d', 6))
               t (name, color, position);
INSERT INTO ticket_tags (company_id, ticket_id, tag_id)
SELECT k.company_id, k.id, g.id
  FROM demo_is JOIN tickets k ON k.company_id = company
  JOIN contacts p ON p.company_id = company AND p.id = k.contact_id
  JOIN (VALUES ('Beatriz Moraes', 'Aguardando cliente'), ('Padaria Pão de Mel', 'Em entrega'),
               ('Padaria Pão de Mel', 'Atacado'), ('Dona Lourdes', 'Em entrega'),
               ('Gustavo Sampaio', 'Orçamento'), ('Gustavo Sampaio', 'Atacado'),
               ('Carlos Eduardo Pinto', 'Garantia'), ('Fernanda Albuquerque', 'Garantia'))
       t (who, tag) ON t.who = p.name
  JOIN tags g ON g.company_id = company AND g.name = t.tag;
INSERT INTO contact_tags (company_id, contact_id, tag_id)
SELECT p.company_id, p.id, g.id
  FROM demo_is JOIN contacts p ON p.company_id = company
  JOIN (VALUES ('Padaria Pão de Mel', 'Atacado'), ('Oficina do Mário', 'Atacado'),
               ('Beatriz Moraes', 'Clube do café'), ('Natália Brandão', 'Clube do café'))
       t (who, tag) ON t.who = p.name
  JOIN tags g ON g.company_id = company AND g.name = t.tag;

-- ---- respostas rápidas, campos, listas, anotações ----------------------------

INSERT INTO quick_replies (company_id, user_id, shortcut, body)
SELECT company, CASE WHEN t.mine THEN admin END, t.shortcut, t.body
  FROM demo_is, (VALUES
    ('horario', 'Atendemos de segunda a sexta das 9 h às 18 h, e aos sábados até as 14 h.', false),
    ('pix', 'A chave Pix da loja é o CNPJ 11.222.333/0001-81. Assim que cair, {{contact.firstName}}, eu aviso por aqui.', false),
    ('garantia', 'A garantia é de 12 meses contra defeito de fabricação. Me manda uma foto da etiqueta embaixo do aparelho?', false),
    ('retirada', 'Pode retirar na loja a partir de amanhã, das 9 h às 18 h, com um documento.', true))
               t (shortcut, body, mine);
INSERT INTO custom_fields (company_id, target, key, label, kind, options, position)
SELECT company, t.target, t.key, t.label, t.kind, t.options, t.position
  FROM demo_is, (VALUES
    ('contact', 'aniversario', 'Aniversário', 'date', '{}'::text[], 1),
    ('contact', 'torra', 'Torra preferida', 'select', '{Clara,Média,Escura}', 2),
    ('ticket', 'pedido', 'Número do pedido', 'text', '{}', 1))
               t (target, key, label, kind, options, position);
UPDATE contacts SET custom = '{"torra": "Média", "aniversario": "1988-03-14"}', email = 'beatriz.moraes@exemplo.com.br'
 WHERE company_id = (SELECT company FROM demo_is) AND name = 'Beatriz Moraes';
INSERT INTO contact_lists (company_id, name)
SELECT company, t.name FROM demo_is, (VALUES ('Promoção de Natal'), ('Assinantes do blend')) t (name);
INSERT INTO contact_list_members (company_id, list_id, contact_id)
SELECT company, l.id, p.id
  FROM demo_is JOIN contact_lists l ON l.company_id = company
  JOIN contacts p ON p.company_id = company
 WHERE (l.name = 'Assinantes do blend') = (p.name IN ('Padaria Pão de Mel', 'Beatriz Moraes'));
INSERT INTO contact_notes (company_id, contact_id, user_id, body)
SELECT company, p.id, agent, t.body
  FROM demo_is JOIN (VALUES
    ('Padaria Pão de Mel', 'Pedem toda terça. Nota em nome da Sandra; entrega pela porta dos fundos.'),
    ('Dona Lourdes', 'Prefere áudio. Quem combina a entrega é o neto, o Tiago.')) t (who, body) ON true
  JOIN contacts p ON p.company_id = company AND p.name = t.who;

-- ---- macros, e um contato que entrou duas vezes ------------------------------

INSERT INTO macros (company_id, name, position, steps)
SELECT company, 'Vendido', 1, jsonb_build_array(
           jsonb_build_object('action', 'send', 'body', 'Obrigado pela compra, {{contact.firstName}}! Qualquer coisa, é só chamar.'),
           jsonb_build_object('action', 'untag', 'tagIds', jsonb_build_array(b.id, w.id)),
           jsonb_build_object('action', 'close', 'reason', 'vendido'))
  FROM demo_is JOIN tags b ON b.company_id = company AND b.name = 'Orçamento'
  JOIN tags w ON w.company_id = company AND w.name = 'Aguardando cliente'
UNION ALL
SELECT company, 'Abrir garantia', 2, jsonb_build_array(
           jsonb_build_object('action', 'tag', 'tagIds', jsonb_build_array(g.id)),
           jsonb_build_object('action', 'queue', 'queueId', q.id),
           jsonb_build_object('action', 'priority', 'priority', 'high'))
  FROM demo_is JOIN tags g ON g.company_id = company AND g.name = 'Garantia'
  JOIN queues q ON q.company_id = company AND q.name = 'Suporte';
WITH p AS (
    INSERT INTO contacts (company_id, name, phone, email)
    SELECT company, 'Natalia Brandao', '5527999120013', 'natalia.brandao@exemplo.com.br' FROM demo_is
    RETURNING company_id, id, phone
)
INSERT INTO contact_identities (company_id, contact_id, kind, match_key, value)
SELECT company_id, id, 'phone', '55' || substr(phone, 3, 2) || substr(phone, 6), phone FROM p;

-- ---- o que os clientes acharam -----------------------------------------------

INSERT INTO csat_surveys (company_id, ticket_id, cycle, queue_id, user_id, score, comment, asked_at, scored_at)
SELECT company, k.id, k.cycle, k.queue_id, k.user_id, t.score, t.comment, k.closed_at, CASE WHEN t.score > 0 THEN k.closed_at + interval '4 minutes' END
  FROM demo_is JOIN tickets k ON k.company_id = company AND k.status = 'closed'
  JOIN contacts p ON p.company_id = company AND p.id = k.contact_id
  JOIN (VALUES ('Kleber Antunes', 4, NULL), ('Larissa Monteiro', 5, 'Atendimento rápido, obrigada!'),
               ('Natália Brandão', 5, NULL), ('Oficina do Mário', NULL::int, NULL)) t (who, score, comment) ON t.who = p.name;

-- ---- uma mensagem agendada ---------------------------------------------------

WITH s AS (
    INSERT INTO scheduled_messages (company_id, ticket_id, user_id, body, due_at, first_at)
    SELECT company, k.id, agent, 'Beatriz, sua cafeteira saiu para entrega. Chega até as 18 h. 🚚',
           date_trunc('hour', now()) + interval '5 hours', date_trunc('hour', now()) + interval '5 hours'
      FROM demo_is JOIN contacts p ON p.company_id = company AND p.name = 'Beatriz Moraes'
      JOIN tickets k ON k.company_id = company AND k.contact_id = p.id
    RETURNING company_id, id, due_at
)
INSERT INTO jobs (company_id, lane, kind, payload, state, run_at)
SELECT company_id, 2, 'message.scheduled', jsonb_build_object('scheduledId', id), 'delayed', due_at FROM s;

-- ---- conversas entre colegas -------------------------------------------------

DO $$
DECLARE
    d demo_is;
    talk bigint;
    team bigint;
BEGIN
    SELECT * INTO d FROM demo_is;
    INSERT INTO talks (company_id, kind, pair)
    VALUES (d.company, 'private', least(d.admin, d.agent) || ':' || greatest(d.admin, d.agent))
    RETURNING id INTO talk;
    INSERT INTO talks (company_id, kind, name, owner_id)
    VALUES (d.company, 'group', 'Loja do centro', d.admin) RETURNING id INTO team;
    INSERT INTO talk_members (company_id, talk_id, user_id)
    VALUES (d.company, talk, d.admin), (d.company, talk, d.agent),
           (d.company, team, d.admin), (d.company, team, d.agent), (d.company, team, d.lead);
    INSERT INTO talk_messages (company_id, talk_id, user_id, body, created_at)
    SELECT d.company, t.talk, t.who, t.body, now() - make_interval(mins => t.ago)
      FROM (VALUES
        (talk, d.agent, 'Marina, a Dona Lourdes pediu os dois moedores. Separo hoje?', 236),
        (talk, d.admin, 'Separa, sim. O motorista passa na quinta de manhã.', 233),
        (talk, d.agent, 'Combinado 👍', 232),
        (team, d.lead, 'Bom dia! Hoje a coleta das garantias é às 15 h.', 410),
        (team, d.agent, 'O chamado 4821 já está na caixa, com a etiqueta.', 402),
        (team, d.admin, 'Obrigada! E o estoque de cafeteira de inox está no fim: só três.', 95))
        t (talk, who, body, ago) ORDER BY t.ago DESC;
    INSERT INTO talk_messages (company_id, talk_id, user_id, body, mentions, created_at)
    VALUES (d.company, team, d.lead, '@Marina pedi mais dez hoje cedo, chegam na segunda.', ARRAY[d.admin],
            now() - interval '88 minutes');
    UPDATE talks t SET last_id = x.id, last_at = x.at
      FROM (SELECT talk_id, max(id) AS id, max(created_at) AS at FROM talk_messages
             WHERE company_id = d.company GROUP BY talk_id) x
     WHERE t.company_id = d.company AND t.id = x.talk_id;
    UPDATE talk_members m SET read_id = t.last_id FROM talks t
     WHERE t.company_id = d.company AND m.company_id = d.company AND m.talk_id = t.id;
END $$;

-- Os modelos do WhatsApp, como o substituto da Graph API também os diz.
INSERT INTO message_templates (company_id, channel_id, remote_id, name, language,
                               category, status, components, variables, body,
                               blocked, seen_at)
SELECT h.company_id, h.id, t.remote_id, t.name, 'pt_BR', t.category, t.status,
       t.components, t.variables, c ->> 'text', t.blocked, h.templates_at
  FROM channels h JOIN demo_is d ON d.company = h.company_id
 CROSS JOIN (VALUES
    ('920070352646141', 'retomar_conversa', 'MARKETING', 'APPROVED', NULL,
     '[{"type":"BODY","text":"Olá, {{1}}! Aqui é da loja Demo. Ficou alguma dúvida? Responda esta mensagem e continuamos de onde paramos.","example":{"body_text":[["Ana"]]}},{"type":"FOOTER","text":"Para não receber mais, responda SAIR."},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Quero continuar"}]}]'::jsonb,
     '[{"part":"body","key":"1","example":"Ana"}]'::jsonb),
    ('920070352646142', 'pedido_enviado', 'UTILITY', 'APPROVED', NULL,
     '[{"type":"HEADER","format":"TEXT","text":"Pedido {{1}}","example":{"header_text":["10452"]}},{"type":"BODY","text":"Oi, {{1}}! Seu pedido saiu para entrega e chega {{2}}.","example":{"body_text":[["Ana","amanhã até as 18 h"]]}},{"type":"BUTTONS","buttons":[{"type":"URL","text":"Acompanhar","url":"https://demo.example/pedidos/{{1}}","example":["https://demo.example/pedidos/10452"]}]}]',
     '[{"part":"header","key":"1","example":"10452"},{"part":"body","key":"1","example":"Ana"},{"part":"body","key":"2","example":"amanhã até as 18 h"},{"part":"button","key":"1","button":0,"example":"10452"}]'),
    ('920070352646143', 'lembrete_visita', 'UTILITY', 'APPROVED', NULL,
     '[{"type":"BODY","text":"{{nome}}, sua visita está marcada para {{dia}}, às {{hora}}. Podemos confirmar?","example":{"body_text_named_params":[{"param_name":"nome","example":"Ana"},{"param_name":"dia","example":"quinta-feira"},{"param_name":"hora","example":"14 h"}]}},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Confirmo"},{"type":"QUICK_REPLY","text":"Preciso mudar"}]}]',
     '[{"part":"body","key":"nome","example":"Ana"},{"part":"body","key":"dia","example":"quinta-feira"},{"part":"body","key":"hora","example":"14 h"}]'),
    ('920070352646144', 'promocao_com_foto', 'MARKETING', 'APPROVED', 'media',
     '[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Oi, {{1}}! Esta semana o café em grãos está com 20% de desconto.","example":{"body_text":[["Ana"]]}}]',
     '[{"part":"body","key":"1","example":"Ana"}]'))
    t (remote_id, name, category, status, blocked, components, variables)
 CROSS JOIN jsonb_array_elements(t.components) c
 WHERE h.platform = 'whatsapp_cloud' AND c ->> 'type' = 'BODY';

-- ---- quem espera, desde quando -------------------------------------------------

UPDATE tickets SET opened_at = created_at
 WHERE company_id = (SELECT company FROM demo_is) AND status <> 'closed';
UPDATE tickets k SET waiting_since = x.since
  FROM demo_is, (
       SELECT m.ticket_id, min(m.created_at) AS since FROM demo_is JOIN messages m ON m.company_id = company
        WHERE m.sender_type = 'contact'
          AND NOT EXISTS (SELECT FROM messages r WHERE r.company_id = company AND r.ticket_id = m.ticket_id
                             AND r.id > m.id AND r.sender_type <> 'contact')
        GROUP BY m.ticket_id) x
 WHERE k.company_id = company AND k.id = x.ticket_id AND k.status IN ('pending', 'active');

-- ---- filas com regras ---------------------------------------------------------

-- Trocas: responder em 2 h e resolver num dia, dizer o motivo ao encerrar, e
-- perguntar o que o cliente achou. Orçamentos: quem some é avisado e encerrado.
INSERT INTO queues (company_id, name, color, position, answer_minutes, resolution_minutes, close_needs,
                    csat, csat_question, silence_minutes, silence_message, silence_close_minutes)
SELECT company, t.name, t.color, t.position, t.answer, t.solve, t.needs, t.csat, t.question, t.silence, t.warning, t.closing
  FROM demo_is, (VALUES
    ('Trocas', '#f59f00', 2, 120, 1440, 'reason', 'on', 'De 1 a 5, como foi a sua troca?', NULL::int, '', NULL::int),
    ('Orçamentos', '#7048e8', 3, NULL, NULL, 'nothing', 'off', '', 1440,
     'Ainda podemos ajudar com o orçamento? Se não houver resposta, encerramos esta conversa em duas horas.', 120))
       t (name, color, position, answer, solve, needs, csat, question, silence, warning, closing);
INSERT INTO queue_members (company_id, queue_id, user_id)
SELECT company, q.id, u.id
  FROM demo_is JOIN queues q ON q.company_id = company AND q.name IN ('Trocas', 'Orçamentos')
  CROSS JOIN LATERAL (VALUES (admin), (agent), (lead)) u (id);
UPDATE tickets k SET queue_id = q.id
  FROM demo_is, contacts p, queues q
 WHERE k.company_id = company AND p.company_id = company AND q.company_id = company AND k.contact_id = p.id
   AND (p.name, q.name) IN (('Fernanda Albuquerque', 'Trocas'), ('Padaria Pão de Mel', 'Orçamentos'));

-- ---- uma anotação que chama a supervisora, já lida -----------------------------

INSERT INTO messages (company_id, ticket_id, channel_id, user_id, sender_type, kind, body, status, mentions, attempts, sent_at, created_at)
SELECT company, k.id, k.channel_id, agent, 'user', 'note', '@Camila Duarte o rastreio diz entregue às 14 h. Consegue falar com a transportadora?',
       'received', ARRAY[lead], 0, now() - interval '60 minutes', now() - interval '60 minutes'
  FROM demo_is JOIN contacts p ON p.company_id = company AND p.name = 'Helena Vasconcelos'
  JOIN tickets k ON k.company_id = company AND k.contact_id = p.id;
UPDATE notifications SET created_at = now() - interval '60 minutes', read_at = now() - interval '50 minutes'
 WHERE company_id = (SELECT company FROM demo_is);

-- ---- filtros guardados ---------------------------------------------------------

INSERT INTO ticket_views (company_id, user_id, name, filter, everyone, queue_id, position)
SELECT company, CASE WHEN t.of_lead THEN lead ELSE admin END, t.name, t.filter, t.share = 'company',
       CASE WHEN t.share <> 'company' THEN q.id END, t.position
  FROM demo_is JOIN tags g ON g.company_id = company AND g.name = 'Garantia'
  CROSS JOIN LATERAL (VALUES
    ('Comigo, por ler', '{"status": "active", "userId": "me", "unread": "true"}'::jsonb, false, '', 0),
    ('Quem espera há mais tempo', '{"status": "pending", "sort": "waiting"}', true, 'company', 0),
    ('Garantias abertas', jsonb_build_object('status', 'active', 'tagIds', g.id::text), true, 'Suporte', 1))
       t (name, filter, of_lead, share, position)
  LEFT JOIN queues q ON q.company_id = company AND q.name = t.share;
