-- 0050: as ferramentas de quem atende: etiquetas com ordem e quadro.

-- ---- etiquetas -------------------------------------------------------------

-- A ordem é de todas, sejam colunas do quadro ou não.
ALTER TABLE tags DROP CONSTRAINT tags_board_check;
ALTER TABLE tags
    ADD position integer NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND 10000),
    ALTER board TYPE boolean USING board IS NOT NULL,
    ALTER board SET DEFAULT false,
    ALTER board SET NOT NULL;
COMMENT ON COLUMN tags.position IS 'Ordem na tela e no quadro; empate, por nome.';
COMMENT ON COLUMN tags.board IS 'É coluna do quadro.';

CREATE VIEW tag_rows WITH (security_invoker = true) AS
    SELECT g.company_id, g.id, g.name, g.color, g.position::bigint, g.board,
           (SELECT count(*) FROM ticket_tags l
             WHERE l.company_id = g.company_id AND l.tag_id = g.id) AS tickets,
           (SELECT count(*) FROM contact_tags l
             WHERE l.company_id = g.company_id AND l.tag_id = g.id) AS contacts,
           g.version, g.created_at
      FROM tags g;
COMMENT ON VIEW tag_rows IS 'A etiqueta como sai: API e páginas.';
GRANT SELECT ON tag_rows TO balcao_app;
