"""python -m tldr_vlm.train --backbone FOLDER --train A.jsonl [B.jsonl ...] --val V.jsonl --out RUN

Turns a Qwen2.5-VL, Qwen3-VL, SmolVLM or PaliGemma checkpoint and labelled answers (`vlm-detective perturb` writes them) into a token-level detective
reward model. Defaults are the paper's (App. B: rank 512, dropout 0.1, learning rate 1e-3, cosine, 200 steps of warm-up,
batch 8, accumulation 8) but for the LoRA multiplier, see model.py. RUN/curve.jsonl has the curve; RUN/state.pt is where a
stopped run goes on, to the same figures. `--dry-run` says what it would take and stops. On several GPUs start it with
`torchrun --nproc_per_node N -m tldr_vlm.train ...`: each takes `--batch` answers at a time.

  python -m tldr_vlm.train --backbone /models/Qwen2.5-VL-3B-Instruct --train perturbed.jsonl --val held.jsonl --out run
  python -m tldr_vlm.train --backbone tiny --train scenes/captions.jsonl --val val/captions.jsonl --out run --steps 2000
"""

import argparse
import json
import math
import os
import time
from contextlib import nullcontext
from pathlib import Path

import torch
from accelerate import Accelerator
from tokenizers import Tokenizer

from .batches import Limits, collator_for
from .data import AnswerFile, mix
from .evaluate import measures, token_logits
from .memory import estimate
from .model import Lora, TldrModel, lora_layers, masked_loss, open_backbone, prepare
from .tiny import TINY


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backbone", required=True, help=f"a checkpoint folder, or one of {', '.join(TINY)}: small, random, trained whole")
    parser.add_argument("--train", type=Path, nargs="+", required=True)
    parser.add_argument("--val", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2000, help="optimizer steps; the paper does not say how many")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--warm-up", type=int, default=200)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--accumulate", type=int, default=8)
    parser.add_argument("--rank", type=int, default=512)
    parser.add_argument("--alpha", type=float, default=1.0, help="multiplies A B; the paper's is 128")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--true-share", type=float, default=0.5, help="of true answers; the paper does not say")
    parser.add_argument("--bad-weight", type=float, default=1.0, help="weight of bad tokens in the loss")
    parser.add_argument("--response-level", action="store_true", help="the paper's naive model: loss on the last token only")
    parser.add_argument("--tokens", type=int, default=1024)
    parser.add_argument("--largest", type=int, default=28 * 28 * 256, help="pixels of a picture at most")
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--evaluate-every", type=int, default=200, help="steps; the state is saved then too")
    parser.add_argument("--val-answers", type=int, default=400)
    parser.add_argument("--hidden", type=int, default=192, help="of a tiny backbone")
    parser.add_argument("--layers", type=int, default=4, help="of a tiny backbone, decoder and vision tower")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dry-run", action="store_true")
    return parser.parse_args(arguments)


def open_model(args: argparse.Namespace, files: list[AnswerFile]) -> tuple[TldrModel, Tokenizer]:
    torch.manual_seed(args.seed)
    path = args.out / "tokenizer.json"
    if args.backbone in TINY:
        config, tokenizer_of = TINY[args.backbone]
        if path.exists():
            tokenizer = Tokenizer.from_file(str(path))
        else:
            texts = [file[n].response for file in files for n in range(min(len(file), 20000))]
            tokenizer = tokenizer_of(texts)
            tokenizer.save(str(path))
        model = TldrModel(open_backbone(config(tokenizer, args.hidden, args.layers, 6, args.hidden, args.layers)))
        return prepare(model, None, everything=True), tokenizer
    tokenizer = Tokenizer.from_file(str(Path(args.backbone) / "tokenizer.json"))
    tokenizer.save(str(path))
    model = TldrModel(open_backbone(args.backbone, torch.bfloat16 if args.bf16 else torch.float32))
    return prepare(model, Lora(args.rank, args.alpha, args.dropout)), tokenizer


def rate_at(step: int, args: argparse.Namespace) -> float:
    """Linear warm-up, then a cosine to nothing."""
    if step < args.warm_up:
        return args.rate * (step + 1) / args.warm_up
    return args.rate * 0.5 * (1 + math.cos(math.pi * (step - args.warm_up) / max(1, args.steps - args.warm_up)))


