-- bench_keys.sql - o que os pedaços consultam; vive enquanto a sessão viver.
-- Parâmetros: seed.company, seed.contacts e seed.tickets.
CREATE TEMP TABLE bench_keys AS
SELECT current_setting('seed.company')::bigint AS company,
       current_setting('seed.contacts')::int AS contacts,
       current_setting('seed.tickets')::int AS tickets,
       (SELECT array_agg(id ORDER BY id) FROM channels
         WHERE company_id = current_setting('seed.company')::bigint) AS channels,
       (SELECT array_agg(id ORDER BY id) FROM queues
         WHERE company_id = current_setting('seed.company')::bigint) AS queues,
       (SELECT array_agg(user_id ORDER BY user_id) FROM memberships
         WHERE company_id = current_setting('seed.company')::bigint) AS users,
       (SELECT coalesce(max(id), 0) FROM contacts) AS contact_base,
       (SELECT coalesce(max(id), 0) FROM tickets) AS ticket_base;

CREATE TEMP TABLE bench_words AS
SELECT string_to_array('Ana,Bruno,Carla,Diego,Eduarda,Felipe,Gabriela,Heitor,'
           'Isabela,João,Kátia,Lucas,Mariana,Natália,Otávio,Patrícia,Rafael,'
           'Sônia,Tiago,Úrsula,Vinícius,Wagner,Yasmin,Zélia,André,Beatriz,'
           'César,Débora,Érica,Fábio,Glória,Hugo,Inês,Jéssica,Leandro,Márcia,'
           'Nelson,Olívia,Paulo,Renata', ',') AS first,
       string_to_array('Silva,Santos,Oliveira,Souza,Rodrigues,Ferreira,Alves,'
           'Pereira,Lima,Gomes,Costa,Ribeiro,Martins,Carvalho,Almeida,Lopes,'
           'Soares,Fernandes,Vieira,Barbosa,Rocha,Dias,Nascimento,Andrade,'
           'Moreira,Nunes,Marques,Machado,Mendes,Freitas,Cardoso,Ramos,'
           'Gonçalves,Santana,Teixeira,Araújo,Pinto,Moura,Cavalcanti,Monteiro,'
           'Correia,Batista,Campos,Castro,Figueiredo,Assunção,Brandão,Peixoto,'
           'Xavier,Guimarães', ',') AS last;
