-- 0058: fundir dois atendimentos do mesmo contato: as mensagens passam a um
-- fio só, e o de onde elas saíram se encerra apontando para o outro.

-- Quanto se espera e o que a tela mostra do que ficou; o de onde saiu se
-- encerra. Devolve ok, ou por que não: unknown, into_unknown, same, contact,
-- merged, into_merged, into_closed, sending; e quantas mensagens passaram.
CREATE FUNCTION ticket_merge(gone bigint, kept bigint,
                             OUT outcome text, OUT moved bigint)
LANGUAGE plpgsql SET search_path = balcao, pg_temp AS $$
DECLARE
    k tickets;
    s tickets;
    t tickets;
BEGIN
    moved := 0;
    -- em ordem de número: dois pedidos cruzados não se travam
    FOR k IN SELECT x.* FROM tickets x
              WHERE x.id IN (gone, kept)
                AND ticket_visible(x.queue_id, x.user_id)
              ORDER BY x.id FOR UPDATE LOOP
        IF k.id = gone THEN s := k; END IF;
        IF k.id = kept THEN t := k; END IF;
    END LOOP;
    outcome := CASE
        WHEN s.id IS NULL THEN 'unknown'
        WHEN t.id IS NULL THEN 'into_unknown'
        WHEN gone = kept THEN 'same'
        WHEN s.contact_id <> t.contact_id THEN 'contact'
        WHEN s.merged_into_id IS NOT NULL THEN 'merged'
        WHEN t.merged_into_id IS NOT NULL THEN 'into_merged'
        WHEN t.status = 'closed' AND s.status <> 'closed' THEN 'into_closed'
        -- o que está saindo iria pelo endereço do outro
        WHEN (s.channel_id, s.reply_to) IS DISTINCT FROM
             (t.channel_id, t.reply_to)
             AND EXISTS (SELECT FROM messages m WHERE m.ticket_id = gone
                            AND m.status IN ('queued', 'sending'))
            THEN 'sending'
        ELSE 'ok' END;
    IF outcome <> 'ok' THEN
        RETURN;
    END IF;
    UPDATE messages m SET ticket_id = kept WHERE m.ticket_id = gone;
    GET DIAGNOSTICS moved = ROW_COUNT;
    UPDATE files f SET ticket_id = kept WHERE f.ticket_id = gone;
    UPDATE notifications n SET ticket_id = kept WHERE n.ticket_id = gone;
    UPDATE scheduled_messages g SET ticket_id = kept
     WHERE g.ticket_id = gone;
    UPDATE drafts d SET ticket_id = kept
     WHERE d.ticket_id = gone AND NOT EXISTS (
           SELECT FROM drafts x
            WHERE x.ticket_id = kept AND x.user_id = d.user_id);
    DELETE FROM drafts d WHERE d.ticket_id = gone;
    INSERT INTO ticket_tags (company_id, ticket_id, tag_id, user_id)
    SELECT l.company_id, kept, l.tag_id, nullif(app_user(), 0)
      FROM ticket_tags l WHERE l.ticket_id = gone
        ON CONFLICT DO NOTHING;
    -- quem já se fundira no primeiro passa a apontar para o segundo
    UPDATE tickets x SET merged_into_id = kept
     WHERE x.merged_into_id = gone;
    UPDATE tickets x
       SET status = 'closed', merged_into_id = kept, unread_count = 0,
           snoozed_until = NULL, waiting_since = NULL,
           closed_at = coalesce(x.closed_at, clock_timestamp()),
           version = x.version + 1, updated_at = clock_timestamp()
     WHERE x.id = gone;
    UPDATE tickets x
       SET unread_count = CASE WHEN t.status = 'closed' THEN 0
                               ELSE x.unread_count + s.unread_count END,
           last_message = CASE WHEN s.last_message_at > x.last_message_at
                               THEN s.last_message ELSE x.last_message END,
           last_message_at = greatest(x.last_message_at, s.last_message_at),
           waiting_since = CASE WHEN t.status <> 'closed'
                                THEN least(x.waiting_since, s.waiting_since) END,
           window_until = CASE WHEN s.channel_id = t.channel_id
                               THEN greatest(x.window_until, s.window_until)
                               ELSE x.window_until END,
           subject = CASE WHEN x.subject = '' THEN s.subject
                          ELSE x.subject END,
           custom = s.custom || x.custom,
           -- o prazo de guardar conta da conversa mais nova, e o texto que
           -- chegou ainda não se apagou; o de quem pediu para sumir, sim
           closed_at = CASE WHEN t.status = 'closed'
                            THEN greatest(x.closed_at, s.closed_at)
                            ELSE x.closed_at END,
           erased_at = CASE WHEN EXISTS (
                            SELECT FROM contacts c WHERE c.id = x.contact_id
                               AND c.erased_at IS NOT NULL)
                            THEN x.erased_at END,
           version = x.version + 1, updated_at = clock_timestamp()
     WHERE x.id = kept;
    IF s.status <> 'closed' THEN
        PERFORM ticket_log(gone, 'status', s.status, 'closed');
    END IF;
    PERFORM ticket_log(gone, 'mergedInto', NULL,
                       ticket_protocol(t.created_at, t.id));
    PERFORM ticket_log(kept, 'mergedFrom', NULL,
                       ticket_protocol(s.created_at, s.id));
    PERFORM ticket_log(kept, 'tags', tag_names(t.tag_ids),
                       (SELECT tag_names(x.tag_ids) FROM tickets x
                         WHERE x.id = kept));
END $$;
REVOKE EXECUTE ON FUNCTION ticket_merge(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ticket_merge(bigint, bigint) TO balcao_app;
