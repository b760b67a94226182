"""python -m tldr_vlm.export_onnx --run RUN --val V.jsonl --out FOLDER [--backbone FOLDER] [--weights f32|f16|int8|q8] [--name NAME]

Writes the model folder of DESIGN.md section 6 (family `qwen-vl`: Qwen2.5-VL and Qwen3-VL; `smolvlm`, `paligemma`; `mllama`: Llama 3.2 Vision) from a training run: LoRA merged, calibrated on held-out
answers, ONNX checked against PyTorch. A picture may have any size within the limits that tldr.json names.
"""

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from tldr_scenes.checksum import sha256
from tldr_scenes.weights import store_weights
from tokenizers import Tokenizer
from transformers import PreTrainedConfig

from .backbones import backbone_of, exported
from .batches import Limits, collator_for, pixels_of
from .chat import DEFAULT_PROMPT, Chat, encode_plain, plain
from .data import AnswerFile, spread
from .evaluate import calibrate, judge, measures
from .graph import RewardDecoder, encoder_of
from .model import TldrModel
from .runs import open_run

FILES = ["tokenizer.json", "image_encoder.onnx", "reward_decoder.onnx"]


def export_graphs(model: TldrModel, chat: Chat, out: Path, kind: str, response_level: bool = False) -> list[str]:
    """Both halves, sizes dynamic, weights stored as `kind`: the names of the files. Weights of over 1.9 GB stand beside the graph."""
    model.eval()
    config = model.backbone.config
    backbone = backbone_of(config.model_type)
    square = backbone.square
    if square:
        pixels = torch.zeros(1, 3, *[config.vision_config.image_size] * 2)
    elif backbone.tiled:
        pixels = torch.zeros(1, 3, config.vision_config.image_size, 2 * config.vision_config.image_size)
    else:
        cell = config.vision_config.patch_size * config.vision_config.spatial_merge_size
        pixels = torch.zeros(1, 3, 3 * cell, 5 * cell)
    encoder, decoder = encoder_of(model), RewardDecoder(model, chat.image, len(chat.end) if response_level else None)
    with torch.no_grad():
        features = encoder(pixels)
    ids = torch.tensor([chat.sequence(1 if backbone.tiled else features.shape[1] - 1, [chat.end[0]], [chat.end[0]] * 4)[0]] * 2)
    features = features.expand(2, -1, -1).contiguous()
    jobs = {
        "image_encoder.onnx": (encoder, (pixels,), ["pixel_values"], "image_features", {} if square else {"pixel_values": {2: "height", 3: "width"}, "image_features": {1: "cells"}}),
        "reward_decoder.onnx": (
            decoder, (ids, torch.ones_like(ids), features), ["input_ids", "attention_mask", "image_features"], "logits",
            {"input_ids": {0: "batch", 1: "length"}, "attention_mask": {0: "batch", 1: "length"}, "image_features": {0: "batch", 1: "cells"}, "logits": {0: "batch", 1: "length"}},
        ),
    }
    written = []
    for name, (module, inputs, names, output, axes) in jobs.items():
        with tempfile.TemporaryDirectory(dir=out) as folder:  # a large model becomes a file a tensor
            whole = Path(folder) / name
            torch.onnx.export(module, inputs, str(whole), input_names=names, output_names=[output], dynamic_axes=axes, opset_version=17, dynamo=False)
            written += store_weights(whole, out / name, kind)
    return written


class OnnxModel:
    """Both halves of a folder, opened once."""

    def __init__(self, folder: Path):
        self.encoder, self.decoder = (onnxruntime.InferenceSession(str(folder / name)) for name in FILES[1:])

    def logits(self, pixels: np.ndarray, ids: list[int], prefix: int = 0) -> np.ndarray:
        """f32 [3,H,W] and T ids -> f32 [T]. `prefix`: how many ids from the beginning are read in both directions."""
        features = self.encoder.run(None, {"pixel_values": pixels[None]})[0]
        row, mask = np.array([ids], np.int64), np.ones((1, len(ids)), np.int64)
        mask[:, :prefix] = 2
        return self.decoder.run(None, {"input_ids": row, "attention_mask": mask, "image_features": features})[0][0]


