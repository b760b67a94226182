"""The weights of an exported folder, back in PyTorch: what a model learnt of a small world is where one for a larger world
begins, and the folder that is in the repository is enough for it."""

import json
import tempfile
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from tokenizers import AddedToken, Tokenizer
from torch import Tensor, nn
from transformers import Qwen2_5_VLConfig

from .chat import chat_of
from .export_onnx import FILES, export_graphs
from .model import TldrModel, open_backbone
from .tiny import QWEN, small_config


def stored_values(path: Path) -> dict[str, Tensor]:
    """The initialisers of a file as `store_weights` wrote it, in f32, by the names that they had before."""
    stored = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in onnx.load(path).graph.initializer}
    out = {}
    for name, value in stored.items():
        if name.endswith(".i8"):
            out[name.removesuffix(".i8")] = value.float() * stored[name.removesuffix(".i8") + ".scale"]
        elif not (name.endswith(".scale") and name.removesuffix(".scale") + ".i8" in stored):
            out[name.removesuffix(".f16")] = value.float()
    return out


def reopen(folder: Path, config: Qwen2_5_VLConfig) -> tuple[TldrModel, Tokenizer]:
    """The model and tokenizer of a folder that was exported from a `small_config` of `config`'s widths, whatever its vocabulary.

    Raises ValueError where the folder's model has other widths."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in QWEN])
    text, vision = config.text_config, config.vision_config
    model = TldrModel(open_backbone(small_config(
        tokenizer, text.hidden_size, text.num_hidden_layers, text.num_attention_heads, vision.hidden_size, vision.depth, vision.patch_size,
        windows=len(vision.fullatt_block_indexes) < vision.depth,
    )))
    if chat_of(tokenizer).image != json.loads((folder / "tldr.json").read_text())["chat"]["image"]:
        raise ValueError(f"{folder}: its tokenizer is not one of `small_tokenizer`")
    # exported again with values that tell every weight from every other, to see where the exporter puts each
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_()
    with tempfile.TemporaryDirectory() as name:
        export_graphs(model, chat_of(tokenizer), Path(name), "f32")
        places = {file: stored_values(Path(name) / file) for file in FILES[1:]}
    kept = {file: stored_values(folder / file) for file in FILES[1:]}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            value = _at_same_place(parameter, places, kept)
            if value is None:
                raise ValueError(f"{folder} has no {name} of {list(parameter.shape)}: its model has other widths")
            parameter.copy_(value)
    return model, tokenizer


def _at_same_place(wanted: Tensor, places: dict[str, dict[str, Tensor]], kept: dict[str, dict[str, Tensor]]) -> Tensor | None:
    for file, values in places.items():
        for name, value in values.items():
            for turned in (False, True):
                seen = value.t() if turned and value.ndim == 2 else value
                if seen.shape == wanted.shape and torch.allclose(seen, wanted, rtol=1e-4, atol=1e-5):
                    found = kept[file].get(name)
                    return None if found is None or found.shape != value.shape else found.t() if turned and value.ndim == 2 else found
    return None


def take_over(model: TldrModel, tokenizer: Tokenizer, known: TldrModel, its: Tokenizer) -> int:
    """Gives the decoder and the head of `model` what `known` has, and each token that both know its embedding; the tower stays as
    it is. How many tokens that were."""
    embedding = model.backbone.language_model.embed_tokens.weight
    with torch.no_grad():
        kept = embedding.clone()
        old = known.backbone.language_model.embed_tokens.weight
        shared = [(place, its.token_to_id(token)) for token, place in tokenizer.get_vocab().items() if its.token_to_id(token) is not None]
        for place, known_as in shared:
            kept[place] = old[known_as]
        for (name, parameter), other in zip(_decoder(model).named_parameters(), _decoder(known).parameters()):
            parameter.copy_(kept if parameter is embedding else other)
    return len(shared)


def _decoder(model: TldrModel) -> nn.ModuleList:
    return nn.ModuleList([model.backbone.language_model, model.score])
