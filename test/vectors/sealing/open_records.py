# Opens the records of a large sealed item: open_records.py MANIFEST < BODY > CONTENT. Needs python3-cryptography.
import base64, json, struct, sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

manifest = json.loads(open(sys.argv[1]).readline())
key = base64.urlsafe_b64decode(manifest['key'] + '==')
body = sys.stdin.buffer
salt, size, idlen = struct.unpack('>16sIB', body.read(21))
derive = lambda info, n: HKDF(SHA256(), n, salt, b'Content-Encoding: ' + info + b'\0').derive(key)
aes, base = AESGCM(derive(b'aes128gcm', 16)), int.from_bytes(derive(b'nonce', 12), 'big')
number, record, content = 0, body.read(size), b''
while record:
    following = body.read(size)
    plain = aes.decrypt((base ^ number).to_bytes(12, 'big'), record, None).rstrip(b'\0')
    assert plain[-1] == (1 if following else 2), 'a record is missing'
    content += plain[:-1]
    number, record = number + 1, following
assert size == manifest['recordSize'] and idlen == 0 and len(content) == manifest['size']
sys.stdout.buffer.write(content)
