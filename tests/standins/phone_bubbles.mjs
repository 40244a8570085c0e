// phone_bubbles.mjs - traduz o corpo que o Balcão mandou (POST …/messages)
// para o balão que o celular desenha.

import { fillTemplate } from './graph_templates.mjs';

const mediaTypes = ['image', 'video', 'audio', 'document', 'sticker'];

function mediaBubble(type, body) {
  return { text: body.caption ?? '', media: { id: body.id ?? null,
    link: body.link ?? null, type, filename: body.filename ?? null } };
}

function interactiveBubble(body) {
  const out = { text: body.body?.text ?? '', footer: body.footer?.text ?? '',
    header: body.header?.type === 'text' ? body.header.text : '' };
  const { action } = body;
  if (body.type === 'button') {
    out.choices = action.buttons.map(({ reply }) =>
      ({ kind: 'button_reply', id: reply.id, title: reply.title }));
  } else if (body.type === 'list') {
    out.listTitle = action.button;
    out.choices = action.sections.flatMap((section) =>
      section.rows.map((row) => ({ kind: 'list_reply', id: row.id,
        title: row.title, description: row.description ?? '',
        section: section.title ?? '' })));
  } else if (body.type === 'cta_url') {
    out.link = { title: action.parameters.display_text,
      url: action.parameters.url };
  } else if (body.type === 'location_request_message') {
    out.choices = [{ kind: 'location', id: 'location', title: '' }];
  }
  return out;
}

// O texto do modelo mora na conta; sem ele, só o nome e os parâmetros.
function templateBubble(body, templates) {
  const sent = body.components ?? [];
  const found = templates?.find(body.name, body.language?.code);
  const values = (type) => sent.find((item) => item.type === type)?.parameters;
  const part = (type) => found?.components.find((item) => item.type === type);
  const link = part('BUTTONS')?.buttons.find((item) => item.type === 'URL');
  const choices = (part('BUTTONS')?.buttons ?? []).flatMap((item, i) => {
    if (item.type !== 'QUICK_REPLY') return [];
    const own = sent.find((one) => one.type === 'button' && Number(one.index) === i);
    return [{ kind: 'button', id: own?.parameters?.[0]?.payload ?? item.text,
      title: item.text }];
  });
  const url = link && fillTemplate(link.url, sent.find((item) =>
    item.type === 'button' && item.sub_type === 'url')?.parameters);
  return { header: fillTemplate(part('HEADER')?.text ?? '', values('header')),
    text: fillTemplate(part('BODY')?.text ?? body.name, values('body')),
    footer: part('FOOTER')?.text ?? '',
    ...(link ? { link: { title: link.text, url } } : {}),
    ...(choices.length ? { choices } : {}) };
}

/*
 * Devolve o conteúdo de um balão; quem chama põe id, hora e estado. Reação
 * não é balão: não passa por aqui.
 */
export function bubbleFrom(body, templates) {
  const inner = body[body.type];
  if (mediaTypes.includes(body.type)) return mediaBubble(body.type, inner);
  switch (body.type) {
    case 'text': return { text: inner.body };
    case 'location': return { text: '', location: inner };
    case 'contacts': return { text: '', contacts: inner.map((item) => ({
      name: item.name.formatted_name,
      phone: item.phones?.[0]?.phone ?? '' })) };
    case 'interactive': return interactiveBubble(inner);
    case 'template': return templateBubble(inner, templates);
    default: return { text: `[${body.type}]` };
  }
}
