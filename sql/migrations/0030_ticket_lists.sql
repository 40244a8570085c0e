-- 0030: as listas de atendimentos com filtros. A condição é montada com o que
-- veio, e só com isso: cada combinação tem o plano dela. Leem pelo dono da
-- função, com a empresa e a visibilidade na própria condição, porque as
-- políticas impediriam o índice de texto.

-- O padrão de LIKE que acha o texto em qualquer lugar, sem acentos.
CREATE FUNCTION like_any(what text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '%' || replace(replace(replace(fold(what), '\', '\\'), '%', '\%'),
                      '_', '\_') || '%';

-- Onde o texto está: no protocolo, no contato (nome, telefone, documento,
-- e-mail) ou no assunto. Poucos contatos: por eles; muitos: um a um, que o
-- primeiro logo aparece.
CREATE FUNCTION ticket_text_where(what text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    pattern text := like_any(what);
    digits  text := regexp_replace(what, '[ ().+-]', '', 'g');
    found   bigint[];
BEGIN
    IF digits ~ '^20[0-9]{12,24}$' THEN
        RETURN format('t.id = %L::numeric AND ticket_protocol(t.created_at, '
                      't.id) = %L', substr(digits, 9), digits);
    ELSIF digits ~ '^[0-9]{4,20}$' THEN
        pattern := '%' || digits || '%';
    END IF;
    SELECT array_agg(k.id) INTO found
      FROM (SELECT c.id FROM contacts c
             WHERE c.company_id = app_company() AND c.search LIKE pattern
               AND c.deleted_at IS NULL LIMIT 2001) k;
    IF cardinality(found) > 2000 THEN
        RETURN format('EXISTS (SELECT FROM contacts c WHERE c.company_id = '
                      't.company_id AND c.id = t.contact_id AND c.search LIKE '
                      '%L)', pattern);
    END IF;
    RETURN format('(t.contact_id = ANY (%L::bigint[]) OR t.subject <> '''' AND '
                  'fold(t.subject) LIKE %L)', coalesce(found, '{}'),
                  like_any(what));
END $$;

-- A condição de um filtro: objeto com status, queue e user (número ou none),
-- tags, channel, contact, priority, unread, snoozed, q e os instantes.
CREATE FUNCTION ticket_where(f jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = balcao, pg_temp AS $$
    SELECT concat_ws(' AND ',
        't.company_id = app_company()',
        'ticket_visible(t.queue_id, t.user_id)',
        CASE WHEN f ? 'status' THEN format('t.status = %L', f ->> 'status') END,
        CASE f ->> 'queue' WHEN 'none' THEN 't.queue_id IS NULL'
             ELSE 't.queue_id = ' || (f ->> 'queue')::bigint END,
        CASE f ->> 'user' WHEN 'none' THEN 't.user_id IS NULL'
             ELSE 't.user_id = ' || (f ->> 'user')::bigint END,
        't.channel_id = ' || (f ->> 'channel')::bigint,
        't.contact_id = ' || (f ->> 'contact')::bigint,
        CASE WHEN f ? 'priority'
             THEN format('t.priority = %L', f ->> 'priority') END,
        CASE WHEN f ? 'tags'
             THEN format('t.tag_ids @> %L::bigint[]', f ->> 'tags') END,
        CASE (f ->> 'unread')::boolean WHEN true THEN 't.unread_count > 0'
             WHEN false THEN 't.unread_count = 0' END,
        CASE (f ->> 'snoozed')::boolean WHEN true THEN 't.snoozed_until IS NOT NULL'
             WHEN false THEN 't.snoozed_until IS NULL' END,
        CASE WHEN f ? 'createdFrom'
             THEN format('t.created_at >= %L', instant_of(f ->> 'createdFrom')) END,
        CASE WHEN f ? 'createdTo'
             THEN format('t.created_at < %L', instant_of(f ->> 'createdTo')) END,
        CASE WHEN f ? 'updatedFrom'
             THEN format('t.updated_at >= %L', instant_of(f ->> 'updatedFrom')) END,
        CASE WHEN f ? 'updatedTo'
             THEN format('t.updated_at < %L', instant_of(f ->> 'updatedTo')) END,
        CASE WHEN f ? 'closedFrom'
             THEN format('t.closed_at >= %L', instant_of(f ->> 'closedFrom')) END,
        CASE WHEN f ? 'closedTo'
             THEN format('t.closed_at < %L', instant_of(f ->> 'closedTo')) END,
        CASE WHEN f ? 'q' THEN ticket_text_where(f ->> 'q') END)
$$;

-- Uma página, pela chave da ordem; before_at nulo: a primeira.
CREATE FUNCTION ticket_find(filter jsonb, sort text, before_rank bigint,
                            before_at timestamptz, before_id bigint,
                            most bigint)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = balcao, pg_temp AS $$
DECLARE
    way  text := CASE WHEN sort IN ('oldest', 'waiting') THEN 'ASC' ELSE 'DESC' END;
    key  text := CASE sort WHEN 'oldest' THEN 't.created_at, t.id'
        WHEN 'waiting' THEN 't.waiting_since, t.id'
        WHEN 'closed' THEN 't.closed_at, t.id'
        WHEN 'priority' THEN 'priority_rank(t.priority), t.updated_at, t.id'
        ELSE 't.updated_at, t.id' END;
    rule text := ticket_where(filter);
BEGIN
    IF sort = 'waiting' THEN
        rule := rule || ' AND t.waiting_since IS NOT NULL';
    ELSIF sort = 'closed' THEN
        rule := rule || ' AND t.closed_at IS NOT NULL';
    END IF;
    IF before_at IS NOT NULL THEN
        rule := rule || format(' AND (%s) %s (%s%L::timestamptz, %s)', key,
            CASE way WHEN 'ASC' THEN '>' ELSE '<' END,
            CASE sort WHEN 'priority' THEN before_rank || ', ' ELSE '' END,
            before_at, before_id);
    END IF;
    RETURN QUERY EXECUTE format('SELECT t.id FROM tickets t WHERE %s ORDER BY '
        '%s %s LIMIT %s', rule, replace(key, ',', ' ' || way || ','), way, most);
END $$;

-- Quantos em cada aba; de fechados se conta até 1000.
CREATE FUNCTION ticket_tally(filter jsonb)
RETURNS TABLE (bot bigint, pending bigint, active bigint, closed bigint,
               unread bigint, mine bigint, waiting bigint, snoozed bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = balcao, pg_temp AS $$
DECLARE
    rule text := ticket_where(filter - 'status');
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT count(*) FILTER (WHERE t.status = ''bot''), '
        'count(*) FILTER (WHERE t.status = ''pending''), '
        'count(*) FILTER (WHERE t.status = ''active''), '
        '(SELECT count(*) FROM (SELECT FROM tickets t WHERE %1$s AND t.status = '
        '''closed'' LIMIT 1000) k), '
        'count(*) FILTER (WHERE t.unread_count > 0), '
        'count(*) FILTER (WHERE t.user_id = app_user()), '
        'count(*) FILTER (WHERE t.waiting_since IS NOT NULL), '
        'count(*) FILTER (WHERE t.snoozed_until IS NOT NULL) '
        'FROM tickets t WHERE %1$s AND t.status <> ''closed''', rule);
END $$;

REVOKE EXECUTE ON FUNCTION like_any(text), ticket_text_where(text),
    ticket_where(jsonb),
    ticket_find(jsonb, text, bigint, timestamptz, bigint, bigint),
    ticket_tally(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    ticket_find(jsonb, text, bigint, timestamptz, bigint, bigint),
    ticket_tally(jsonb) TO balcao_app;
