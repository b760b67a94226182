"""python -m tldr_vlm.train_tower --train PACK [PACK ...] --val PACK --out RUN [--minutes 40] [--seed 0]

Teaches a small random Qwen2.5-VL vision tower to see drawn scenes: linear heads on each of its cells, thrown away
afterwards, say what the cell shows. It goes on from RUN/crops.pt where `python -m tldr_vlm.train_crops` wrote one, and
`python -m tldr_vlm.train_scenes` goes on from RUN/tower.pt. A stopped run goes on from RUN/tower-state.pt.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tldr_scenes.pack import Pack, nouns_of
from tldr_scenes.slots import COLOURS
from tldr_scenes.train_encoder import augment
from torch import Tensor, nn

from .graph import ImageEncoder
from .model import TldrModel, open_backbone
from .scene_cells import Cells, cells_of, grids, group_facts, normalise, pixels_of, same_grid_batches
from .teach import Lesson, save_whole
from .tiny import small_config, small_tokenizer
from .workers import join_workers, one_by_one


class CellHeads(nn.Module):
    def __init__(self, width: int, nouns: int):
        super().__init__()
        self.sizes = {"centres": 3, "noun": nouns, "colour": len(COLOURS) + 1, "count": 7, "large": 2, "box": 4, "ground": len(COLOURS) + 1}
        self.out = nn.Linear(width, sum(self.sizes.values()))

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        return dict(zip(self.sizes, self.out(features).float().split(list(self.sizes.values()), 2)))


def losses(said: dict[str, Tensor], cells: Cells, ground: Tensor) -> dict[str, Tensor]:
    shown = cells.noun >= 0
    out = {"centres": F.cross_entropy(said["centres"].flatten(0, 1), cells.centres.flatten())}
    for name in ("noun", "colour", "count", "large"):
        wanted = getattr(cells, name).flatten()
        # a sum over a count, since a batch may have none of them
        out[name] = F.cross_entropy(said[name].flatten(0, 1), wanted, ignore_index=-1, reduction="sum") / (wanted >= 0).sum().clamp(min=1)
    out["box"] = (said["box"] - cells.box).abs()[shown].sum() / shown.sum().clamp(min=1) * 2.5
    out["ground"] = F.cross_entropy(said["ground"].mean(1), ground)
    return out


@torch.no_grad()
def whiten_patches(visual: nn.Module, pixels: list[Tensor]) -> None:
    """Starts the patch embedding at the principal components of patches, each made about as strong as the others: a random
    start sees little but brightness, and takes thousands of steps to find edges. `pixels` f32 [B,3,H,W] each, normalised."""
    weight = visual.patch_embed.proj.weight
    side = weight.shape[-1]
    cut = torch.cat([F.unfold(part, side, stride=side).transpose(1, 2).flatten(0, 1) for part in pixels])
    strength, basis = torch.linalg.eigh(cut.T @ cut / len(cut))
    best = slice(-min(weight.shape[0], len(strength)), None)
    rows = (basis[:, best] / (strength[best] + 0.01 * strength.mean()).sqrt()).T.flip(0)
    # both frames of the still picture add up
    weight[: len(rows)] = 0.5 * rows.view(-1, 3, 1, side, side).expand(-1, -1, weight.shape[2], -1, -1) / weight.shape[2]


class ScenePack:
    """A pack with what the heads are taught."""

    def __init__(self, folders: list[Path], nouns: list[str], cell: int, limit: int | None = None):
        self.pack, self.cell = Pack(folders, nouns, limit), cell
        self.shapes = grids(self.pack, cell)
        self.count, self.large = group_facts(self.pack)

    def batch(self, rows: np.ndarray, generator: torch.Generator | None) -> tuple[Tensor, Cells, Tensor]:
        """Normalised pixels [B,3,H,W], what their cells show, and the ground's colour [B]; `generator` augments."""
        shape = self.shapes[rows[0]]
        pixels, boxes = pixels_of(self.pack, rows, shape, self.cell), torch.from_numpy(self.pack.boxes[rows])
        if generator is not None:
            pixels, boxes = augment(pixels, boxes, torch.from_numpy(self.pack.signed[rows]), generator)
        facts = [torch.from_numpy(values[rows]) for values in (self.pack.noun, self.pack.colour, self.count, self.large)]
        return normalise(pixels), cells_of(boxes, *facts, int(shape[0]), int(shape[1])), torch.from_numpy(self.pack.ground[rows])


@torch.no_grad()
def examine(tower: nn.Module, heads: CellHeads, held: ScenePack, size: int = 64) -> dict[str, float]:
    """Shares of cells whose noun, colour, count and size are right, of pictures whose ground is."""
    right: dict[str, list[float]] = {}
    for rows in same_grid_batches(held.shapes, size, None):
        pixels, cells, ground = held.batch(rows, None)
        with torch.autocast("cpu", torch.bfloat16):
            said = heads(tower(pixels)[:, 1:])
        for name in ("noun", "colour", "count", "large"):
            wanted = getattr(cells, name)
            right.setdefault(name, []).extend((said[name].argmax(2) == wanted)[wanted >= 0].float().tolist())
        found = said["centres"].argmax(2)
        right.setdefault("centres", []).extend((found == cells.centres)[cells.centres > 0].float().tolist())
        right.setdefault("ground", []).extend((said["ground"].mean(1).argmax(1) == ground).float().tolist())
    return {name: round(float(np.mean(values)), 4) for name, values in right.items()}


