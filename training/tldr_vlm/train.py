"""python -m tldr_vlm.train --backbone FOLDER --train A.jsonl [B.jsonl ...] --val V.jsonl --out RUN

Turns a Qwen2.5-VL, Qwen3-VL, SmolVLM or PaliGemma checkpoint and labelled answers (`vlm-detective perturb` writes them) into a
token-level detective reward model. Defaults are the paper's (App. B: rank 512, dropout 0.1, learning rate 1e-3, cosine, 200
steps of warm-up, batch 8, accumulation 8) but for the LoRA multiplier, see model.py. RUN/curve.jsonl has the curve. Ctrl-C
stops after the step in hand; RUN/state.pt is where a stopped run goes on, to the same figures. `--dry-run` says what it would
take, and loads nothing. On several GPUs start it with `torchrun --nproc_per_node N -m tldr_vlm.train ...`: each takes
`--batch` answers at a time.

  python -m tldr_vlm.train --backbone /models/Qwen2.5-VL-3B-Instruct --train perturbed.jsonl --val held.jsonl --out run --bf16
  python -m tldr_vlm.train --backbone tiny --train scenes/captions.jsonl --val val/captions.jsonl --out run --steps 2000
"""

import argparse
import json
import math
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import torch
from accelerate import Accelerator
from tokenizers import Tokenizer
from torch.utils.data import DataLoader
from tqdm import tqdm
from transformers import AutoConfig, PreTrainedConfig

from .batches import Collator, Limits, collator_for
from .data import IGNORED, AnswerFile, Answers, Batches, spread
from .evaluate import judge, measures
from .memory import estimate, shapes_of
from .model import Lora, TldrModel, lora_layers, open_backbone, prepare, summed_loss
from .settings import check_settings, locked
from .teach import save_whole
from .tiny import TINY


TINY_HEADS = 6


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
    parser.add_argument("--repairs", choices=("ignored", "bad"), default="ignored", help="grammar that only follows from an error; the paper's diff has it bad")
    parser.add_argument("--restart", action="store_true", help="begin anew in --out, whatever a run left there")
    parser.add_argument("--tokens", type=int, default=1024)
    parser.add_argument("--largest", type=int, default=28 * 28 * 256, help="pixels of a picture at most")
    parser.add_argument("--bf16", action="store_true", help="the backbone, frozen, and the arithmetic; what is trained stays in f32")
    parser.add_argument("--recompute", action="store_true", help="keep only each layer's input for the backward pass: a third slower, a twentieth of the activations")
    parser.add_argument("--loaders", type=int, help="processes that read pictures ahead; default: 0 on a CPU, else 8 for each GPU, as far as there are cores")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--evaluate-every", type=int, default=200, help="steps; the state is saved then too")
    parser.add_argument("--val-answers", type=int, default=400, help="that are judged each time, at most, evenly from the whole file")
    parser.add_argument("--hidden", type=int, default=192, help="of a tiny backbone")
    parser.add_argument("--layers", type=int, default=4, help="of a tiny backbone, decoder and vision tower")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dry-run", action="store_true")
    args = parser.parse_args(arguments)
    if not 0 < args.true_share < 1:
        parser.error("--true-share is a share of the answers, between 0 and 1")
    for name in ("steps", "batch", "accumulate", "evaluate_every", "val_answers", "rank"):
        if getattr(args, name) < 1:
            parser.error(f"--{name.replace('_', '-')} must be at least 1")
    if args.backbone in TINY and (args.hidden % (8 * TINY_HEADS) or args.hidden < 1):
        parser.error(f"--hidden {args.hidden}: a tiny backbone has {TINY_HEADS} heads of 8 or a multiple: give a multiple of {8 * TINY_HEADS}, such as 96 or 192")
    if args.layers < 1:
        parser.error("--layers must be at least 1")
    for path in (*args.train, args.val):
        if not path.is_file():
            parser.error(f"{path} is no file: give JSON lines as `vlm-detective perturb` writes them")
    if args.backbone not in TINY and not (Path(args.backbone) / "config.json").is_file():
        parser.error(f"--backbone {args.backbone} has no config.json: give the folder of a checkpoint, or one of {', '.join(TINY)}")
    if args.warm_up >= args.steps > 10:
        print(f"note: --warm-up {args.warm_up} takes the whole run of {args.steps} steps: give a tenth of it or so", file=sys.stderr)
    return args


def open_tokenizer(args: argparse.Namespace, files: list[AnswerFile]) -> Tokenizer:
    """The backbone's own; one for a tiny backbone is made of the answers, and kept."""
    if args.backbone not in TINY:
        return Tokenizer.from_file(str(Path(args.backbone) / "tokenizer.json"))
    if (args.out / "tokenizer.json").exists():
        return Tokenizer.from_file(str(args.out / "tokenizer.json"))
    return TINY[args.backbone][1]([answer.response for file in files for answer in spread(file, 20000)])


