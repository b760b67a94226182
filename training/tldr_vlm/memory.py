"""What a training run takes: sizes, memory and operations, worked out from shapes before anything is loaded on a GPU."""

import argparse

from .backbones import backbone_of
from .batches import square_of
from .model import TldrModel


def estimate(model: TldrModel, args: argparse.Namespace, answers: int) -> dict[str, float | int]:
    """GB of weights, gradients, optimizer state and activations for one micro-batch, and the PFLOP of the whole run.

    Weights: 2 bytes each in bf16, else 4. Gradients: as the weights, of what is trained. AdamW: two moments in fp32, of
    what is trained. Activations: about 34 bytes x tokens x hidden x layers in bf16 without recomputation (Korthikanti et
    al. 2022, eq. 2, less the attention maps, which fused attention does not keep), twice that in fp32. Operations a token:
    2 a decoder weight forward and 2 backward, 2 more for each weight that is trained; the vision tower forward only, on
    four patches a cell. Answers are taken to be 120 tokens with their prompt."""
    total = sum(parameter.numel() for parameter in model.parameters())
    trained = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    vision = sum(parameter.numel() for parameter in model.backbone.get_submodule(backbone_of(model.backbone.config.model_type).tower).parameters())
    text = model.backbone.config.get_text_config()
    size = 2 if args.bf16 else 4
    config = model.backbone.config
    cells = square_of(config)[1] if backbone_of(config.model_type).square else args.largest // 28**2
    tokens = args.batch * (cells + 120)
    activations = 17 * size * tokens * text.hidden_size * text.num_hidden_layers
    seen = args.steps * args.batch * args.accumulate
    flop = seen * ((cells + 120) * (4 * (total - vision) + 2 * trained) + cells * 4 * 2 * vision)
    gb = 1e9
    return {
        "parameters": total, "trained": trained, "answers": answers, "epochs": round(seen / max(1, answers), 2),
        "weights_gb": round(total * size / gb, 3), "gradients_gb": round(trained * size / gb, 3), "optimizer_gb": round(trained * 8 / gb, 3),
        "activations_gb": round(activations / gb, 3),
        "total_gb": round((total * size + trained * (size + 8) + activations) / gb, 3), "petaflop": round(flop / 1e15, 3),
    }


def main() -> None:
    """python -m tldr_vlm.memory --size 3b: the estimate for published shapes, without any weights."""
    import json

    import torch
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLModel

    from .model import Lora, prepare
    from .one_layer import SHAPES

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--size", choices=SHAPES, default="3b")
    parser.add_argument("--answers", type=int, default=128000)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--rank", type=int, default=512)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--accumulate", type=int, default=8)
    parser.add_argument("--largest", type=int, default=28 * 28 * 256)
    parser.add_argument("--no-bf16", dest="bf16", action="store_false")
    args = parser.parse_args()
    hidden, intermediate, heads, groups, layers, vocabulary = SHAPES[args.size]
    config = Qwen2_5_VLConfig(
        text_config={
            "hidden_size": hidden, "intermediate_size": intermediate, "num_attention_heads": heads, "num_key_value_heads": groups,
            "num_hidden_layers": layers, "vocab_size": vocabulary,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [16, 24, 24]},
        },
        vision_config={"hidden_size": 1280, "intermediate_size": 3420, "depth": 32, "num_heads": 16, "out_hidden_size": hidden},
    )
    with torch.device("meta"):
        model = prepare(TldrModel(Qwen2_5_VLModel(config)), Lora(args.rank))
    print(json.dumps(estimate(model, args, args.answers), indent=1))


if __name__ == "__main__":
    main()
