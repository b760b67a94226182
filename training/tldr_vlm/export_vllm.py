"""python -m tldr_vlm.export_vllm --run RUN --out FOLDER [--backbone FOLDER] [--calibration FOLDER/tldr.json]

Writes a merged checkpoint whose one-label `score` head vLLM's `token_classify` loads, that shows it pictures and chats as training
did, with the command that serves it in FOLDER/SERVE.md. No vLLM was met here: names, shapes and fields follow its source (see docs/train-your-own.md), and a test
pins them.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import PreTrainedConfig

from .backbones import Served, backbone_of, exported
from .batches import Limits
from .model import TldrModel
from .processor import PICTURE_FILES, TEXT_FILES, copy_files, write_picture_limits, write_template
from .runs import open_run

SHARD = 4 * 2**30


def served_as(config: PreTrainedConfig) -> Served:
    return exported(config.model_type, "vLLM", lambda backbone: backbone.served)


def checkpoint_tensors(model: TldrModel, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """The names that vLLM's loader maps (Qwen2.5-VL: `visual.*`, `model.*`; Qwen3-VL: `model.visual.*`,
    `model.language_model.*`), and `score.weight` [1, hidden]."""
    rename = served_as(model.backbone.config).tensor_name
    out = {rename(name): value.detach().to(dtype).contiguous() for name, value in model.backbone.state_dict().items()}
    out["score.weight"] = model.score.weight.detach().to(dtype).contiguous()
    return out


def checkpoint_config(config: PreTrainedConfig) -> dict:
    """num_labels is read from the text configuration, and is 2 unless it is said."""
    fields = config.to_dict()
    labels = {"num_labels": 1, "id2label": {"0": "good"}, "label2id": {"good": 0}}
    return {**fields, "architectures": [served_as(config).architecture], **labels, "text_config": {**fields["text_config"], **labels}}


def serve_command(folder: str, calibration: dict | None) -> str:
    """Platt scaling goes along: vLLM's activation is sigmoid((logit - mean) / sigma)."""
    pooler: dict = {"task": "token_classify", "tok_pooling_type": "ALL"}
    if calibration:
        pooler |= {"logit_mean": round(-calibration["bias"] / calibration["scale"], 6), "logit_sigma": round(1 / calibration["scale"], 6)}
    return (
        f"vllm serve {folder} --served-model-name tldr --runner pooling --convert classify \\\n"
        f"  --pooler-config '{json.dumps(pooler, separators=(',', ':'))}' \\\n"
        "  --limit-mm-per-prompt '{\"image\":1}' --max-model-len 4096"
    )


def write_checkpoint(
    model: TldrModel, tokenizer: Path, out: Path, backbone: str, manifest: dict | None = None, limits: Limits = Limits(), dtype: torch.dtype = torch.bfloat16,
) -> None:
    """`manifest`: the tldr.json of the model's ONNX folder, whose calibration the server is to apply; its threshold goes along, for
    clients. `limits`: those of training."""
    config = model.backbone.config
    served_as(config)
    out.mkdir(parents=True, exist_ok=True)
    write_template(backbone, out, backbone_of(config.model_type).turn, Tokenizer.from_file(str(tokenizer)))
    shards, sizes = [{}], [0]
    for name, value in checkpoint_tensors(model, dtype).items():
        size = value.numel() * value.element_size()
        if sizes[-1] and sizes[-1] + size > SHARD:
            shards.append({})
            sizes.append(0)
        shards[-1][name] = value
        sizes[-1] += size
    index = {}
    for place, shard in enumerate(shards, 1):
        name = "model.safetensors" if len(shards) == 1 else f"model-{place:05}-of-{len(shards):05}.safetensors"
        save_file(shard, out / name, metadata={"format": "pt"})
        index |= dict.fromkeys(shard, name)
    if len(shards) > 1:
        (out / "model.safetensors.index.json").write_text(json.dumps({"metadata": {"total_size": sum(sizes)}, "weight_map": index}, indent=1))
    (out / "config.json").write_text(json.dumps(checkpoint_config(config), indent=1) + "\n")
    copy_files(backbone, out, (*TEXT_FILES, *PICTURE_FILES))
    (out / "tokenizer.json").write_bytes(tokenizer.read_bytes())
    write_picture_limits(out, config, limits)
    calibration = manifest["calibration"] if manifest else None
    if manifest:
        (out / "tldr.json").write_text(json.dumps({name: manifest[name] for name in ("name", "version", "domain", "calibration", "threshold")}, indent=1) + "\n")
    (out / "SERVE.md").write_text(f"```\n{serve_command(str(out), calibration)}\n```\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--backbone")
    parser.add_argument("--calibration", type=Path, help="the tldr.json of the ONNX folder: the server applies its calibration, and clients take its threshold")
    args = parser.parse_args()
    run = open_run(args.run, args.backbone)
    manifest = json.loads(args.calibration.read_text()) if args.calibration else None
    write_checkpoint(run.model, args.run / "tokenizer.json", args.out, run.backbone, manifest, Limits(run.tokens, run.smallest, run.largest))
    print((args.out / "SERVE.md").read_text())


if __name__ == "__main__":
    main()
