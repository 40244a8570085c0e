"""mail_page.py - as rotas de /demo/mail: a página, os arquivos dela e a lista
do que chegou. Não fala SMTP (mail_server.py)."""
import email
import email.policy
import functools
import hashlib
import html
import json
import pathlib
import re

HERE = pathlib.Path(__file__).parent
SHOWN = 200
# Os e-mails têm estilo em linha, e a moldura deles herda esta regra.
CSP = ("default-src 'none'; script-src 'self'; style-src 'self' "
       "'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
       "base-uri 'self'; form-action 'none'; frame-ancestors 'none'")
FILES = {"/demo/mail/mail.css": ("mail.css", "text/css; charset=utf-8"),
         "/demo/mail/mail.js": ("mail.js", "text/javascript; charset=utf-8")}


@functools.lru_cache(maxsize=2 * SHOWN)
def read(path):
    m = email.message_from_bytes(path.read_bytes(),
                                 policy=email.policy.default)

    def part(kind):
        found = m.get_body((kind,))
        return found.get_content() if found is not None else ""
    to = m["to"].addresses[0] if m["to"] and m["to"].addresses else None
    return {"id": path.stem, "subject": str(m["subject"] or ""),
            "from": str(m["from"] or ""), "to": str(m["to"] or ""),
            "toName": to.display_name if to else "",
            "toAddress": to.addr_spec if to else "",
            "messageId": str(m["message-id"] or ""),
            "date": str(m["date"] or ""),
            "at": int(path.stem) // 1000000,
            "lang": str(m["content-language"] or ""),
            "headers": [[k, str(v)] for k, v in m.items()],
            "text": part("plain"), "html": part("html")}


def listing(folder):
    """As mais novas primeiro."""
    paths = sorted(folder.glob("*.eml"), reverse=True)[:SHOWN]
    return [read(p) for p in paths]


def as_json(value):
    return ("200 OK", {"Content-Type": "application/json",
                       "Cache-Control": "no-store"},
            json.dumps(value, ensure_ascii=False).encode())


def pick_language(header):
    """pt ou en; sem preferência, pt-BR, e quem só lê outra lê inglês."""
    wanted = []
    for i, item in enumerate((header or "").split(",")):
        tag, *params = item.strip().lower().split(";")
        q = 1.0
        for p in params:
            m = re.fullmatch(r"\s*q=([\d.]+)", p)
            q = float(m[1]) if m else q
        if tag and q > 0:
            wanted.append((-q, i, tag))
    for _, _, tag in sorted(wanted):
        if tag.startswith("pt") or tag == "*":
            return "pt"
        if tag.startswith("en"):
            return "en"
    return "en" if wanted else "pt"


def page(heads):
    words = json.loads((HERE / "mail_words.json").read_text("utf-8"))
    words = words[pick_language(heads.get("accept-language"))]
    text = re.sub(r"\{\{(\w+)\}\}",
                  lambda m: html.escape(words.get(m[1], m[0])),
                  (HERE / "mail.html").read_text("utf-8"))
    return ("200 OK", {"Content-Type": "text/html; charset=utf-8",
                       "Content-Security-Policy": CSP,
                       "Cache-Control": "no-store",
                       "Vary": "Accept-Language"}, text.encode())


def answer(folder, path, heads):
    if path == "/demo/mail":
        return page(heads)
    if path == "/demo/mail/mail.json":
        status, head, data = as_json(listing(folder))
        tag = '"' + hashlib.sha256(data).hexdigest()[:20] + '"'
        head = {**head, "ETag": tag, "Cache-Control": "no-cache"}
        # um proxy que comprime põe W/ na frente
        if heads.get("if-none-match", "").removeprefix("W/") == tag:
            return "304 Not Modified", head, b""
        return status, head, data
    if path in FILES:
        name, kind = FILES[path]
        return ("200 OK", {"Content-Type": kind, "Cache-Control": "no-cache"},
                (HERE / name).read_bytes())
    return ("404 Not Found", {"Content-Type": "text/plain; charset=utf-8"},
            "não há nada aqui\n".encode())