def config_for(args: argparse.Namespace, tokenizer: Tokenizer) -> PreTrainedConfig:
    if args.backbone in TINY:
        return TINY[args.backbone][0](tokenizer, args.hidden, args.layers, TINY_HEADS, args.hidden, args.layers)
    return AutoConfig.from_pretrained(args.backbone)


def lora_of(args: argparse.Namespace) -> Lora | None:
    """None for a tiny backbone, which is trained whole."""
    return None if args.backbone in TINY else Lora(args.rank, args.alpha, args.dropout)


def open_model(args: argparse.Namespace, config: PreTrainedConfig) -> TldrModel:
    torch.manual_seed(args.seed)
    if args.backbone in TINY:
        model = TldrModel(open_backbone(config))
    else:
        model = TldrModel(open_backbone(args.backbone, torch.bfloat16 if args.bf16 else torch.float32))
    prepare(model, lora_of(args), everything=args.backbone in TINY)
    if args.recompute:
        model.backbone.gradient_checkpointing_enable({"use_reentrant": False})
    return model


def loader_of(args: argparse.Namespace, answers: Answers, collate: Collator, batches: Batches) -> DataLoader:
    """Batches in order, read ahead by processes that leave Ctrl-C to this one."""
    default = 0 if args.device == "cpu" else max(1, min(8, (os.cpu_count() or 1) // batches.workers))
    loaders = default if args.loaders is None else args.loaders
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    more = {"prefetch_factor": 4, "multiprocessing_context": "fork", "worker_init_fn": lambda _: signal.signal(signal.SIGINT, signal.SIG_IGN)}
    return DataLoader(
        answers, batch_sampler=batches, collate_fn=collate, num_workers=loaders, pin_memory=args.device != "cpu", generator=torch.Generator(), **(more if loaders else {}),
    )


@contextmanager
def stop_signals() -> Iterator[list[int]]:
    """The signals to stop that came; what is in hand is not broken off, unless one comes again three seconds later: torchrun
    repeats to its processes what the terminal has told them."""
    came: list[int] = []
    first = [0.0]

    def note(number: int, _: object) -> None:
        first[0] = first[0] or time.monotonic()
        if time.monotonic() > first[0] + 3:
            raise KeyboardInterrupt
        came.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def rate_at(step: int, args: argparse.Namespace) -> float:
    """Linear warm-up, then a cosine to nothing."""
    if step < args.warm_up:
        return args.rate * (step + 1) / args.warm_up
    return args.rate * 0.5 * (1 + math.cos(math.pi * (step - args.warm_up) / max(1, args.steps - args.warm_up)))


def train(args: argparse.Namespace) -> list[dict]:
    """The curve. Raises SystemExit (130) where it was told to stop, with all that was learnt in RUN/state.pt."""
    files, held = [AnswerFile(path) for path in args.train], AnswerFile(args.val)
    answers = Answers(files)
    tokenizer = open_tokenizer(args, files)
    config = config_for(args, tokenizer)
    if args.dry_run:
        print(json.dumps(estimate(shapes_of(config, lora_of(args), args.bf16), args, len(answers))))
        return []
    args.out.mkdir(parents=True, exist_ok=True)
    with locked(args.out):
        if os.environ.get("RANK", "0") == "0":
            check_settings(args.out, args, ["state.pt", "model.pt", "curve.jsonl"])
        return learn(args, answers, held, tokenizer, config)


def learn(args: argparse.Namespace, answers: Answers, held: AnswerFile, tokenizer: Tokenizer, config: PreTrainedConfig) -> list[dict]:
    tokenizer.save(str(args.out / "tokenizer.json"))
    true = answers.true_ones()
    model = open_model(args, config)
    collate = collator_for(config, tokenizer, Limits(tokens=args.tokens, largest=args.largest), 0 if args.repairs == "bad" else IGNORED, args.response_level)
    accelerator = Accelerator(cpu=args.device == "cpu", mixed_precision="bf16" if args.bf16 else "no")
    workers, main_worker = accelerator.num_processes, accelerator.is_main_process
    model.to(accelerator.device).train()
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(trainable, lr=args.rate, weight_decay=0.0)
    state, step, curve, losses = args.out / "state.pt", 0, [], []
    if state.exists():
        saved = torch.load(state, weights_only=False, map_location=accelerator.device)
        model.load_state_dict(saved["model"], strict=False)
        optimiser.load_state_dict(saved["optimiser"])
        step, curve, losses = saved["step"], saved["curve"], saved.get("losses", [])
    whole = model
    model, optimiser = accelerator.prepare(model, optimiser)
    batches = Batches(true, args.true_share, args.seed, args.batch, workers, accelerator.process_index, step * args.accumulate)
    drawn = iter(loader_of(args, answers, collate, batches))
    judged = spread(held, args.val_answers)
    bar = tqdm(total=args.steps, initial=step, unit="step", disable=None if main_worker else True)
    began = time.time()
    with stop_signals() as signals, bar:
        while step < args.steps:
            # drawn anew at each step, so that a run that goes on draws the same dropout as one that never stopped
            torch.manual_seed((args.seed * 1_000_003 + step) * workers + accelerator.process_index)
            for group in optimiser.param_groups:
                group["lr"] = rate_at(step, args)
            optimiser.zero_grad(set_to_none=True)
            parts = []
            together = [next(drawn) for _ in range(args.accumulate)]
            weights = torch.stack([weight_of(batch["labels"], args) for batch in together]).sum().to(accelerator.device)
            weight = accelerator.reduce(weights, reduction="sum").clamp(min=1)
            for micro, drawn_batch in enumerate(together):
                batch = {name: value.to(accelerator.device, non_blocking=True) for name, value in drawn_batch.items()}
                labels = batch.pop("labels")
                with nullcontext() if micro == args.accumulate - 1 else accelerator.no_sync(model):
                    logits = model(**batch, image_token=collate.chat.image)
                    # gradients are averaged over the processes: times their number it is the mean over all tokens of the step
                    loss = summed_loss(logits, labels, args.bad_weight, args.response_level)[0] * workers / weight
                    accelerator.backward(loss)
                parts.append(loss.detach())
            accelerator.clip_grad_norm_(trainable, 1.0)
            optimiser.step()
            step += 1
            losses.append(float(accelerator.reduce(torch.stack(parts).sum(), reduction="mean")))
            bar.update()
            bar.set_postfix(loss=f"{losses[-1]:.4f}", refresh=False)
            stopped = bool(accelerator.reduce(torch.tensor(float(bool(signals)), device=accelerator.device)) > 0)
            due = step % args.evaluate_every == 0 or step == args.steps
            if due and main_worker:
                result = measures(judge(whole, judged, collate), response_level=args.response_level)
                curve.append({"step": step, "answers": step * args.batch * args.accumulate * workers, "loss": round(sum(losses) / len(losses), 5), **result})
                print(json.dumps({**curve[-1], "seconds": round(time.time() - began)}), flush=True)
            if due:
                losses = []
            if (due or stopped) and main_worker:
                save(args, whole, optimiser, step, curve, losses, judged=due)
            if due or stopped:
                accelerator.wait_for_everyone()
            if stopped and step < args.steps:
                raise SystemExit(stop_note(args, step) if main_worker else 130)
    return curve


def weight_of(labels: torch.Tensor, args: argparse.Namespace) -> torch.Tensor:
    """What `summed_loss` of the batch is to be divided by."""
    if args.response_level:
        return torch.tensor(float(len(labels)))
    return (labels == 1).sum() + args.bad_weight * (labels == 0).sum()


def stop_note(args: argparse.Namespace, step: int) -> int:
    print(f"stopped after step {step} of {args.steps}: the same command goes on from {args.out}/state.pt", flush=True)
    return 130


def save(args: argparse.Namespace, model: TldrModel, optimiser: torch.optim.Optimizer, step: int, curve: list[dict], losses: list[float], *, judged: bool) -> None:
    """What was trained, and what goes on from there; `judged`: the last row of the curve is of these very weights."""
    names = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    weights = {name: value for name, value in model.state_dict().items() if name in names}
    arguments = {name: str(value) if isinstance(value, Path) else value for name, value in vars(args).items() if name != "train"}
    save_whole({"model": weights, "optimiser": optimiser.state_dict(), "step": step, "curve": curve, "losses": losses}, args.out / "state.pt")
    # model.pt is the best on the validation answers so far: what is exported; until any was judged, the newest
    best = "response_auroc" if args.response_level else "ap_neg"
    found = [row.get(best, -1.0) for row in curve]
    if not found or (judged and found[-1] == max(found)) or not (args.out / "model.pt").exists():
        save_whole({"model": weights, "arguments": arguments, "lora": bool(lora_layers(model)), "config": model.backbone.config.to_dict(), "curve": curve}, args.out / "model.pt")
    (args.out / "curve.jsonl").write_text("".join(json.dumps(row) + "\n" for row in curve))


if __name__ == "__main__":
    train(parse())
