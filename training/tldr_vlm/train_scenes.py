"""python -m tldr_vlm.train_scenes --train PACK [PACK ...] --val PACK --tower RUN [--minutes 30] [--seed 0] [--response-level]

Trains the decoder and the reward head of a small Qwen2.5-VL detective on drawn scenes, behind the tower of
`python -m tldr_vlm.train_tower`, which stays as it is: each picture is seen once, and all its captions are judged behind
that one look. Besides the rewards one head of an early layer is taught where to look: from a word at the cells of the
thing that it is about. Writes RUN/model.pt, which `python -m tldr_vlm.export_onnx` takes.
"""

import argparse
import os
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tldr_scenes.metrics import auroc, average_precision
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import Qwen2_5_VLConfig

from .chat import Chat, chat_of
from .graph import ImageEncoder, RewardDecoder
from .model import TldrModel, open_backbone
from .reopen import reopen, take_over
from .scene_captions import Caption, Captions, by_length, judge, opening, read_captions
from .scene_cells import SCENE_LIMITS, cells_of, same_grid_batches
from .scene_words import first_embeddings, start_by_comparing
from .teach import Lesson, save_whole
from .train_tower import ScenePack
from .workers import join_workers, one_by_one

TAUGHT_LAYER = 1
"""Head 0 of this layer looks at what a word is about, head 1 at the other side of a relation."""


class SeenPack:
    """What the tower saw in a pack, f16, with the cells of every object, and the captions."""

    def __init__(self, scenes: ScenePack, captions: list[list[Caption]], tower: ImageEncoder, kept: Path | None = None, size: int = 64):
        """`kept`: a file for what was seen, read where it is there."""
        self.scenes, self.captions = scenes, captions
        if kept and kept.exists():
            with np.load(kept) as saved:
                self.features, self.owner = saved["features"], saved["owner"]
            return
        most = int(scenes.shapes.prod(1).max())
        self.features = np.zeros((len(scenes.pack), most, tower.visual.config.out_hidden_size), np.float16)
        self.owner = np.full((len(scenes.pack), most), -1, np.int8)
        with torch.no_grad():
            for rows in same_grid_batches(scenes.shapes, size, None):
                pixels, cells, _ = scenes.batch(rows, None)
                with torch.autocast("cpu", torch.bfloat16):
                    seen = tower(pixels)[:, 1:].float()
                self.features[rows, : seen.shape[1]] = seen.numpy()
                self.owner[rows, : seen.shape[1]] = cells.owner.numpy()
        if kept:
            np.savez(kept.with_suffix(".part.npz"), features=self.features, owner=self.owner)
            os.replace(kept.with_suffix(".part.npz"), kept)

    def batch(self, rows: np.ndarray, random: np.random.Generator | None, most: int, shift: int = 0) -> tuple[Tensor, Tensor, list[Captions]]:
        """Features with the grid f32 [B,1+N,D], owners i64 [B,N], and up to `most` captions of each picture. `shift`: the
        picture of another scene with the same grid, for the blind control."""
        rows_down, across = (int(side) for side in self.scenes.shapes[rows[0]])
        cells = slice(0, rows_down * across)
        groups = []
        for row in rows:
            own = self.captions[row]
            groups.append([own[n] for n in (random.permutation(len(own)) if random else range(len(own)))[:most]])
        looked = np.roll(rows, shift)
        features = F.pad(torch.from_numpy(self.features[looked, cells].astype(np.float32)), (0, 0, 1, 0))
        features[:, 0, 0], features[:, 0, 1] = rows_down, across
        return features, torch.from_numpy(self.owner[looked, cells].astype(np.int64)), by_length(groups)


def looking_loss(q: Tensor, k: Tensor, captions: Captions, owner: Tensor, begin: int) -> tuple[Tensor, Tensor]:
    """-log of the attention within the picture that falls on the cells of what the token is about, heads 0 and 1: its sum over
    the tokens that can be wrong, and their number. owner i64 [B,N]; the picture's cells stand from `begin` on."""
    whose = owner[captions.picture]
    total, count = torch.zeros(()), torch.zeros(())
    for head, name in enumerate(("subject", "other")):
        about = ((captions.marks[name][:, :, None] >> whose.clamp(min=0)[:, None]) & 1).bool() & (whose >= 0)[:, None]
        judged = about.any(2) & (captions.marks["claimed"] == 1)
        if not judged.any():
            continue
        scores = (q[:, head] @ k[:, head, begin : begin + whose.shape[1]].transpose(1, 2)).float() * q.shape[3] ** -0.5
        wanted = scores.masked_fill(~about, -1e9).logsumexp(2) - scores.logsumexp(2)
        total, count = total - wanted[judged].sum(), count + judged.sum()
    return total, count


