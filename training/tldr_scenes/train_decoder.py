"""python -m tldr_scenes.train_decoder --train PACK [PACK ...] --val PACK --out RUN [--minutes 30] [--seed 0]

Trains the reward decoder on what the encoder saw (`python -m tldr_scenes.features` first). Writes RUN/tokenizer.json
and RUN/decoder.pt after every evaluation, and goes on from RUN/decoder-state.pt when it is there.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from .baselines import BASELINES, Baseline, whole_answer
from .decoder import RewardDecoder, decoder_loss
from .metrics import auroc, average_precision
from .reopen import is_folder, nouns_of_encoder, stored_decoder
from .sitting import Sitting
from .slots import COLOURS, GEOMETRY
from .texts import KINDS, SILENT, Captions, name_tokens, read_captions, train_tokenizer


def noun_forms(path: Path, encoder: Path) -> list[list[str]]:
    """The written forms of the encoder's nouns, in its order; nouns.json is a list of lists, the first form the name.
    The name of a sign, `sign:WORD`, is not one that is written."""
    forms = {row[0]: row[1:] if ":" in row[0] else row for row in json.loads(path.read_text())}
    return [forms[noun] for noun in nouns_of_encoder(encoder)]


class Seen:
    """What the encoder saw, of several packs in a row."""

    def __init__(self, packs: list[Path]):
        self.parts = [np.load(pack / "features.npy", mmap_mode="r") for pack in packs]
        self.owner = np.concatenate([np.load(pack / "owner.npy") for pack in packs])
        self.starts = np.cumsum([0] + [len(part) for part in self.parts])

    def features(self, rows: np.ndarray) -> np.ndarray:
        out = np.empty((len(rows), *self.parts[0].shape[1:]), np.float32)
        for place, row in enumerate(rows):
            part = int(np.searchsorted(self.starts, row, "right")) - 1
            out[place] = self.parts[part][row - self.starts[part]]
        return out


def collate(captions: Captions, rows: np.ndarray, scenes: np.ndarray, seen: Seen) -> dict[str, Tensor]:
    """Padded tensors of some captions; `scenes` may differ from the captions' own for the blind control."""
    lengths = captions.starts[rows + 1] - captions.starts[rows]
    longest = int(lengths.max())
    shape = (len(rows), longest)
    out = {name: np.zeros(shape, np.int64) for name in ("ids", "mask", "good", "kind", "subject", "other", "known")}
    out["good"] -= 1
    for place, row in enumerate(rows):
        run = slice(captions.starts[row], captions.starts[row + 1])
        n = run.stop - run.start
        out["mask"][place, :n] = 1
        for name in ("ids", "good", "kind", "subject", "other", "known"):
            out[name][place, :n] = getattr(captions, name)[run]
    batch = {name: torch.from_numpy(value) for name, value in out.items()}
    batch["features"] = torch.from_numpy(seen.features(scenes))
    batch["owner"] = torch.from_numpy(seen.owner[scenes].astype(np.int64))
    return batch


def about(mask: Tensor, owner: Tensor) -> Tensor:
    """Object bit masks [B,T] and slot owners [B,K] to f32 [B,T,K]: does the token speak of the slot's object?"""
    hit = (mask[:, :, None] >> owner.clamp(min=0)[:, None, :]) & 1
    return (hit * (owner >= 0)[:, None, :]).float()


def blur(features: Tensor) -> Tensor:
    """The doubt of an unseen style: noun and colour probabilities flattened, places shaken, weak slots lost."""
    features = features.clone()
    batch = features.shape[0]
    power = 1 - 0.5 * torch.rand(batch, 1, 1) * (torch.rand(batch, 1, 1) < 0.5)
    things = features[:, 1:]
    for run in (slice(GEOMETRY, GEOMETRY + len(COLOURS)), slice(GEOMETRY + len(COLOURS), None)):
        p = things[:, :, run].clamp(min=1e-6) ** power
        things[:, :, run] = p / p.sum(2, keepdim=True).clamp(min=1e-6) * (things[:, :, :1] > 0)
    things[:, :, 1:GEOMETRY] += 0.004 * torch.randn_like(things[:, :, 1:GEOMETRY]) * (things[:, :, :1] > 0)
    things[:, :, 0] *= 1 - 0.15 * torch.rand(batch, 1)
    return features


def scramble(ids: Tensor, spare: Tensor) -> Tensor:
    """Sentence shapes that no template makes: in half of the captions, one in twelve of the tokens that claim nothing
    is swapped for another such token. `spare` bool [B,T] marks them."""
    chosen = spare & (torch.rand(ids.shape) < 1 / 12) & (torch.rand(len(ids), 1) < 0.5)
    pool = ids[spare]
    if len(pool) == 0:
        return ids
    return torch.where(chosen, pool[torch.randint(len(pool), ids.shape)], ids)


