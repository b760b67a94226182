"""Reads the packs that `npx tsx scripts/pack-scenes.ts` writes: raw pictures and the scenes behind them."""

import json
from pathlib import Path

import numpy as np

from .slots import COLOURS, MIXED

MAX_OBJECTS = 31
"""Six groups of five, and a sign."""


class Pack:
    """images: u8 [N,side,side,3] (memory-mapped; the side is that of the first folder); boxes: f32 [N,31,4] (cx, cy, w, h); noun, colour, group:
    i64 [N,31], -1 where there is no object; ground: i64 [N]; signed: bool [N], whether there
    is a sign (its noun is `sign:WORD`, and it comes last)."""

    def __init__(self, folders: list[Path], nouns: list[str], limit: int | None = None):
        index = {noun: i for i, noun in enumerate(nouns)}
        self.scenes = []
        self.parts = []
        for folder in folders:
            lines = (Path(folder) / "scenes.jsonl").read_text().splitlines()
            self.scenes += [json.loads(line) for line in lines]
            self.parts.append(pictures(Path(folder)))
            if len(self.parts[-1]) != len(lines) or self.parts[-1].shape[1:] != self.parts[0].shape[1:]:
                raise ValueError(f"{folder}: images.u8 holds {self.parts[-1].shape}, scenes.jsonl {len(lines)} scenes: packs are of one side")
        if limit:
            self.scenes = self.scenes[:limit]
        self.starts = np.cumsum([0] + [len(part) for part in self.parts])
        count = len(self.scenes)
        self.boxes = np.zeros((count, MAX_OBJECTS, 4), np.float32)
        self.noun = np.full((count, MAX_OBJECTS), -1, np.int64)
        self.colour = np.full((count, MAX_OBJECTS), -1, np.int64)
        self.ground = np.zeros(count, np.int64)
        self.signed = np.array([scene["sign"] is not None for scene in self.scenes])
        for n, scene in enumerate(self.scenes):
            self.ground[n] = COLOURS.index(scene["ground"]["colour"])
            k = 0
            for group in scene["groups"]:
                colour = COLOURS.index(group["colour"]) if group["colour"] else MIXED
                for thing in group["objects"]:
                    self.boxes[n, k] = thing["x"], thing["y"], thing["w"], thing["h"]
                    self.noun[n, k] = index[group["noun"]]
                    self.colour[n, k] = colour
                    k += 1
            if sign := scene["sign"]:
                left, top, right, bottom = sign["box"]
                self.boxes[n, k] = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
                self.noun[n, k] = index[sign_name(sign["text"])]
                self.colour[n, k] = COLOURS.index(sign["colour"])

    def __len__(self) -> int:
        return len(self.scenes)

    def images(self, rows: np.ndarray) -> np.ndarray:
        out = np.empty((len(rows), *self.parts[0].shape[1:]), np.uint8)
        for place, row in enumerate(rows):
            part = int(np.searchsorted(self.starts, row, "right")) - 1
            out[place] = self.parts[part][row - self.starts[part]]
        return out


def pictures(folder: Path) -> np.ndarray:
    """The pictures of a pack, u8 [N,side,side,3], memory-mapped. `side.txt` says their side; without it the number of scenes does."""
    images = np.memmap(folder / "images.u8", np.uint8, "r")
    if (folder / "side.txt").exists():
        side = int((folder / "side.txt").read_text())
    else:
        side = round((len(images) / 3 / len((folder / "scenes.jsonl").read_text().splitlines())) ** 0.5)
    return images.reshape(-1, side, side, 3)


def sign_name(text: str) -> str:
    return f"sign:{text.upper()}"


def nouns_of(folders: list[Path]) -> list[str]:
    """Every noun of the scenes, sorted, and `sign:WORD` for every word on a sign."""
    found = set()
    for folder in folders:
        for line in (Path(folder) / "scenes.jsonl").read_text().splitlines():
            scene = json.loads(line)
            found.update(group["noun"] for group in scene["groups"])
            if scene["sign"]:
                found.add(sign_name(scene["sign"]["text"]))
    return sorted(found)
