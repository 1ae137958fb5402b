# A whole peer of the Ferry protocol, written from docs/PROTOCOL.md and nothing else, to hold the page against the program.
#
#   peer.py FOLDER COMMAND [ARGUMENT...]
#
# FOLDER keeps its identity. Each command writes lines of JSON: facts as they become known, and what it ended with.

import hashlib
import hmac
import json
import os
import signal
import socket
import sys
import threading
import time

import folders
import identity
import sealing
import sharing
from connection import Connection, Problem, digest, token


def say(**facts):
    print(json.dumps(facts), flush=True)


def offer_of(name, data, **more):
    item = {"kind": "file", "name": name, "size": len(data), "mediaType": "application/octet-stream", **more}
    return {"id": token(), "sender": {"name": "python"}, "items": [item]}


def who(folder, port):
    link = Connection.dial(folder, int(port))
    say(peer=link.peer, info=link.ask("GET", "/v1/peer"))


def send(folder, port, expected, path, sealed="", lines=""):
    """Offers one file or folder, or `lines` of a file as a snippet: in the clear, or sealed for the peer's key as `compact` or `records`."""
    link = Connection.dial(folder, int(port), expected)
    name = os.path.basename(path)
    if os.path.isdir(path):
        data, told = folders.pack(path)
        offer = offer_of(name, data, kind="folder", mediaType="application/x-tar", folder=told)
    else:
        with open(path, "rb") as file:
            data = file.read()
        place = {"path": f"src/{name}", "lines": lines}
        offer = offer_of(name, data, kind="snippet", mediaType="text/plain", context=place) if lines else offer_of(name, data)
    about = offer["items"][0]
    if sealed:
        public = link.ask("GET", "/v1/peer")["sealKey"]
        data = sealing.seal(about, data, public, sealed == "records")
        offer["items"] = [{"kind": "sealed", "size": len(data), "form": sealed, "for": "key"}]
    path = f"/v1/offers/{offer['id']}/items/0"
    try:
        answered = link.ask("POST", "/v1/offers", offer)["items"]
        if [(item["n"], item["from"]) for item in answered] != [(0, 0)]:
            raise ValueError("the answer names what was not offered")
        link.put(path, data)
    except ConnectionError:
        come_back(Connection.dial(folder, int(port), expected), path, offer, data)
    say(ended="delivered")


def come_back(link, path, offer, data):
    """The connection ended: asks how far the item is, and sends what is missing."""
    try:
        fields = link.ask("HEAD", path, expected=204)
    except Problem as problem:
        if problem.status not in (404, 409):
            raise
        # The offer was not read, or is not accepted yet: it is made again.
        (item,) = link.ask("POST", "/v1/offers", offer)["items"]
        fields = {"upload-offset": item["from"], "upload-complete": "?1" if item.get("complete") else "?0"}
    say(resumed=int(fields["upload-offset"]))
    if fields["upload-complete"] == "?0":
        link.patch(path, data, int(fields["upload-offset"]))


def cancel(folder, port, expected):
    """Makes an offer, and takes it back on another connection while it waits."""
    link, other = (Connection.dial(folder, int(port), expected) for _ in range(2))
    offer = offer_of("never.bin", b"never")
    data = json.dumps(offer).encode()
    link.request("POST", "/v1/offers", ["Content-Type: application/json", f"Content-Length: {len(data)}"], data)
    say(offered=offer["id"])
    sys.stdin.readline()
    other.ask("DELETE", f"/v1/offers/{offer['id']}", expected=204)
    link.answer(200)


def write(folder, port, expected, text):
    """Writes to the person, twice under one id as after a lost answer, and then something else under it."""
    link = Connection.dial(folder, int(port), expected)
    if "messages" not in link.ask("GET", "/v1/peer")["capabilities"]:
        raise ValueError("this peer takes no messages")
    sent = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    message = {"id": token(), "sender": {"name": "python"}, "text": text, "sentAt": sent}
    for _ in range(2):
        link.ask("POST", "/v1/messages", message, expected=202)
    say(written=message["id"])
    link.ask("POST", "/v1/messages", {**message, "text": "something else"}, expected=202)


