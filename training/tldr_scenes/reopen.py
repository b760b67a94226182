"""What an exported model folder holds, back in PyTorch: the folder in the repository is enough to train it on."""

import json
from pathlib import Path

import onnx
import torch
from onnx import ModelProto, numpy_helper
from torch import Tensor, nn

from .encoder import SceneEncoder
from .second_look import SecondLook

EPSILON = 1e-5
"""Of BatchNorm."""


def is_folder(path: Path) -> bool:
    """Whether it is an exported model, not the folder or file of a training run."""
    return (path / "tldr.json").exists()


def nouns_of_encoder(path: Path) -> list[str]:
    """The nouns of an exported model folder or of an encoder.pt, in the order of their columns."""
    if is_folder(path):
        return json.loads((path / "tldr.json").read_text())["slots"]["nouns"]
    return torch.load(path, weights_only=False)["nouns"]


def stored_decoder(folder: Path) -> dict[str, Tensor]:
    """The state of the RewardDecoder behind FOLDER/reward_decoder.onnx, whatever its weights are stored in; without
    its names, which follow from tokenizer and nouns."""
    model = onnx.load(folder / "reward_decoder.onnx")
    values = stored_values(model)
    state = {name.removeprefix("decoder."): value for name, value in values.items() if name.startswith("decoder.")}
    state.pop("names", None)
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1].startswith("onnx::MatMul"):
            state[_place(node.name) + ".weight"] = values[node.input[1]].T.contiguous()
    return state


def mixed(state: dict[str, Tensor], before: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """The weights `share` of the way from those of before to those that training made of them; what was not there before stays as
    trained. It keeps more of what the model of before knew beyond the new data than the end of training does (Wortsman and
    others, Robust fine-tuning of zero-shot models, arXiv 2109.01903)."""
    return {name: torch.lerp(before[name].to(value.dtype), value, share) if name in before else value for name, value in state.items()}


def stored_encoder(folder: Path) -> SceneEncoder:
    """The SceneEncoder behind FOLDER/image_encoder.onnx. The exporter drew normalisation into the convolutions before it, so
    that it does nothing here but add what is left of it."""
    return _stored(folder, SceneEncoder(len(nouns_of_encoder(folder))), "encoder.encoder.")


def stored_second_look(folder: Path) -> SecondLook:
    """The SecondLook behind FOLDER/image_encoder.onnx."""
    return _stored(folder, SecondLook(len(nouns_of_encoder(folder))), "second.")


def _stored(folder: Path, module: nn.Module, prefix: str) -> nn.Module:
    model = onnx.load(folder / "image_encoder.onnx")
    values = stored_values(model)
    state = module.eval().state_dict()
    state |= {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
    root = "/" + prefix.replace(".", "/")
    for node in model.graph.node:
        if node.op_type == "Conv" and node.name.startswith(root) and node.input[1].startswith("onnx::Conv") and node.input[1] in values:
            place = _place("/of/" + node.name.removeprefix(root))
            norm = place.removesuffix(".0") + ".1"
            state[place + ".weight"] = values[node.input[1]]
            state[norm + ".bias"] = values[node.input[2]]
            state[norm + ".weight"] = torch.full_like(state[norm + ".bias"], (1 + EPSILON) ** 0.5)
            state[norm + ".running_mean"] = torch.zeros_like(state[norm + ".bias"])
            state[norm + ".running_var"] = torch.ones_like(state[norm + ".bias"])
    module.load_state_dict(state)
    return module.to(memory_format=torch.channels_last)


def stored_values(model: ModelProto) -> dict[str, Tensor]:
    """The initialisers in f32, by the names that they had before `store_weights`."""
    stored = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()).float() for tensor in model.graph.initializer}
    out = {}
    for name, value in stored.items():
        if name.endswith(".i8"):
            out[name.removesuffix(".i8")] = value * stored[name.removesuffix(".i8") + ".scale"]
        elif not name.endswith(".scale"):
            out[name.removesuffix(".f16")] = value
    return out


def _place(node: str) -> str:
    """Where in a module a node stands, read off its path: `/decoder/read.0/feed/feed.2/MatMul` is `read.0.feed.2`. The weights of
    linear layers and of convolutions with a normalisation behind them have no other names in the file."""
    path: list[str] = []
    for part in node.split("/")[2:-1]:
        if path and part.startswith(path[-1] + "."):
            path.pop()
        path.append(part)
    return ".".join(path)