def build(args: argparse.Namespace, texts: list[str]) -> tuple[TldrModel, object]:
    path = args.out / "tokenizer.json"
    if not path.exists():
        small_tokenizer(texts, args.vocabulary).save(str(path))
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    torch.manual_seed(args.seed)
    config = small_config(tokenizer, args.hidden, args.layers, args.hidden // 64, args.vision, args.depth, args.patch, windows=False)
    return TldrModel(open_backbone(config)), tokenizer


def captions_of(folders: list[Path], most: int = 40000) -> list[str]:
    """What the tokenizer is made of."""
    with open(folders[0] / "captions.jsonl") as lines:
        rows = [json.loads(line) for _, line in zip(range(most), lines)]
    return [row["text"] for row in rows] + [row["prompt"] for row in rows if "prompt" in row]


def add_tower_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--train", type=Path, nargs="+", required=True)
    parser.add_argument("--val", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=3e-3, help="of the layers' matrices")
    parser.add_argument("--hidden", type=int, default=256, help="of the decoder")
    parser.add_argument("--layers", type=int, default=6, help="of the decoder")
    parser.add_argument("--vision", type=int, default=256, help="hidden size of the tower")
    parser.add_argument("--depth", type=int, default=5, help="layers of the tower")
    parser.add_argument("--patch", type=int, default=12)
    parser.add_argument("--vocabulary", type=int, default=2500, help="of the tokenizer, where RUN has none yet")
    parser.add_argument("--seed", type=int, default=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_tower_arguments(parser)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--batch", type=int, default=8, help="small: a tower from nothing wants steps more than pictures")
    parser.add_argument("--compile", action="store_true", help="a third faster, after two minutes in which each shape of picture is compiled; wants a C++ compiler")
    args = parser.parse_args()
    workers, worker = join_workers()
    args.out.mkdir(parents=True, exist_ok=True)
    model, _ = one_by_one(workers, worker, lambda: build(args, captions_of(args.train)))
    cell = 2 * args.patch
    nouns = nouns_of([*args.train, args.val])
    train, held = ScenePack(args.train, nouns, cell), ScenePack([args.val], nouns, cell)
    few = np.random.default_rng(args.seed).permutation(len(train.pack))[:400]
    whiten_patches(model.backbone.visual, [train.batch(few[n : n + 1], None)[0] for n in range(len(few))])
    tower = ImageEncoder(model)
    heads = CellHeads(args.hidden, len(nouns))
    taught = nn.ModuleList([model.backbone.visual, heads])
    if (args.out / "crops.pt").exists():
        taught.load_state_dict(torch.load(args.out / "crops.pt", weights_only=False)["taught"])
    lesson = Lesson(taught, args.rate, args.minutes, workers, args.out / "tower-state.pt")
    if lesson.finished:
        return
    next_test = lesson.minutes + 2
    if worker == 0:
        print(f"{len(train.pack)} pictures, {len(nouns)} nouns, {sum(p.numel() for p in model.backbone.visual.parameters()) / 1e6:.2f} M parameters in the tower", flush=True)
    random = np.random.default_rng([args.seed, lesson.step, worker])
    generator = torch.Generator().manual_seed((args.seed + lesson.step) * workers + worker)

    def save() -> None:
        with lesson.average.in_place():
            row = {"seen": lesson.seen, "minutes": lesson.minutes, **examine(tower, heads, held)}
            save_whole(
                {"visual": model.backbone.visual.state_dict(), "config": model.backbone.config.to_dict(), "nouns": nouns, "curve": [*lesson.curve, row], "arguments": vars(args)},
                args.out / "tower.pt",
            )
        lesson.keep(row, args.out / "tower-curve.jsonl")

    def features(pixels: Tensor) -> Tensor:
        return tower(pixels)[:, 1:]

    look = torch.compile(features, dynamic=False) if args.compile else features
    while not lesson.over:
        for rows in same_grid_batches(train.shapes, args.batch, random):
            if args.compile and len(rows) < args.batch:
                continue
            pixels, cells, ground = train.batch(rows, generator)
            with torch.autocast("cpu", torch.bfloat16):
                said = heads(look(pixels))
            parts = losses(said, cells, ground)
            if not lesson.learn(sum(parts.values()) + parts["noun"], parts, len(rows)):
                break
            if lesson.step % 200 == 0 and worker == 0:
                lesson.log("pictures")
            if lesson.minutes > next_test and worker == 0:
                save()
                next_test = lesson.minutes + 5
    if worker == 0:
        save()


if __name__ == "__main__":
    main()
