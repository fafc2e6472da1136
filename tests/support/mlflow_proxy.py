"""A reverse proxy in front of a server that can fail in every way that networks and servers do.

    proxy = Proxy("http://127.0.0.1:5000")
    proxy.fail("runs/log-batch", "drop", times=2)

Kinds: refuse (closes before anything is read), drop (the server does it, the answer is lost),
empty (200 and nothing), html (200 and a page), endless (a body without end), slow (answers after
`delay` seconds), torn (half of the answer), and any number: that HTTP status with an HTML page.

It can also stand for what real sites put in front of a server: `tls` is an ssl.SSLContext,
`demand` a header and its value without which the answer is 401, `host` the name by which the server
is called, and `extra` a function (method, path, headers, body) that answers instead of the server
with (status, headers, body), or None.
"""
import http.client
import http.server
import re
import threading
import time
import urllib.parse

PAGE = b"<!doctype html><html><body><h1>Something is wrong</h1></body></html>"


class QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Connections that end in the middle are what these tests are about."""


class Proxy:
    def __init__(self, target, tls=None):
        self.target = urllib.parse.urlsplit(target)
        self.rules = []  # [pattern, kind, times left, delay]
        self.lock = threading.Lock()
        self.seen = []  # (method, path, headers, body)
        self.hits = 0  # requests that met a rule
        self.demand = self.host = self.extra = None
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle_any(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                with proxy.lock:
                    proxy.seen.append((self.command, self.path, dict(self.headers), body))
                proxy.answer(self, body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

        self.server = QuietServer(("127.0.0.1", 0), Handler)
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.uri = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def fail(self, pattern, kind, times=1, delay=0.0):
        with self.lock:
            self.rules.append([re.compile(pattern), kind, times, delay])

    def heal(self):
        with self.lock:
            self.rules.clear()

    def rule_for(self, path):
        with self.lock:
            for rule in self.rules:
                if rule[2] > 0 and rule[0].search(path):
                    rule[2] -= 1
                    self.hits += 1
                    return rule[1], rule[3]
        return None, 0.0

    def request(self, method, path, headers, body):
        """Asks the server; its status, type and body."""
        connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=60)
        headers = {k: v for k, v in headers.items() if k.lower() != "host"}
        headers["Host"] = self.host or self.target.netloc
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, answer.getheader("Content-Type") or "text/plain", data

    @staticmethod
    def send(handler, status, kind, data, cut=None, headers=()):
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        for name, value in headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data if cut is None else data[:cut])

    @staticmethod
    def hang_up(handler):
        handler.close_connection = True
        handler.connection.close()

    def answer(self, handler, body):
        kind, delay = self.rule_for(handler.path)
        try:
            if kind == "refuse":
                return self.hang_up(handler)
            if kind == "empty":
                return self.send(handler, 200, "application/json", b"")
            if kind == "html":
                return self.send(handler, 200, "text/html", PAGE)
            if kind == "endless":
                return self.endless(handler)
            if kind and kind.isdigit():
                return self.send(handler, int(kind), "text/html", PAGE)
            if kind == "slow":
                time.sleep(delay)
            if self.demand and handler.headers.get(self.demand[0]) != self.demand[1]:
                return self.send(handler, 401, "text/html", PAGE)
            own = self.extra and self.extra(handler.command, handler.path, handler.headers, body)
            if own:
                return self.send(handler, own[0], "application/json", own[2], headers=own[1])
            status, content, data = self.request(handler.command, handler.path, handler.headers,
                                                 body)
            if kind == "drop":
                return self.hang_up(handler)
            if kind == "torn":
                self.send(handler, status, content, data + b" " * 64, cut=max(len(data) // 2, 1))
                return self.hang_up(handler)
            return self.send(handler, status, content, data)
        except (OSError, http.client.HTTPException):
            return self.hang_up(handler)

    def endless(self, handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.wfile.write(b'{"run": {"info": {"run_id": "')
        while True:
            handler.wfile.write(b"x" * 65536)
