"""What a training run takes: sizes, memory, operations and time, from shapes alone, before anything is loaded.

  python -m tldr_vlm.memory --size 3b            the published shapes of Qwen2.5-VL, without any weights
"""

import argparse
import copy
import json
import time
from contextlib import nullcontext

import torch
from torch import nn
from transformers import PreTrainedConfig, Qwen2_5_VLConfig

from .backbones import backbone_of
from .batches import square_of
from .model import Lora, TldrModel, prepare
from .one_layer import SHAPES

UTILISATION = 0.4
"""The share of a device's fastest matrix product that well-fed training reaches."""
H100 = 989.0
"""TFLOP/s of bf16 matrix products, dense, by its data sheet."""


def shapes_of(config: PreTrainedConfig, lora: Lora | None, bf16: bool) -> TldrModel:
    """The model that will be trained, without weights (on torch's `meta` device); no `lora`: it is trained whole."""
    with torch.device("meta"):
        backbone = backbone_of(config.model_type).body(config).to(torch.bfloat16 if bf16 else torch.float32)
        return prepare(TldrModel(backbone), lora, everything=lora is None)


def kept_by_layer(model: TldrModel, tokens: int, bf16: bool) -> tuple[int, int]:
    """Bytes that autograd keeps of one decoder layer for the backward pass: for each answer of `tokens` tokens, and however many
    there are. Counted, on one layer with the model's shapes that is run forward on the CPU."""
    text = copy.copy(model.backbone.get_submodule(backbone_of(model.backbone.config.model_type).decoder))
    text._modules = {**text._modules, "layers": text.layers[:1], "norm": nn.Identity(), "embed_tokens": nn.Identity()}
    text = copy.deepcopy(text).to_empty(device="cpu").train()
    with torch.no_grad():
        for values in (*text.parameters(), *text.buffers()):
            values.zero_()
    own = {parameter.untyped_storage().data_ptr() for parameter in text.parameters()}
    kept: list[int] = []
    for batch in (1, 2):
        seen: dict[int, tuple[int, torch.Tensor]] = {}

        def keep(value: torch.Tensor) -> torch.Tensor:
            storage = value.untyped_storage()
            if storage.data_ptr() not in own:
                seen[storage.data_ptr()] = storage.nbytes(), value  # held, so that no other has its address
            return value

        x = torch.zeros(batch, tokens, text.config.hidden_size, dtype=torch.bfloat16 if bf16 else torch.float32, requires_grad=True)
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda value: value), torch.autocast("cpu", torch.bfloat16) if bf16 else nullcontext():
            text(inputs_embeds=x, use_cache=False)
        kept.append(sum(size for size, _ in seen.values()))
    each = kept[1] - kept[0]
    return each, max(0, kept[0] - each)


def matmul_tflops(device: str, bf16: bool) -> float:
    """TFLOP/s of a large matrix product, measured here: the best of five."""
    side = 8192 if device.startswith("cuda") else 1024
    values = torch.ones(side, side, device=device, dtype=torch.bfloat16 if bf16 else torch.float32)
    best = float("inf")
    for _ in range(6):
        if device.startswith("cuda"):
            torch.cuda.synchronize()
        began = time.perf_counter()
        values @ values
        if device.startswith("cuda"):
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - began)
    return 2 * side**3 / best / 1e12


def estimate(model: TldrModel, args: argparse.Namespace, answers: int) -> dict[str, float | int | str]:
    """GB of weights, gradients, optimizer state and activations for one micro-batch, the PFLOP of the whole run, and its hours.

    Weights: 2 bytes each in bf16, else 4; 4 for what is trained, always. Gradients and AdamW's two moments: 4 and 8 bytes, of
    what is trained. Activations: `kept_by_layer`, times layers; with `--recompute` a layer's input for each, and one layer
    whole. Operations a token: 2 a decoder weight forward and 2 backward, 2 more for each weight that is trained, 2 more for
    all where they are recomputed; the vision tower forward only, on four patches a cell. What cross-attention makes of a
    picture's patches (Llama 3.2 Vision) is not counted. Answers are taken to be 120 tokens
    with their prompt. Hours: at 40 % of the fastest matrix product of this device, measured, and of an H100."""
    config = model.backbone.config
    backbone, text, vision_config = backbone_of(config.model_type), config.get_text_config(), config.vision_config
    total = sum(parameter.numel() for parameter in model.parameters())
    trained = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    vision = sum(parameter.numel() for parameter in model.backbone.get_submodule(backbone.tower).parameters())
    size, gb = 2 if args.bf16 else 4, 1e9
    if backbone.tiled:
        cells, patches = 1, vision_config.max_num_tiles * square_of(config)[1]
    else:
        cells = square_of(config)[1] if backbone.square else args.largest // (vision_config.patch_size * vision_config.spatial_merge_size) ** 2
        patches = 4 * cells
    tokens = cells + 120
    each, fixed = kept_by_layer(model, tokens, args.bf16)
    layer = args.batch * each + fixed
    layers = text.num_hidden_layers
    activations = layers * args.batch * tokens * text.hidden_size * size + layer if args.recompute else layers * layer
    weights = (total - trained) * size + trained * 4
    seen = args.steps * args.batch * args.accumulate
    flop = seen * (tokens * ((6 if args.recompute else 4) * (total - vision) + 2 * trained) + patches * 2 * vision)
    rate = matmul_tflops(args.device, args.bf16)
    hours = {name: round(flop / (UTILISATION * speed * 1e12) / 3600, 2) for name, speed in (("hours_here", rate), ("hours_h100", H100))}
    return {
        "parameters": total, "trained": trained, "answers": answers, "epochs": round(seen / max(1, answers), 2),
        "weights_gb": round(weights / gb, 3), "gradients_gb": round(trained * 4 / gb, 3), "optimizer_gb": round(trained * 8 / gb, 3),
        "activations_gb": round(activations / gb, 3),
        "total_gb": round((weights + trained * 12 + activations) / gb, 3), "petaflop": round(flop / 1e15, 3),
        "device": torch.cuda.get_device_name() if args.device.startswith("cuda") else args.device, "tflops_here": round(rate, 2), **hours,
    }


def published(size: str) -> Qwen2_5_VLConfig:
    hidden, intermediate, heads, groups, layers, vocabulary = SHAPES[size]
    return Qwen2_5_VLConfig(
        text_config={
            "hidden_size": hidden, "intermediate_size": intermediate, "num_attention_heads": heads, "num_key_value_heads": groups,
            "num_hidden_layers": layers, "vocab_size": vocabulary,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [16, 24, 24]},
        },
        vision_config={"hidden_size": 1280, "intermediate_size": 3420, "depth": 32, "num_heads": 16, "out_hidden_size": hidden},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SHAPES, default="3b")
    parser.add_argument("--answers", type=int, default=128000)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--rank", type=int, default=512)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--accumulate", type=int, default=8)
    parser.add_argument("--largest", type=int, default=28 * 28 * 256)
    parser.add_argument("--recompute", action="store_true")
    parser.add_argument("--no-bf16", dest="bf16", action="store_false")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    print(json.dumps(estimate(shapes_of(published(args.size), Lora(args.rank), args.bf16), args, args.answers), indent=1))


if __name__ == "__main__":
    main()
