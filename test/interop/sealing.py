# Sealed items for a key, in both forms. Written from docs/PROTOCOL.md, "Sealed items".

import base64
import json
import os
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwcrypto import jwe, jwk

RECORD = 65536


def seal(about, content, public, in_records):
    """Seals an item, as an offer would have it, for a public seal key (a dict); gives the bytes."""
    key = jwk.JWK(**public)
    told = {member: about[member] for member in ("kind", "name", "size", "mediaType")}
    manifest = {"v": 1, **told, **about.get("context", {})}
    secret = os.urandom(16)
    if in_records:
        manifest |= {"key": encode(secret), "recordSize": RECORD}
    plain = json.dumps(manifest).encode() + b"\n" + (b"" if in_records else content)
    header = {
        "alg": "ECDH-ES",
        "enc": "A256GCM",
        "typ": "ferry-sealed+jwe",
        "cty": "ferry-manifest" if in_records else "ferry-item",
        "kid": key.thumbprint(),
    }
    token = jwe.JWE(plain, protected=json.dumps(header))
    token.add_recipient(key)
    compact = token.serialize(compact=True).encode()
    return compact + b"\n" + seal_records(content, secret) if in_records else compact


def unseal(data, key):
    """Opens what is sealed for a private seal key (a JWK); gives the manifest and the content."""
    compact, _, rest = data.partition(b"\n")
    header = json.loads(decode(compact.split(b".")[0].decode()))
    if (header["alg"], header["enc"], header["typ"], header["kid"]) != ("ECDH-ES", "A256GCM", "ferry-sealed+jwe", key.thumbprint()):
        raise ValueError("this is not sealed for this key")
    token = jwe.JWE(algs=["ECDH-ES", "A256GCM"])
    token.deserialize(compact.decode(), key)
    line, _, content = token.payload.partition(b"\n")
    manifest = json.loads(line)
    if header["cty"] == "ferry-manifest":
        content = open_records(rest, decode(manifest["key"]), manifest["recordSize"])
    if len(content) != manifest["size"]:
        raise ValueError("the content has another size")
    return manifest, content


def keys(secret, salt):
    def derive(info, length):
        return HKDF(hashes.SHA256(), length, salt, info).derive(secret)

    return derive(b"Content-Encoding: aes128gcm\0", 16), int.from_bytes(derive(b"Content-Encoding: nonce\0", 12), "big")


def seal_records(content, secret):
    salt = os.urandom(16)
    key, nonce = keys(secret, salt)
    step = RECORD - 17
    pieces = [content[at : at + step] for at in range(0, len(content), step)] or [b""]
    sealed = salt + struct.pack(">IB", RECORD, 0)
    for number, piece in enumerate(pieces):
        mark = b"\2" if number == len(pieces) - 1 else b"\1"
        sealed += AESGCM(key).encrypt((nonce ^ number).to_bytes(12, "big"), piece + mark, None)
    return sealed


def open_records(body, secret, record_size):
    salt, (size, id_length) = body[:16], struct.unpack(">IB", body[16:21])
    if size != record_size or id_length != 0:
        raise ValueError("the header is not the expected one")
    key, nonce = keys(secret, salt)
    content, records = b"", [body[at : at + size] for at in range(21, len(body), size)]
    for number, record in enumerate(records):
        plain = AESGCM(key).decrypt((nonce ^ number).to_bytes(12, "big"), record, None).rstrip(b"\0")
        if plain[-1:] != (b"\2" if number == len(records) - 1 else b"\1"):
            raise ValueError("the last record is not where it should be")
        content += plain[:-1]
    return content


def encode(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
