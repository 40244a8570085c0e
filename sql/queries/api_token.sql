-- row: api_token_row id int8, name text, prefix text, scopes json, user_id int8
-- row: api_token_row user_name text, created_at timestamptz
-- row: api_token_row expires_at timestamptz?, revoked_at timestamptz?
-- row: api_token_row last_used_at timestamptz?, last_used_address text

-- query: api_token_find maybe
-- in:    hash bytea, address text
-- out:   token_id int8, user_id int8, company_id int8, scopes text, role text, permissions text?
-- Dono e escopos de um token que vale; anota o uso.
SELECT token_id, user_id, company_id, scopes, role, permissions
  FROM auth_api_token_find(:hash, :address);

-- query: api_token_create maybe
-- in:    name text, scopes text[], prefix text, hash bytea, life_days int8
-- out:   id int8, created_at timestamptz, expires_at timestamptz?
-- Grava um token novo da pessoa do contexto; 0 dias: sem prazo. Nada se grava
-- para quem visita a empresa sem ser membro (super).
INSERT INTO api_tokens (company_id, user_id, name, scopes, prefix, token_hash, expires_at)
SELECT m.company_id, m.user_id, :name, :scopes, :prefix, :hash,
       CASE WHEN :life_days > 0 THEN now() + make_interval(days => :life_days::integer) END
  FROM memberships m
 WHERE m.company_id = app_company() AND m.user_id = app_user()
RETURNING id, created_at, expires_at;

-- query: api_token_list many
-- in:    everyone bool, before_id int8, max int8
-- out:   =api_token_row
-- Os da pessoa, ou os de todos, do mais novo ao mais velho.
SELECT t.id, t.name, t.prefix, to_json(t.scopes) AS scopes,
       t.user_id, m.display_name AS user_name, t.created_at, t.expires_at,
       t.revoked_at, t.last_used_at, t.last_used_address
  FROM api_tokens t
  JOIN memberships m ON m.company_id = t.company_id AND m.user_id = t.user_id
 WHERE (:everyone OR t.user_id = app_user()) AND t.id < :before_id
 ORDER BY t.id DESC LIMIT :max;

-- query: api_token_revoke maybe
-- in:    id int8, everyone bool
-- out:   id int8
-- Revoga; um já revogado continua como está.
UPDATE api_tokens SET revoked_at = coalesce(revoked_at, now())
 WHERE id = :id AND (:everyone OR user_id = app_user())
RETURNING id;

-- query: api_token_get maybe
-- in:    id int8, everyone bool
-- out:   =api_token_row
-- Um token, para confirmar a revogação.
SELECT t.id, t.name, t.prefix, to_json(t.scopes) AS scopes,
       t.user_id, m.display_name AS user_name, t.created_at, t.expires_at,
       t.revoked_at, t.last_used_at, t.last_used_address
  FROM api_tokens t
  JOIN memberships m ON m.company_id = t.company_id AND m.user_id = t.user_id
 WHERE t.id = :id AND (:everyone OR t.user_id = app_user());

-- query: api_token_person maybe
-- in:    email text, company_id int8
-- out:   user_id int8, company_id int8, role text, permissions text?
-- Quem pode ter um token e o que pode na empresa; 0: aquela em que ela cai.
SELECT l.user_id, k.id AS company_id, a.role, a.permissions
  FROM auth_find_login(:email, 0) l
 CROSS JOIN LATERAL (SELECT CASE WHEN :company_id > 0 THEN :company_id
                                 ELSE l.company_id END AS id) k
 CROSS JOIN LATERAL access_of(l.user_id, k.id) a
 WHERE NOT a.suspended;