def train(args: argparse.Namespace) -> list[dict]:
    args.out.mkdir(parents=True, exist_ok=True)
    files = [AnswerFile(path) for path in args.train]
    held = AnswerFile(args.val)
    model, tokenizer = open_model(args, files)
    collate = collator_for(model.backbone.config, tokenizer, Limits(tokens=args.tokens, largest=args.largest))
    accelerator = Accelerator(cpu=args.device == "cpu", mixed_precision="bf16" if args.bf16 else "no")
    workers, worker = accelerator.num_processes, accelerator.process_index
    accelerator.print(json.dumps(estimate(model, args, sum(len(file) for file in files))), flush=True)
    if args.dry_run:
        return []
    model.to(accelerator.device).train()
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(trainable, lr=args.rate, weight_decay=0.0)
    state, step, curve = args.out / "state.pt", 0, []
    if state.exists():
        saved = torch.load(state, weights_only=False, map_location=accelerator.device)
        model.load_state_dict(saved["model"], strict=False)
        optimiser.load_state_dict(saved["optimiser"])
        step, curve = saved["step"], saved["curve"]
    whole = model
    model, optimiser = accelerator.prepare(model, optimiser)
    answers = mix(files, args.true_share, args.seed)
    for _ in range(step * args.batch * args.accumulate * workers):
        next(answers)
    judged = [held[n] for n in range(min(len(held), args.val_answers))]
    began, loss_sum, losses = time.time(), 0.0, 0
    while step < args.steps:
        # drawn anew at each step, so that a run that goes on draws the same dropout as one that never stopped
        torch.manual_seed((args.seed * 1_000_003 + step) * workers + worker)
        for group in optimiser.param_groups:
            group["lr"] = rate_at(step, args)
        optimiser.zero_grad(set_to_none=True)
        for micro in range(args.accumulate):
            drawn = [[next(answers) for _ in range(args.batch)] for _ in range(workers)][worker]
            batch = {name: value.to(accelerator.device) for name, value in collate(drawn).items()}
            labels = batch.pop("labels")
            with nullcontext() if micro == args.accumulate - 1 else accelerator.no_sync(model):
                logits = model(**batch, image_token=collate.chat.image)
                loss = masked_loss(logits, labels, args.bad_weight, args.response_level)
                accelerator.backward(loss / args.accumulate)
            loss_sum, losses = loss_sum + loss.item(), losses + 1
        accelerator.clip_grad_norm_(trainable, 1.0)
        optimiser.step()
        step += 1
        if step % args.evaluate_every == 0 or step == args.steps:
            if accelerator.is_main_process:
                result = measures(token_logits(whole, judged, collate), response_level=args.response_level)
                curve.append({"step": step, "answers": step * args.batch * args.accumulate * workers, "loss": round(loss_sum / losses, 5), **result})
                save(args.out, whole, optimiser, step, curve, args)
                print(json.dumps({**curve[-1], "seconds": round(time.time() - began)}), flush=True)
            loss_sum, losses = 0.0, 0
            accelerator.wait_for_everyone()
    return curve


def save(out: Path, model: TldrModel, optimiser, step: int, curve: list[dict], args: argparse.Namespace) -> None:
    """What was trained, and the optimizer; written beside and renamed, so that a stop in between loses nothing."""
    names = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    weights = {name: value for name, value in model.state_dict().items() if name in names}
    torch.save({"model": weights, "optimiser": optimiser.state_dict(), "step": step, "curve": curve}, out / "state.pt.part")
    os.replace(out / "state.pt.part", out / "state.pt")
    torch.save(
        {"model": weights, "arguments": {name: str(value) if isinstance(value, Path) else value for name, value in vars(args).items() if name not in ("train",)},
         "lora": bool(lora_layers(model)), "config": model.backbone.config.to_dict(), "curve": curve}, out / "model.pt.part",
    )
    os.replace(out / "model.pt.part", out / "model.pt")
    (out / "curve.jsonl").write_text("".join(json.dumps(row) + "\n" for row in curve))


if __name__ == "__main__":
    train(parse())