class Receiving:
    """What a receiver knows, whichever connection tells it."""

    def __init__(self):
        self.window = token()
        self.offer = None
        self.items = []
        self.messages = {}


class Item:
    """What has come of an item, and the connection that brings it."""

    def __init__(self):
        self.bytes = bytearray()
        self.complete = False
        self.link = None
        self.lock = threading.Lock()

    def take_over(self):
        """The newest request of an item wins: ends the one before it, and waits for what came."""
        if self.link is not None:
            self.link.tls.sock_shutdown(socket.SHUT_RDWR)
        return self.lock

    def told(self, n):
        return {"n": n, "from": len(self.bytes), **({"complete": True} if self.complete else {})}


def receive(folder, answer):
    """Listens for one offer: `accept`, `decline`, or `cancel` in the middle of the first item."""
    listener = socket.create_server(("127.0.0.1", 0))
    say(port=listener.getsockname()[1], id=identity.own_id(folder))
    state = Receiving()
    while True:
        raw, _ = listener.accept()
        threading.Thread(target=serve, args=(folder, raw, answer, state), daemon=True).start()


def serve(folder, raw, answer, state):
    try:
        link = Connection(folder, raw, True)
        while True:
            first, fields = link.head() if answer != "cancel" or state.offer is None else stop(link)
            handle(folder, link, first.split(" "), fields, answer, state)
            if answer == "decline" and state.offer is not None:
                finish()
    except (ConnectionError, ValueError, OSError) as cause:
        say(connection=str(cause))


def finish(ended="over"):
    say(ended=ended)
    os._exit(0)


def stop(link):
    """Answers in the middle of a body, and reads on until the other side has heard it."""
    link.head()
    link.reply(410, problem="cancelled")
    try:
        while True:
            link.read_more()
            link.buffer = b""
    except ConnectionError:
        finish("cancelled")


def handle(folder, link, first, fields, answer, state):
    method, path = first[0], first[1]
    parts = path.split("/")[2:]
    if (method, path) == ("GET", "/v1/peer"):
        public = json.loads(identity.seal_key(folder).export_public())
        key = {name: public[name] for name in ("kty", "crv", "x", "y")}
        told = {"protocol": 1, "name": "python", "app": "1", "window": state.window, "focusedMsAgo": 0}
        link.reply(200, {**told, "capabilities": ["offers", "resume", "folders", "messages", "snippets"], "sealKey": key})
    elif (method, path) == ("POST", "/v1/messages"):
        message = json.loads(b"".join(link.body(fields)))
        known = state.messages.setdefault(message["id"], message)
        if (known["text"], known.get("sentAt")) != (message["text"], message.get("sentAt")):
            link.reply(409, problem="message-unexpected")
            return
        say(peer=link.peer, message=message)
        link.reply(202, more=["Content-Length: 0"])
    elif (method, path) == ("POST", "/v1/offers"):
        offered(link, json.loads(b"".join(link.body(fields))), answer, state)
    elif parts[0] == "offers" and len(parts) == 4 and state.offer is not None and parts[1] == state.offer["id"]:
        moved(folder, link, method, fields, int(parts[3]), state)
    else:
        link.reply(404, problem="not-found")


def offered(link, offer, answer, state):
    if state.offer is None:
        state.offer = offer
        state.items = [Item() for _ in offer["items"]]
        say(peer=link.peer, offer=offer)
    elif (offer["id"], offer["items"]) != (state.offer["id"], state.offer["items"]):
        link.reply(409, problem="offer-repeated")
        return
    link.reply(102)
    if answer == "decline":
        link.reply(403, problem="offer-declined")
        return
    told = []
    for n, item in enumerate(state.items):
        with item.take_over():
            told.append(item.told(n))
    link.reply(200, {"items": told})