def reward_loss(logits: Tensor, captions: Captions, response_level: bool) -> tuple[Tensor, Tensor]:
    """Cross-entropy over response tokens, its weighted sum and the weights'; words that can be wrong weigh ten times those that
    cannot. `response_level`: the last token of each response alone, good where all are."""
    good, weight = weights_of(captions.marks)
    if response_level:
        good, weight = last_tokens(captions.marks["good"])
    return (F.binary_cross_entropy_with_logits(logits, good, reduction="none") * weight).sum(), weight.sum()


def weights_of(marks: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    inside = marks["good"] >= 0
    return (marks["good"] == 1).float(), inside * 0.1 + marks["claimed"] * inside * 0.9 + (marks["good"] == 0) * 1.0


def last_tokens(good: Tensor) -> tuple[Tensor, Tensor]:
    """For each response, i64 [R,L]: its last token, weight 1, good where all its tokens are."""
    inside = good >= 0
    last = torch.where(inside, torch.arange(good.shape[1]), -1).amax(1)
    weight = ((torch.arange(good.shape[1])[None] == last[:, None]) & inside).float()
    return weight * ((good == 1) | ~inside).all(1, keepdim=True), weight


def losses(judged: list[tuple[Tensor, list[Tensor]]], captions: list[Captions], owner: Tensor, begin: int, response_level: bool) -> dict[str, Tensor]:
    rewards = [reward_loss(logits, rows, response_level) for (logits, _), rows in zip(judged, captions)]
    looks = [looking_loss(*look, rows, owner, begin) for (_, look), rows in zip(judged, captions)]
    return {name: sum(part for part, _ in pairs) / sum(count for _, count in pairs).clamp(min=1) for name, pairs in (("reward", rewards), ("looking", looks))}


@torch.no_grad()
def examine(decoder: RewardDecoder, held: SeenPack, chat: Chat, usual: list[int], response_level: bool, shift: int = 0) -> dict[str, float]:
    """AP of bad tokens, AUROC over tokens that can be wrong, and balanced response accuracy at a logit of 0."""
    logits, good, claimed, verdict, truth = [], [], [], [], []
    for rows in same_grid_batches(held.scenes.shapes, 16, None):
        features, _, captions = held.batch(rows, None, 6, shift)
        with torch.autocast("cpu", torch.bfloat16):
            judged = judge(decoder, chat, usual, features, captions)
        for (out, _), part in zip(judged, captions):
            marks, inside = part.marks, part.marks["good"] >= 0
            logits.append(out[inside].numpy())
            good.append(marks["good"][inside].numpy())
            claimed.append(marks["claimed"][inside].numpy() == 1)
            right, last = last_tokens(marks["good"])
            verdict += ((out * last).sum(1) if response_level else out.masked_fill(~inside, torch.inf).amin(1)).tolist()
            truth += right.sum(1).tolist()
    logits, good, claimed = np.concatenate(logits), np.concatenate(good), np.concatenate(claimed)
    passed, truth = np.array(verdict) > 0, np.array(truth) == 1
    return {
        "token_ap": round(float(average_precision(logits, good == 0)), 4),
        "claim_auroc": round(float(auroc(logits[claimed], good[claimed] == 0)), 4),
        "response": round(float(0.5 * (passed[truth].mean() + (~passed[~truth]).mean())), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, nargs="+", required=True)
    parser.add_argument("--val", type=Path, required=True)
    parser.add_argument("--tower", type=Path, required=True, dest="run", help="a run folder, with tower.pt and tokenizer.json")
    parser.add_argument("--out", type=Path, help="default: RUN")
    parser.add_argument("--begin", type=Path, help="an exported folder whose decoder to begin with: of a smaller world, say")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--pictures", type=int, default=16, help="in a batch")
    parser.add_argument("--captions", type=int, default=8, help="of each picture")
    parser.add_argument("--scenes", type=int, help="the first of a pack only")
    parser.add_argument("--rate", type=float, default=3e-3, help="of the layers' matrices")
    parser.add_argument("--response-level", action="store_true", help="the naive model: a verdict on each whole response")
    parser.add_argument("--compile", action="store_true", help="a third faster, after two minutes of compiling; wants a C++ compiler")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    workers, worker = join_workers()
    out = args.out or args.run
    out.mkdir(parents=True, exist_ok=True)
    saved = torch.load(args.run / "tower.pt", weights_only=False)
    tokenizer = Tokenizer.from_file(str(args.run / "tokenizer.json"))
    tokenizer.save(str(out / "tokenizer.json"))
    torch.manual_seed(args.seed)
    model = TldrModel(open_backbone(Qwen2_5_VLConfig.from_dict(saved["config"])))
    model.backbone.visual.load_state_dict(saved["visual"])
    model.backbone.visual.requires_grad_(False)
    chat, tower = chat_of(tokenizer), ImageEncoder(model).eval()
    decoder = RewardDecoder(model, chat.image)
    usual, cell = opening(chat, tokenizer), tower.patch * tower.merge
    longest = SCENE_LIMITS.tokens - len(chat.before) - SCENE_LIMITS.largest // cell**2
    packs = []
    for name, folders in (("train", args.train), ("val", [args.val])):
        scenes = ScenePack(folders, saved["nouns"], cell, args.scenes)
        captions = [group for folder in folders for group in read_captions(folder / "captions.jsonl", tokenizer, chat, longest, args.scenes)]
        captions += [[] for _ in range(len(scenes.pack) - len(captions))]
        kept = args.run / f"seen-{name}-{len(scenes.pack)}-{saved['curve'][-1]['seen']}.npz"
        packs.append(one_by_one(workers, worker, partial(SeenPack, scenes, captions, tower, kept)))
    train, held = packs
    start_by_comparing(
        model.backbone.language_model,
        first_embeddings(train.features[:4000], train.owner[:4000], train.captions[:4000], tokenizer.get_vocab_size()), TAUGHT_LAYER,
    )
    if args.begin:
        take_over(model, tokenizer, *reopen(args.begin, model.backbone.config))
    lesson = Lesson(nn.ModuleList([model.backbone.language_model, model.score]), args.rate, args.minutes, workers, out / "scenes-state.pt")
    if lesson.finished:
        return
    next_test = lesson.minutes + 2
    if worker == 0:
        print(f"{sum(map(len, train.captions))} captions, {sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    random = np.random.default_rng([args.seed, lesson.step, worker])

    def save() -> None:
        with lesson.average.in_place():
            row = {"captions": lesson.seen, "minutes": lesson.minutes, **examine(decoder, held, chat, usual, args.response_level)}
            row["wrong picture"] = examine(decoder, held, chat, usual, args.response_level, shift=1)
            settings = {"backbone": "tiny", "tokens": SCENE_LIMITS.tokens, "largest": SCENE_LIMITS.largest, "smallest": SCENE_LIMITS.smallest, "response_level": args.response_level}
            save_whole({"model": model.state_dict(), "arguments": settings, "lora": False, "config": saved["config"], "curve": [*lesson.curve, row]}, out / "model.pt")
        lesson.keep(row, out / "curve.jsonl")

    run = torch.compile(decoder.run, dynamic=True) if args.compile else decoder.run
    while not lesson.over:
        for rows in same_grid_batches(train.scenes.shapes, args.pictures, random):
            rows = rows[[len(train.captions[row]) > 0 for row in rows]]
            if len(rows) == 0:
                continue
            features, owner, captions = train.batch(rows, random, args.captions)
            with torch.autocast("cpu", torch.bfloat16):
                judged = judge(decoder, chat, usual, features, captions, TAUGHT_LAYER, run)
            parts = losses(judged, captions, owner, len(chat.before), args.response_level)
            if not lesson.learn(parts["reward"] + 0.3 * parts["looking"], parts, sum(len(part.picture) for part in captions)):
                break
            if lesson.step % 100 == 0 and worker == 0:
                lesson.log("captions")
            if lesson.minutes > next_test and worker == 0:
                save()
                next_test = lesson.minutes + 5
    if worker == 0:
        save()


if __name__ == "__main__":
    main()
