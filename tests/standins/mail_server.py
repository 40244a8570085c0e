#!/usr/bin/python3
"""mail_server.py - servidor SMTP de verdade (aiosmtpd) que guarda o que chega,
e a página /demo/mail que o mostra.

MAIL_DIR   pasta das mensagens, um .eml cada; só as últimas ficam
MAIL_SMTP  porta SMTP em 127.0.0.1
MAIL_HTTP  soquete unix da página e do controle

Controle (só no soquete; o proxy não mostra): POST /control, campos opcionais
  {"mode": "ok|450|550|drop|hang|late", "auth": "usuário:senha" ou "",
   "cert": "a.pem", "key": "a.key"}; sem cert não há STARTTLS.
"late" guarda a mensagem e demora a dizer que guardou.
GET /control diz o que houve em cada conexão.
"""
import asyncio
import json
import os
import pathlib
import ssl
import time

from aiosmtpd.smtp import SMTP, AuthResult

import mail_page

KEEP = 500
LATE_S = 4
DIR = pathlib.Path(os.environ["MAIL_DIR"])
state = {"mode": "ok", "auth": "", "cert": "", "key": ""}
seen = []


def note(what, session, envelope):
    seen.append({"what": what, "at": time.time(), "tls": bool(session.ssl),
                 "to": envelope.rcpt_tos[:] if envelope else []})
    del seen[:-KEEP]


def keep(content):
    name = f"{time.time_ns()}.eml"
    (DIR / (name + ".new")).write_bytes(content)
    (DIR / (name + ".new")).rename(DIR / name)
    for old in sorted(DIR.glob("*.eml"))[:-KEEP]:
        old.unlink()


class Keep:
    async def handle_RCPT(self, server, session, envelope, address, options):
        note(f"rcpt {address}", session, envelope)
        if state["mode"] == "450":
            return "450 4.2.0 tente mais tarde"
        if state["mode"] == "550":
            return f"550 5.1.1 <{address}> nao existe"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mode = state["mode"]
        note("data", session, envelope)
        if mode == "hang":
            await asyncio.sleep(3600)
        if mode == "drop":
            server.transport.abort()
            return "421 4.3.0 ate logo"
        keep(envelope.content)
        if mode == "late":
            await asyncio.sleep(LATE_S)
        return "250 2.0.0 guardada"


def authenticate(server, session, envelope, mechanism, data):
    wanted = state["auth"].encode().split(b":", 1)
    good = [data.login, data.password] == wanted
    note("auth ok" if good else "auth não", session, envelope)
    return AuthResult(success=good, handled=False)


def make_smtp():
    """Um por conexão: o controle vale para a próxima."""
    tls = None
    if state["cert"]:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(state["cert"], state["key"])
    auth = bool(state["auth"])
    return SMTP(Keep(), hostname="localhost", tls_context=tls,
                auth_required=auth, auth_require_tls=tls is not None,
                authenticator=authenticate if auth else None)


def answer(verb, target, heads, body):
    """(estado, cabeçalhos, corpo) de um pedido HTTP."""
    path = target.split("?", 1)[0]
    if path == "/control":
        if verb == "POST":
            state.update(json.loads(body))
        return mail_page.as_json({"state": state, "seen": seen})
    if verb not in ("GET", "HEAD"):
        return "405 Method Not Allowed", {"Allow": "GET"}, b""
    return mail_page.answer(DIR, path, heads)


async def read_request(reader):
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = lines.rstrip("\r\n").split("\r\n")
    verb, target, _ = first.split(" ", 2)
    heads = {}
    for line in rest:
        name, _, value = line.partition(":")
        heads[name.strip().lower()] = value.strip()
    body = await reader.readexactly(int(heads.get("content-length", 0)))
    return verb, target, heads, body


async def serve(reader, writer):
    try:
        async with asyncio.timeout(10):
            verb, *rest = await read_request(reader)
            status, heads, data = answer(verb, *rest)
            heads = {**heads, "Content-Length": len(data),
                     "Connection": "close"}
            head = "".join(f"{k}: {v}\r\n" for k, v in heads.items())
            writer.write(f"HTTP/1.1 {status}\r\n{head}\r\n".encode()
                         + (b"" if verb == "HEAD" else data))
            await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError,
            ConnectionError, TimeoutError, ValueError):
        pass
    finally:
        writer.close()


async def main():
    DIR.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    await loop.create_server(make_smtp, "127.0.0.1",
                             int(os.environ["MAIL_SMTP"]))
    await asyncio.start_unix_server(serve, os.environ["MAIL_HTTP"])
    os.chmod(os.environ["MAIL_HTTP"], 0o660)
    await asyncio.Event().wait()

if __name__ == "__main__":
    asyncio.run(main())
