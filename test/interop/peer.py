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

import identity
import sealing
from connection import Connection, Problem, digest, token


def say(**facts):
    print(json.dumps(facts), flush=True)


def offer_of(name, data, **more):
    item = {"kind": "file", "name": name, "size": len(data), "mediaType": "application/octet-stream", **more}
    return {"id": token(), "sender": {"name": "python"}, "items": [item]}


def who(folder, port):
    link = Connection.dial(folder, int(port))
    say(peer=link.peer, info=link.ask("GET", "/v1/peer"))


def send(folder, port, expected, path, sealed=""):
    """Offers one file and sends it: in the clear, or sealed for the peer's key as `compact` or `records`."""
    link = Connection.dial(folder, int(port), expected)
    with open(path, "rb") as file:
        data = file.read()
    offer = offer_of(os.path.basename(path), data)
    if sealed:
        public = link.ask("GET", "/v1/peer")["sealKey"]
        data = sealing.seal(os.path.basename(path), data, public, sealed == "records")
        offer["items"] = [{"kind": "sealed", "size": len(data), "form": sealed, "for": "key"}]
    accepted = link.ask("POST", "/v1/offers", offer)["items"]
    if accepted != [{"n": 0, "from": 0}]:
        raise ValueError("the answer names what was not offered")
    link.put(f"/v1/offers/{offer['id']}/items/0", data)
    say(ended="delivered")


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


def receive(folder, answer):
    """Listens for one offer: `accept`, `decline`, or `cancel` in the middle of the first item."""
    listener = socket.create_server(("127.0.0.1", 0))
    say(port=listener.getsockname()[1], id=identity.own_id(folder))
    window = token()
    done = threading.Event()
    state = {"offer": None}
    while not done.is_set():
        raw, _ = listener.accept()
        threading.Thread(target=serve, args=(folder, raw, answer, window, state, done), daemon=True).start()
        done.wait(0.05)


def serve(folder, raw, answer, window, state, done):
    try:
        link = Connection(folder, raw, True)
        while True:
            first, fields, body = link.message() if answer != "cancel" or state["offer"] is None else stop(link, done)
            handle(folder, link, first.split(" "), fields, body, answer, window, state)
            if state.get("left") == 0 or answer == "decline" and state["offer"] is not None:
                finish(done)
    except (ConnectionError, ValueError, OSError) as cause:
        say(connection=str(cause))


def finish(done, ended="over"):
    say(ended=ended)
    done.set()
    os._exit(0)


def stop(link, done):
    """Answers in the middle of a body, and reads on until the other side has heard it."""
    link.line(), link.fields()
    link.reply(410, problem="cancelled")
    try:
        while True:
            link.read_more()
            link.buffer = b""
    except ConnectionError:
        finish(done, "cancelled")


def handle(folder, link, first, fields, body, answer, window, state):
    method, path = first[0], first[1]
    parts = path.split("/")[2:]
    if (method, path) == ("GET", "/v1/peer"):
        public = json.loads(identity.seal_key(folder).export_public())
        key = {name: public[name] for name in ("kty", "crv", "x", "y")}
        told = {"protocol": 1, "name": "python", "app": "1", "window": window, "focusedMsAgo": 0}
        link.reply(200, {**told, "capabilities": ["offers"], "sealKey": key})
    elif (method, path) == ("POST", "/v1/offers"):
        state["offer"] = json.loads(body)
        say(peer=link.peer, offer=state["offer"])
        link.reply(102)
        if answer == "decline":
            link.reply(403, problem="offer-declined")
            return
        state["left"] = len(state["offer"]["items"])
        link.reply(200, {"items": [{"n": n, "from": 0} for n in range(state["left"])]})
    elif method == "PUT" and parts[0] == "offers" and state["offer"] is not None and parts[1] == state["offer"]["id"]:
        item = state["offer"]["items"][int(parts[3])]
        if len(body) != item["size"]:
            link.reply(422, problem="size-mismatch")
        elif fields.get("repr-digest") != digest(body):
            link.reply(422, problem="digest-mismatch")
        else:
            name, content = item.get("name"), body
            if item["kind"] == "sealed":
                manifest, content = sealing.unseal(body, identity.seal_key(folder))
                name = manifest["name"]
            say(received=name, sha256=hashlib.sha256(content).hexdigest())
            state["left"] -= 1
            link.reply(204)
    else:
        link.reply(404, problem="not-found")


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


def main(folder, command, *arguments):
    signal.alarm(60)
    if not os.path.exists(os.path.join(folder, "cert.pem")):
        identity.make(folder)
    commands = {"who": who, "send": send, "cancel": cancel, "receive": receive, "pair": pair}
    try:
        commands[command](folder, *arguments)
    except Problem as problem:
        say(ended="refused", status=problem.status, type=problem.type)


if __name__ == "__main__":
    main(*sys.argv[1:])
