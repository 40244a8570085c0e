-- row: company_row id int8, name text, locale text, time_zone text
-- row: company_row business_hours jsonb?, retention_days int8?
-- row: company_row require_two_factor bool, default_visibility text
-- row: company_row max_users int8?, max_channels int8?, max_storage_mb int8?
-- row: company_row users int8, channels int8, logo text?, suspended bool
-- row: company_row suspended_at timestamptz?, exported_at timestamptz?
-- row: company_row deleting_at timestamptz?, version int8
-- row: company_row created_at timestamptz, updated_at timestamptz

-- query: company_get one
-- in:    id int8
-- out:   =company_row
SELECT @company_row FROM company_get(:id);

-- query: company_list many
-- in:    search text, everyone bool, after_name text, after_id int8, max int8
-- out:   id int8, name text, role text?, role_name text?, current bool, suspended bool, users int8?, channels int8?, max_users int4?, max_channels int4?, logo text?, deleting_at timestamptz?, created_at timestamptz, sort_name text
-- As da pessoa, ou todas para a plataforma, em ordem de nome.
SELECT id, name, role, role_name, current, suspended, users, channels, max_users, max_channels, logo, deleting_at, created_at, sort_name
  FROM company_list(:search, :everyone, :after_name, :after_id, :max);

-- query: company_members one
-- in:    id int8, max int8
-- out:   members json
SELECT company_members(:id, :max);

-- query: company_numbers one
-- out:   users int8, invitations int8, roles int8, channels int8, queues int8, tokens int8, audit_today int8, without_two_factor int8, companies int8
SELECT users, invitations, roles, channels, queues, tokens, audit_today, without_two_factor, companies
  FROM company_numbers();

-- query: company_save one
-- in:    id int8, version int8, name text, locale text, time_zone text, business_hours jsonb?, retention_days int8?, require_two_factor bool, default_visibility text
-- out:   outcome text
SELECT company_save(:id, :version, :name, :locale, :time_zone, :business_hours, :retention_days, :require_two_factor, :default_visibility);

-- query: company_limits one
-- in:    id int8, version int8, max_users int8, max_channels int8, max_storage_mb int8
-- out:   outcome text
SELECT company_limits(:id, :version, :max_users, :max_channels, :max_storage_mb);

-- query: company_suspend one
-- in:    id int8, stop bool
-- out:   outcome text
SELECT company_suspend(:id, :stop);

-- query: company_open one
-- in:    name text, locale text, time_zone text, max_users int8, max_channels int8, max_storage_mb int8
-- out:   outcome text, id int8?
SELECT outcome, id
  FROM company_open(:name, :locale, :time_zone, :max_users, :max_channels, :max_storage_mb);

-- query: company_admin_put one
-- in:    email text
-- out:   id int8?
SELECT company_admin_put(:email);

-- query: company_exported one
-- in:    id int8
-- out:   done text?
SELECT company_exported(:id)::text;

-- query: company_delete one
-- in:    id int8
-- out:   outcome text
SELECT company_delete(:id);

-- query: company_delete_chunk one
-- in:    id int8, max int8
-- out:   gone int8
-- -1: acabou.
SELECT company_delete_chunk(:id, :max);

-- query: time_zone_list many
-- out:   name text
SELECT name FROM pg_timezone_names
 WHERE name ~ '^(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/' OR name = 'UTC'
 ORDER BY name;
