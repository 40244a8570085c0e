-- row: custom_field_row id int8, target text, key text, label text, kind text
-- row: custom_field_row options jsonb, required bool, position int8
-- row: custom_field_row version int8, created_at timestamptz

-- query: custom_field_list many
-- in:    target text
-- out:   =custom_field_row
-- Na ordem da tela; target vazio: os dois.
SELECT f.id, f.target, f.key, f.label, f.kind, to_jsonb(f.options), f.required,
       f.position::bigint, f.version, f.created_at
  FROM custom_fields f
 WHERE :target IN ('', f.target)
 ORDER BY f.target, f.position, f.id;

-- query: custom_field_get one
-- in:    id int8
-- out:   =custom_field_row
SELECT f.id, f.target, f.key, f.label, f.kind, to_jsonb(f.options), f.required,
       f.position::bigint, f.version, f.created_at
  FROM custom_fields f WHERE f.id = :id;

-- query: custom_field_place one
-- in:    target text, key text
-- out:   key text, taken int8?, count int8, next_position int8
-- O que a criação precisa saber; a chave sai sem acentos, em a-z0-9_.
SELECT n.key, (SELECT f.id FROM custom_fields f
                WHERE f.target = :target AND f.key = n.key),
       (SELECT count(*) FROM custom_fields f WHERE f.target = :target),
       (SELECT coalesce(max(f.position), 0) + 1 FROM custom_fields f
         WHERE f.target = :target)::bigint
  FROM (SELECT left(regexp_replace(btrim(regexp_replace(fold(:key),
               '[^a-z0-9]+', '_', 'g'), '_'), '^([0-9])', 'x\1'), 40) AS key) n;

-- query: custom_field_add maybe
-- in:    target text, key text, label text, kind text, options text[]
-- in:    required bool, position int8
-- out:   =custom_field_row
INSERT INTO custom_fields (company_id, target, key, label, kind, options,
                           required, position)
VALUES (app_company(), :target, :key, :label, :kind, :options, :required,
        :position::integer)
ON CONFLICT (company_id, target, key) DO NOTHING
RETURNING id, target, key, label, kind, to_jsonb(options), required,
          position::bigint, version, created_at;

-- query: custom_field_set maybe
-- in:    id int8, version int8, label text, options text[], required bool
-- in:    position int8
-- out:   =custom_field_row
-- Nenhuma linha: outra pessoa mudou antes.
UPDATE custom_fields
   SET label = :label, options = :options, required = :required,
       position = :position::integer, version = version + 1
 WHERE id = :id AND version = :version
RETURNING id, target, key, label, kind, to_jsonb(options), required,
          position::bigint, version, created_at;

-- query: custom_field_delete exec
-- in:    id int8
DELETE FROM custom_fields WHERE id = :id;

-- query: custom_field_move exec
-- in:    id int8, up bool
-- Troca com o vizinho do mesmo dono; as posições ficam 1, 2, 3 …
WITH mine AS (SELECT f.target FROM custom_fields f WHERE f.id = :id),
placed AS (
    SELECT f.id, row_number() OVER (ORDER BY f.position, f.id) AS place
      FROM custom_fields f JOIN mine ON mine.target = f.target),
moved AS (
    SELECT p.id, row_number() OVER (ORDER BY p.place * 2 + CASE
               WHEN p.id <> :id THEN 0 WHEN :up THEN -3 ELSE 3 END) AS place
      FROM placed p)
UPDATE custom_fields f
   SET position = m.place::integer, version = f.version + 1
  FROM moved m
 WHERE f.id = m.id AND f.position <> m.place;
