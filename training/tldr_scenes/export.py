"""python -m tldr_scenes.export --run RUN --train PACK --val PACK [--held-out PACK] --out models/tldr-scenes --version 0.1.0
    [--before MODEL_FOLDER [--mix 0.6]] [--eyes RUN/second.pt|MODEL_FOLDER]

Calibrates on the validation captions, exports both halves to ONNX, checks ONNX against PyTorch, and writes the model
folder of DESIGN.md section 6 with golden rewards. Weights are stored in 8 bits where that costs no accuracy, else in 16;
all three are measured, end to end from the pictures, and written into tldr.json.
"""

import argparse
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from .baselines import BASELINES, Baseline
from .checksum import sha256
from .decoder import RewardDecoder
from .encoder import SIDE
from .features import load_eyes
from .metrics import auroc, average_precision, best_f1, expected_calibration_error
from .pack import Pack
from .pack import pictures as pictures_of
from .reopen import is_folder, mixed, stored_decoder
from .second_look import TwoLooks
from .slots import COLOURS
from .texts import BOS, EOS, KINDS, MAX_PROMPT, SEP, SILENT, Captions, common_words, encode, read_captions
from .train_decoder import Seen, claim_table, predict, predict_both, report
from .weights import store_weights


WINDOW = 96
"""Longer answers are cut into windows of this many tokens: nearly all training captions are shorter."""


SILENT_LOGIT = 1e4
"""Of a token that says nothing of the picture. The library gives it no reward; one that knows no such tokens finds nothing wrong
with it."""


class Decoder(nn.Module):
    """`claim_limit`: tokens whose claim logit is below it get the logit SILENT_LOGIT. None: every token gets its own."""

    def __init__(self, decoder: RewardDecoder, claim_limit: float | None = None):
        super().__init__()
        self.decoder, self.claim_limit = decoder, claim_limit

    def forward(self, input_ids: Tensor, attention_mask: Tensor, image_features: Tensor) -> Tensor:
        logits, _, _, claims = self.decoder(input_ids, attention_mask, image_features)
        if self.claim_limit is None:
            return logits
        return torch.where(claims < self.claim_limit, torch.full_like(logits, SILENT_LOGIT), logits)


def export(model: nn.Module, inputs: tuple, names: list[str], output: str, axes: dict, path: Path) -> None:
    torch.onnx.export(
        model.eval(), inputs, str(path), input_names=names, output_names=[output], dynamic_axes=axes, opset_version=17, dynamo=False
    )