def write_folder(model: TldrModel, tokenizer: Tokenizer, held: AnswerFile, out: Path, args: argparse.Namespace) -> dict:
    config = model.backbone.config
    family = exported(config.model_type, "ONNX", lambda backbone: backbone.family)
    text = config.get_text_config()
    if "sliding_attention" in getattr(text, "layer_types", ()) and args.tokens > text.sliding_window:
        raise ValueError(f"sequences of {args.tokens} tokens do not fit the backbone's sliding window of {text.sliding_window}: train with fewer --tokens")
    out.mkdir(parents=True, exist_ok=True)
    limits = Limits(args.tokens, args.smallest, args.largest)
    collate, pixels_in = collator_for(config, tokenizer, limits), pixels_of(config, limits)
    chat = collate.chat
    answers = spread(held, args.val_answers)
    judged = judge(model, answers, collate)
    if args.response_level:
        judged = [replace(one, logits=np.full_like(one.logits, one.logits[-1])) for one in judged if len(one.labels)]
    fitted = calibrate(judged)
    logit_threshold = (np.log(fitted["threshold"] / (1 - fitted["threshold"])) - fitted["bias"]) / fitted["scale"]
    graphs = export_graphs(model, chat, out, args.weights, args.response_level)
    (out / "tokenizer.json").write_text(plain(tokenizer).to_str())
    golden, worst, exported_model = [], 0.0, OnnxModel(out)
    for answer in answers[:3]:
        pixels, cells = pixels_in(answer.image), collate.look(answer.image)[1]
        prompt = encode_plain(tokenizer, answer.prompt or DEFAULT_PROMPT)[0][-limits.prompt :]
        response = encode_plain(tokenizer, answer.response)[0]
        ids, begin = chat.sequence(cells, prompt, response)
        batch = collate([answer])
        batch.pop("labels")
        with torch.no_grad():
            wanted = model(**batch, image_token=chat.image)[0].numpy()
        if args.response_level:
            wanted = np.full_like(wanted, wanted[begin + len(response) - 1])
        got = exported_model.logits(pixels, ids, begin if collate.prefix else 0)
        reward = lambda logit: 1 / (1 + np.exp(-(fitted["scale"] * logit + fitted["bias"])))  # noqa: E731
        worst = max(worst, float(np.abs(reward(wanted) - reward(got))[begin:].max()))
        golden.append({"response": answer.response, "rewards": [round(float(r), 6) for r in reward(wanted[begin : begin + len(response)])]})
    manifest = {
        "format": 1, "name": args.name, "version": args.version, "domain": args.domain, "family": family,
        **sight(config, limits),
        "text": {"maxTokens": limits.tokens, "maxPromptTokens": limits.prompt, "lowercase": False, "bos": (chat.before or chat.after)[0], "sep": (chat.after or chat.answer)[0], "eos": chat.end[0]},
        "chat": {"before": chat.before, "after": chat.after, "answer": chat.answer, "end": chat.end, "image": chat.image, "defaultPrompt": DEFAULT_PROMPT},
        "files": {name: sha256(out / name) for name in ["tokenizer.json", *graphs]},
        "calibration": {"method": "platt", "scale": fitted["scale"], "bias": fitted["bias"]}, "threshold": fitted["threshold"],
        "metrics": {"validation": {**measures(judged, logit_threshold), "f1": fitted["f1"], "ece": fitted["ece"]}, "weights": args.weights, "onnx_difference": round(worst, 6)},
    }
    (out / "tldr.json").write_text(json.dumps(manifest, indent=1) + "\n")
    (out / "golden.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")
    (out / "MODEL_CARD.md").write_text(card(manifest))
    if worst > {"f32": 1e-3, "f16": 2e-2, "int8": 0.1, "q8": 0.1}[args.weights]:
        raise SystemExit(f"ONNX and PyTorch differ by {worst:.4f}: the export is not to be trusted")
    return manifest


def sight(config: PreTrainedConfig, limits: Limits) -> dict:
    """How Node is to fit a picture."""
    backbone, vision = backbone_of(config.model_type), config.vision_config
    image = {"mean": list(backbone.pixels[0]), "std": list(backbone.pixels[1]), "fit": "fill"}
    if backbone.square:
        return {"image": {"size": [vision.image_size] * 2, **image}}
    if backbone.tiled:
        return {"image": {"size": [vision.image_size] * 2, **image}, "tiles": vision.max_num_tiles}
    cell = vision.patch_size * vision.spatial_merge_size
    return {"image": {"size": [cell, cell], **image}, "pixels": {"cell": cell, "smallest": limits.smallest, "largest": limits.largest}}


def card(manifest: dict) -> str:
    figures = "\n".join(f"- {name}: {value}" for name, value in manifest["metrics"]["validation"].items())
    return (
        f"# {manifest['name']} {manifest['version']}\n\nA token-level detective reward model on a {manifest['family']} backbone, for {manifest['domain']}.\n"
        f"Written by `python -m tldr_vlm.export_onnx`. Weights are stored as {manifest['metrics']['weights']}; the largest difference of a\n"
        f"reward from PyTorch's was {manifest['metrics']['onnx_difference']}.\n\nOn held-out answers:\n\n{figures}\n\n"
        "Licence, data and limits are those of the backbone and of the captions that it was trained on: name them here.\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--val", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--backbone", help="the checkpoint that the run began from, if it is not where it was")
    parser.add_argument("--weights", choices=["f32", "f16", "int8", "q8"], default="f16", help="f16 and int8 are unfolded to f32 when they are loaded; q8 stays, a quarter of the memory and faster")
    parser.add_argument("--name", default="tldr-qwen-vl")
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--domain", default="pictures like those of its training data")
    parser.add_argument("--val-answers", type=int, default=400, help="that calibrate it, at most, evenly from the whole file")
    args = parser.parse_args()
    run = open_run(args.run, args.backbone)
    args.tokens, args.smallest, args.largest, args.response_level = run.tokens, run.smallest, run.largest, run.response_level
    print(json.dumps(write_folder(run.model, run.tokenizer, AnswerFile(args.val), args.out, args)["metrics"], indent=1))


if __name__ == "__main__":
    main()
