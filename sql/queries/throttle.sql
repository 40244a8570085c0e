-- query: throttle_take one
-- in:    keys text[], caps int8[], windows_s int8[]
-- out:   wait_s int8, first bool
-- Conta uma tentativa em cada balde, ou diz quanto esperar.
SELECT wait_s, first FROM throttle_take(:keys, :caps, :windows_s);

-- query: throttle_pass exec
-- in:    cleared text[], refunded text[]
-- A tentativa deu certo.
SELECT throttle_pass(:cleared, :refunded);
