"""What a training run takes: sizes, memory and operations, worked out from shapes before anything is loaded on a GPU."""

import argparse

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
    vision = sum(parameter.numel() for parameter in model.backbone.visual.parameters())
    text = model.backbone.config.get_text_config()
    size = 2 if args.bf16 else 4
    cells = args.largest // 28**2
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
