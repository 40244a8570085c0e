-- query: upkeep_forget one
-- in:    max int8
-- out:   sessions int8, tokens int8, idempotency int8
-- Apaga até max linhas vencidas de cada espécie.
SELECT sessions, tokens, idempotency FROM upkeep_forget(:max);

-- query: upkeep_logins one
-- in:    max int8
-- out:   secrets int8, families int8, buckets int8
-- Segredos vencidos, logins encerrados há mais de 2 horas, baldes vazios.
SELECT secrets, families, buckets FROM upkeep_logins(:max);

-- query: upkeep_hooks one
-- in:    days int8
-- out:   gone int8
-- Estados e reações sem dono, entregas já repetidas.
SELECT hook_forget(:days::integer);

-- query: upkeep_stuck many
-- in:    older_s int8, max int8
-- out:   company_id int8, id int8
-- Mensagens por sair sem job que as leve, de todas as empresas.
SELECT company_id, id FROM upkeep_stuck(:older_s, :max);

-- query: upkeep_merges one
-- in:    days int4, max int8
-- out:   gone int8
-- Fusões de contatos que já não se podem desfazer.
SELECT contact_merges_forget(:days, :max);

-- query: upkeep_imports one
-- in:    max int8
-- out:   drafts int8, reports int8
-- Importações largadas antes de começar; o que resta das que já acabaram.
SELECT drafts, reports FROM contact_imports_forget(:max);

-- query: upkeep_words one
-- in:    max int8
-- out:   checked int8
-- Palavras do dicionário de que se duvida: ficam as que alguém ainda tem.
SELECT contact_words_check(:max);

-- query: upkeep_notices one
-- in:    days int4, max int8
-- out:   gone int8
-- Notificações lidas há tempo.
SELECT notifications_forget(:days, :max);
