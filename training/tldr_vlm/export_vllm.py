"""python -m tldr_vlm.export_vllm --run RUN --out FOLDER [--backbone FOLDER] [--calibration FOLDER/tldr.json]

Writes a merged checkpoint whose one-label `score` head vLLM's `token_classify` loads, with the command that serves it in
FOLDER/SERVE.md. No vLLM was met here: names, shapes and fields follow its source (see docs/train-your-own.md), and a test
pins them.
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import PreTrainedConfig

from .backbones import Served, exported
from .model import TldrModel
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


def write_checkpoint(model: TldrModel, tokenizer: Path, out: Path, backbone: str, calibration: dict | None, dtype: torch.dtype = torch.bfloat16) -> None:
    out.mkdir(parents=True, exist_ok=True)
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
    (out / "config.json").write_text(json.dumps(checkpoint_config(model.backbone.config), indent=1) + "\n")
    shutil.copy(tokenizer, out / "tokenizer.json")
    for name in ("tokenizer_config.json", "preprocessor_config.json", "chat_template.json", "chat_template.jinja", "vocab.json", "merges.txt"):
        if (Path(backbone) / name).exists():
            shutil.copy(Path(backbone) / name, out / name)
    (out / "SERVE.md").write_text(f"```\n{serve_command(str(out), calibration)}\n```\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--backbone")
    parser.add_argument("--calibration", type=Path, help="a tldr.json whose calibration the server is to apply")
    args = parser.parse_args()
    run = open_run(args.run, args.backbone)
    calibration = json.loads(args.calibration.read_text())["calibration"] if args.calibration else None
    write_checkpoint(run.model, args.run / "tokenizer.json", args.out, run.backbone, calibration)
    print((args.out / "SERVE.md").read_text())


if __name__ == "__main__":
    main()
