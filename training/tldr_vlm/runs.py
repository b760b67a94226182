"""A finished training run, opened with its LoRA merged."""

from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

from .backbones import config_of
from .batches import Limits
from .model import Lora, TldrModel, merged, open_backbone, prepare
from .tiny import TINY


@dataclass(frozen=True)
class Run:
    model: TldrModel
    tokenizer: Tokenizer
    tokens: int
    largest: int
    smallest: int
    response_level: bool
    backbone: str


def open_run(folder: Path, backbone: str | None = None, fraction: float = 1.0) -> Run:
    """`fraction` of the LoRA is merged (the paper's tau): 1 for the reward model itself."""
    saved = torch.load(folder / "model.pt", weights_only=False, map_location="cpu")
    arguments = saved["arguments"]
    source = backbone or arguments["backbone"]
    model = TldrModel(open_backbone(config_of(saved["config"]) if source in TINY else source))
    if saved["lora"]:
        prepare(model, Lora(int(arguments["rank"]), float(arguments["alpha"]), float(arguments["dropout"])))
    missing, unexpected = model.load_state_dict(saved["model"], strict=False)
    if unexpected or "score.weight" in missing:
        raise SystemExit(f"{folder}/model.pt does not fit {source}: {unexpected[:3] or missing[:3]}")
    model = merged(model, fraction).float().eval()
    return Run(model, Tokenizer.from_file(str(folder / "tokenizer.json")), int(arguments["tokens"]), int(arguments["largest"]), int(arguments.get("smallest", Limits().smallest)), bool(arguments.get("response_level")), source)
