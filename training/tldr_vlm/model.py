"""A token-level detective reward model on a vision-language backbone: one linear head on the hidden state of every token.

The paper (arXiv 2410.04734, 3 and App. B): LM head removed; vision encoder frozen; LoRA of rank 512, alpha 128, dropout
0.1 on the projector and the decoder; a fresh linear head with a sigmoid. Departures, each with its reason:
- The backbone is Qwen-VL before PaliGemma or Llama 3.2 Vision: it is plainly causal, and vLLM serves it.
- The head has no bias, which is what vLLM's `score` is; the fitted calibration has one.
- The paper multiplies A B by alpha itself, peft by alpha / rank. Here `alpha` is the paper's, and peft is given
  alpha * rank, so that the update is the paper's. With the paper's alpha of 128 that is a large step, and not stable with
  peft's initial weights at the paper's learning rate of 1e-3; `--alpha 1` is the default, the paper's figure a flag away.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import AutoConfig, PreTrainedConfig, PreTrainedModel

from .backbones import backbone_of


@dataclass(frozen=True)
class Lora:
    rank: int = 512
    alpha: float = 1.0
    dropout: float = 0.1


class TldrModel(nn.Module):
    def __init__(self, backbone: PreTrainedModel):
        super().__init__()
        self.backbone = backbone
        self.score = nn.Linear(backbone.config.get_text_config().hidden_size, 1, bias=False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, image_token: int, **seen: Tensor) -> Tensor:
        """ids and mask i64 [B,T], and what a Collator gives besides, one picture an answer -> logits f32 [B,T]."""
        if "image_grid_thw" in seen:
            seen["mm_token_type_ids"] = (input_ids == image_token).int()
        if "aspect_ratio_mask" in seen:  # what stands behind the picture looks at the tiles that are there
            seen["cross_attention_mask"] = behind(input_ids, image_token)[:, :, None, None] * seen["aspect_ratio_mask"][:, None]
        hidden = self.backbone(input_ids=input_ids, attention_mask=attention_mask, use_cache=False, **seen).last_hidden_state
        # in f32: bf16 has three digits, and rewards that are then alike are ties in every average precision
        with torch.autocast(hidden.device.type, enabled=False):
            return self.score(hidden.to(self.score.weight.dtype)).float()[:, :, 0]


def behind(input_ids: Tensor, image_token: int) -> Tensor:
    """i64 [B,T]: 1 from the picture's token on."""
    return ((input_ids == image_token).long().cumsum(1) > 0).long()


def open_backbone(source: str | PreTrainedConfig, dtype: torch.dtype = torch.float32) -> PreTrainedModel:
    """A checkpoint folder, or a configuration with random weights."""
    if isinstance(source, PreTrainedConfig):
        opened = backbone_of(source.model_type).body(source).to(dtype)
        with torch.no_grad():  # Llama 3.2 Vision begins with them shut, so as to stay the language model that it was: here is none to keep
            for name, parameter in opened.named_parameters():
                if name.endswith(("cross_attn_attn_gate", "cross_attn_mlp_gate")):
                    parameter.fill_(1.0)
    else:
        opened = backbone_of(AutoConfig.from_pretrained(source).model_type).whole.from_pretrained(source, dtype=dtype).model
    if getattr(opened.config.get_text_config(), "attn_logit_softcapping", None):
        opened.set_attn_implementation("eager")  # the only one that caps
    return opened


def prepare(model: TldrModel, lora: Lora | None, everything: bool = False) -> TldrModel:
    """Freezes the vision tower and puts LoRA on the rest; `everything` trains all weights, for backbones from nothing. What is
    trained is kept in f32 beside a frozen bf16: steps of less than 1/256 of a weight would be rounded away."""
    if everything:
        return model
    model.backbone.requires_grad_(False)
    if lora:
        from peft import LoraConfig, inject_adapter_in_model

        config = LoraConfig(
            r=lora.rank, lora_alpha=lora.alpha * lora.rank, lora_dropout=lora.dropout, bias="none",
            target_modules=rf".*{backbone_of(model.backbone.config.model_type).adapted}",
        )
        inject_adapter_in_model(config, model.backbone)
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.data = parameter.data.float()
        for _, layer in lora_layers(model):
            layer.cast_input_dtype_enabled = False  # autocast does that, without keeping a copy in f32 for each
    return model


def lora_layers(model: nn.Module):
    from peft.tuners.lora import LoraLayer

    return [(name, module) for name, module in model.named_modules() if isinstance(module, LoraLayer)]


def merged(model: TldrModel, fraction: float = 1.0) -> TldrModel:
    """The model with its LoRA added in, times `fraction` (the paper's tau, section 5.4), and no adapters left."""
    for name, layer in lora_layers(model.backbone):
        base = layer.get_base_layer()
        with torch.no_grad():
            base.weight += fraction * layer.get_delta_weight("default").to(base.weight.dtype)
        parent = model.backbone.get_submodule(name.rpartition(".")[0]) if "." in name else model.backbone
        setattr(parent, name.rpartition(".")[2], base)
    return model


def masked_loss(logits: Tensor, labels: Tensor, bad_weight: float = 1.0, last_only: bool = False) -> Tensor:
    """Binary cross-entropy over response tokens (labels 1, 0; anything below 0 is left out).

    `last_only`: the paper's naive response-level model, judged by the last response token alone: good where all are.
    `bad_weight`: weight of bad tokens; the paper names none."""
    total, weight = summed_loss(logits, labels, bad_weight, last_only)
    return total / weight.clamp(min=1)


def summed_loss(logits: Tensor, labels: Tensor, bad_weight: float = 1.0, last_only: bool = False) -> tuple[Tensor, Tensor]:
    """`masked_loss` before it is divided: the sum over tokens (answers), and the sum of their weights. A step that is put
    together of several batches divides once, by the weights of them all: each token counts alike, whatever batch it came in."""
    inside = labels >= 0
    if last_only:
        good = ((labels == 0).sum(1) == 0).float()
        place = labels.shape[1] - 1 - inside.flip(1).int().argmax(1)
        each = nn.functional.binary_cross_entropy_with_logits(logits.gather(1, place[:, None])[:, 0], good, reduction="sum")
        return each, torch.tensor(float(len(labels)), device=labels.device)
    weight = torch.where(labels == 0, bad_weight, 1.0)[inside]
    each = nn.functional.binary_cross_entropy_with_logits(logits[inside], labels[inside].float(), reduction="none")
    return (each * weight).sum(), weight.sum()