def platt(logits: np.ndarray, good: np.ndarray) -> tuple[float, float]:
    """scale, bias of reward = sigmoid(scale * logit + bias) with the least cross-entropy."""
    x = torch.from_numpy(logits).double()
    y = torch.from_numpy(good.astype(np.float64))
    parameters = torch.tensor([1.0, 0.0], dtype=torch.double, requires_grad=True)
    optimiser = torch.optim.LBFGS([parameters], max_iter=100)

    def closure():
        optimiser.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(parameters[0] * x + parameters[1], y)
        loss.backward()
        return loss

    optimiser.step(closure)
    scale, bias = parameters.detach().tolist()
    return scale, bias


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--train", type=Path, required=True, help="a pack whose captions say which words the model knows")
    parser.add_argument("--val", type=Path, required=True)
    parser.add_argument("--held-out", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--before", type=Path, help="the exported model folder that the run went on from: its words and domain gate are kept")
    parser.add_argument("--mix", type=float, default=1.0, help="with --before: how far from that folder's decoder to the run's, 0 to 1")
    parser.add_argument("--eyes", type=Path, help="RUN/second.pt (default), or a folder whose encoder stays to the byte (default with --before)")
    parser.add_argument("--limit", type=int, help="captions of each kind that it is calibrated and measured on")
    parser.add_argument("--pictures", type=int, default=400, help="that the kinds of weights are compared on")
    parser.add_argument("--baseline", choices=BASELINES)
    args = parser.parse_args()
    if not 0 < args.mix <= 1 or (args.mix < 1 and not args.before):
        parser.error("--mix is a number above 0, at most 1, and below 1 it needs the folder of --before to mix with")
    source = args.eyes or args.before or args.run / "second.pt"
    eyes, nouns = load_eyes(source)
    eyes = eyes.float().to(memory_format=torch.contiguous_format)
    saved = torch.load(args.run / "decoder.pt", weights_only=False)
    tokenizer = Tokenizer.from_file(str(args.run / "tokenizer.json"))
    seen = Seen([args.val])
    decoder = RewardDecoder(saved["names"], seen.parts[0].shape[2])
    decoder.load_state_dict(mixed(saved["model"], stored_decoder(args.before), args.mix) if args.mix < 1 else saved["model"])
    if args.baseline:
        decoder = Baseline(decoder, args.baseline)
    decoder.eval()

    packs = {"validation": args.val, **({"held-out style": args.held_out} if args.held_out else {})}
    answers = {
        f"{name}, chat answers" if chat else name: (told, Seen([pack]))
        for name, pack in packs.items() for chat in (False, True)
        if len(told := read_captions([(pack / "captions.jsonl", 0)], tokenizer, args.limit, chat)) > 0
    }
    plain = answers["validation"][0]
    chat = "validation, chat answers"
    both = {name: predict_both(decoder, *of) for name, of in answers.items()}
    claim_limit = choose_claim_limit(answers[chat][0], both[chat][1]) if chat in answers else None
    logits = {name: logits if claim_limit is None else silenced(logits, claims, claim_limit) for name, (logits, claims) in both.items()}
    # calibrated on all of them, so that a reward means the same however an answer is worded
    tables = [claim_table(told, logits[name]) for name, (told, _) in answers.items() if name.startswith("validation")]
    score, bad, _ = (np.concatenate(column) for column in zip(*tables))
    scale, bias = platt(score[score < SILENT_LOGIT], ~bad[score < SILENT_LOGIT])
    to_reward = lambda logit: 1 / (1 + np.exp(-(scale * np.minimum(logit, 100.0) + bias)))  # noqa: E731
    # the threshold is the one of all words, so that function words count as the chances to be wrong that they are
    words, wrong = (np.concatenate(column) for column in zip(*[
        (to_reward(logits[name][told.good >= 0]), told.good[told.good >= 0] == 0) for name, (told, _) in answers.items() if name.startswith("validation")
    ]))
    threshold, _ = best_f1(words, wrong)
    limit_logit = (np.log(threshold / (1 - threshold)) - bias) / scale
    metrics = {name: measure(told, logits[name], to_reward, threshold, limit_logit) for name, (told, _) in answers.items()}
    if claim_limit is not None:
        metrics[chat]["silent"] = silence(answers[chat][0], logits[chat], to_reward, threshold)
    shifted = (plain.scene + len(seen.owner) // 2) % len(seen.owner)
    metrics["wrong image (blind control)"] = {"claims_auroc": report(plain, predict(decoder, plain, seen, shifted))["claim_auroc"]}
    domain = np.concatenate([part[:, 0, 0] for part in seen.parts]).astype(np.float64)
    kept = json.loads((args.before / "tldr.json").read_text()) if args.before else None
    same_eyes = kept is not None and source == args.before
    abstain = kept["abstain"] if same_eyes else {**(kept["abstain"] if kept else {}), "domainLogitBelow": float(np.quantile(domain, 0.001))}

    args.out.mkdir(parents=True, exist_ok=True)
    side = 2 * SIDE
    pixels = torch.zeros(1, 3, side, side)
    features = torch.from_numpy(seen.features(np.arange(2)))
    ids = torch.ones(2, 9, dtype=torch.long)
    if not args.baseline:
        decoder.fix_names()
    export(eyes, (pixels,), ["pixel_values"], "image_features", {"pixel_values": {0: "batch"}, "image_features": {0: "batch"}}, args.out / "image_encoder.onnx")
    text_axes = {0: "batch", 1: "length"}
    export(
        Decoder(decoder, claim_limit), (ids, torch.ones_like(ids), features), ["input_ids", "attention_mask", "image_features"], "logits",
        {"input_ids": text_axes, "attention_mask": text_axes, "image_features": {0: "batch"}, "logits": text_axes}, args.out / "reward_decoder.onnx",
    )
    metrics["weights"] = choose_weights(args.out, args.val, plain, source if is_folder(source) else None, args.pictures)
    # tokens like <sep> must not be readable from an answer, so the tokenizer knows no special tokens
    written = json.loads((args.run / "tokenizer.json").read_text())
    written["added_tokens"] = []
    (args.out / "tokenizer.json").write_text(json.dumps(written, ensure_ascii=False, separators=(",", ":")))

    known = set(common_words(args.train / "captions.jsonl")) | set(kept["text"]["words"] if kept else [])
    names = ["tokenizer.json", "image_encoder.onnx", "reward_decoder.onnx"]
    manifest = {
        "format": 1, "name": args.baseline or "tldr-scenes", "version": args.version, "domain": "drawn scenes of emoji-style objects", "family": "scene-slots",
        "image": {"size": [side, side], "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25], "fit": "fill"},
        "text": {"maxTokens": WINDOW, "maxPromptTokens": MAX_PROMPT, "lowercase": True, "bos": BOS, "sep": SEP, "eos": EOS, "words": sorted(known)},
        "files": {name: sha256(args.out / name) for name in names},
        "calibration": {"method": "platt", "scale": scale, "bias": bias}, "threshold": threshold,
        "metrics": metrics, "slots": {"nouns": nouns, "colours": COLOURS}, "abstain": abstain,
    }
    (args.out / "tldr.json").write_text(json.dumps(manifest, indent=1) + "\n")

    if not args.baseline:  # golden rewards are of the weights as they are stored
        decoder.load_state_dict(stored_decoder(args.out))
    eyes, _ = load_eyes(args.out)
    write_golden(args.out, args.val, nouns, eyes, Decoder(decoder, claim_limit), tokenizer, scale, bias)
    print(json.dumps(metrics, indent=1))
    print(f"threshold {threshold:.4f}, scale {scale:.3f}, bias {bias:.3f}, abstain below {abstain['domainLogitBelow']:.2f}, " + ", ".join(f"{name} {(args.out / name).stat().st_size / 2**20:.2f} MiB" for name in names))


def choose_claim_limit(captions: Captions, claims: np.ndarray, lost: float = 0.003) -> float:
    """The claim logit below which a token says nothing: that share of the claims is lost at most, the least of its tokens
    counting for each."""
    least, _, _ = claim_table(captions, claims)
    return float(np.quantile(least, lost))


def silenced(logits: np.ndarray, claims: np.ndarray, claim_limit: float) -> np.ndarray:
    """The logits as the exported decoder gives them."""
    return np.where(claims < claim_limit, np.float32(SILENT_LOGIT), logits)


def measure(captions: Captions, logits: np.ndarray, to_reward, threshold: float, limit_logit: float) -> dict:
    score, bad, kind = claim_table(captions, logits)
    inside = captions.good >= 0
    words, wrong = to_reward(logits[inside]), captions.good[inside] == 0
    reward = to_reward(score)
    hit = (words <= threshold) & wrong
    return {
        "claims": {"auroc": auroc(reward, bad), "ap": average_precision(reward, bad), "ece": expected_calibration_error(reward, ~bad)},
        "tokens": {"ap": average_precision(words, wrong), "f1": float(2 * hit.sum() / (wrong.sum() + (words <= threshold).sum()))},
        "response_accuracy": report(captions, logits, limit_logit)["response"],
        "auroc_by_kind": {name: auroc(reward[kind == i], bad[kind == i]) for i, name in enumerate(KINDS) if bad[kind == i].any()},
    }


def silence(captions: Captions, logits: np.ndarray, to_reward, threshold: float) -> dict:
    """How well it tells what says nothing: claims that keep a reward, silent tokens that have none, and those that are flagged."""
    score, _, _ = claim_table(captions, logits)
    silent = captions.kind == SILENT
    return {
        "claims_judged": float((score < SILENT_LOGIT).mean()),
        "silent_tokens_unjudged": float((logits[silent] >= SILENT_LOGIT).mean()),
        "silent_tokens_flagged": float((to_reward(logits[silent]) <= threshold).mean()),
    }


def choose_weights(out: Path, val: Path, captions, keep_encoder: Path | None, pictures: int) -> dict:
    """Stores both files in the smallest kind that loses at most 0.002 of the AP of wrong claims; says what each gives. An encoder
    that is kept stays to the byte what it was."""
    names = ["image_encoder.onnx", "reward_decoder.onnx"]
    pixels = pictures_of(val)[:pictures]
    measured = {}
    for kind in ("f32", "f16", "int8"):
        for name in names:
            if keep_encoder and name == names[0]:
                shutil.copy(keep_encoder / name, out / f"{name}.{kind}")
            else:
                store_weights(out / name, out / f"{name}.{kind}", kind)
        encoder, decoder = (onnxruntime.InferenceSession(str(out / f"{name}.{kind}")) for name in names)
        logits = np.zeros(len(captions.ids), np.float32)
        rows = np.flatnonzero(captions.scene < pictures)
        for scene in np.unique(captions.scene[rows]):
            picture = ((pixels[scene].astype(np.float32) / 255 - 0.5) / 0.25).transpose(2, 0, 1)[None]
            features = encoder.run(None, {"pixel_values": picture})[0]
            for row in rows[captions.scene[rows] == scene]:
                run = slice(captions.starts[row], captions.starts[row + 1])
                ids = captions.ids[run][None].astype(np.int64)
                feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "image_features": features}
                logits[run] = decoder.run(None, feed)[0][0]
        score, bad, _ = claim_table(first_captions(captions, pictures), logits)
        measured[kind] = {
            "claims_ap": average_precision(score, bad), "claims_auroc": auroc(score, bad),
            "mib": round(sum((out / f"{name}.{kind}").stat().st_size for name in names) / 2**20, 2),
        }
    best = next(kind for kind in ("int8", "f16", "f32") if measured[kind]["claims_ap"] >= measured["f32"]["claims_ap"] - 0.002)
    for name in names:
        (out / f"{name}.{best}").replace(out / name)
        for kind in measured.keys() - {best}:
            (out / f"{name}.{kind}").unlink()
    return {**measured, "chosen": best}


def first_captions(captions, pictures: int):
    """The captions of the first pictures: packs are in the order of their pictures."""
    count = int((captions.scene < pictures).sum())
    return replace(captions, starts=captions.starts[: count + 1], scene=captions.scene[:count], claims=captions.claims[:count])


def write_golden(out: Path, val: Path, nouns: list[str], eyes: TwoLooks, decoder: Decoder, tokenizer: Tokenizer, scale: float, bias: float) -> None:
    """A few pictures at the model's size (PNG, so that no resizing comes between), captions and chat answers that are their own
    view, and the logits that PyTorch gives with the same weights; ONNX must agree."""
    from PIL import Image

    (out / "golden").mkdir(exist_ok=True)
    pack = Pack([val], nouns, 400)
    images = pack.images(np.arange(4))
    rows = [json.loads(line) for line in (val / "captions.jsonl").read_text().splitlines()]
    sessions = [onnxruntime.InferenceSession(str(out / name)) for name in ("image_encoder.onnx", "reward_decoder.onnx")]
    golden, worst = [], 0.0
    for n in range(4):
        Image.fromarray(images[n]).save(out / "golden" / f"{n}.png")
        pixels = (torch.from_numpy(images[n]).permute(2, 0, 1)[None].float() / 255 - 0.5) / 0.25
        with torch.no_grad():
            features = eyes(pixels)
        onnx_features = sessions[0].run(None, {"pixel_values": pixels.numpy()})[0]
        own = [row for row in rows if row["scene"] == n]
        bare = [row for row in own if row["shape"].startswith("chat") and re.fullmatch(r"[A-Z][A-Za-z ,]*\.( ?[A-Z][A-Za-z ,]*\.)*", row["text"])]
        for row in [row for row in own if not row["shape"].startswith("chat")][:3] + bare[:2]:
            tokens, begin, offsets = encode(tokenizer, row["text"], row.get("prompt"))
            ids = torch.tensor([tokens])
            with torch.no_grad():
                logits = decoder(ids, torch.ones_like(ids), features)[0, begin : begin + len(offsets)].numpy()
            again = sessions[1].run(None, {"input_ids": ids.numpy(), "attention_mask": np.ones_like(ids.numpy()), "image_features": onnx_features})[0]
            reward = 1 / (1 + np.exp(-(scale * logits + bias)))
            onnx_reward = 1 / (1 + np.exp(-(scale * again[0, begin : begin + len(offsets)] + bias)))
            both = (logits < SILENT_LOGIT) & (again[0, begin : begin + len(offsets)] < SILENT_LOGIT)
            worst = max(worst, float(np.abs(reward - onnx_reward)[both].max(initial=0)))
            golden.append({
                "image": f"golden/{n}.png", **({"prompt": row["prompt"]} if "prompt" in row else {}), "response": row["text"],
                "ids": tokens[begin : begin + len(offsets)], "logits": [round(float(v), 5) for v in logits],
                "rewards": [None if logit >= SILENT_LOGIT else round(float(v), 6) for logit, v in zip(logits, reward)],
            })
    (out / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
    print(f"largest difference between PyTorch and ONNX rewards: {worst:.5f}")
    if worst > 0.002:
        raise SystemExit("ONNX and PyTorch disagree: the export is not to be trusted")


if __name__ == "__main__":
    main()
