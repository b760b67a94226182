"""Reads the packs that `npx tsx scripts/pack-scenes.ts` writes: raw pictures and the scenes behind them."""

import json
from pathlib import Path

import numpy as np

from .encoder import SIDE
from .slots import COLOURS, MIXED

MAX_OBJECTS = 30


class Pack:
    """images: u8 [N,SIDE,SIDE,3] (memory-mapped); boxes: f32 [N,30,4] (cx, cy, w, h); noun, colour, group:
    i64 [N,30], -1 where there is no object; ground: i64 [N]."""

    def __init__(self, folders: list[Path], nouns: list[str], limit: int | None = None):
        index = {noun: i for i, noun in enumerate(nouns)}
        self.scenes = []
        self.parts = []
        for folder in folders:
            lines = (Path(folder) / "scenes.jsonl").read_text().splitlines()
            self.scenes += [json.loads(line) for line in lines]
            images = np.memmap(Path(folder) / "images.u8", np.uint8, "r", shape=(len(lines), SIDE, SIDE, 3))
            self.parts.append(images)
        if limit:
            self.scenes = self.scenes[:limit]
        self.starts = np.cumsum([0] + [len(part) for part in self.parts])
        count = len(self.scenes)
        self.boxes = np.zeros((count, MAX_OBJECTS, 4), np.float32)
        self.noun = np.full((count, MAX_OBJECTS), -1, np.int64)
        self.colour = np.full((count, MAX_OBJECTS), -1, np.int64)
        self.ground = np.zeros(count, np.int64)
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

    def __len__(self) -> int:
        return len(self.scenes)

    def images(self, rows: np.ndarray) -> np.ndarray:
        out = np.empty((len(rows), SIDE, SIDE, 3), np.uint8)
        for place, row in enumerate(rows):
            part = int(np.searchsorted(self.starts, row, "right")) - 1
            out[place] = self.parts[part][row - self.starts[part]]
        return out


def nouns_of(folders: list[Path]) -> list[str]:
    """Every noun of the scenes, sorted."""
    found = set()
    for folder in folders:
        for line in (Path(folder) / "scenes.jsonl").read_text().splitlines():
            found.update(group["noun"] for group in json.loads(line)["groups"])
    return sorted(found)