def take_over(model: RewardDecoder, tokenizer: Tokenizer, nouns: list[str], folder: Path) -> None:
    """The weights of another run (its decoder.pt, encoder.pt, tokenizer.json) or of an exported model folder. A token that
    it did not have starts as the mean of those it would have been; a noun that it did not have keeps its fresh column."""
    exported = is_folder(folder)
    saved = stored_decoder(folder) if exported else torch.load(folder / "decoder.pt", weights_only=False)["model"]
    old_tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    old_nouns = nouns_of_encoder(folder if exported else folder / "encoder.pt")
    fixed = GEOMETRY + len(COLOURS)
    pairs = [(fixed + n, fixed + old_nouns.index(noun)) for n, noun in enumerate(nouns) if noun in old_nouns]
    new, old = torch.tensor([(n, n) for n in range(fixed)] + pairs).T
    fresh = model.state_dict()
    for name, value in saved.items():
        if name == "embed.weight":
            special = old_tokenizer.get_added_tokens_decoder()
            for token, id_ in tokenizer.get_vocab().items():
                known = old_tokenizer.token_to_id(token)
                if known is not None:
                    fresh[name][id_] = value[known]
                else:
                    pieces = [i for i in old_tokenizer.encode(tokenizer.decode([id_])).ids if i not in special]
                    if pieces:
                        fresh[name][id_] = value[pieces].mean(0)
        elif value.shape == fresh[name].shape:
            fresh[name].copy_(value)
        else:
            fresh[name][:, new] = value[:, old]
    model.load_state_dict(fresh)


def batches(captions: Captions, size: int, random: np.random.Generator):
    """Endless batches of captions of like length."""
    lengths = np.diff(captions.starts)
    while True:
        order = random.permutation(len(captions))
        for start in range(0, len(order), size * 40):
            chunk = order[start : start + size * 40]
            chunk = chunk[np.argsort(lengths[chunk], kind="stable")]
            groups = [chunk[i : i + size] for i in range(0, len(chunk), size)]
            random.shuffle(groups)
            yield from groups


def predict(model: RewardDecoder, captions: Captions, seen: Seen, scenes: np.ndarray | None = None) -> np.ndarray:
    """One logit for each token of `captions.ids`."""
    return predict_both(model, captions, seen, scenes)[0]


@torch.no_grad()
def predict_both(
    model: RewardDecoder, captions: Captions, seen: Seen, scenes: np.ndarray | None = None, size: int = 128
) -> tuple[np.ndarray, np.ndarray]:
    """For each token of `captions.ids` the logit of its reward, and that of whether it says anything of the picture."""
    model.eval()
    scenes = captions.scene if scenes is None else scenes
    both = np.zeros((2, len(captions.ids)), np.float32)
    order = np.argsort(np.diff(captions.starts), kind="stable")
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        batch = collate(captions, rows, scenes[rows], seen)
        with torch.autocast("cpu", torch.bfloat16):
            logits, _, _, claims = model(batch["ids"], batch["mask"], batch["features"])
        for place, row in enumerate(rows):
            run = slice(captions.starts[row], captions.starts[row + 1])
            for kept, out in zip(both, (logits, claims)):
                kept[run] = out[place, : run.stop - run.start].float().numpy()
    model.train()
    return both[0], both[1]


