// graph.test.mjs - o substituto é tão exigente quanto a Meta, assina como
// ela, faz os estragos encomendados e conta os estados em ordem.

import test, { after, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import * as make from './graph_payloads.mjs';
import { PHONE_ID, SECRET, TOKEN, startKit, text, typed } from './graph_kit.mjs';

let kit;
before(async () => { kit = await startKit(); });
after(() => kit.close());
const value = (item) => item.json.entry[0].changes[0].value;

describe('assinatura e escrita', () => {
  test('o vetor da referência dá o resumo da referência', () => {
    assert.equal(make.sign('app-secret-1', '{"object":"x","t":"\\u00e4"}'),
      'sha256=ab83faddd8ee141ba9ed441b7947a818918a5366c3f08b135b11d167d2880cb8');
  });
  test('o que não é ASCII sai em \\u minúsculo e a barra sai escapada', () => {
    assert.equal(make.metaJson({ a: 'ç/😀' }),
      '{"a":"\\u00e7\\/\\ud83d\\ude00"}');
  });
  test('todo tipo tem construtor e dá um envelope com remetente', () => {
    for (const [kind, build] of Object.entries(make.KINDS)) {
      const message = build({ message_id: 'wamid.X' }, {});
      assert.match(message.id, /^wamid\.[A-Za-z0-9+/]+=*$/, kind);
      assert.match(message.timestamp, /^\d+$/, kind);
      assert.equal(make.envelope({ messages: [message] }).object,
        'whatsapp_business_account');
    }
  });
  test('quem só tem BSUID vem sem from e sem wa_id', () => {
    const message = make.textMessage('oi', { from: null, userId: 'BR.1502' });
    const { contacts } = make.envelope({ messages: [message] }).entry[0]
      .changes[0].value;
    assert.equal('from' in message, false);
    assert.deepEqual(contacts, [{ profile: { name: 'Ana Lima' },
      user_id: 'BR.1502' }]);
  });
});

describe('quem pode e por onde', () => {
  const cases = {
    'sem ficha': [{ headers: { Authorization: '' } }, 401, 190],
    'ficha errada': [{ headers: { Authorization: 'Bearer x' } }, 401, 190],
    'esquema errado': [{ headers: { Authorization: `Basic ${TOKEN}` } }, 401, 190],
    'versão errada': [{ path: `/v22.0/${PHONE_ID}/messages` }, 400, 2500],
    'sem versão': [{ path: `/${PHONE_ID}/messages` }, 400, 2500],
    'pedaço a mais': [{ path: `/v23.0/${PHONE_ID}/messages/x` }, 400, 2500],
    'número desconhecido': [{ path: '/v23.0/999999/messages' }, 400, 100, 33],
    'não é JSON': [{ headers: { 'Content-Type': 'text/plain' } }, 400, 100],
    'tipo parecido': [{ headers: { 'Content-Type': 'application/jsonp' } },
      400, 100],
  };
  for (const [name, [over, status, code, subcode]] of Object.entries(cases)) {
    test(`${name}: ${status}, código ${code}`, async () => {
      const { status: got, json } = await kit.send(text(), over);
      assert.equal(got, status);
      assert.equal(json.error.code, code);
      assert.equal(json.error.error_subcode, subcode);
      assert.equal(typeof json.error.fbtrace_id, 'string');
    });
  }
  test('GET em messages não existe para a Meta', async () => {
    const { status, json } = await kit.call(`/v23.0/${PHONE_ID}/messages`,
      { headers: { Authorization: `Bearer ${TOKEN}` } });
    assert.equal(status, 400);
    assert.equal(json.error.error_subcode, 33);
  });
  test('corpo que não se lê é (#100)', async () => {
    assert.equal((await kit.send('{"a":')).json.error.code, 100);
    assert.equal((await kit.send('[]')).json.error.code, 100);
  });
});

const button = (id, title) => ({ type: 'reply', reply: { id, title } });
const buttons = (...list) => typed('interactive', { type: 'button',
  body: { text: 'Confirma?' }, action: { buttons: list } });
const list = (...sections) => typed('interactive', { type: 'list',
  body: { text: 'Escolha' }, action: { button: 'Ver', sections } });
const rows = (n, from = 0) => Array.from({ length: n }, (_, i) =>
  ({ id: `r${i + from}`, title: `Linha ${i + from}` }));

describe('corpos recusados', () => {
  const cases = {
    'sem messaging_product': [text({ messaging_product: undefined }), 100],
    'outro produto': [text({ messaging_product: 'sms' }), 100],
    'recipient_type errado': [text({ recipient_type: 'all' }), 100],
    'sem destino': [text({ to: undefined }), 100],
    'destino numérico': [text({ to: 5511987654321 }), 100],
    'destino com letras': [text({ to: '55119abc' }), 131009],
    'destino é o próprio número': [text({ to: '551140000000' }), 131021],
    'sem type': [text({ type: undefined }), 100],
    'type inventado': [text({ type: 'poll' }), 100],
    'type herdado de objeto': [text({ type: 'constructor' }), 100],
    'sem o corpo do tipo': [text({ text: undefined }), 100],
    'corpo nulo': [text({ text: null }), 100],
    'texto vazio': [text({ text: { body: '' } }), 100],
    'texto longo': [text({ text: { body: 'a'.repeat(4097) } }), 100],
    'preview_url em texto': [text({ text: { body: 'a', preview_url: 'no' } }), 100],
    'membro desconhecido': [text({ idempotency_key: 'x' }), 100],
    'membro desconhecido no texto': [text({ text: { body: 'a', b: 1 } }), 100],
    'dois tipos juntos': [text({ image: { id: '1' } }), 100],
    'dado de volta longo': [text({ biz_opaque_callback_data: 'a'.repeat(513) }), 100],
    'contexto desconhecido': [text({ context: { message_id: 'wamid.AAAA' } }), 131009],
    'contexto com id': [text({ context: { id: 'wamid.AAAA' } }), 100],
    'mídia sem id nem link': [typed('image', {}), 131008],
    'mídia com os dois': [typed('image', { id: '1', link: 'https://x.example/a' }), 100],
    'mídia desconhecida': [typed('image', { id: '12345' }), 100],
    'link sem esquema': [typed('image', { link: 'x.example/a' }), 100],
    'áudio com legenda': [typed('audio', { link: 'https://x.example/a', caption: 'a' }), 100],
    'legenda longa': [typed('image', { link: 'https://x.example/a', caption: 'a'.repeat(1025) }), 100],
    'latitude fora': [typed('location', { latitude: 91, longitude: 0 }), 131009],
    'contato sem nome': [typed('contacts', [{ phones: [] }]), 100],
    'reação com palavra': [typed('reaction', { message_id: 'wamid.A', emoji: 'ok' }), 131009],
    'reação a desconhecida': [typed('reaction', { message_id: 'wamid.A', emoji: '👍' }), 131009],
    'quatro botões': [buttons(...[1, 2, 3, 4].map((i) => button(`${i}`, `${i}`))), 100],
    'título de botão longo': [buttons(button('a', 'a'.repeat(21))), 100],
    'botões repetidos': [buttons(button('a', 'x'), button('a', 'y')), 100],
    'id com espaço': [buttons(button(' a', 'x')), 100],
    'onze linhas somadas': [list({ title: 'A', rows: rows(6) }, { title: 'B', rows: rows(5, 6) }), 100],
    'seções sem título': [list({ rows: rows(1) }, { rows: rows(1, 1) }), 100],
    'modelo com quebra de linha': [typed('template', { name: 'ok', language: { code: 'pt_BR' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: 'a\nb' }] }] }), 132018],
    'modelo com COMPONENTE': [typed('template', { name: 'ok', language: { code: 'pt_BR' },
      components: [{ type: 'BODY' }] }), 100],
    'modelo que não existe': [typed('template', { name: 'nenhum', language: { code: 'pt_BR' } }), 132001],
    'modelo noutra língua': [typed('template', { name: 'order_ok', language: { code: 'en_US' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: 'Ana' }] }] }), 132001],
    'modelo em análise': [typed('template', { name: 'aviso_em_analise', language: { code: 'pt_BR' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: 'Ana' }] }] }), 132001],
    'modelo sem parâmetro': [typed('template', { name: 'order_ok', language: { code: 'pt_BR' } }), 132000],
    'modelo com parâmetro a mais': [typed('template', { name: 'order_ok', language: { code: 'pt_BR' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }] }] }), 132000],
    'modelo sem o botão que pede': [typed('template', { name: 'pedido_enviado', language: { code: 'pt_BR' },
      components: [{ type: 'header', parameters: [{ type: 'text', text: '1' }] },
        { type: 'body', parameters: [{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }] }] }), 131008],
    'modelo sem a foto do cabeçalho': [typed('template', { name: 'promocao_com_foto', language: { code: 'pt_BR' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: 'Ana' }] }] }), 132012],
    'modelo sem os nomes': [typed('template', { name: 'lembrete_visita', language: { code: 'pt_BR' },
      components: [{ type: 'body', parameters: [1, 2, 3].map(() => ({ type: 'text', text: 'a' })) }] }), 100],
    'modelo preenchido longo demais': [typed('template', { name: 'order_ok', language: { code: 'pt_BR' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: 'a'.repeat(1020) }] }] }), 132005],
    'lido de desconhecida': [{ messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.A' }, 131009],
  };
  for (const [name, [body, code]] of Object.entries(cases)) {
    test(`${name}: (#${code})`, async () => {
      const { status, json } = await kit.send(body);
      assert.equal(json?.error?.code, code);
      assert.equal(status, 400);
    });
  }
  test('nada disso conta como aceito', async () => {
    const { json } = await kit.control('requests?verdict=accepted');
    assert.deepEqual(json.data, []);
  });
});

