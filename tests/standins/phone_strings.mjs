// phone_strings.mjs - o que a página do celular diz, em pt-BR e em inglês.

const PT = {
  lang: 'pt-BR', title: 'Celular do cliente',
  lead: 'Você é o cliente. O que escrever aqui chega ao Balcão como um ' +
    'webhook assinado; o que o atendente responder aparece nesta tela.',
  whose: 'De quem é este celular?', newCustomer: 'Novo cliente',
  openDesk: 'Abrir o atendimento', businessAccount: 'Conta comercial',
  typing: 'digitando…', placeholder: 'Mensagem', sendLabel: 'Enviar',
  attach: 'Anexar', picture: 'Foto', document: 'Documento',
  place: 'Localização', reactLast: 'Reagir à última', reply: 'Responder',
  react: 'Reagir ou responder', cancelReply: 'Não responder mais a esta',
  today: 'Hoje', yesterday: 'Ontem', you: 'Você',
  sending: 'enviando', sent: 'enviada', delivered: 'entregue', read: 'lida',
  failed: 'não chegou ao Balcão', lost: 'Sem conexão. Tentando de novo…',
  nothing: 'Nenhuma mensagem ainda. Diga olá!',
  nothingToReact: 'Ainda não há resposta a que reagir.',
  full: 'Já há clientes demais nesta demonstração.',
  error: 'Não deu certo. Tente de novo.', tooLong: 'Mensagem longa demais.',
  unread: 'não lidas', openFile: 'Abrir arquivo', sharedPlace: 'Local',
  sendPlace: 'Enviar localização', choose: 'Escolher', close: 'Fechar',
  conversation: 'Conversa', removeReaction: 'Tirar reação',
  noscript: 'O celular de demonstração precisa de JavaScript.',
  demo: 'Demonstração', sampleCaption: 'Chegou rachada, olha só',
  samplePlace: 'Praça da Sé', sampleAddress: 'Sé, São Paulo - SP',
};

const EN = {
  lang: 'en', title: 'The customer\'s phone',
  lead: 'You are the customer. What you write here reaches Balcão as a ' +
    'signed webhook; what the agent answers shows up on this screen.',
  whose: 'Whose phone is this?', newCustomer: 'New customer',
  openDesk: 'Open the desk', businessAccount: 'Business account',
  typing: 'typing…', placeholder: 'Message', sendLabel: 'Send',
  attach: 'Attach', picture: 'Picture', document: 'Document',
  place: 'Location', reactLast: 'React to the last one', reply: 'Reply',
  react: 'React or reply', cancelReply: 'Stop replying to this',
  today: 'Today', yesterday: 'Yesterday', you: 'You',
  sending: 'sending', sent: 'sent', delivered: 'delivered', read: 'read',
  failed: 'did not reach Balcão', lost: 'Disconnected. Trying again…',
  nothing: 'No messages yet. Say hello!',
  nothingToReact: 'There is no answer to react to yet.',
  full: 'This demo already has too many customers.',
  error: 'That did not work. Try again.', tooLong: 'The message is too long.',
  unread: 'unread', openFile: 'Open file', sharedPlace: 'Place',
  sendPlace: 'Send location', choose: 'Choose', close: 'Close',
  conversation: 'Conversation', removeReaction: 'Remove reaction',
  noscript: 'The demo phone needs JavaScript.',
  demo: 'Demo', sampleCaption: 'It arrived cracked, look',
  samplePlace: 'Sé Square', sampleAddress: 'Sé, São Paulo - SP',
};

/*
 * Escolhe por Accept-Language. Sem preferência é pt-BR; quem só lê outra
 * língua recebe inglês.
 */
export function stringsFor(header) {
  const wanted = String(header ?? '').split(',').map((item, i) => {
    const [tag, ...params] = item.trim().toLowerCase().split(';');
    const q = params.map((p) => /^\s*q=([\d.]+)$/.exec(p)?.[1]).find(Boolean);
    return { tag, q: q === undefined ? 1 : Number(q), i };
  }).filter((item) => item.tag && item.q > 0)
    .sort((a, b) => b.q - a.q || a.i - b.i);
  for (const { tag } of wanted) {
    if (tag.startsWith('pt') || tag === '*') return PT;
    if (tag.startsWith('en')) return EN;
  }
  return wanted.length ? EN : PT;
}
