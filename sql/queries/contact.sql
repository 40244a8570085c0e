-- query: contact_add one
-- in:    name text, phone text?
-- out:   id int8
INSERT INTO contacts (company_id, name, phone)
VALUES (app_company(), :name, :phone)
RETURNING id;

-- query: contact_update exec
-- in:    id int8, name text, phone text?
-- O telefone mostrado é o último que o provedor usou.
UPDATE contacts
   SET name = :name, phone = coalesce(:phone, phone),
       updated_at = clock_timestamp()
 WHERE id = :id;

-- query: contact_identity_set exec
-- in:    contact_id int8, kind text, match_key text, value text
-- A identidade passa a ser deste contato, na forma em que veio por último.
INSERT INTO contact_identities (company_id, contact_id, kind, match_key, value)
VALUES (app_company(), :contact_id, :kind, :match_key, :value)
ON CONFLICT (company_id, kind, match_key) DO UPDATE
   SET contact_id = excluded.contact_id, value = excluded.value;

-- query: contact_merge exec
-- in:    winner int8, loser int8
-- Junta duas pessoas que se soube serem uma: identidades, anotações e
-- tickets mudam de dono. Um ticket aberto que colidiria com o aberto do outro fica onde está.
WITH moved AS (
    UPDATE contact_identities SET contact_id = :winner
     WHERE contact_id = :loser),
notes AS (
    UPDATE contact_notes SET contact_id = :winner
     WHERE contact_id = :loser)
UPDATE tickets t SET contact_id = :winner
 WHERE t.contact_id = :loser
   AND (t.status = 'closed' OR NOT EXISTS (
        SELECT FROM tickets o
         WHERE o.contact_id = :winner AND o.channel_id = t.channel_id
           AND o.status <> 'closed'));

-- query: contact_drop_empty exec
-- in:    id int8
-- O contato que a junção esvaziou.
DELETE FROM contacts c
 WHERE c.id = :id
   AND NOT EXISTS (SELECT FROM tickets t WHERE t.contact_id = c.id)
   AND NOT EXISTS (SELECT FROM contact_identities i WHERE i.contact_id = c.id);
