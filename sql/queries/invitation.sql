-- row: invitation_row id int8, email text, name text?, role text, role_id int8?
-- row: invitation_row role_name text?, visibility text, queue_ids json
-- row: invitation_row status text, inviter text, invited_by int8
-- row: invitation_row sent_at timestamptz, sent_count int8
-- row: invitation_row expires_at timestamptz, accepted_at timestamptz?
-- row: invitation_row accepted_by int8?, created_at timestamptz

-- query: invitation_list many
-- in:    status text, before int8, max int8
-- out:   =invitation_row
-- status: pending, accepted, expired ou all. Do mais novo ao mais velho.
SELECT @invitation_row FROM invitation_rows
 WHERE (:status = 'all' OR status = :status) AND id < :before
 ORDER BY id DESC LIMIT :max;

-- query: invitation_get one
-- in:    id int8
-- out:   =invitation_row
SELECT @invitation_row FROM invitation_rows WHERE id = :id;

-- query: invitation_create one
-- in:    email text, name text?, role text, role_id int8?, visibility text, queue_ids int8[], life_s int8
-- out:   outcome text, id int8?
SELECT outcome, id
  FROM invitation_create(:email, :name, :role, :role_id, :visibility, :queue_ids, :life_s);

-- query: invitation_lock one
-- in:    id int8
-- out:   email text, role text, role_id int8?, visibility text, accepted bool, recent bool
-- recent: mandado há menos de um minuto.
SELECT email, role, role_id, visibility, accepted_at IS NOT NULL,
       sent_at > now() - interval '1 minute' AND sent_count > 1
  FROM invitations WHERE id = :id FOR UPDATE;

-- query: invitation_resent exec
-- in:    id int8, life_s int8
-- Quem reenvia passa a ser quem convida: é o que ele pode que vale ao aceitar.
UPDATE invitations
   SET invited_by = app_user(), sent_at = now(), sent_count = sent_count + 1,
       expires_at = now() + make_interval(secs => :life_s)
 WHERE id = :id;

-- query: invitation_delete exec
-- in:    id int8
DELETE FROM invitations WHERE id = :id AND accepted_at IS NULL;

-- query: invitation_read maybe
-- in:    company_id int8, id int8
-- out:   email text, name text, inviter text, company_name text, role text, role_name text, role_permissions text?, locale text, has_account bool, unverified bool, inviter_role text, inviter_permissions text?
-- Fora de empresa: só para quem tem o segredo do convite.
SELECT email, name, inviter, company_name, role, role_name, role_permissions,
       locale, has_account, unverified, inviter_role, inviter_permissions
  FROM invitation_read(:company_id, :id);

-- query: invitation_accept one
-- in:    company_id int8, id int8, name text, password_hash text, locale text?, origin text
-- out:   outcome text, user_id int8?, token_version int4?, access_version int4?, role text?, permissions text?, name text?, email text?, is_new bool?, password_set bool?
SELECT outcome, user_id, token_version, access_version, role, permissions, name, email, is_new, password_set
  FROM invitation_accept(:company_id, :id, :name, :password_hash, :locale, :origin);

-- query: inviter_of one
-- out:   name text, company_name text, locale text
-- Quem convida, e por qual empresa.
SELECT coalesce(a.name, ''), c.name, c.locale
  FROM companies c LEFT JOIN access_of(app_user(), c.id) a ON true
 WHERE c.id = app_company();

-- query: invitation_hold exec
-- in:    company_id int8
-- Ninguém muda as pessoas da empresa até o fim da transação.
SELECT invitation_hold(:company_id);
