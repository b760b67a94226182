"""python -m tldr_vlm.train_scenes --train PACK [PACK ...] --val PACK --tower RUN [--minutes 30] [--seed 0] [--response-level]

Trains the decoder and the reward head of a small Qwen2.5-VL detective on drawn scenes, behind the tower of
`python -m tldr_vlm.train_tower`, which stays as it is: each picture is seen once, and all its captions are judged behind
that one look. Besides the rewards one head of an early layer is taught where to look: from a word at the cells of the
thing that it is about. Writes RUN/model.pt, which `python -m tldr_vlm.export_onnx` takes.
"""

import argparse
import json
import math
import os
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tldr_scenes.metrics import auroc, average_precision
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import Qwen2_5_VLConfig

from .chat import Chat, qwen_chat
from .graph import ImageEncoder, RewardDecoder
from .model import TldrModel, open_backbone
from .scene_captions import Caption, pack_captions, read_captions
from .scene_cells import SCENE_LIMITS, cells_of, same_grid_batches
from .scene_words import first_embeddings, start_by_comparing
from .train_tower import ScenePack
from .workers import average_gradients, join_workers, one_by_one

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

    def batch(self, rows: np.ndarray, chat: Chat, random: np.random.Generator | None, most: int, shift: int = 0) -> dict[str, Tensor]:
        """`shift`: the picture of another scene with the same grid, for the blind control."""
        grid = tuple(int(side) for side in self.scenes.shapes[rows[0]])
        groups = []
        for row in rows:
            own = self.captions[row]
            chosen = random.permutation(len(own))[:most] if random else range(min(most, len(own)))
            groups.append([own[n] for n in chosen])
        out = pack_captions(groups, chat, grid[0] * grid[1], grid)
        looked = np.roll(rows, shift)
        out["features"] = torch.from_numpy(self.features[looked, : grid[0] * grid[1]].astype(np.float32))
        out["owner"] = torch.from_numpy(self.owner[looked, : grid[0] * grid[1]].astype(np.int64))
        return out


def run_packed(decoder: RewardDecoder, batch: dict[str, Tensor], look: dict[int, list[Tensor]] | None = None) -> Tensor:
    padded = F.pad(batch["features"], (0, 0, 1, 0))
    return decoder.run(decoder.embed(batch["ids"], padded), batch["positions"], batch["open"], look)


def looking_loss(q: Tensor, k: Tensor, batch: dict[str, Tensor], begin: int) -> Tensor:
    """-log of the attention within the picture that falls on the cells of what the token is about; heads 0 and 1."""
    cells = slice(begin, begin + batch["owner"].shape[1])
    total, count = torch.zeros(()), 0
    for head, name in enumerate(("subject", "other")):
        about = ((batch[name][:, :, None] >> batch["owner"].clamp(min=0)[:, None]) & 1).bool() & (batch["owner"] >= 0)[:, None]
        judged = about.any(2) & (batch["claimed"] == 1)
        if judged.any():
            scores = (q[:, head].float() @ k[:, head, cells].float().transpose(1, 2)) * q.shape[3] ** -0.5
            wanted = scores.masked_fill(~about, -1e9).logsumexp(2) - scores.logsumexp(2)
            total, count = total - wanted[judged].mean(), count + 1
    return total / max(1, count)


def reward_loss(logits: Tensor, batch: dict[str, Tensor], response_level: bool) -> Tensor:
    """Cross-entropy over response tokens; words that can be wrong weigh ten times those that cannot. `response_level`:
    the last token of each response alone, good where all are."""
    inside = batch["good"] >= 0
    good, weight = (batch["good"] == 1).float(), inside * 0.1 + batch["claimed"] * inside * 0.9 + (batch["good"] == 0) * 1.0
    if response_level:
        good, weight = last_tokens(batch["good"])
    return (F.binary_cross_entropy_with_logits(logits, good, reduction="none") * weight).sum() / weight.sum()


def last_tokens(good: Tensor) -> tuple[Tensor, Tensor]:
    """For each run of judged tokens: its last one, weight 1, good where all of the run are."""
    verdict, weight = torch.zeros(good.shape), torch.zeros(good.shape)
    for row, values in enumerate(good.tolist()):
        right = True
        for place, value in enumerate(values):
            if value < 0:
                continue
            right = right and value == 1
            if place + 1 == len(values) or values[place + 1] < 0:
                verdict[row, place], weight[row, place], right = float(right), 1.0, True
    return verdict, weight