describe('corpos aceitos', () => {
  const cases = {
    'texto no limite, em caracteres': text({ text: { body: '😀'.repeat(4096) } }),
    'destino com mais': text({ to: '+5511987654321' }),
    'só BSUID': text({ to: undefined, recipient: 'BR.1502000000000001' }),
    'imagem por link': typed('image', { link: 'https://x.example/a.jpg', caption: 'a' }),
    'áudio de voz': typed('audio', { link: 'https://x.example/a.ogg', voice: true }),
    'localização': typed('location', { latitude: -23.55, longitude: -46.63 }),
    'contato': typed('contacts', [{ name: { formatted_name: 'Rui', first_name: 'Rui' } }]),
    'três botões': buttons(button('a', '1'), button('b', '2'), button('c', '3')),
    'dez linhas': list({ title: 'A', rows: rows(10) }),
    'modelo': typed('template', { name: 'order_ok', language: { code: 'pt_BR' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: 'Ana' }] },
        { type: 'button', sub_type: 'quick_reply', index: '0',
          parameters: [{ type: 'payload', payload: 'OK' }] }] }),
  };
  for (const [name, body] of Object.entries(cases)) {
    test(name, async () => {
      const { status, json, headers } = await kit.send(body);
      assert.equal(status, 200, JSON.stringify(json));
      assert.equal(json.messaging_product, 'whatsapp');
      assert.match(json.messages[0].id, /^wamid\.[A-Za-z0-9+/]+=*$/);
      assert.equal(headers.get('facebook-api-version'), 'v23.0');
    });
  }
  test('responder, reagir e marcar como lida usam um id conhecido', async () => {
    const { json } = await kit.control('inbound', { kind: 'text',
      payload: { body: 'Olá/ç' } });
    const [id] = json.ids;
    const ok = [text({ context: { message_id: id } }),
      typed('reaction', { message_id: id, emoji: '❤️' }),
      typed('reaction', { message_id: id, emoji: '' })];
    for (const body of ok) assert.equal((await kit.send(body)).status, 200);
    const read = await kit.send({ messaging_product: 'whatsapp',
      status: 'read', message_id: id, typing_indicator: { type: 'text' } });
    assert.deepEqual(read.json, { success: true });
  });
  test('ids não se repetem', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, async () =>
      (await kit.send(text())).json.messages[0].id));
    assert.equal(new Set(ids).size, 20);
  });
});

