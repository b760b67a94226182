"""The SHA-256 of a file, however large."""

import hashlib
from pathlib import Path


def sha256(path: Path) -> str:
    """In hex."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while part := file.read(2**22):
            digest.update(part)
    return digest.hexdigest()
