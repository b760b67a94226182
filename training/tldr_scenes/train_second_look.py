"""python -m tldr_scenes.train_second_look --encoder MODEL_FOLDER|encoder.pt --train PACK [PACK ...] --flat PACK [PACK ...]
    --val PACK [PACK ...] --out RUN [--minutes 60] [--seed 0]

Trains the second look (second_look.py) on what the encoder, which stays as it is, finds in packs of 384 x 384 pixels: what it
found where a thing is gets that thing's name, colour and box; what it found where none is, and in flat pictures, is none. Writes
RUN/second.pt (weights averaged over time, nouns, curve) after every evaluation and goes on from RUN/second-state.pt.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .encoder import BothWays, read_slots
from .features import load_encoder, owners
from .pack import Pack, pictures
from .second_look import CROP, FAINT, SecondLook, cut, told
from .sitting import Sitting
from .slots import GEOMETRY, SLOTS
from .train_encoder import first_pixels, normalise


def first_look(folder: Path, look: BothWays, pack: Pack | None) -> None:
    """PACK/first.npy f16 [N,SLOTS,D], what the encoder found, and PACK/first-owner.npy i8 [N,SLOTS], which thing that is, or -1."""
    if (folder / "first-owner.npy").exists():
        return
    images = pictures(folder)
    found, owner = [], np.full((len(images), SLOTS), -1, np.int8)
    with torch.no_grad():
        for start in range(0, len(images), 64):
            with torch.autocast("cpu", torch.bfloat16):
                maps = look(normalise(first_pixels(np.array(images[start : start + 64]))))
            slots = read_slots(maps, FAINT)[:, 1:].numpy()
            for n in range(len(slots) if pack else 0):
                owner[start + n] = owners(slots[n], pack.boxes[start + n][pack.noun[start + n] >= 0])
            found.append(slots.astype(np.float16))
    np.save(folder / "first.npy", np.concatenate(found))
    np.save(folder / "first-owner.npy", owner)
    print(f"{folder}: {len(images)} pictures looked at", flush=True)


class Looks:
    """What the encoder found in packs, picture by picture: `rows` of those with anything; a batch is all of some pictures' slots."""

    def __init__(self, folders: list[Path], nouns: list[str], scenes: bool):
        self.pack = Pack(folders, nouns) if scenes else None
        self.images = [pictures(folder) for folder in folders]
        self.found = [np.load(folder / "first.npy", mmap_mode="r") for folder in folders]
        self.owner = np.concatenate([np.load(folder / "first-owner.npy") for folder in folders])
        self.starts = np.cumsum([0] + [len(images) for images in self.images])

    def __len__(self) -> int:
        return int(self.starts[-1])

    def batch(self, rows: np.ndarray) -> dict[str, Tensor]:
        """Of the M slots in some pictures: pixels f32 [B,3,S,S] 0..1, slots [M,D], at i64 [M] (picture), and what they are: noun,
        colour i64 [M] (-1: none), box f32 [M,4], signed bool [M] (the thing is a sign)."""
        part = np.searchsorted(self.starts, rows, "right") - 1
        pixels = np.stack([self.images[p][row - self.starts[p]] for p, row in zip(part, rows)])
        slots = torch.from_numpy(np.stack([self.found[p][row - self.starts[p]] for p, row in zip(part, rows)])).float()
        at, place = (slots[:, :, 0] > 0).nonzero(as_tuple=True)
        owner = torch.from_numpy(self.owner[rows].astype(np.int64))[at, place]
        thing = owner.clamp(min=0)
        out = {"pixels": torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255, "slots": slots[at, place], "at": at}
        none = torch.full_like(owner, -1)
        if self.pack is None:
            return out | {"noun": none, "colour": none, "box": torch.zeros(len(at), 4), "signed": none > 0}
        noun, colour, boxes = (torch.from_numpy(of[rows])[at, thing] for of in (self.pack.noun, self.pack.colour, self.pack.boxes))
        last = torch.from_numpy((self.pack.noun[rows] >= 0).sum(1) - 1)[at]
        signed = torch.from_numpy(self.pack.signed[rows])[at] & (owner == last)
        return out | {"noun": torch.where(owner >= 0, noun, none), "colour": torch.where(owner >= 0, colour, none), "box": boxes, "signed": signed}


def joined(one: dict[str, Tensor], other: dict[str, Tensor]) -> dict[str, Tensor]:
    out = {name: torch.cat([one[name], other[name]]) for name in one}
    out["at"] = torch.cat([one["at"], other["at"] + len(one["pixels"])])
    return out


