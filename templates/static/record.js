// record.js - a mensagem de voz: grava, deixa ouvir, envia. O servidor a
// converte; onde ele não pode, só se grava no que o WhatsApp aceita como está.
import { $, announce, fetchPart, texts } from './page.js';
import { hasUnseen, lastId, merge, openTicket, refresh, refreshFrame, talk } from './talk.js';

const MOST_MS = 10 * 60 * 1000;
const BITS_PER_SECOND = 32000;
const ANY = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4'];
const AS_IT_IS = ['audio/ogg;codecs=opus', 'audio/mp4;codecs=mp4a.40.2'];

let asking = false;             // o navegador está perguntando à pessoa
let now = null;                 // { form, recorder, stream, parts, began, file, url, timer }

const part = (name) => $(`[data-record-${name}]`, now.form);

function fail(form, text) {
  const p = $('#record-error');
  if (!p) return;
  p.textContent = text ?? '';
  p.hidden = !text;
}

const clock = (ms) => `${Math.floor(ms / 60000)}:${
  String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`;

/** O microfone solto, o endereço esquecido: nada fica ligado sem se ver. */
function release() {
  if (!now) return;
  clearInterval(now.timer);
  for (const track of now.stream?.getTracks() ?? []) track.stop();
  if (now.url) URL.revokeObjectURL(now.url);
  now = null;
}

function close({ focus = true } = {}) {
  if (!now) return;
  const { form, recorder } = now;
  if (recorder?.state === 'recording') {
    recorder.onstop = null;
    recorder.stop();
  }
  const sound = part('sound');
  sound.pause();
  sound.removeAttribute('src');
  release();
  form.hidden = true;
  fail(form, '');
  if (focus) $('[data-record]')?.focus();
}

/** O painel: gravando, ou gravado e por enviar. */
function show(on, say) {
  now.form.hidden = false;
  now.form.classList.toggle('is-on', on);
  part('stop').hidden = !on;
  part('sound').hidden = on;
  part('again').hidden = on;
  part('send').hidden = on;
  part('say').textContent = say;
}

function tick() {
  if (!now.form.isConnected) {  // a conversa mudou: o microfone não fica
    now.recorder.onstop = null;
    now.recorder.stop();
    release();
    return;
  }
  const ms = Date.now() - now.began;
  part('time').textContent = clock(ms);
  if (ms < MOST_MS) return;
  now.recorder.stop();
  announce(now.form.dataset.full);
}

function stopped() {
  const { form, recorder, parts } = now;
  clearInterval(now.timer);
  for (const track of now.stream.getTracks()) track.stop();
  now.file = new Blob(parts, { type: recorder.mimeType });
  if (!now.file.size) {
    close();
    fail(form, form.dataset.empty);
    return;
  }
  now.url = URL.createObjectURL(now.file);
  part('sound').src = now.url;
  show(false, form.dataset.ready);
  part('send').focus();
}

const REASONS = { NotAllowedError: 'denied', SecurityError: 'denied', NotFoundError: 'missing',
  NotReadableError: 'busy', AbortError: 'busy' };

async function begin(form) {
  const types = form.dataset.converts ? ANY : AS_IT_IS;
  const type = globalThis.MediaRecorder && types.find((t) => MediaRecorder.isTypeSupported(t));
  fail(form, '');
  if (!isSecureContext || !navigator.mediaDevices) {
    fail(form, form.dataset.insecure);
    return;
  }
  if (!type) {
    fail(form, form.dataset.unable);
    return;
  }
  let stream;
  asking = true;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  } catch (error) {
    fail(form, form.dataset[REASONS[error.name] ?? 'unable']);
    $('[data-record]')?.focus();
    return;
  } finally {
    asking = false;
  }
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND });
  now = { form, stream, recorder, parts: [], began: Date.now() };
  recorder.ondataavailable = (e) => { if (e.data.size) now?.parts.push(e.data); };
  recorder.onstop = stopped;
  recorder.start(1000);
  now.timer = setInterval(tick, 250);
  show(true, form.dataset.recording);
  part('time').textContent = clock(0);
  part('stop').focus();
}

/** O que não foi fica no painel, para se tentar de novo. */
async function send() {
  const { form, file } = now, ticket = openTicket(), body = new FormData(form);
  const kind = file.type.split(/[/;]/)[1];
  if (hasUnseen()) {
    fail(form, texts().unseen);
    return;
  }
  body.set('after', lastId());
  body.set('file', file, `gravacao.${kind}`);
  fail(form, '');
  part('send').disabled = true;
  part('say').textContent = form.dataset.sending;
  let answer;
  try {
    answer = await fetchPart(form.getAttribute('action'), { method: 'POST', body });
  } catch {
    answer = { ok: false };
  }
  if (now?.form !== form) return;
  part('send').disabled = false;
  part('say').textContent = form.dataset.ready;
  if (!answer.ok) {
    const reason = answer.content && $('.notice, .problem-part p, .problem-part strong', answer.content);
    fail(form, reason?.textContent.trim() || form.dataset.unsent);
    if (answer.status === 409) refresh();
    return;
  }
  close();
  if (openTicket() !== ticket) return;
  merge(answer, { mine: true });
  refresh();
  if (talk().dataset.tab !== 'active') {
    talk().dataset.tab = 'active';
    refreshFrame();
  }
}

document.addEventListener('click', (e) => {
  if (e.target.closest('[data-record]')) {
    if (!now && !asking) begin($('#record'));
  } else if (!now) {
    return;
  } else if (e.target.closest('[data-record-cancel]')) {
    close();
  } else if (e.target.closest('[data-record-stop]')) {
    now.recorder.stop();
  } else if (e.target.closest('[data-record-again]')) {
    const { form } = now;
    close({ focus: false });
    begin(form);
  }
});

document.addEventListener('submit', (e) => {
  if (e.target.id !== 'record') return;
  e.preventDefault();
  if (now?.file) send();
});

document.addEventListener('keydown', (e) => {
  if (e.key !== 'Escape' || !now || !e.target.closest?.('#record')) return;
  e.preventDefault();
  e.stopImmediatePropagation();
  close();
});

addEventListener('pagehide', release);
