"""python -m tldr_vlm.fixture --out ../test/fixtures/qwen-vl-tiny --largest 20000
python -m tldr_vlm.fixture --out ../test/fixtures/qwen-vl-tiny-q8 --largest 20000 --weights q8
python -m tldr_vlm.fixture --out ../test/fixtures/qwen3-vl-tiny --backbone tiny-qwen3
python -m tldr_vlm.fixture --out ../test/fixtures/smolvlm-tiny --backbone tiny-smolvlm --steps 900
python -m tldr_vlm.fixture --out ../test/fixtures/paligemma-tiny --backbone tiny-paligemma --steps 900
python -m tldr_vlm.fixture --out ../test/fixtures/mllama-tiny --backbone tiny-mllama --rate 1e-3

A tiny Qwen2.5-VL (or Qwen3-VL, SmolVLM, PaliGemma 2, Llama 3.2 Vision) detective, trained for a minute on coloured squares, with its pictures and
golden rewards: what the Node tests run. The pictures are resized for it, larger and smaller. `write_squares` is also what
the Python tests train on.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import torch
from PIL import Image, ImageDraw

from .batches import Limits, collator_for, pixels_of
from .chat import encode_plain
from .data import AnswerFile
from .export_onnx import write_folder
from .graph import RewardDecoder, encoder_of
from .runs import open_run
from .tiny import TINY
from .train import parse, train

COLOURS = {"red": (220, 30, 30), "blue": (30, 30, 220)}
LARGEST = 28 * 28 * 40


def write_squares(folder: Path, count: int = 40) -> Path:
    """Squares that are red or blue, said right and wrong: answers.jsonl and its pictures."""
    lines = []
    for n in range(count):
        colour = list(COLOURS)[n % 2]
        picture = Image.new("RGB", (112 + 28 * (n % 5), 84 + 28 * (n % 3)), (240, 240, 240))
        at = 8 + 5 * (n % 7)
        ImageDraw.Draw(picture).rectangle([at, 12, at + 50, 62], fill=COLOURS[colour])
        picture.save(folder / f"{n}.png")
        for said in COLOURS:
            text = f"The square is {said}."
            labels = [] if said == colour else [{"start": 14, "end": 14 + len(said), "good": False}]
            lines.append({"image": f"{n}.png", "response": text, "perturbation": None if said == colour else "attribute", "labels": labels})
    path = folder / "answers.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


GOLDEN = [
    ("0.png", None, "The square is red."), ("0.png", None, "The square is blue."), ("1.png", "What is it?", "The square is blue. 🦊 犬 <|im_end|> The square is red."),
    ("7.png", None, " ".join(["The square is blue."] * 12)),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--rate", default="3e-3")
    parser.add_argument("--backbone", choices=list(TINY), default="tiny")
    parser.add_argument("--hidden", type=int, default=48)
    parser.add_argument("--largest", type=int, default=LARGEST, help="pixels of a picture: fewer than these have, and each is resized")
    parser.add_argument("--weights", default="f32")
    args = parser.parse_args()
    out = args.out
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        answers = write_squares(folder)
        run = folder / "run"
        train(parse([
            "--backbone", args.backbone, "--hidden", str(args.hidden), "--layers", "2", "--train", str(answers), "--val", str(answers), "--out", str(run), "--tokens", "256",
            "--largest", str(args.largest), "--batch", "8", "--accumulate", "1", "--warm-up", "10", "--rate", args.rate, "--evaluate-every", "100", "--steps", str(args.steps),
        ]))
        opened = open_run(run)
        write_folder(opened.model, opened.tokenizer, AnswerFile(answers), out, SimpleNamespace(
            response_level=False, tokens=256, smallest=56 * 56, largest=args.largest, val_answers=80, weights=args.weights, name="squares", version="0.0.1", domain="red and blue squares",
        ))
        calibration = json.loads((out / "tldr.json").read_text())["calibration"]
        config = opened.model.backbone.config
        collate, pixels_in = collator_for(config, opened.tokenizer), pixels_of(config, Limits(smallest=56 * 56, largest=args.largest))
        chat = collate.chat
        encoder, decoder = encoder_of(opened.model), RewardDecoder(opened.model, chat.image)
        golden = []
        for picture, prompt, response in GOLDEN:
            shutil.copy(folder / picture, out / picture)
            pixels = torch.from_numpy(pixels_in(out / picture))[None]
            asked = encode_plain(opened.tokenizer, prompt or "Describe the picture.")[0]
            ids, offsets = encode_plain(opened.tokenizer, response)
            with torch.no_grad():
                features = encoder(pixels)
                sequence, begin = chat.sequence(collate.look(out / picture)[1], asked, ids)
                row = torch.tensor([sequence])
                mask = torch.ones_like(row)
                mask[:, : begin if collate.prefix else 0] = 2
                logits = decoder(row, mask, features)[0, begin : begin + len(ids)]
            rewards = torch.sigmoid(calibration["scale"] * logits + calibration["bias"])
            golden.append({
                "image": picture, **({"prompt": prompt} if prompt else {}), "response": response, "tokens": len(sequence),
                "rewards": [{"start": len(response[:a].encode("utf-16-le")) // 2, "end": len(response[:b].encode("utf-16-le")) // 2, "reward": round(float(r), 6)} for (a, b), r in zip(offsets, rewards)],
            })
        (out / "golden.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
