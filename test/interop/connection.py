# TLS with a certificate on both sides, and HTTP/1.1 over it. Written from docs/PROTOCOL.md, "Connections" and "Requests and answers".

import base64
import hashlib
import json
import os
import socket

from OpenSSL import SSL

import identity

ALPN = b"http/1.1"
EXPORTER = b"EXPERIMENTAL Ferry pairing 1"


class Problem(Exception):
    """An answer with a problem: its status, and the last word of its type."""

    def __init__(self, status, body):
        self.status = status
        try:
            self.type = json.loads(body).get("type", "").removeprefix("urn:ferry:problem:")
        except ValueError:
            self.type = ""
        super().__init__(f"{status} {self.type}")


def context(folder):
    made = SSL.Context(SSL.TLS_METHOD)
    made.set_min_proto_version(SSL.TLS1_3_VERSION)
    made.use_certificate_file(os.path.join(folder, "cert.pem"))
    made.use_privatekey_file(os.path.join(folder, "key.pem"))
    # The key alone is checked, after the handshake: no issuer, no names, no dates.
    made.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
    made.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    made.set_options(SSL.OP_NO_TICKET)
    made.set_alpn_protos([ALPN])
    made.set_alpn_select_callback(lambda _, offered: ALPN if ALPN in offered else SSL.NO_OVERLAPPING_PROTOCOLS)
    return made


class Connection:
    """One connection whose other end was checked; it sends and reads messages of HTTP."""

    def __init__(self, folder, raw, accepting, expected=None):
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.tls = SSL.Connection(context(folder), raw)
        self.tls.set_accept_state() if accepting else self.tls.set_connect_state()
        self.tls.do_handshake()
        self.peer = identity.peer_id(self.tls.get_peer_certificate().to_cryptography())
        if self.peer == identity.own_id(folder) or expected not in (None, self.peer):
            self.close()
            raise ValueError("another key answers")
        self.buffer = b""

    @classmethod
    def dial(cls, folder, port, expected=None):
        dialled = cls(folder, socket.create_connection(("127.0.0.1", port)), False, expected)
        dialled.host = f"127.0.0.1:{port}"
        return dialled

    def exported_key(self):
        return self.tls.export_keying_material(EXPORTER, 32, b"")

    def close(self):
        try:
            self.tls.shutdown()
        except SSL.Error:
            pass
        self.tls.sock_shutdown(socket.SHUT_RDWR)
        self.tls.close()

    def read_more(self):
        try:
            self.buffer += self.tls.recv(65536)
        except (SSL.ZeroReturnError, SSL.SysCallError) as cause:
            raise ConnectionError("the connection ended") from cause

    def line(self):
        while b"\r\n" not in self.buffer:
            self.read_more()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode("latin-1")

    def take(self, length):
        while len(self.buffer) < length:
            self.read_more()
        taken, self.buffer = self.buffer[:length], self.buffer[length:]
        return taken

    def fields(self):
        found = {}
        while (line := self.line()) != "":
            name, value = line.split(":", 1)
            found[name.lower()] = value.strip()
        return found

    def head(self):
        """The first line and the fields of the next message."""
        return self.line(), self.fields()

    def body(self, fields):
        """The body of the message with these fields, in pieces as they come; trailers are added to the fields."""
        if fields.get("transfer-encoding", "").lower() != "chunked":
            yield from self.pieces(int(fields.get("content-length", 0)))
            return
        while (size := int(self.line().split(";")[0], 16)) > 0:
            yield from self.pieces(size)
            self.take(2)
        fields.update(self.fields())

    def pieces(self, length):
        while length > 0:
            if not self.buffer:
                self.read_more()
            piece, self.buffer = self.buffer[:length], self.buffer[length:]
            length -= len(piece)
            yield piece

    def ask(self, method, path, body=None, expected=200):
        """Makes a call; gives the JSON of its answer, or for HEAD its fields."""
        data = b"" if body is None else json.dumps(body).encode()
        self.request(method, path, [] if body is None else ["Content-Type: application/json", f"Content-Length: {len(data)}"], data)
        return self.answer(expected, method == "HEAD")

    def send(self, data):
        try:
            self.tls.sendall(data)
        except SSL.Error as cause:
            raise ConnectionError("the connection ended") from cause

    def request(self, method, path, fields, data=b""):
        head = "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {self.host}", *fields, "", ""])
        self.send(head.encode() + data)

    def answer(self, expected, is_head=False):
        while True:
            first, fields = self.head()
            status = int(first.split(" ")[1])
            if status < 200:
                continue
            body = b"" if is_head else b"".join(self.body(fields))
            if status != expected:
                raise Problem(status, body)
            return fields if is_head else json.loads(body) if body else None

    def put(self, path, data, piece=65536):
        """The bytes of an item in chunks, with their digest as the trailer."""
        self.request("PUT", path, ["Transfer-Encoding: chunked", "Trailer: Repr-Digest"])
        return self.chunks(data, 0, piece)

    def patch(self, path, data, start, piece=65536):
        """What follows a byte of an item, with the digest of all of it as the trailer, and with that of the rest beside it."""
        fields = ["Content-Type: application/partial-upload", f"Upload-Offset: {start}", "Upload-Complete: ?1"]
        rest = f"Content-Digest: {digest(data[start:])}"
        self.request("PATCH", path, [*fields, rest, "Transfer-Encoding: chunked", "Trailer: Repr-Digest"])
        return self.chunks(data, start, piece)

    def chunks(self, data, start, piece):
        for at in range(start, len(data), piece):
            part = data[at : at + piece]
            self.send(b"%x\r\n%b\r\n" % (len(part), part))
        self.send(b"0\r\nRepr-Digest: %b\r\n\r\n" % digest(data).encode())
        return self.answer(204)

    def reply(self, status, body=None, problem=None, more=()):
        reason = {102: "Processing", 200: "OK", 204: "No Content"}.get(status, "Problem")
        if problem is not None:
            body = {"type": f"urn:ferry:problem:{problem}", "title": problem, "status": status}
        kind = "application/json" if problem is None else "application/problem+json"
        data = b"" if body is None else json.dumps(body).encode()
        fields = [*more] if body is None else [*more, f"Content-Type: {kind}", f"Content-Length: {len(data)}"]
        self.send("\r\n".join([f"HTTP/1.1 {status} {reason}", *fields, "", ""]).encode() + data)


def digest(data):
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


def token():
    return base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")