def claim_table(captions: Captions, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each claim's lowest logit, whether it is bad, and its kind."""
    score, bad, kind = [], [], []
    for row, claims in enumerate(captions.claims):
        start = captions.starts[row]
        for first, last, name, right in claims:
            if first >= captions.starts[row + 1] - start:
                continue
            score.append(logits[start + first : start + last].min())
            bad.append(not right)
            kind.append(name)
    return np.array(score), np.array(bad), np.array(kind)


def report(captions: Captions, logits: np.ndarray, threshold: float = 0.0) -> dict[str, float]:
    score, bad, kind = claim_table(captions, logits)
    answers = np.array([
        logits[captions.starts[n] : captions.starts[n + 1]][captions.good[captions.starts[n] : captions.starts[n + 1]] >= 0].min()
        for n in range(len(captions))
    ])
    flagged = answers <= threshold
    inside = captions.good >= 0
    result = {
        "claim_auroc": auroc(score, bad), "claim_ap": average_precision(score, bad),
        "token_ap": average_precision(logits[inside], captions.good[inside] == 0),
        "response": 0.5 * (flagged[captions.bad].mean() + (~flagged[~captions.bad]).mean()),
    }
    for index, name in enumerate(KINDS):
        if bad[kind == index].any():
            result[name] = auroc(score[kind == index], bad[kind == index])
    return {name: round(float(value), 4) for name, value in result.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, nargs="+", required=True)
    parser.add_argument("--val", type=Path, required=True)
    parser.add_argument("--held-out", type=Path)
    parser.add_argument("--encoder", type=Path, required=True, help="encoder.pt, or an exported model folder")
    parser.add_argument("--nouns", type=Path, required=True, help="nouns.json of `npx tsx scripts/write-nouns.ts`")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--warm-up", type=int, default=300, help="steps")
    parser.add_argument("--average", type=float, default=0.998, help="share of the averaged weights that a step leaves as they were")
    parser.add_argument("--limit", type=int, help="captions of each pack")
    parser.add_argument("--tests", type=int, default=1500, help="captions of each kind that each evaluation looks at")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start-from", type=Path, help="the folder of a run with other nouns or words, or of an exported model: what fits is taken over")
    parser.add_argument("--baseline", choices=BASELINES, help="train one of what the TLDR is measured against instead")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    path = args.out / "tokenizer.json"
    if not path.exists() and args.start_from and is_folder(args.start_from):
        shutil.copy(args.start_from / "tokenizer.json", path)
    elif not path.exists():
        with open(args.train[0] / "captions.jsonl") as lines:
            rows = [json.loads(line) for _, line in zip(range(60000), lines)]
        texts = [row["text"].lower() for row in rows] + [row["prompt"].lower() for row in rows if "prompt" in row]
        written = train_tokenizer(texts)
        written.save(str(path))
    tokenizer = Tokenizer.from_file(str(path))
    seen = Seen(args.train)
    captions = read_captions(
        [(pack / "captions.jsonl", int(start)) for pack, start in zip(args.train, seen.starts)], tokenizer, args.limit
    )
    packs = {"val": args.val, **({"held-out": args.held_out} if args.held_out else {})}
    tests = {}
    for name, pack in packs.items():
        for chat in (False, True):
            told = read_captions([(pack / "captions.jsonl", 0)], tokenizer, args.tests, chat)
            if len(told) > 0:
                tests[f"{name} chat" if chat else name] = (told, Seen([pack]))
    width = seen.parts[0].shape[2]
    names = torch.from_numpy(name_tokens(tokenizer, noun_forms(args.nouns, args.encoder)))
    model = RewardDecoder(names, width)
    if args.start_from:
        take_over(model, tokenizer, nouns_of_encoder(args.encoder), args.start_from)
    if args.baseline:
        model = Baseline(model, args.baseline)
    print(f"{len(captions)} captions, {len(captions.ids)} tokens, {sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    sitting = Sitting(
        model, args.out / "decoder-state.pt", minutes=args.minutes, rate=args.rate, decay=0.02, average=args.average, warm_up=args.warm_up, clip=1.0,
        unit="captions", first=120, then=420, betas=(0.9, 0.98), buffers=False,
    )  # fmt: skip
    random = np.random.default_rng(args.seed + sitting.step)
    for rows in batches(captions, args.batch, random):
        if not sitting.goes_on:
            break
        batch = collate(captions, rows, captions.scene[rows], seen)
        inside = batch["good"] >= 0
        silent = batch["kind"] == SILENT
        claimed = inside & (batch["kind"] > 0) & ~silent
        ids = scramble(batch["ids"], inside & ~claimed & ~silent)
        with torch.autocast("cpu", torch.bfloat16):
            logits, first, second, claims = model(ids, batch["mask"], blur(batch["features"]))
        weight = inside * 0.1 + claimed * 0.9 + silent * 0.3 + (batch["good"] == 0) * 1.0
        good = (batch["good"] == 1).float()
        if args.baseline == "naive":
            good, weight = whole_answer(batch["good"], inside)
        known = torch.stack([batch["known"] & 1, (batch["known"] >> 1) & 1], 1).float()
        parts = decoder_loss(
            logits, first, second, claims, good, weight, claimed, silent,
            about(batch["subject"], batch["owner"]), about(batch["other"], batch["owner"]), known,
        )
        loss = parts["reward"] + 0.2 * parts["claim"] + 0.5 * (parts["first"] + parts["second"])
        sitting.learn(loss, parts, args.batch)
        if sitting.is_due:
            measure_and_keep(args.out, sitting, tests)


def measure_and_keep(out: Path, sitting: Sitting, tests: dict) -> None:
    model = sitting.average.module
    result = {}
    for name, (captions, seen) in tests.items():
        result[name] = report(captions, predict(model, captions, seen))
        if name == "val":
            shifted = (captions.scene + len(seen.owner) // 2) % len(seen.owner)
            result["blind"] = report(captions, predict(model, captions, seen, shifted))
    sitting.curve.append({"captions": sitting.seen, "minutes": round(sitting.spent / 60, 2), **result})
    print(json.dumps(sitting.curve[-1]), flush=True)
    decoder = model.decoder if isinstance(model, Baseline) else model
    torch.save({"model": decoder.state_dict(), "names": decoder.name_tokens, "curve": sitting.curve}, out / "decoder.pt")
    sitting.keep()


if __name__ == "__main__":
    main()
