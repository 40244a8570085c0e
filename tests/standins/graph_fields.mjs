// graph_fields.mjs - o envelope dos webhooks, os estados de entrega e os
// outros `field`s (modelos, conta, coexistência, grupos, chamadas).

const nowSeconds = () => String(Math.floor(Date.now() / 1000));

// Título e status HTTP que a Meta usa por código; o que falta aqui vira 400
// com texto genérico.
export const ERROR_TITLES = Object.freeze({
  1: 'API Unknown', 2: 'API Service',
  4: 'Application request limit reached',
  10: 'Application does not have permission for this action',
  33: 'Parameter value is not valid', 100: 'Invalid parameter',
  190: 'Access token has expired', 368: 'Temporarily blocked for policies violations',
  80007: 'Rate limit issues', 130429: 'Rate limit hit',
  130472: 'User\'s number is part of an experiment',
  130497: 'Business account is restricted from messaging users in this country.',
  131000: 'Something went wrong', 131005: 'Access denied',
  131008: 'Required parameter is missing',
  131009: 'Parameter value is not valid', 131016: 'Service unavailable',
  131021: 'Recipient cannot be sender', 131026: 'Message undeliverable',
  131030: 'Recipient phone number not in allowed list',
  131031: 'Account has been locked',
  131037: 'WhatsApp provided number needs display name approval before message can be sent.',
  131042: 'Business eligibility payment issue',
  131045: 'Incorrect certificate', 131047: 'Re-engagement message',
  131048: 'Spam rate limit hit',
  131049: 'This message was not delivered to maintain healthy ecosystem engagement.',
  131050: 'User has stopped marketing messages',
  131051: 'Unsupported message type', 131052: 'Media download error',
  131053: 'Media upload error',
  131056: '(Business Account, Consumer Account) pair rate limit hit',
  131057: 'Account in maintenance mode',
  132000: 'Number of parameters does not match the expected number of params',
  132001: 'Template name does not exist in the translation',
  132005: 'Translated text too long',
  132007: 'Template content policy violated',
  132008: 'Template parameter format mismatch',
  132012: 'Template parameter format mismatch',
  132015: 'Template is paused', 132016: 'Template is disabled',
  132018: 'Template parameters have invalid characters',
  132068: 'Flow is blocked', 132069: 'Flow is throttled',
  133010: 'Phone number not registered', 135000: 'Generic user error',
  137000: 'Recipient identity key hash mismatch',
});

// Um item de `errors[]`, como em estados e mensagens.
export function errorItem(code = 131026, details) {
  const title = ERROR_TITLES[code] ?? 'Something went wrong';
  return { code, title, message: title,
    error_data: { details: details ?? `${title}.` },
    href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/' };
}

/*
 * Um item de `statuses[]`.
 *   shape          'pmp' (v24.0 em diante) ou 'cbp' (com `conversation`)
 *   recipientId    null quando o destino foi um BSUID; use recipientUserId
 *   callbackData   ecoado como veio no envio
 */
export function statusUpdate(id, status, options = {}) {
  const out = { id, status, timestamp: options.timestamp ?? nowSeconds() };
  if (options.recipientId !== null) {
    out.recipient_id = options.recipientId ?? '5511987654321';
  }
  if (options.recipientUserId) out.recipient_user_id = options.recipientUserId;
  if (options.groupParticipantId) {
    out.recipient_type = 'group';
    out.recipient_participant_id = options.groupParticipantId;
  }
  if (options.callbackData !== undefined) {
    out.biz_opaque_callback_data = options.callbackData;
  }
  if (status === 'failed') {
    out.errors = options.errors ?? [errorItem(options.code, options.details)];
    return out;
  }
  const category = options.category ?? 'service';
  if (options.shape === 'cbp') {
    out.conversation = { id: options.conversationId ?? 'c0ffee'.repeat(5),
      ...(status === 'sent' ? { expiration_timestamp:
        String(Number(out.timestamp) + 86400) } : {}),
      origin: { type: category } };
    out.pricing = { billable: true, pricing_model: 'CBP', category };
  } else if (status !== 'read' && status !== 'played') {
    out.pricing = { billable: category !== 'service', pricing_model: 'PMP',
      type: category === 'service' ? 'free_customer_service' : 'regular',
      category };
  }
  return out;
}

// Um contato do envelope. `waId: null` é o usuário só com BSUID.
export function contact(options = {}) {
  const waId = options.waId === undefined ? '5511987654321' : options.waId;
  return {
    profile: { name: options.name ?? 'Ana Lima',
      ...(options.username ? { username: options.username } : {}) },
    ...(waId !== null ? { wa_id: waId } : {}),
    ...(options.userId ? { user_id: options.userId } : {}),
    ...(options.parentUserId ? { parent_user_id: options.parentUserId } : {}),
    ...(options.identityKeyHash
      ? { identity_key_hash: options.identityKeyHash } : {}),
  };
}

// Um `changes[]` de mensagens: messages, statuses ou errors.
export function messagesChange(parts, options = {}) {
  return { value: {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: options.displayPhone ?? '551140000000',
      phone_number_id: options.phoneNumberId ?? '100200300400500' },
    ...(parts.contacts ? { contacts: parts.contacts } : {}),
    ...(parts.messages ? { messages: parts.messages } : {}),
    ...(parts.statuses ? { statuses: parts.statuses } : {}),
    ...(parts.errors ? { errors: parts.errors } : {}),
  }, field: 'messages' };
}