def crops_of(batch: dict[str, Tensor], boxes: Tensor) -> Tensor:
    """[M,3,CROP,CROP] of normalised pixels."""
    return torch.cat([cut((batch["pixels"][n] - 0.5)[None] / 0.25, boxes[batch["at"] == n][None])[0] for n in range(len(batch["pixels"]))])


def shaken(boxes: Tensor, generator: torch.Generator) -> Tensor:
    """Boxes that are a little beside, larger or smaller."""
    jitter = torch.randn(boxes.shape, generator=generator)
    return torch.cat([boxes[:, :2] + 0.05 * jitter[:, :2] * boxes[:, 2:], boxes[:, 2:] * (0.1 * jitter[:, 2:]).exp()], 1)


def augment(crops: Tensor, signed: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Light, contrast, hue, blur, noise, few pixels, mirrors, no colours, and a corner covered; with it, bool [M], whether the colours
    are still there."""
    many = len(crops)

    def chance(share: float) -> Tensor:
        return torch.rand(many, generator=generator) < share

    def spread(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(many, *shape, generator=generator)

    mirrored = chance(0.5) & ~signed
    crops = torch.where(mirrored[:, None, None, None], crops.flip(3), crops)
    for share, side in ((0.15, 40), (0.12, 28), (0.06, 20)):
        few = chance(share)
        if few.any():
            crops[few] = F.interpolate(F.interpolate(crops[few], side, mode="area"), CROP, mode="bilinear")
    crops = crops * spread(0.75, 1.25, 1, 1, 1) + spread(-0.4, 0.4, 1, 1, 1)
    crops = crops + spread(-0.1, 0.1, 3, 1, 1)
    grey = chance(0.08)
    if grey.any():
        crops[grey] = crops[grey].mean(1, keepdim=True).expand(-1, 3, -1, -1)
    noisy = chance(0.3)
    if noisy.any():
        crops[noisy] = crops[noisy] + spread(0, 0.2, 1, 1, 1)[noisy] * torch.randn(crops[noisy].shape, generator=generator)
    for n in (chance(0.2) & ~signed).nonzero()[:, 0].tolist():
        x, y, w, h = torch.randint(0, CROP, (4,), generator=generator).tolist()
        w, h = 6 + w // 4, 6 + h // 4
        if abs(x + w / 2 - CROP / 2) + abs(y + h / 2 - CROP / 2) > CROP / 4:
            crops[n, :, y : y + h, x : x + w] = torch.randn(3, 1, 1, generator=generator)
    return crops.clamp(-2, 2), ~grey


def losses(said: dict[str, Tensor], batch: dict[str, Tensor], boxes: Tensor, coloured: Tensor) -> dict[str, Tensor]:
    there = batch["noun"] >= 0
    want = torch.cat([(batch["box"][:, :2] - boxes[:, :2]) / boxes[:, 2:], (batch["box"][:, 2:].clamp(min=0.01) / boxes[:, 2:]).log()], 1)
    seen = there & coloured
    return {
        "noun": F.cross_entropy(said["noun"].float()[there], batch["noun"][there], label_smoothing=0.02),
        "alone": F.cross_entropy(said["alone"].float()[there], batch["noun"][there], label_smoothing=0.02),
        "colour": F.cross_entropy(said["colour"].float()[seen], batch["colour"][seen], label_smoothing=0.02),
        "whole": F.binary_cross_entropy_with_logits(said["whole"].float(), there.float()),
        "box": F.smooth_l1_loss(said["box"].float()[there], want[there].clamp(-1, 1), beta=0.1),
    }


@torch.no_grad()
def evaluate(model: SecondLook, looks: Looks, limit: int = 500) -> dict[str, float]:
    """Before and after: share of the things found that are named and coloured right; share of pictures whose number of things
    (over .5; before: over .3) is exact."""
    model.eval()
    sums = dict.fromkeys(["found", "named", "named_before", "coloured", "coloured_before", "exact", "exact_before", "small", "small_named", "small_named_before", "alone"], 0.0)
    limit = min(limit, len(looks))
    off, off_before = [], []
    for start in range(0, limit, 50):
        rows = np.arange(start, min(start + 50, limit))
        batch = looks.batch(rows)
        with torch.autocast("cpu", torch.bfloat16):
            said = model(crops_of(batch, batch["slots"][:, 1:GEOMETRY]).contiguous(memory_format=torch.channels_last), batch["slots"])
        after, before = told(batch["slots"], said), batch["slots"]
        there = batch["noun"] >= 0
        sums["alone"] += int(((said["alone"].argmax(1) == batch["noun"]) & there).sum())
        small = there & (batch["box"][:, 2] < 0.12)
        sums["found"] += int(there.sum())
        sums["small"] += int(small.sum())
        off.append((after[there, 1:3] - batch["box"][there, :2]).abs().mean())
        off_before.append((before[there, 1:3] - batch["box"][there, :2]).abs().mean())
        for slots, ending, least in ((after, "", 0.5), (before, "_before", 0.3)):
            right = slots[:, 17:].argmax(1) == batch["noun"]
            sums["named" + ending] += int((right & there).sum())
            sums["small_named" + ending] += int((right & small).sum())
            sums["coloured" + ending] += int(((slots[:, 5:17].argmax(1) == batch["colour"]) & there).sum())
            number = torch.bincount(batch["at"][slots[:, 0] > least], minlength=len(rows))
            sums["exact" + ending] += int((number == torch.from_numpy((looks.pack.noun[rows] >= 0).sum(1))).sum())
    model.train()
    out = {name: value / sums["small" if name.startswith("small") else "found"] for name, value in sums.items() if "exact" not in name and name not in ("found", "small")}
    out |= {name: sums[name] / limit for name in ("exact", "exact_before")}
    out |= {"off": float(torch.stack(off).mean()), "off_before": float(torch.stack(off_before).mean())}
    return {name: round(value, 4) for name, value in out.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--train", type=Path, nargs="+", required=True)
    parser.add_argument("--flat", type=Path, nargs="+", required=True, help="packs of pictures that are no scenes (scripts/pack-flat.ts)")
    parser.add_argument("--val", type=Path, nargs="+", required=True, help="each is measured by itself")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--pictures", type=int, default=36, help="of a batch; beside each eight of them a flat one")
    parser.add_argument("--rate", type=float, default=7e-4)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    encoder, nouns = load_encoder(args.encoder)
    look = BothWays(encoder, nouns).eval()
    for folder in [*args.train, *args.val]:
        first_look(folder, look, Pack([folder], nouns))
    for folder in args.flat:
        first_look(folder, look, None)
    train, flat = Looks(args.train, nouns, True), Looks(args.flat, nouns, False)
    tests = {folder.name: Looks([folder], nouns, True) for folder in args.val}
    model = SecondLook(len(nouns)).to(memory_format=torch.channels_last).train()
    model.take_over(encoder)
    print(f"{len(train)} scenes, {len(flat)} flat pictures, {len(nouns)} nouns, {sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    sitting = Sitting(
        model, args.out / "second-state.pt", minutes=args.minutes, rate=args.rate, decay=0.03, average=0.997, warm_up=200, clip=5.0, unit="crops",
        first=180, then=300,
    )  # fmt: skip
    random = np.random.default_rng(args.seed + sitting.step)
    generator = torch.Generator().manual_seed(args.seed + sitting.step)
    while sitting.goes_on:
        batch = joined(train.batch(random.integers(0, len(train), args.pictures)), flat.batch(random.integers(0, len(flat), max(1, args.pictures // 8))))
        boxes = shaken(batch["slots"][:, 1:GEOMETRY], generator)
        slots = torch.cat([batch["slots"][:, :1], boxes, batch["slots"][:, GEOMETRY:]], 1)
        crops, coloured = augment(crops_of(batch, boxes), batch["signed"], generator)
        with torch.autocast("cpu", torch.bfloat16):
            said = model(crops.contiguous(memory_format=torch.channels_last), slots)
        parts = losses(said, batch, boxes, coloured)
        loss = parts["noun"] + 0.5 * parts["alone"] + 0.7 * parts["colour"] + parts["whole"] + 2 * parts["box"]
        sitting.learn(loss, parts, len(crops))
        if sitting.is_due:
            result = {name: evaluate(sitting.average.module, looks, 400) for name, looks in tests.items()}
            sitting.curve.append({"seen": sitting.seen, "minutes": round(sitting.spent / 60, 1), **result})
            print(json.dumps(sitting.curve[-1]), flush=True)
            torch.save({"nouns": nouns, "first": encoder.state_dict(), "model": sitting.average.module.state_dict(), "curve": sitting.curve}, args.out / "second.pt")
            sitting.keep()


if __name__ == "__main__":
    main()
