-- wrk -s get.lua URL -- TOKEN CAMINHO [CORPO]   {A-B} no caminho é um número
-- ao acaso, @ARQUIVO@ uma linha ao acaso do arquivo; com CORPO é POST.
local pre, lo, hi, post, rest, method, lines

function init(args)
  pre, lo, hi, post = args[2]:match("^(.-){(%d+)%-(%d+)}(.*)$")
  local before, file, after = args[2]:match("^(.-)@([^@]+)@(.*)$")
  if file then
    lines, pre, post = {}, before, after
    for line in io.lines(file) do lines[#lines + 1] = line end
  end
  pre = pre or args[2]
  method = args[3] and "POST " or "GET "
  rest = (post or "") .. " HTTP/1.1\r\nHost: " .. wrk.headers["Host"] ..
    "\r\nAuthorization: Bearer " .. args[1] .. "\r\n"
  if args[3] then
    rest = rest .. "Content-Type: application/json\r\nContent-Length: " ..
      #args[3] .. "\r\n\r\n" .. args[3]
  else
    rest = rest .. "\r\n"
  end
end

function request()
  if lines then return method .. pre .. lines[math.random(#lines)] .. rest end
  return method .. pre .. (lo and math.random(tonumber(lo), tonumber(hi)) or "") .. rest
end

function done(s, lat)
  local e = s.errors
  print(("RESULT %d %d %d %d %d %d"):format(s.requests, s.duration,
    lat:percentile(50), lat:percentile(99),
    e.connect + e.read + e.write + e.timeout + e.status, s.bytes))
end