// Uma entrada com vários `changes`; sirva-se de várias para testar lotes.
export const entry = (changes, options = {}) => ({
  id: options.wabaId ?? '900800700600500',
  ...(options.time ? { time: options.time } : {}), changes });

export const batch = (entries) =>
  ({ object: 'whatsapp_business_account', entry: entries });

/*
 * O envelope comum, de um só `change`.
 *   parts    {messages, statuses, errors, contacts}
 *   options  {wabaId, phoneNumberId, displayPhone}
 * Sem `contacts`, e havendo mensagem comum, faz um contato por remetente.
 */
export function envelope(parts, options = {}) {
  let { contacts } = parts;
  if (!contacts && parts.messages) {
    const senders = new Map();
    for (const item of parts.messages) {
      if (item.type !== 'system') {
        senders.set(item.from ?? item.from_user_id, item);
      }
    }
    const list = [...senders.values()].map((item) => contact({
      waId: item.from ?? null, userId: item.from_user_id,
      parentUserId: item.from_parent_user_id, name: options.name,
      username: options.username }));
    contacts = list.length ? list : undefined;
  }
  return batch([entry([messagesChange({ ...parts, contacts }, options)],
    options)]);
}

// Qualquer outro `field`: template, conta, grupos, chamadas…
export const fieldEnvelope = (field, value, options = {}) =>
  batch([entry([{ value, field }],
    { time: Math.floor(Date.now() / 1000), ...options })]);

const TEMPLATE = Object.freeze({ message_template_id: 920070352646140,
  message_template_name: 'order_ok', message_template_language: 'pt_BR' });
const SHARED = Object.freeze({ messaging_product: 'whatsapp', metadata: {
  display_phone_number: '551140000000', phone_number_id: '100200300400500' } });

// Valor de amostra de cada `field` da referência; o segundo nível sobrepõe.
export const FIELD_SAMPLES = Object.freeze({
  message_template_status_update: { event: 'APPROVED', ...TEMPLATE,
    message_template_category: 'UTILITY', reason: 'NONE' },
  message_template_quality_update: { previous_quality_score: 'GREEN',
    new_quality_score: 'YELLOW', ...TEMPLATE },
  template_category_update: { previous_category: 'UTILITY',
    new_category: 'MARKETING', ...TEMPLATE },
  phone_number_quality_update: { display_phone_number: '551140000000',
    event: 'FLAGGED', current_limit: 'TIER_10K' },
  account_update: { event: 'VOLUME_BASED_PRICING_TIER_UPDATE',
    volume_tier_info: { effective_month: '2026-05',
      pricing_category: 'UTILITY', region: 'Brazil', tier: '0:100000' } },
  account_alerts: { entity_type: 'PHONE_NUMBER',
    entity_id: '100200300400500', alert_severity: 'INFORMATIONAL',
    alert_status: 'ACTIVE', alert_type: 'OBA_APPROVED' },
  business_capability_update: { max_daily_conversation_per_phone: 2000,
    max_phone_numbers_per_business: 20 },
  user_preferences: { ...SHARED, user_preferences: [{
    wa_id: '5511987654321', detail: 'User requested to stop marketing messages',
    category: 'marketing_messages', value: 'stop', timestamp: 1760000000 }] },
  smb_message_echoes: { ...SHARED, message_echoes: [{ from: '551140000000',
    to: '5511987654321', id: 'wamid.RUNP', timestamp: '1760000000',
    type: 'text', text: { body: 'Respondi pelo celular' } }] },
  history: { ...SHARED, history: [{ metadata: { phase: 0, chunk_order: 1,
    progress: 100 }, threads: [] }] },
  smb_app_state_sync: { ...SHARED, state_sync: [{ type: 'contact',
    contact: { full_name: 'Ana Lima', first_name: 'Ana',
      phone_number: '5511987654321' }, action: 'add',
    metadata: { timestamp: '1760000000' } }] },
  group_lifecycle_update: { ...SHARED, groups: [{ type: 'group_create',
    group_id: 'Z3J1cG8x', timestamp: '1760000000' }] },
  group_settings_update: { ...SHARED, groups: [{
    type: 'group_settings_update', group_id: 'Z3J1cG8x' }] },
  group_participants_update: { ...SHARED, groups: [{
    type: 'group_participants_add', group_id: 'Z3J1cG8x' }] },
  calls: { ...SHARED, calls: [{ id: 'wacid.Y2FsbA', from: '5511987654321',
    to: '551140000000', event: 'connect', timestamp: '1760000000' }] },
});
export function fieldSample(field, over = {}, options = {}) {
  const base = { ...(FIELD_SAMPLES[field] ?? {}) };
  if (base.metadata) {
    base.metadata = {
      display_phone_number: options.displayPhone
        ?? base.metadata.display_phone_number,
      phone_number_id: options.phoneNumberId ?? base.metadata.phone_number_id };
  }
  return fieldEnvelope(field, { ...base, ...over }, options);
}