@torch.no_grad()
def examine(decoder: RewardDecoder, held: SeenPack, chat: Chat, response_level: bool, shift: int = 0) -> dict[str, float]:
    """AP of bad tokens, AUROC over tokens that can be wrong, and balanced response accuracy at a logit of 0."""
    logits, good, claimed, answers = [], [], [], []
    for rows in same_grid_batches(held.scenes.shapes, 16, None):
        batch = held.batch(rows, chat, None, 6, shift)
        with torch.autocast("cpu", torch.bfloat16):
            out = run_packed(decoder, batch).float()
        inside = batch["good"] >= 0
        logits.append(out[inside].numpy())
        good.append(batch["good"][inside].numpy())
        claimed.append(batch["claimed"][inside].numpy() == 1)
        for values, labels in zip(out.tolist(), batch["good"].tolist()):
            run: list[tuple[float, int]] = []
            for value, label in [*zip(values, labels), (0.0, -1)]:
                if label >= 0:
                    run.append((value, label))
                elif run:
                    answers.append((run[-1][0] if response_level else min(v for v, _ in run), all(l == 1 for _, l in run)))
                    run = []
    logits, good, claimed = np.concatenate(logits), np.concatenate(good), np.concatenate(claimed)
    verdict, truth = np.array([value > 0 for value, _ in answers]), np.array([right for _, right in answers])
    return {
        "token_ap": round(float(average_precision(logits, good == 0)), 4),
        "claim_auroc": round(float(auroc(logits[claimed], good[claimed] == 0)), 4),
        "response": round(float(0.5 * (verdict[truth].mean() + (~verdict[~truth]).mean())), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, nargs="+", required=True)
    parser.add_argument("--val", type=Path, required=True)
    parser.add_argument("--tower", type=Path, required=True, dest="run", help="a run folder, with tower.pt and tokenizer.json")
    parser.add_argument("--out", type=Path, help="default: RUN")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--pictures", type=int, default=16, help="in a batch")
    parser.add_argument("--captions", type=int, default=8, help="of each picture")
    parser.add_argument("--scenes", type=int, help="the first of a pack only")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--response-level", action="store_true", help="the naive model: a verdict on each whole response")
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
    chat, tower = qwen_chat(tokenizer), ImageEncoder(model).eval()
    decoder = RewardDecoder(model, chat.image)
    cell = tower.patch * tower.merge
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
    parameters = [*model.backbone.language_model.parameters(), *model.score.parameters()]
    average = torch.optim.swa_utils.AveragedModel(nn.ModuleList([model.backbone.language_model, model.score]), multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.998))
    taught = nn.ModuleList([model.backbone.language_model, model.score])
    optimiser = torch.optim.AdamW(parameters, lr=args.rate, weight_decay=0.02, betas=(0.9, 0.98), fused=True)
    print(f"{sum(map(len, train.captions))} captions, {sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    state, spent, step, judged, curve = out / "scenes-state.pt", 0.0, 0, 0, []
    if state.exists():
        before = torch.load(state, weights_only=False)
        taught.load_state_dict(before["taught"])
        average.load_state_dict(before["average"])
        optimiser.load_state_dict(before["optimiser"])
        spent, step, judged, curve = before["spent"], before["step"], before["judged"], before["curve"]
    random = np.random.default_rng([args.seed, step, worker])
    budget, started, running = args.minutes * 60, time.time() - spent, {}
    next_test = spent + 120

    def save() -> None:
        live = [parameter.detach().clone() for parameter in taught.parameters()]
        taught.load_state_dict(average.module.state_dict())
        row = {"captions": judged, "minutes": round((time.time() - started) / 60, 2), **examine(decoder, held, chat, args.response_level)}
        row["wrong picture"] = examine(decoder, held, chat, args.response_level, shift=1)
        curve.append(row)
        settings = {"backbone": "tiny", "tokens": SCENE_LIMITS.tokens, "largest": SCENE_LIMITS.largest, "smallest": SCENE_LIMITS.smallest, "response_level": args.response_level}
        torch.save({"model": model.state_dict(), "arguments": settings, "lora": False, "config": saved["config"], "curve": curve}, out / "model.pt.part")
        os.replace(out / "model.pt.part", out / "model.pt")
        with torch.no_grad():
            for parameter, value in zip(taught.parameters(), live):
                parameter.copy_(value)
        torch.save({"taught": taught.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict(), "spent": time.time() - started, "step": step, "judged": judged, "curve": curve}, out / "scenes-state.pt.part")
        os.replace(out / "scenes-state.pt.part", state)
        (out / "curve.jsonl").write_text("".join(json.dumps(row) + "\n" for row in curve))
        print(json.dumps(row), flush=True)

    while spent < budget:
        for rows in same_grid_batches(train.scenes.shapes, args.pictures, random):
            rows = rows[[len(train.captions[row]) > 0 for row in rows]]
            if len(rows) == 0:
                continue
            batch = train.batch(rows, chat, random, args.captions)
            look: dict[int, list[Tensor]] = {TAUGHT_LAYER: []}
            with torch.autocast("cpu", torch.bfloat16):
                logits = run_packed(decoder, batch, look).float()
            parts = {"reward": reward_loss(logits, batch, args.response_level), "looking": looking_loss(*look[TAUGHT_LAYER], batch, len(chat.before))}
            optimiser.zero_grad(set_to_none=True)
            (parts["reward"] + 0.3 * parts["looking"]).backward()
            spent = average_gradients(parameters, workers, time.time() - started)
            if spent >= budget:
                break
            for group in optimiser.param_groups:
                group["lr"] = args.rate * min(1, (step + 1) / 300) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * spent / budget)))
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            average.update_parameters(taught)
            step, judged = step + 1, judged + workers * sum(min(len(train.captions[row]), args.captions) for row in rows)
            for name, value in parts.items():
                running[name] = 0.98 * running.get(name, value.item()) + 0.02 * value.item()
            if step % 100 == 0 and worker == 0:
                print(f"step {step} {judged / (time.time() - started):.0f} captions/s {spent / 60:.1f} min  " + " ".join(f"{name} {value:.4f}" for name, value in running.items()), flush=True)
            if time.time() - started > next_test and worker == 0:
                save()
                next_test = time.time() - started + 300
    if worker == 0:
        save()


if __name__ == "__main__":
    main()