describe('modelos da conta', () => {
  const WABA = '900800700600500';
  const list = (query, token = TOKEN) => kit.call(
    `/v23.0/${WABA}/message_templates?${query}`,
    { headers: { Authorization: `Bearer ${token}` } });
  test('a lista se lê de página em página, e a última não diz a próxima', async () => {
    const names = [];
    let after = '', pages = 0;
    do {
      const { status, json } = await list(`fields=name,status&limit=4${after}`);
      assert.equal(status, 200);
      names.push(...json.data.map((item) => item.name));
      assert.deepEqual(Object.keys(json.data[0]).sort(), ['id', 'name', 'status']);
      after = json.paging.next ? `&after=${json.paging.cursors.after}` : '';
      pages += 1;
    } while (after);
    assert.equal(pages, 2);
    assert.equal(new Set(names).size, 6);
  });
  test('de outra conta, ou com ficha errada, não se lê', async () => {
    assert.equal((await list('', 'outra')).status, 401);
    const { json } = await kit.call('/v23.0/123/message_templates',
      { headers: { Authorization: `Bearer ${TOKEN}` } });
    assert.equal(json.error.error_subcode, 33);
  });
  test('o teste cadastra um, e o pausado se recusa', async () => {
    await kit.control('templates', { name: 'pausado', status: 'PAUSED',
      components: [{ type: 'BODY', text: 'Oi' }] });
    const { json } = await kit.send(typed('template', { name: 'pausado',
      language: { code: 'pt_BR' } }));
    assert.equal(json.error.code, 132015);
    await kit.control('reset', { templates: true });
    assert.equal((await kit.control('templates')).json.templates.length, 6);
  });
});