def moved(folder, link, method, fields, n, state):
    item, size = state.items[n], state.offer["items"][n]["size"]
    with item.take_over():
        have, complete = len(item.bytes), "?1" if item.complete else "?0"
        if method == "HEAD":
            told = [f"Upload-Offset: {have}", f"Upload-Complete: {complete}", f"Upload-Length: {size}", "Cache-Control: no-store"]
            link.reply(204, more=told)
        elif item.complete:
            link.reply(409, problem="message-unexpected")
        elif method == "PATCH" and (fields.get("content-type"), fields.get("upload-complete")) != ("application/partial-upload", "?1"):
            link.reply(400, problem="message-invalid")
        elif method == "PATCH" and fields.get("upload-offset") != str(have):
            link.reply(409, problem="offset-mismatch", more=[f"Upload-Offset: {have}"])
        else:
            if method == "PATCH":
                say(resumed=have)
            else:
                item.bytes = bytearray()
            take(folder, link, fields, item, state.offer["items"][n], state)


def take(folder, link, fields, item, about, state):
    item.link = link
    try:
        for piece in link.body(fields):
            item.bytes += piece
    finally:
        item.link = None
    if len(item.bytes) != about["size"]:
        link.reply(422, problem="size-mismatch")
    elif fields.get("repr-digest") != digest(item.bytes):
        item.bytes = bytearray()
        link.reply(422, problem="digest-mismatch")
    else:
        told, content = about, bytes(item.bytes)
        if about["kind"] == "sealed":
            told, content = sealing.unseal(content, identity.seal_key(folder))
        item.complete = True
        if told["kind"] == "folder":
            say(received=told["name"], entries=folders.read(content))
        else:
            place = told.get("context", told) if told["kind"] == "snippet" else {}
            lines = {member: place[member] for member in ("path", "lines") if member in place}
            say(received=told["name"], sha256=hashlib.sha256(content).hexdigest(), **lines)
        link.reply(204)


def pair(folder, port, expected):
    """Asks to pair; the person here says that the codes are the same."""
    link = Connection.dial(folder, int(port), expected)
    nonce = os.urandom(32)
    own = identity.own_id(folder)
    commitment = hashlib.sha256(b"Ferry pairing 1 commitment" + nonce + own.encode() + link.peer.encode()).digest()
    begun = link.ask("POST", "/v1/pairings", {"name": "python", "commitment": sealing.encode(commitment)})
    link.ask("POST", f"/v1/pairings/{begun['id']}", {"nonce": sealing.encode(nonce)}, expected=204)
    theirs = sealing.decode(begun["nonce"])
    mac = hmac.digest(nonce + theirs, b"Ferry pairing 1 code" + own.encode() + link.peer.encode() + link.exported_key(), "sha256")
    say(code=f"{int.from_bytes(mac[:8], 'big') % 1_000_000:06}")
    link.ask("POST", f"/v1/pairings/{begun['id']}/confirmation", {}, expected=204)
    say(ended="paired")


def get(folder, port, expected, path, split="0"):
    """Gets what the names of a path lead to, in two ranges where `split` is not 0."""
    link = Connection.dial(folder, int(port), expected)
    if "shared" not in link.ask("GET", "/v1/peer")["capabilities"]:
        raise ValueError("this peer shares nothing")
    say(got=sharing.get(link, path.split("/"), int(split)))


def main(folder, command, *arguments):
    signal.alarm(60)
    if not os.path.exists(os.path.join(folder, "cert.pem")):
        identity.make(folder)
    commands = {"who": who, "send": send, "cancel": cancel, "receive": receive, "pair": pair, "write": write, "get": get}
    try:
        commands[command](folder, *arguments)
    except Problem as problem:
        say(ended="refused", status=problem.status, type=problem.type)


if __name__ == "__main__":
    main(*sys.argv[1:])
