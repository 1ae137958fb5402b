# Lists what a peer shares, and gets it, in two ranges where that is asked for. Written from docs/PROTOCOL.md, "Shared folders" and the
# calls of it.

import hashlib

import folders
from connection import Problem, digest


def find(link, names):
    """The entry that these names lead to, that of the shared folder first; and the names beside it."""
    entry, beside = None, []
    for name in names:
        entries = listed(link, None if entry is None else entry["id"])
        beside = [one["name"] for one in entries]
        entry = next(one for one in entries if one["name"] == name)
    return entry, beside


def listed(link, folder):
    """All entries of a folder, or all that is shared, page by page."""
    entries, cursor = [], None
    while True:
        query = "&".join([*([f"in={folder}"] if folder else []), *([f"cursor={cursor}"] if cursor else [])])
        page = link.ask("GET", "/v1/shared" + ("?" + query if query else ""))
        entries += page["entries"]
        cursor = page.get("next")
        if cursor is None:
            break
        if not page["entries"] or len(entries) > 100_000:
            raise ValueError("the list has no end")
    if len({one["id"] for one in entries}) < len(entries):
        raise ValueError("an id is there twice")
    return entries


def get(link, names, split):
    """What is at these names: whole, or its first bytes and then the rest; checked against its description."""
    entry, beside = find(link, names)
    described = link.ask("GET", f"/v1/shared/{entry['id']}/item")
    item, tag = described["item"], described["etag"]
    if item["name"] != names[-1] or item["kind"] != entry["kind"]:
        raise ValueError("another thing is described than was listed")
    size = item["size"]
    if split == 0:
        content = body(link, entry["id"], tag, None, size, 200)
    else:
        first = body(link, entry["id"], tag, (0, split), size, 206)
        content = first + body(link, entry["id"], tag, (split, size), size, 206, first)
    told = {"name": item["name"], "beside": beside, "sha256": hashlib.sha256(content).hexdigest()}
    return {**told, "entries": folders.read(content)} if item["kind"] == "folder" else told


def body(link, entry, tag, part, size, expected, before=b""):
    wanted = [] if part is None else [f"Range: bytes={part[0]}-{part[1] - 1}"]
    link.request("GET", f"/v1/shared/{entry}", [f"If-Match: {tag}", *wanted])
    while True:
        first, fields = link.head()
        status = int(first.split(" ")[1])
        if status >= 200:
            break
    data = b"".join(link.body(fields))
    if status != expected:
        raise Problem(status, data)
    if fields["etag"] != tag:
        raise ValueError("another tag is given than was described")
    start, end = part or (0, size)
    if part is not None and fields["content-range"] != f"bytes {start}-{end - 1}/{size}":
        raise ValueError("another range is given than was asked for")
    if len(data) != end - start or (part is not None and fields["content-digest"] != digest(data)):
        raise ValueError("the bytes are not those of the range")
    if end == size and fields["repr-digest"] != digest(before + data):
        raise ValueError("the whole has another digest")
    return data
