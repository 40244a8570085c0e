#!/usr/bin/python3
"""mail_server.py - servidor SMTP de verdade (aiosmtpd) que guarda o que chega.

MAIL_DIR       pasta das mensagens, um .eml cada
MAIL_SMTP      porta SMTP em 127.0.0.1
MAIL_HTTP      soquete unix da página /demo/mail e do controle
MAIL_CERT, MAIL_KEY  PEM: oferece STARTTLS
MAIL_AUTH      usuário:senha exigidos
Controle: GET /demo/mail.json; POST /control {"mode": "ok|450|550|drop|hang"}.
"""
import asyncio
import email
import email.policy
import html
import json
import os
import pathlib
import ssl
import time

from aiosmtpd.smtp import SMTP, AuthResult

DIR = pathlib.Path(os.environ["MAIL_DIR"])
state = {"mode": "ok"}


class Keep:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if state["mode"] == "450":
            return "450 4.2.0 tente mais tarde"
        if state["mode"] == "550":
            return f"550 5.1.1 <{address}> nao existe"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if state["mode"] == "hang":
            await asyncio.sleep(3600)
        if state["mode"] == "drop":
            server.transport.abort()
            return "421 4.3.0 ate logo"
        name = f"{time.time_ns()}.eml"
        (DIR / (name + ".new")).write_bytes(envelope.content)
        (DIR / (name + ".new")).rename(DIR / name)
        return "250 2.0.0 guardada"


def authenticate(server, session, envelope, mechanism, data):
    wanted = os.environ["MAIL_AUTH"].encode().split(b":", 1)
    good = [data.login, data.password] == wanted
    return AuthResult(success=good, handled=good)


def make_smtp():
    tls = None
    if os.environ.get("MAIL_CERT"):
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(os.environ["MAIL_CERT"], os.environ["MAIL_KEY"])
    auth = bool(os.environ.get("MAIL_AUTH"))
    return SMTP(Keep(), hostname="localhost", tls_context=tls,
                auth_required=auth, auth_require_tls=tls is not None,
                authenticator=authenticate if auth else None)


def read(path):
    m = email.message_from_bytes(path.read_bytes(),
                                 policy=email.policy.default)

    def part(kind):
        p = m.get_body((kind,))
        return p.get_content() if p is not None else ""
    return {"id": path.stem, "subject": str(m["subject"]),
            "from": str(m["from"]), "to": str(m["to"]),
            "messageId": str(m["message-id"]), "date": str(m["date"]),
            "headers": {k: str(v) for k, v in m.items()},
            "text": part("plain"), "html": part("html")}


def everything():
    return [read(p) for p in sorted(DIR.glob("*.eml"), reverse=True)]


def page():
    rows = []
    for m in everything():
        heads = "\n".join(f"{k}: {v}" for k, v in m["headers"].items())
        rows.append(
            f"<details><summary><b>{html.escape(m['subject'])}</b> "
            f"<span>{html.escape(m['to'])}</span></summary>"
            "<iframe sandbox='allow-popups allow-popups-to-escape-sandbox "
            "allow-top-navigation-by-user-activation' srcdoc=\""
            + html.escape("<base target=_blank>" + m["html"]) + "\"></iframe>"
            f"<h3>Texto</h3><pre>{html.escape(m['text'])}</pre>"
            f"<h3>Cabeçalhos</h3><pre>{html.escape(heads)}</pre></details>")
    return ("<!doctype html><html lang=pt-BR><meta charset=utf-8>"
            "<title>E-mails · Balcão</title>"
            "<link rel=stylesheet href=/demo/phone.css>"
            "<style>body{padding:2rem;overflow:auto}iframe{width:100%;"
            "height:32rem;border:0;background:#fff}pre{white-space:pre-wrap}"
            "details{background:var(--card);border:1px solid var(--line);"
            "border-radius:12px;padding:1rem;margin:0 0 1rem}</style>"
            "<h1>E-mails que saíram</h1>"
            + ("".join(rows) or "<p>Nenhum ainda.</p>"))


async def serve(reader, writer):
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        verb, target, _ = head.split("\r\n", 1)[0].split(" ", 2)
        size = next((int(line.split(":")[1]) for line in head.split("\r\n")
                     if line.lower().startswith("content-length:")), 0)
        body = await reader.readexactly(size)
        status, kind, out = "200 OK", "application/json", "{}"
        if verb == "POST" and target == "/control":
            state["mode"] = json.loads(body)["mode"]
        elif target == "/demo/mail.json":
            out = json.dumps(everything())
        elif target == "/demo/mail":
            kind, out = "text/html; charset=utf-8", page()
        else:
            status = "404 Not Found"
        data = out.encode()
        writer.write(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n"
                     f"Content-Length: {len(data)}\r\nConnection: close"
                     "\r\n\r\n".encode() + data)
        await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, ValueError):
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

asyncio.run(main())
