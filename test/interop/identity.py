# Who a peer is: a key, its certificate, and the peer ID. Written from docs/PROTOCOL.md, "Identity".

import base64
import datetime
import hashlib
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from jwcrypto import jwk

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
KEY_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")


def make(folder):
    """Makes key.pem, cert.pem and seal.jwk in a folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ferry")])
    now = datetime.datetime.utcnow()
    usages = [False] * 9
    usages[0] = True
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30 * 365))
        .add_extension(x509.BasicConstraints(False, None), True)
        .add_extension(x509.KeyUsage(*usages), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write(folder, "key.pem", private)
    write(folder, "cert.pem", certificate.public_bytes(pem))
    write(folder, "seal.jwk", jwk.JWK.generate(kty="EC", crv="P-256").export().encode())


def write(folder, name, data):
    with open(os.open(os.path.join(folder, name), os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
        file.write(data)


def own_id(folder):
    with open(os.path.join(folder, "cert.pem"), "rb") as file:
        return peer_id(x509.load_pem_x509_certificate(file.read()))


def seal_key(folder):
    with open(os.path.join(folder, "seal.jwk"), "rb") as file:
        return jwk.JWK.from_json(file.read())


def peer_id(certificate):
    """The peer ID of a certificate, from its key as it stands there."""
    point = certificate.public_key().public_numbers()
    key = KEY_HEAD + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
    if key not in certificate.tbs_certificate_bytes:
        raise ValueError("the key is not in its one form")
    text = base64.b32encode(hashlib.sha256(key).digest()).decode().rstrip("=")
    parts = [text[at : at + 6] for at in range(0, 52, 6)]
    return "-".join(part + check(part, number) for number, part in enumerate(parts))


def check(part, number):
    total, factor = number, 2
    for character in reversed(part):
        product = ALPHABET.index(character) * factor
        total += product // 32 + product % 32
        factor = 3 - factor
    return ALPHABET[-total % 32]
