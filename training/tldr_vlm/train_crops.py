"""python -m tldr_vlm.train_crops --train PACK [PACK ...] --val PACK --out RUN [--minutes 10] [--seed 0] [--tower RUN]

The first lesson of a small Qwen2.5-VL vision tower: single things cut out of drawn scenes, 4 x 4 patches each, named by
`CellHeads`. A whole scene has nine times the patches, and most of them show nothing, so that a tower that starts with
scenes takes hours to tell things apart. `python -m tldr_vlm.train_tower` goes on from RUN/crops.pt.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tldr_scenes.pack import Pack, nouns_of
from torch import Tensor, nn

from .graph import ImageEncoder
from .model import TldrModel
from .reopen import reopen
from .scene_cells import normalise
from .teach import Lesson, save_whole
from .train_tower import CellHeads, add_tower_arguments, build, captions_of, whiten_patches
from .workers import join_workers, one_by_one

AROUND = 96
"""Pixels of the picture that are looked at around a thing, before the crop is fitted to it."""


class Crops:
    """The things of packs, each as often as it stands in a scene."""

    def __init__(self, folders: list[Path], nouns: list[str], side: int):
        self.pack, self.side = Pack(folders, nouns), side
        self.scene, self.place = np.nonzero(self.pack.noun >= 0)

    def __len__(self) -> int:
        return len(self.scene)

    def batch(self, rows: np.ndarray, random: np.random.Generator | None) -> tuple[Tensor, Tensor, Tensor]:
        """Normalised pixels [B,3,side,side], nouns and colours [B]; `random` shakes place and scale, and mirrors."""
        scenes, places = self.scene[rows], self.place[rows]
        images = self.pack.images(scenes)
        full = images.shape[1]
        boxes = self.pack.boxes[scenes, places]
        corner = np.clip((boxes[:, :2] * full - AROUND / 2).astype(int), 0, full - AROUND)
        cut = np.stack([image[y : y + AROUND, x : x + AROUND] for image, (x, y) in zip(images, corner)])
        size = np.clip(boxes[:, 2:].max(1) * full, 20, AROUND / 1.3) * (1.15 if random is None else random.uniform(1.0, 1.5, len(rows)))
        middle = boxes[:, :2] * full - corner
        flip = np.ones(len(rows))
        if random is not None:
            middle = middle + random.uniform(-0.12, 0.12, middle.shape) * size[:, None]
            flip = np.where((random.random(len(rows)) < 0.5) & ~self.pack.signed[scenes], -1.0, 1.0)
        theta = np.zeros((len(rows), 2, 3), np.float32)
        theta[:, 0, 0], theta[:, 1, 1] = flip * size / AROUND, size / AROUND
        theta[:, :, 2] = 2 * middle / AROUND - 1
        pixels = torch.from_numpy(cut).permute(0, 3, 1, 2).float() / 255
        grid = F.affine_grid(torch.from_numpy(theta), [len(rows), 3, self.side, self.side], align_corners=False)
        pixels = F.grid_sample(pixels, grid, padding_mode="border", align_corners=False)
        return normalise(pixels), torch.from_numpy(self.pack.noun[scenes, places]), torch.from_numpy(self.pack.colour[scenes, places])


def crop_losses(said: dict[str, Tensor], noun: Tensor, colour: Tensor) -> dict[str, Tensor]:
    """A crop is named by the mean of what its cells say."""
    return {
        "noun": F.cross_entropy(said["noun"].mean(1), noun),
        "colour": F.cross_entropy(said["colour"].mean(1), colour, ignore_index=-1),
    }


@torch.no_grad()
def examine(tower: nn.Module, heads: CellHeads, held: Crops, most: int = 3000) -> dict[str, float]:
    right = {"noun": [], "colour": []}
    chosen = np.arange(len(held))[:: max(1, len(held) // most)]
    for rows in (chosen[start : start + 128] for start in range(0, len(chosen), 128)):
        pixels, noun, colour = held.batch(rows, None)
        with torch.autocast("cpu", torch.bfloat16):
            said = heads(tower(pixels)[:, 1:])
        right["noun"] += (said["noun"].mean(1).argmax(1) == noun).tolist()
        right["colour"] += (said["colour"].mean(1).argmax(1) == colour)[colour >= 0].tolist()
    return {name: round(float(np.mean(values)), 4) for name, values in right.items()}


def tower_in(folder: Path, model: TldrModel) -> dict[str, Tensor]:
    """The weights of a tower like the model's, in a run folder or an exported one."""
    if (folder / "tower.pt").exists():
        return torch.load(folder / "tower.pt", weights_only=False)["visual"]
    return reopen(folder, model.backbone.config)[0].backbone.visual.state_dict()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_tower_arguments(parser)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--tower", type=Path, help="whose tower to begin with, of a smaller world, say: a run folder, or an exported one")
    args = parser.parse_args()
    workers, worker = join_workers()
    args.out.mkdir(parents=True, exist_ok=True)
    model, _ = one_by_one(workers, worker, lambda: build(args, captions_of(args.train)))
    nouns = nouns_of([*args.train, args.val])
    side = 4 * args.patch
    train, held = Crops(args.train, nouns, side), Crops([args.val], nouns, side)
    random = np.random.default_rng([args.seed, worker])
    if args.tower:
        model.backbone.visual.load_state_dict(tower_in(args.tower, model))
    else:
        whiten_patches(model.backbone.visual, [train.batch(np.random.default_rng(args.seed).integers(len(train), size=2000), None)[0]])
    tower, heads = ImageEncoder(model), CellHeads(args.hidden, len(nouns))
    taught = nn.ModuleList([model.backbone.visual, heads])
    lesson, next_test = Lesson(taught, args.rate, args.minutes, workers), 1.0
    if worker == 0:
        print(f"{len(train)} things, {len(nouns)} nouns", flush=True)

    def save() -> None:
        with lesson.average.in_place():
            row = {"crops": lesson.seen, "minutes": lesson.minutes, **examine(tower, heads, held)}
            save_whole({"taught": taught.state_dict(), "nouns": nouns, "curve": [*lesson.curve, row]}, args.out / "crops.pt")
        lesson.keep(row, args.out / "crops-curve.jsonl")

    while not lesson.over:
        pixels, noun, colour = train.batch(random.integers(len(train), size=args.batch), random)
        with torch.autocast("cpu", torch.bfloat16):
            said = heads(tower(pixels)[:, 1:])
        parts = crop_losses(said, noun, colour)
        # heads that crops teach nothing still need gradients, for the workers to average
        lesson.learn(sum(parts.values()) + 0 * sum(value.sum() for value in said.values()), parts, args.batch)
        if lesson.step % 100 == 0 and worker == 0:
            lesson.log("crops")
        if lesson.minutes > next_test and worker == 0:
            save()
            next_test = lesson.minutes + 2
    if worker == 0:
        save()


if __name__ == "__main__":
    main()
