"""python -m tldr_vlm.one_layer --out FOLDER [--size 3b|7b]

One decoder layer with the shapes of Qwen2.5-VL and random weights, as FOLDER/f32.onnx and FOLDER/q8.onnx: `npx tsx
bench/backbone-layer.ts FOLDER` times them side by side, and multiplies. layer.json says how many layers the whole model has.
"""

import argparse
import json
from pathlib import Path

import torch
from tldr_scenes.weights import store_weights

from .graph import RewardDecoder
from .model import TldrModel, open_backbone
from .tiny import small_config, small_tokenizer

SHAPES = {
    # hidden, intermediate, heads, key-value heads, layers, vocabulary: the published configurations
    "3b": (2048, 11008, 16, 2, 36, 151936),
    "7b": (3584, 18944, 28, 4, 28, 152064),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", choices=SHAPES, default="3b")
    args = parser.parse_args()
    hidden, intermediate, heads, groups, layers, vocabulary = SHAPES[args.size]
    tokenizer = small_tokenizer(["one layer"] * 10, 300)
    config = small_config(tokenizer, hidden=32, heads=2)
    text = config.text_config
    text.hidden_size, text.intermediate_size, text.num_attention_heads, text.num_key_value_heads, text.num_hidden_layers = hidden, intermediate, heads, groups, 1
    text.rope_parameters = {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [16, 24, 24]}
    text.layer_types = ["full_attention"]
    config.vision_config.out_hidden_size = hidden
    model = TldrModel(open_backbone(config)).eval()
    args.out.mkdir(parents=True, exist_ok=True)
    ids = torch.full((1, 40), 5)
    inputs = (ids, torch.ones_like(ids), torch.zeros(1, 9, hidden))
    with torch.no_grad():
        torch.onnx.export(
            RewardDecoder(model, config.image_token_id), inputs, str(args.out / "f32.onnx"), dynamo=False, opset_version=17,
            input_names=["input_ids", "attention_mask", "image_features"], output_names=["logits"],
            dynamic_axes={"input_ids": {0: "batch", 1: "length"}, "attention_mask": {0: "batch", 1: "length"}, "image_features": {1: "cells"}},
        )
    store_weights(args.out / "f32.onnx", args.out / "q8.onnx", "q8")
    weights = sum(parameter.numel() for parameter in model.backbone.language_model.layers.parameters())
    (args.out / "layer.json").write_text(json.dumps({"size": args.size, "hidden": hidden, "layers": layers, "vocabulary": vocabulary, "weights": weights}) + "\n")


if __name__ == "__main__":
    main()
