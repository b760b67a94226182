"""Packs of drawn scenes (`npx tsx scripts/pack-scenes.ts`) as a Qwen-VL tower takes them, and what each of its cells shows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from tldr_scenes.pack import Pack
from torch import Tensor

from .batches import Limits
from .images import MEAN, STD, fitted_size

SCENE_LIMITS = Limits(tokens=320, smallest=168 * 168, largest=194 * 194)
"""Pictures of packs have 192 x 192 pixels: about that many are looked at, in the picture's own shape."""


def grids(pack: Pack, cell: int, limits: Limits = SCENE_LIMITS) -> np.ndarray:
    """i64 [N,2]: rows and columns of cells of each picture, from the size that it would have been drawn at."""
    sizes = [fitted_size(scene["width"], scene["height"], cell, limits.smallest, limits.largest) for scene in pack.scenes]
    return np.array([(height // cell, width // cell) for width, height in sizes])


def same_grid_batches(shapes: np.ndarray, size: int, random: np.random.Generator | None) -> Iterator[np.ndarray]:
    """Rows of one epoch in batches that share a grid; in order without `random`."""
    groups = [np.flatnonzero((shapes == shape).all(1)) for shape in np.unique(shapes, axis=0)]
    out = []
    for rows in groups:
        rows = random.permutation(rows) if random else rows
        out += [rows[start : start + size] for start in range(0, len(rows), size)]
    if random:
        random.shuffle(out)
    yield from out


def pixels_of(pack: Pack, rows: np.ndarray, shape: np.ndarray, cell: int) -> Tensor:
    """f32 [B,3,H,W], 0 to 1."""
    pixels = torch.from_numpy(pack.images(rows)).permute(0, 3, 1, 2).float() / 255
    size = (int(shape[0]) * cell, int(shape[1]) * cell)
    return pixels if pixels.shape[2:] == size else F.interpolate(pixels, size, mode="bilinear", antialias=True)


def normalise(pixels: Tensor) -> Tensor:
    return (pixels - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(STD).view(1, 3, 1, 1)


@dataclass
class Cells:
    """What cells show, [B,N] each. `centres` counts the objects whose middle is there, 2 for more; of the object nearest to
    the cell's middle among those that cover it, -1 where there is none: `noun`, `colour`, `count` of its group, `large`;
    `box` f32 [B,N,4] is its middle and sides in the picture's units; `owner` its place among the picture's objects."""

    centres: Tensor
    noun: Tensor
    colour: Tensor
    count: Tensor
    large: Tensor
    box: Tensor
    owner: Tensor


def cells_of(boxes: Tensor, noun: Tensor, colour: Tensor, count: Tensor, large: Tensor, rows: int, columns: int) -> Cells:
    """boxes f32 [B,K,4] (middle, sides), the rest i64 [B,K], -1 where there is no object."""
    y, x = torch.meshgrid((torch.arange(rows) + 0.5) / rows, (torch.arange(columns) + 0.5) / columns, indexing="ij")
    middle = torch.stack([x.flatten(), y.flatten()], 1)
    there = (noun >= 0)[:, None]
    far = (middle[None, :, None] - boxes[:, None, :, :2]).abs()
    reach = (boxes[:, None, :, 2:] / 2).clamp(min=0) + torch.tensor([0.25 / columns, 0.25 / rows])
    covered = (far < reach).all(3) & there
    nearest = torch.where(covered, (far / reach).pow(2).sum(3), 9.0).argmin(2)
    none = ~covered.any(2)

    def picked(values: Tensor) -> Tensor:
        return values.gather(1, nearest).masked_fill(none, -1)

    place = (boxes[:, :, 1] * rows).long().clamp(0, rows - 1) * columns + (boxes[:, :, 0] * columns).long().clamp(0, columns - 1)
    centres = torch.zeros(len(boxes), rows * columns, dtype=torch.long).scatter_add_(1, place, (noun >= 0).long()).clamp(max=2)
    box = boxes.gather(1, nearest[:, :, None].expand(-1, -1, 4))
    return Cells(centres, picked(noun), picked(colour), picked(count), picked(large), box, nearest.masked_fill(none, -1))


def group_facts(pack: Pack) -> tuple[np.ndarray, np.ndarray]:
    """i64 [N,K]: how many objects the object's group has, and whether it is said to be large (1), small (0) or neither (-1)."""
    count, large = np.full(pack.noun.shape, -1, np.int64), np.full(pack.noun.shape, -1, np.int64)
    for n, scene in enumerate(pack.scenes):
        k = 0
        for group in scene["groups"]:
            size = {"small": 0, "large": 1}.get(group["size"], -1)
            for _ in group["objects"]:
                count[n, k], large[n, k] = min(len(group["objects"]), 6), size
                k += 1
        if scene["sign"]:
            count[n, k] = 1
    return count, large