describe('estados', () => {
  const statusesOf = async (id) => {
    await kit.control('flush', {});
    return kit.receiver.statuses().filter((item) => item.id === id);
  };
  test('sent e delivered vêm em ordem, assinados, com o dado de volta', async () => {
    const { json } = await kit.send(text({ biz_opaque_callback_data: 'p/77' }));
    const found = await statusesOf(json.messages[0].id);
    assert.deepEqual(found.map((item) => item.status), ['sent', 'delivered']);
    assert.ok(found.every((item) => item.biz_opaque_callback_data === 'p/77' &&
      item.recipient_id === '5511987654321' && /^\d+$/.test(item.timestamp)));
    assert.ok(kit.receiver.got.every((item) => item.signed));
    const last = kit.receiver.got.at(-1);
    assert.equal(value(last).metadata.phone_number_id, PHONE_ID);
    assert.ok(last.raw.every((byte) => byte < 128));
  });
  test('receptor fora do ar atrasa, mas não troca a ordem', async () => {
    await kit.control('flush', {});
    kit.receiver.answers.push(503, 500);
    const { json } = await kit.send(text());
    const found = await statusesOf(json.messages[0].id);
    assert.deepEqual(found.map((item) => item.status), ['sent', 'delivered']);
  });
  test('autoRead acrescenta read', async () => {
    await kit.control('config', { autoRead: true });
    const { json } = await kit.send(text());
    const found = await statusesOf(json.messages[0].id);
    await kit.control('config', { autoRead: false });
    assert.deepEqual(found.map((item) => item.status),
      ['sent', 'delivered', 'read']);
  });
  test('estados a dedo vão num webhook só, ou um por vez', async () => {
    const { json } = await kit.send(text());
    const id = json.messages[0].id;
    await kit.control('flush', {});
    const both = [{ id, status: 'read' }, { id, status: 'failed', code: 131026 }];
    const one = await kit.control('statuses', { statuses: both });
    assert.equal(JSON.parse(one.json.sent).entry[0].changes[0].value.statuses[1]
      .errors[0].code, 131026);
    const two = await kit.control('statuses', { statuses: both, separate: true });
    assert.deepEqual(two.json.answers.map((item) => item.status), [200, 200]);
  });
  test('sem assinatura ou com a errada, quando se pede', async () => {
    await kit.control('flush', {});
    await kit.control('inbound', { kind: 'text', signature: 'none' });
    const none = kit.receiver.got.at(-1);
    assert.equal(none.headers['x-hub-signature-256'], undefined);
    await kit.control('inbound', { kind: 'text', secret: `${SECRET}x` });
    assert.equal(kit.receiver.got.at(-1).signed, false);
  });
});
