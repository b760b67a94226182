"""python -m tldr_scenes.train_encoder --train DIR [DIR ...] --val DIR --out RUN [--minutes 40] [--seed 0]

Trains the scene encoder. Writes RUN/encoder.pt (weights averaged over time, nouns, curve) after every evaluation and
goes on from RUN/encoder-state.pt when it is there.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .encoder import FINE, GRID, SIDE, SceneEncoder, read_slots
from .pack import Pack, nouns_of
from .reopen import is_folder, nouns_of_encoder, stored_encoder
from .sitting import Sitting

MEAN = torch.tensor([0.5, 0.5, 0.5]).view(1, 3, 1, 1)
STD = torch.tensor([0.25, 0.25, 0.25]).view(1, 3, 1, 1)


def normalise(pixels: Tensor) -> Tensor:
    return ((pixels - MEAN) / STD).contiguous(memory_format=torch.channels_last)


def first_pixels(images: np.ndarray) -> Tensor:
    """What the first look sees of pictures u8 [B,2*SIDE,2*SIDE,3]: f32 0..1 [B,3,SIDE,SIDE]."""
    return F.avg_pool2d(torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255, 2)


def augment(pixels: Tensor, boxes: Tensor, signed: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Light, contrast, a trace of hue, noise, blur, and mirrors where nothing is written. Pixels f32 0..1 [B,3,S,S];
    boxes [B,K,4]; signed bool [B]."""
    batch = pixels.shape[0]

    def chance(share: float) -> Tensor:
        return torch.rand(batch, generator=generator) < share

    def spread(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(batch, *shape, generator=generator)

    mirrored = chance(0.5) & ~signed
    pixels = torch.where(mirrored[:, None, None, None], pixels.flip(3), pixels)
    boxes = boxes.clone()
    boxes[:, :, 0] = torch.where(mirrored[:, None], 1 - boxes[:, :, 0], boxes[:, :, 0])
    blurred = chance(0.2)
    if blurred.any():
        pixels[blurred] = F.avg_pool2d(F.pad(pixels[blurred], (1, 1, 1, 1), "replicate"), 3, 1)
    pixels = (pixels - 0.5) * spread(0.8, 1.2, 1, 1, 1) + 0.5 + spread(-0.1, 0.1, 1, 1, 1)
    pixels = pixels * spread(0.94, 1.06, 3, 1, 1)
    noisy = chance(0.4)
    if noisy.any():
        grain = torch.randn(pixels[noisy].shape, generator=generator)
        pixels[noisy] = pixels[noisy] + spread(0, 0.04, 1, 1, 1)[noisy] * grain
    return pixels.clamp(0, 1), boxes


def strange(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Pictures that are no scenes, made from nothing or from scenes cut up: clouds of noise, blocks, shuffled tiles."""
    batch = pixels.shape[0]
    out = torch.empty_like(pixels)
    for n in range(batch):
        kind = int(torch.randint(5, (1,), generator=generator))
        if kind <= 2:
            octaves = torch.zeros(3, SIDE, SIDE)
            fall = 0.5 + 0.5 * float(torch.rand(1, generator=generator))
            for octave in range(1, 8):
                side = 2**octave
                grain = torch.randn(1, 3, side, side, generator=generator)
                if kind == 1:
                    grain = grain.mean(1, keepdim=True) + 0.35 * grain
                octaves += F.interpolate(grain, SIDE, mode="bilinear")[0] * fall**octave
            out[n] = (0.5 + octaves / octaves.std() * 0.22 + 0.15 * torch.randn(3, 1, 1, generator=generator)).clamp(0, 1)
            if kind == 2:
                other = pixels[int(torch.randint(batch, (1,), generator=generator))]
                out[n] = (0.6 * out[n] + 0.4 * other.flip(1)).clamp(0, 1)
        elif kind == 3:
            canvas = torch.rand(3, 1, 1, generator=generator).expand(3, SIDE, SIDE).clone()
            for _ in range(int(torch.randint(8, 60, (1,), generator=generator))):
                x, y = (torch.rand(2, generator=generator) * SIDE).int().tolist()
                w, h = (torch.rand(2, generator=generator) ** 2 * SIDE * 0.6).int().add(1).tolist()
                canvas[:, y : y + h, x : x + w] = torch.rand(3, 1, 1, generator=generator)
            out[n] = canvas
        else:
            tile = [12, 16, 24][int(torch.randint(3, (1,), generator=generator))]
            count = SIDE // tile
            tiles = pixels[n].unfold(1, tile, tile).unfold(2, tile, tile).reshape(3, count * count, tile, tile)
            tiles = tiles[:, torch.randperm(count * count, generator=generator)]
            out[n] = tiles.view(3, count, count, tile, tile).permute(0, 1, 3, 2, 4).reshape(3, SIDE, SIDE)
    return out


def targets(boxes: Tensor, noun: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Heat [B,FINE,FINE] with a Gaussian bump at each centre; for each grid cell the nearest object's index
    [B,GRID*GRID] and how central it is there, 0..1."""
    present = noun >= 0
    centre = boxes[:, :, :2] * FINE - 0.5
    sigma = (boxes[:, :, 2:].mean(2) * FINE * 0.1).clamp(min=0.7)
    axis = torch.arange(FINE).float()

    def bump(grid: Tensor, at: Tensor, width: Tensor) -> Tensor:
        return torch.exp(-((grid - at[:, :, None]) ** 2) / (2 * width[:, :, None] ** 2))

    snapped = centre.round().clamp(0, FINE - 1)
    heat = bump(axis, snapped[:, :, 1], sigma)[:, :, :, None] * bump(axis, snapped[:, :, 0], sigma)[:, :, None, :]
    heat = (heat * present[:, :, None, None]).amax(1)
    coarse = torch.arange(GRID).float() + 0.5
    wide = (boxes[:, :, 2:].mean(2) * GRID * 0.15).clamp(min=0.6)
    near_y = bump(coarse, boxes[:, :, 1] * GRID, wide)
    near_x = bump(coarse, boxes[:, :, 0] * GRID, wide)
    near = (near_y[:, :, :, None] * near_x[:, :, None, :]) * present[:, :, None, None]
    weight, owner = near.flatten(2).max(1)
    return heat, owner, torch.where(weight > 0.45, weight, torch.zeros_like(weight))


def losses(maps: dict[str, Tensor], boxes: Tensor, noun: Tensor, colour: Tensor, ground: Tensor, real: Tensor) -> dict[str, Tensor]:
    heat, owner, weight = targets(boxes, noun)
    weight = weight * real[:, None]
    total = weight.sum().clamp(min=1)
    logit = maps["heat"].float()
    p = logit.sigmoid()
    hit = (heat > 0.999).float()
    focal = -(hit * F.logsigmoid(logit) * (1 - p) ** 2 + (1 - hit) * F.logsigmoid(-logit) * p**2 * (1 - heat) ** 4)
    objects = ((noun >= 0).float() * real[:, None]).sum().clamp(min=1)

    def at_owner(values: Tensor) -> Tensor:
        return values.gather(1, owner)

    def cells(map_: Tensor) -> Tensor:
        return map_.float().flatten(2).transpose(1, 2)

    box = cells(maps["box"])
    cell_y, cell_x = torch.meshgrid(torch.arange(GRID) + 0.5, torch.arange(GRID) + 0.5, indexing="ij")
    want = torch.stack(
        [
            at_owner(boxes[:, :, 0]) * GRID - cell_x.flatten(),
            at_owner(boxes[:, :, 1]) * GRID - cell_y.flatten(),
            (at_owner(boxes[:, :, 2]) * GRID).clamp(min=0.2).log(),
            (at_owner(boxes[:, :, 3]) * GRID).clamp(min=0.2).log(),
        ],
        2,
    )
    named = weight.flatten() > 0
    w = weight.flatten()[named]

    def classify(map_: Tensor, labels: Tensor) -> Tensor:
        logits = cells(map_).flatten(0, 1)[named]
        return (F.cross_entropy(logits, at_owner(labels).flatten()[named], reduction="none", label_smoothing=0.02) * w).sum() / total

    return {
        "heat": (focal * real[:, None, None]).sum() / objects,
        "box": (F.smooth_l1_loss(box, want, reduction="none", beta=0.2).sum(2) * weight).sum() / total,
        "noun": classify(maps["noun"], noun),
        "colour": classify(maps["colour"], colour),
        "ground": (F.cross_entropy(maps["ground"].float(), ground, reduction="none") * real).mean(),
        "domain": F.binary_cross_entropy_with_logits(maps["domain"].float(), real),
    }


@torch.no_grad()
def evaluate(model: SceneEncoder, pack: Pack, limit: int = 1000) -> dict[str, float]:
    """Share of objects found (a slot over 0.3 within half their size), named and coloured right; false slots an image;
    share of pictures whose number of objects is exactly right."""
    model.eval()
    found = named = coloured = total = false = exact = ground = 0
    limit = min(limit, len(pack))
    for start in range(0, limit, 50):
        rows = np.arange(start, min(start + 50, limit))
        pixels = first_pixels(pack.images(rows))
        with torch.autocast("cpu", torch.bfloat16):
            maps = model(normalise(pixels))
        slots = read_slots(maps)
        ground += (maps["ground"].argmax(1) == torch.from_numpy(pack.ground[rows])).sum().item()
        for n, row in enumerate(rows):
            objects = slots[n, 1:]
            objects = objects[objects[:, 0] > 0.3]
            truth = pack.noun[row] >= 0
            boxes = torch.from_numpy(pack.boxes[row][truth])
            used = set()
            for box, noun, colour in zip(boxes, pack.noun[row][truth], pack.colour[row][truth]):
                total += 1
                if not len(objects):
                    continue
                far = ((objects[:, 1:3] - box[:2]).abs() / box[2:]).amax(1)
                best = int(far.argmin())
                if far[best] > 0.5 or best in used:
                    continue
                used.add(best)
                found += 1
                coloured += int(objects[best, 5:17].argmax()) == colour
                named += int(objects[best, 17:].argmax()) == noun
            false += len(objects) - len(used)
            exact += len(objects) == len(boxes)
    return {
        "found": found / total, "named": named / total, "coloured": coloured / total, "false": false / limit,
        "exact": exact / limit, "ground": ground / limit,
    }


def take_over(model: SceneEncoder, nouns: list[str], saved: dict) -> None:
    """The weights of an encoder of other nouns; nouns that it did not know keep their fresh rows."""
    fresh = model.state_dict()
    rows = [(n, saved["nouns"].index(noun)) for n, noun in enumerate(nouns) if noun in saved["nouns"]]
    new, old = torch.tensor(rows).T
    for name, value in saved["model"].items():
        if value.shape == fresh[name].shape:
            fresh[name].copy_(value)
        else:
            fresh[name][new] = value[old]
    model.load_state_dict(fresh)


def keep_normalisation(model: SceneEncoder) -> None:
    """That of an exported folder is in its convolutions: it must not begin again to follow the batches."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, nargs="+", required=True)
    parser.add_argument("--val", type=Path, required=True)
    parser.add_argument("--held-out", type=Path, nargs="*", default=[], help="packs that are measured beside it")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start-from", type=Path, help="an encoder.pt of other nouns: what fits is taken over; or an exported model folder")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    nouns = nouns_of_encoder(args.start_from) if args.start_from and is_folder(args.start_from) else nouns_of(args.train)
    train = Pack(args.train, nouns)
    tests = {"val": Pack([args.val], nouns)}
    tests |= {folder.name: Pack([folder], nouns) for folder in args.held_out}
    model = SceneEncoder(len(nouns)).to(memory_format=torch.channels_last)
    if args.start_from and is_folder(args.start_from):
        model.load_state_dict(stored_encoder(args.start_from).state_dict())
        keep_normalisation(model)
    elif args.start_from:
        take_over(model, nouns, torch.load(args.start_from, weights_only=False))
    print(f"{len(train)} scenes, {len(nouns)} nouns, {sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    sitting = Sitting(
        model, args.out / "encoder-state.pt", minutes=args.minutes, rate=args.rate, decay=0.03, average=0.998, warm_up=200, clip=5.0, unit="pictures",
        first=180, then=240,
    )  # fmt: skip
    random = np.random.default_rng(args.seed + sitting.step)
    generator = torch.Generator().manual_seed(args.seed + sitting.step)
    while sitting.goes_on:
        rows = random.integers(0, len(train), args.batch)
        pixels, boxes = augment(first_pixels(train.images(rows)), torch.from_numpy(train.boxes[rows]), torch.from_numpy(train.signed[rows]), generator)
        real = torch.ones(args.batch)
        odd = max(1, args.batch // 16)
        pixels[:odd] = strange(pixels[:odd], generator)
        real[:odd] = 0
        noun, colour, ground = (torch.from_numpy(a[rows]) for a in (train.noun, train.colour, train.ground))
        with torch.autocast("cpu", torch.bfloat16):
            maps = model(normalise(pixels))
        parts = losses(maps, boxes, noun, colour, ground, real)
        loss = parts["heat"] + parts["box"] + parts["noun"] + 0.7 * parts["colour"] + 0.3 * parts["ground"] + 0.2 * parts["domain"]
        sitting.learn(loss, parts, args.batch)
        if sitting.is_due:
            result = {name: evaluate(sitting.average.module, pack, 500) for name, pack in tests.items()}
            sitting.curve.append({"seen": sitting.seen, "minutes": sitting.spent / 60, **result})
            print(json.dumps(sitting.curve[-1]), flush=True)
            torch.save({"nouns": nouns, "model": sitting.average.module.state_dict(), "curve": sitting.curve}, args.out / "encoder.pt")
            sitting.keep()


if __name__ == "__main__":
    main()
