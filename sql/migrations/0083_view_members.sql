-- 0083: o filtro de uma fila é dos membros dela, vejam eles todas as conversas
-- ou só as suas: a sessão só diz as filas a quem as tem por limite.

DROP POLICY tenant ON ticket_views;
CREATE POLICY tenant ON ticket_views
    USING (company_id = app_company()
           AND (user_id = app_user() OR everyone
                OR EXISTS (SELECT FROM queue_members q
                            WHERE q.company_id = ticket_views.company_id
                              AND q.queue_id = ticket_views.queue_id
                              AND q.user_id = app_user())))
    WITH CHECK (company_id = app_company() AND user_id = app_user());
