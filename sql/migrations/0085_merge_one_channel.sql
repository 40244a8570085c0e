-- 0085: a fusão de atendimentos é de um canal só, e não corre com o apagar.
-- A conversa responde por um canal: o que viesse de outro teria a citação, a
-- reação e o reenvio no endereço errado, e a próxima mensagem do cliente por lá
-- abriria outro atendimento. E o contato apagado não funde: o job que esvazia
-- as mensagens anda por número de ticket, e não volta ao que já passou.

-- Troca-se só o que muda, para que valha o que outra migração lhes tenha posto.
-- ticket_merge passa a devolver também channel e erased.
DO $$
DECLARE
    -- função, o que havia, o que fica
    edits text[][] := ARRAY[
        ['ticket_merge(bigint,bigint)',
'        WHEN t.merged_into_id IS NOT NULL THEN ''into_merged''
',
'        WHEN t.merged_into_id IS NOT NULL THEN ''into_merged''
        WHEN s.channel_id <> t.channel_id THEN ''channel''
        -- quem apaga trava os dois antes: ou já se vê, ou ele vem depois
        WHEN EXISTS (SELECT FROM contacts c WHERE c.id = t.contact_id
                        AND c.erased_at IS NOT NULL) THEN ''erased''
'],
        ['ticket_merge(bigint,bigint)',
'WHEN (s.channel_id, s.reply_to) IS DISTINCT FROM
             (t.channel_id, t.reply_to)
             AND',
'WHEN s.reply_to IS DISTINCT FROM t.reply_to
             AND'],
        ['ticket_merge(bigint,bigint)',
'window_until = CASE WHEN s.channel_id = t.channel_id
                               THEN greatest(x.window_until, s.window_until)
                               ELSE x.window_until END',
'window_until = greatest(x.window_until, s.window_until)'],
        ['ticket_merge(bigint,bigint)',
'chegou ainda não se apagou; o de quem pediu para sumir, sim
',
'chegou ainda não se apagou
'],
        ['ticket_merge(bigint,bigint)',
'erased_at = CASE WHEN EXISTS (
                            SELECT FROM contacts c WHERE c.id = x.contact_id
                               AND c.erased_at IS NOT NULL)
                            THEN x.erased_at END',
'erased_at = NULL'],
        ['privacy_contact_erase(bigint,text)',
'    SELECT array_agg(DISTINCT x.mark) INTO marks',
'    -- por número, como a fusão: um espera o outro, e nenhum se trava
    PERFORM FROM tickets t
      WHERE t.company_id = app_company() AND t.contact_id = contact
      ORDER BY t.id FOR UPDATE;
    SELECT array_agg(DISTINCT x.mark) INTO marks']];
    was  text;
    now_ text;
    i    int;
BEGIN
    FOR i IN 1 .. array_length(edits, 1) LOOP
        was := pg_get_functiondef(edits[i][1]::regprocedure);
        now_ := replace(was, edits[i][2], edits[i][3]);
        IF now_ = was THEN
            RAISE EXCEPTION '% mudou de forma (%)', edits[i][1], i;
        END IF;
        EXECUTE now_;
    END LOOP;
END $$;
