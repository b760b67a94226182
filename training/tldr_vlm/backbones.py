"""What differs between the backbones: transformers' classes, projector, chat template, pixels, and vLLM's names for them."""

from collections.abc import Callable
from dataclasses import dataclass

import transformers
from transformers import PreTrainedConfig

CLIP = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
HALF = (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)


@dataclass(frozen=True)
class Backbone:
    config: type
    body: type
    """The model without its language head."""
    whole: type
    projector: str
    """A regular expression: the linear maps between tower and decoder, which LoRA adapts beside those of the decoder."""
    system: str | None
    """The chat template's own system turn."""
    pixels: tuple[tuple[float, ...], tuple[float, ...]]
    """Mean and standard deviation that its image processor takes."""
    architecture: str
    """What vLLM is told that the checkpoint is."""
    tensor_name: Callable[[str], str]
    """From a name in the body to the one that vLLM's loader maps."""


def _flat(name: str) -> str:
    return name.replace("language_model.", "model.", 1) if name.startswith("language_model.") else name


BACKBONES = {
    "qwen2_5_vl": Backbone(
        transformers.Qwen2_5_VLConfig, transformers.Qwen2_5_VLModel, transformers.Qwen2_5_VLForConditionalGeneration,
        r"visual\.merger\.mlp\.[02]", "You are a helpful assistant.", CLIP, "Qwen2_5_VLForSequenceClassification", _flat,
    ),
    "qwen3_vl": Backbone(
        transformers.Qwen3VLConfig, transformers.Qwen3VLModel, transformers.Qwen3VLForConditionalGeneration,
        r"visual\.(merger|deepstack_merger_list\.\d+)\.linear_fc[12]", None, HALF, "Qwen3VLForConditionalGeneration", lambda name: f"model.{name}",
    ),
}


def backbone_of(model_type: str) -> Backbone:
    if model_type in BACKBONES:
        return BACKBONES[model_type]
    raise ValueError(f"a backbone of the type {model_type!r} is not known: use one of {', '.join(BACKBONES)}")


def config_of(fields: dict) -> PreTrainedConfig:
    """From what `to_dict` of a configuration gave."""
    return backbone_of(fields["model_type"]).config.from_dict(fields)
