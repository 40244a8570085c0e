-- 0073: o que a fila pede para encerrar: o motivo, ou ao menos uma etiqueta.

ALTER TABLE queues ADD close_needs text NOT NULL DEFAULT 'nothing'
    CHECK (close_needs IN ('nothing', 'reason', 'tag'));
COMMENT ON COLUMN queues.close_needs IS
    'O que se exige de quem encerra: nothing, reason (o motivo) ou tag.';

DO $$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW queue_rows WITH (security_invoker = true) AS '
        || regexp_replace(rtrim(pg_get_viewdef('queue_rows'::regclass), '; '),
            '\s+FROM (\(*)queues q', ', q.close_needs FROM \1queues q');
    EXECUTE 'CREATE OR REPLACE VIEW ticket_rows WITH (security_invoker = true) AS '
        || regexp_replace(rtrim(pg_get_viewdef('ticket_rows'::regclass), '; '),
            '\s+FROM (\(*)tickets t',
            ', coalesce(q.close_needs, ''nothing'') AS close_needs FROM \1tickets t');
END $$;
