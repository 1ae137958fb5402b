# The stream of a folder, made and read with Python's tarfile. Written from docs/PROTOCOL.md, "Folders".

import hashlib
import io
import os
import tarfile


def pack(path):
    """The folder at `path`: its stream, and what an offer says of it."""
    files, folders = [], 0
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for place, names, leaves in os.walk(path):
            # Links stay at home; os.walk follows none.
            names[:] = sorted(name for name in names if not os.path.islink(os.path.join(place, name)))
            for name in [*names, *sorted(leaves)]:
                full = os.path.join(place, name)
                if os.path.islink(full):
                    continue
                inner = os.path.relpath(full, path)
                archive.add(full, inner, recursive=False, filter=plain)
                if name in names:
                    folders += 1
                else:
                    files.append(inner)
    return made.getvalue(), {"files": len(files), "folders": folders, "names": files[:50]}


def plain(entry):
    """Nobody's, and from a whole second: no pax header but for paths and sizes."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = int(entry.mtime)
    return entry


def read(stream):
    """What is in a stream: paths with the SHA-256 of a file, or nothing for a folder; `x ` before what may be run."""
    found = {}
    with tarfile.open(fileobj=io.BytesIO(stream), mode="r:") as archive:
        for entry in archive:
            path = check(entry, found)
            if entry.isdir():
                found[path + "/"] = None
            else:
                content = archive.extractfile(entry).read()
                mark = "x " if entry.mode & 0o100 else ""
                found[mark + path] = hashlib.sha256(content).hexdigest()
        if any(stream[archive.offset :]):
            raise ValueError("something stands behind the end")
    return found


def check(entry, found):
    path = entry.name.rstrip("/")
    if entry.type not in (tarfile.REGTYPE, tarfile.DIRTYPE) or not set(entry.pax_headers) <= {"path", "size", "mtime"}:
        raise ValueError("an entry is no plain file and no folder")
    above, _, _ = path.rpartition("/")
    if any(part in ("", ".", "..") for part in path.split("/")) or (above and above + "/" not in found):
        raise ValueError("a path is none")
    if path.lower() in {known.removeprefix("x ").rstrip("/").lower() for known in found}:
        raise ValueError("two paths are one on some disks")
    return path
