// page_suite.mjs - as páginas como o navegador sem JavaScript as usa:
// formulário, cookie, CSRF e redirecionamento, em cada frente.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { word } from './desk.mjs';

export function pageSuite(use) {
  let cookie;
  const get = (path) => use.desk.raw('GET', path, { headers: { cookie } });

  test('/login shows a form, refuses a wrong password, opens a session', async () => {
    const page = await use.desk.raw('GET', '/login?next=/inbox');
    assert.equal(page.type, 'text/html');
    assert.match(page.text, /<form method="post" action="\/login"/);
    const wrong = await use.desk.form('/login',
      { email: use.desk.info.AGENT_EMAIL, password: 'errada' });
    assert.equal(wrong.status, 401);
    assert.equal(wrong.type, 'text/html');
    assert.equal(wrong.headers['set-cookie'], undefined);
    ({ cookie } = await use.desk.browse());
  });

  test('a form from another site is refused; so is one without CSRF', async () => {
    const { desk } = use;
    const foreign = await desk.form('/login', { email: desk.info.ADMIN_EMAIL,
      password: desk.info.PASSWORD }, { origin: 'https://outro.example' });
    assert.equal(foreign.status, 403);
    const bare = await desk.form(`/inbox/${desk.ticket}/messages`,
      { body: 'sem token' }, { cookie });
    assert.equal(bare.status, 403);
  });

  test('without a session every page leads to /login', async () => {
    for (const path of ['/', '/inbox', `/inbox/${use.desk.ticket}`]) {
      const r = await use.desk.raw('GET', path);
      assert.equal(r.status, 303, path);
      assert.match(r.headers.location, /^\/login\?next=/);
    }
  });

  test('the inbox lists, the conversation answers by form post', async () => {
    const { desk } = use;
    const phone = '5511977770001';
    const { id } = await desk.newTicket(phone);
    const text = word('página <b>&');
    await desk.write(text, phone);
    const list = await get('/inbox?status=pending');
    assert.equal(list.status, 200, list.text.slice(0, 300));
    assert.match(list.text, new RegExp(`/inbox/${id}`));
    const page = await get(`/inbox/${id}`);
    assert.equal(page.status, 200);
    assert.ok(page.text.includes(text.replace('<b>&', '&lt;b&gt;&amp;')));
    const csrf = /name="_csrf" value="([0-9a-f]+)"/.exec(page.text)[1];
    const answer = word('resposta é');
    for (const [path, fields] of [['take', {}], ['messages', { body: answer }]]) {
      const done = await desk.form(`/inbox/${id}/${path}`,
        { ...fields, _csrf: csrf }, { cookie });
      assert.equal(done.status, 303, done.text.slice(0, 300));
      assert.match(done.headers.location, new RegExp(`^/inbox/${id}`));
    }
    assert.ok((await get(`/inbox/${id}`)).text.includes(answer));
  });

  test('an unknown conversation is a 404 page; the language is the reader\'s',
    async () => {
      const lost = await get('/inbox/999999999');
      assert.equal(lost.status, 404);
      assert.equal(lost.type, 'text/html');
      const english = await use.desk.raw('GET', '/login',
        { headers: { 'accept-language': 'en-US,en;q=0.9' } });
      assert.match(english.text, /<html lang="en"/);
    });

  test('logout ends the session', async () => {
    const page = await get('/inbox');
    const csrf = /name="_csrf" value="([0-9a-f]+)"/.exec(page.text)[1];
    const out = await use.desk.form('/logout', { _csrf: csrf }, { cookie });
    assert.equal(out.status, 303);
    assert.equal((await get('/inbox')).status, 303);
  });
}
