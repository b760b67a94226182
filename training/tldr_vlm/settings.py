"""A run's folder belongs to one run at a time, and to one set of arguments."""

import json
import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no flock
    fcntl = None

FREE = frozenset({"device", "loaders", "dry_run", "restart", "out", "steps"})
"""What may differ when a run goes on: where it runs, and how far it is to go."""


def settings_of(args: Namespace) -> dict:
    """Every argument that decides the result, paths with the size of their file."""

    def plain(value: object) -> object:
        if isinstance(value, list):
            return [plain(one) for one in value]
        return f"{value} ({value.stat().st_size} bytes)" if isinstance(value, Path) and value.is_file() else value

    return {name: plain(value) for name, value in sorted(vars(args).items()) if name not in FREE}


def check_settings(folder: Path, args: Namespace, written: list[str]) -> None:
    """Keeps the arguments of a new run in folder/arguments.json; refuses a run that would go on with others, naming them. With
    `args.restart` the files `written` by an earlier run are removed first.

    Raises SystemExit with the names, both values and the cure."""
    path, now = folder / "arguments.json", settings_of(args)
    if getattr(args, "restart", False):
        for name in ("arguments.json", *written):
            (folder / name).unlink(missing_ok=True)
    if path.exists():
        begun = json.loads(path.read_text())
        other = [name for name in sorted({*begun, *now}) if begun.get(name) != now.get(name)]
        if other:
            told = "; ".join(f"--{name.replace('_', '-')} was {begun.get(name)!r}, now {now.get(name)!r}" for name in other)
            raise SystemExit(f"{folder} was begun with other arguments ({told}): give the same, another --out, or --restart to begin anew")
        return
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(now, indent=1))
    temporary.replace(path)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process (of torchrun's: the first) holds the folder; it is let go when that ends, however it ends.

    Raises SystemExit where another run has it."""
    if fcntl is None or os.environ.get("RANK", "0") != "0":
        yield
        return
    with open(folder / "lock", "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit(f"{folder} is in use by another run: wait for it, or give another --out") from None
        yield
