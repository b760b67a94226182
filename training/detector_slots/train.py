"""python -m detector_slots.train --photos slots.jsonl [...] --out RUN [--minutes 5]

Trains a reward decoder (`tldr_scenes/decoder.py`) on what a detector saw in simulated photographs. Photographs of the half that is
only reported are never read. Writes RUN/tokenizer.json and RUN/decoder.pt.
"""

import argparse
import random
from pathlib import Path

import numpy as np
import torch
from tldr_scenes.decoder import RewardDecoder, decoder_loss
from tldr_scenes.sitting import Sitting
from tldr_scenes.texts import KINDS, encode, name_tokens, train_tokenizer
from tokenizers import Tokenizer

from .simulate import SLOTS, Photo, Statement, Words, read_photos, renamed, slots_of, statement

WIDTH, HEADS = 64, 4
POOL = 16
"""Batches that are drawn together and cut by length, so that little is padding."""


def overlap(a, b) -> float:
    both = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both + 1e-9)


def owners(table: np.ndarray, photo: Photo, words: Words) -> list[str | None]:
    """Of each slot the name of the thing that it lies on, where it has that name."""
    found = []
    for row in table[1:]:
        name = words.categories[int(row[-len(words.categories) :].argmax())] if row[0] > 0 else None
        box = (row[1] - row[3] / 2, row[2] - row[4] / 2, row[1] + row[3] / 2, row[2] + row[4] / 2)
        found.append(name if any(thing == name and overlap(box, marked) > 0.4 for thing, marked in photo.things) else None)
    return found


def example(seen: tuple[np.ndarray, list[str | None]], told: Statement, tokenizer: Tokenizer) -> dict[str, np.ndarray]:
    """`seen`: the slots of the statement's photo and what they lie on."""
    table, lies_on = seen
    ids, begin, offsets = encode(tokenizer, told.text)
    n = len(ids)
    good, kind = np.full(n, -1, np.int64), np.zeros(n, np.int64)
    good[begin : begin + len(offsets)] = 1
    subject, other, known = np.zeros((n, SLOTS), np.float32), np.zeros((n, SLOTS), np.float32), np.zeros((2, n), np.float32)
    for start, end, name, right, about in told.claims:
        for i, (a, b) in enumerate(offsets):
            if b > start and a < end:
                at = begin + i
                good[at], kind[at] = int(right), KINDS.index(name)
                if about:
                    subject[at] = [one == about[0] for one in lies_on]
                    known[0, at] = any(subject[at])
                if len(about) > 1:
                    other[at] = [one == about[1] for one in lies_on]
                    known[1, at] = any(other[at])
    return {"ids": np.array(ids), "good": good, "kind": kind, "subject": subject, "other": other, "known": known, "features": table}


def collate(examples: list[dict]) -> dict[str, torch.Tensor]:
    longest = max(len(one["ids"]) for one in examples)
    out: dict[str, list] = {name: [] for name in (*examples[0], "mask")}
    for one in examples:
        lack = longest - len(one["ids"])
        out["features"].append(one["features"])
        out["mask"].append(np.pad(np.ones(len(one["ids"]), np.int64), (0, lack)))
        out["ids"].append(np.pad(one["ids"], (0, lack)))
        out["kind"].append(np.pad(one["kind"], (0, lack)))
        out["good"].append(np.pad(one["good"], (0, lack), constant_values=-1))
        for name in ("subject", "other"):
            out[name].append(np.pad(one[name], ((0, lack), (0, 0))))
        out["known"].append(np.pad(one["known"], ((0, 0), (0, lack))))
    return {name: torch.from_numpy(np.stack(values)) for name, values in out.items()}


def simulated(photos: list[Photo], words: Words, chance: random.Random):
    """Endlessly: what was seen in a simulated photo, and one of eight statements about it."""
    while True:
        photo = renamed(chance.choice(photos), words, chance)
        table = slots_of(photo.seen, words)
        seen = table, owners(table, photo, words)
        for _ in range(8):
            told = statement(photo, words, chance)
            if told is not None:
                yield seen, told


def batches(stream, tokenizer: Tokenizer, size: int, chance: random.Random):
    while True:
        pool = sorted((example(*next(stream), tokenizer) for _ in range(POOL * size)), key=lambda one: len(one["ids"]))
        parts = [pool[start : start + size] for start in range(0, len(pool), size)]
        chance.shuffle(parts)
        yield from map(collate, parts)


def new_decoder(tokenizer: Tokenizer, words: Words) -> RewardDecoder:
    return RewardDecoder(torch.from_numpy(name_tokens(tokenizer, words.forms)), words.width, WIDTH, HEADS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1, help="more are slower where the cores are shared")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    read = [read_photos(path) for path in args.photos]
    words = read[0][0]
    photos = [photo for _, some in read for photo in some if photo.part == "look"]
    args.out.mkdir(parents=True, exist_ok=True)
    stream = simulated(photos, words, random.Random(args.seed))
    path = args.out / "tokenizer.json"
    if not path.exists():
        train_tokenizer(next(stream)[1].text.lower() for _ in range(8000)).save(str(path))
    tokenizer = Tokenizer.from_file(str(path))
    model = new_decoder(tokenizer, words)
    print(f"{len(photos)} photos, {sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    sitting = Sitting(
        model, args.out / "decoder-state.pt", minutes=args.minutes, rate=args.rate, decay=0.02, average=0.995, warm_up=100, clip=1.0,
        unit="statements", first=1e9, then=1e9, betas=(0.9, 0.98), buffers=False)
    for batch in batches(stream, tokenizer, args.batch, random.Random(args.seed)):
        if not sitting.goes_on:
            break
        logits, first, second, claims = model(batch["ids"], batch["mask"], batch["features"])
        inside = batch["good"] >= 0
        claimed = inside & (batch["kind"] > 0)
        weight = inside * 0.05 + claimed * 0.95 + (batch["good"] == 0) * 1.0
        parts = decoder_loss(
            logits, first, second, claims, (batch["good"] == 1).float(), weight, claimed, inside & ~claimed, batch["subject"], batch["other"], batch["known"])
        sitting.learn(parts["reward"] + 0.1 * parts["claim"] + 0.5 * (parts["first"] + parts["second"]), parts, args.batch)
    torch.save({"model": sitting.average.module.state_dict()}, args.out / "decoder.pt")
    sitting.keep()


if __name__ == "__main__":
    main()
