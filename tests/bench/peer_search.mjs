// peer_search.mjs - as duas buscas que o par do kit não tem, como um time em
// Node as escreveria: ILIKE e to_tsvector, com os índices certos. Não perdoa
// acentos nem erros: responde menos que o nosso.
const few = 5;

export default function search({ app, auth, query, z }) {
  const Words = z.object({ q: z.string().min(1).max(200),
    limit: z.coerce.number().int().min(1).max(100).default(20) });
  const contacts = (user, q, limit) => query(`contacts_${limit}`, `
    SELECT id, name, number, email FROM contacts
     WHERE company_id = $1 AND (name ILIKE $2 OR number LIKE $3 OR email ILIKE $2)
     LIMIT ${limit}`,
    // nome em qualquer ordem não há: as palavras, na ordem em que vieram
    [user.cid, `%${q.trim().replace(/\s+/g, '%')}%`,
      `%${q.replace(/\D/g, '') || q}%`]);

  app.get('/api/v1/contacts', auth, async (req, res) => {
    const { q, limit } = Words.parse(req.query);
    res.json({ data: (await contacts(req.user, q, limit)).rows });
  });

  app.get('/api/v1/search', auth, async (req, res) => {
    const { q } = Words.parse(req.query);
    const [people, tickets, messages] = await Promise.all([
      contacts(req.user, q, few),
      query('search_tickets', `
        SELECT t.id, t.status, c.name AS contact, t.updated_at AS "updatedAt"
          FROM tickets t JOIN contacts c ON c.id = t.contact_id
         WHERE t.company_id = $1 AND t.id = $2`,
        [req.user.cid, /^\d{1,9}$/.test(q) ? Number(q) : 0]),
      query('search_messages', `
        SELECT m.id, m.ticket_id AS "ticketId", m.body, m.created_at AS "createdAt"
          FROM messages m
         WHERE m.company_id = $1
           AND to_tsvector('simple', m.body) @@ plainto_tsquery('simple', $2)
         ORDER BY m.id DESC LIMIT ${few}`, [req.user.cid, q]),
    ]);
    res.json({ contacts: people.rows, tickets: tickets.rows,
      messages: messages.rows });
  });
}
