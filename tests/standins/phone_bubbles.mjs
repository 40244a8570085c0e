// phone_bubbles.mjs - traduz o corpo que o Balcão mandou (POST …/messages)
// para o balão que o celular desenha.

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

const parameterText = (parameter) => parameter.text ??
  parameter[parameter.type]?.fallback_value ?? '';

// O texto do modelo mora na Meta; aqui só se sabe o nome e os parâmetros.
function templateBubble(body) {
  const components = body.components ?? [];
  const values = components.filter((item) => item.type !== 'button')
    .flatMap((item) => item.parameters ?? []).map(parameterText)
    .filter(Boolean);
  const choices = components.filter((item) => item.type === 'button' &&
    item.sub_type === 'quick_reply').map((item) => {
    const payload = item.parameters?.[0]?.payload ?? String(item.index);
    return { kind: 'button', id: payload, title: payload };
  });
  return { header: body.name, text: values.join(' · '),
    ...(choices.length ? { choices } : {}) };
}

/*
 * Devolve o conteúdo de um balão; quem chama põe id, hora e estado. Reação
 * não é balão: não passa por aqui.
 */
export function bubbleFrom(body) {
  const inner = body[body.type];
  if (mediaTypes.includes(body.type)) return mediaBubble(body.type, inner);
  switch (body.type) {
    case 'text': return { text: inner.body };
    case 'location': return { text: '', location: inner };
    case 'contacts': return { text: '', contacts: inner.map((item) => ({
      name: item.name.formatted_name,
      phone: item.phones?.[0]?.phone ?? '' })) };
    case 'interactive': return interactiveBubble(inner);
    case 'template': return templateBubble(inner);
    default: return { text: `[${body.type}]` };
  }
}
