"""What differs between the backbones: transformers' classes, names of their parts, chat format, pixels, and vLLM's names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import transformers
from transformers import PreTrainedConfig

CLIP = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
HALF = (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)


@dataclass(frozen=True)
class Turn:
    """The chat template written out for one user turn with one picture, `image` once for each cell:

    before  image * N  after  PROMPT  answer  RESPONSE  end"""

    before: str
    image: str
    after: str
    answer: str
    end: str


@dataclass(frozen=True)
class Served:
    architecture: str
    """What vLLM is told that the checkpoint is."""
    tensor_name: Callable[[str], str]
    """From a name in the body to the one that vLLM's loader maps."""


@dataclass(frozen=True)
class Backbone:
    config: type
    body: type
    """The model without its language head."""
    whole: type
    tower: str
    """The vision tower in the body."""
    decoder: str
    """The language model in the body."""
    adapted: str
    """A regular expression: the linear maps of the projector and of the decoder, which LoRA adapts."""
    turn: Turn
    pixels: tuple[tuple[float, ...], tuple[float, ...]]
    """Mean and standard deviation that its image processor takes."""
    square: bool = False
    """Every picture is stretched to one square."""
    tiled: bool = False
    """A picture is fitted into squares side by side, and looked at by cross-attention; else it keeps its shape, in whole cells."""
    prefix: bool = False
    """What stands before the response is read in both directions."""
    family: str | None = None
    """Of its ONNX folder (DESIGN.md section 6); None where it is not exported to one."""
    served: Served | None = None
    """None where vLLM is not known to give one reward a token."""


LINEAR = r"(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"


def _qwen(system: str | None) -> Turn:
    before = (f"<|im_start|>system\n{system}<|im_end|>\n" if system else "") + "<|im_start|>user\n<|vision_start|>"
    return Turn(before, "<|image_pad|>", "<|vision_end|>", "<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>")


def _flat(name: str) -> str:
    return name.replace("language_model.", "model.", 1) if name.startswith("language_model.") else name


BACKBONES = {
    "qwen2_5_vl": Backbone(
        transformers.Qwen2_5_VLConfig, transformers.Qwen2_5_VLModel, transformers.Qwen2_5_VLForConditionalGeneration,
        "visual", "language_model", rf"(visual\.merger\.mlp\.[02]|language_model.*\.{LINEAR})", _qwen("You are a helpful assistant."), CLIP,
        family="qwen-vl", served=Served("Qwen2_5_VLForSequenceClassification", _flat),
    ),
    "qwen3_vl": Backbone(
        transformers.Qwen3VLConfig, transformers.Qwen3VLModel, transformers.Qwen3VLForConditionalGeneration,
        "visual", "language_model", rf"(visual\.(merger|deepstack_merger_list\.\d+)\.linear_fc[12]|language_model.*\.{LINEAR})", _qwen(None), HALF,
        family="qwen-vl", served=Served("Qwen3VLForConditionalGeneration", lambda name: f"model.{name}"),
    ),
    # as its processor does it with do_image_splitting=False: one square, no tiles
    "smolvlm": Backbone(
        transformers.SmolVLMConfig, transformers.SmolVLMModel, transformers.SmolVLMForConditionalGeneration,
        "vision_model", "text_model", rf"(connector\.modality_projection\.proj|text_model.*\.{LINEAR})",
        Turn("<|im_start|>User:<fake_token_around_image><global-img>", "<image>", "<fake_token_around_image>", "<end_of_utterance>\nAssistant: ", "<end_of_utterance>"),
        HALF, square=True, family="smolvlm",
    ),
    "paligemma": Backbone(
        transformers.PaliGemmaConfig, transformers.PaliGemmaModel, transformers.PaliGemmaForConditionalGeneration,
        "vision_tower", "language_model", rf"(multi_modal_projector\.linear|language_model.*\.{LINEAR})", Turn("", "<image>", "<bos>", "\n", "<eos>"), HALF,
        square=True, prefix=True, family="paligemma",
    ),
    # Llama 3.2 Vision: <|image|> stands once, wherever a picture is; what comes behind it looks at the tiles
    "mllama": Backbone(
        transformers.MllamaConfig, transformers.MllamaModel, transformers.MllamaForConditionalGeneration,
        "vision_model", "language_model", rf"(multi_modal_projector|language_model.*\.{LINEAR})",
        Turn(
            "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n", "<|image|>", "",
            "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>",
        ),
        CLIP, tiled=True, family="mllama",
    ),
}


def backbone_of(model_type: str) -> Backbone:
    if model_type in BACKBONES:
        return BACKBONES[model_type]
    raise ValueError(f"a backbone of the type {model_type!r} is not known: use one of {', '.join(BACKBONES)}")


T = TypeVar("T")


def exported(model_type: str, to: str, how: Callable[[Backbone], T | None]) -> T:
    """What an export needs to know of a backbone. Raises ValueError where it cannot be exported to that."""
    found = how(backbone_of(model_type))
    if found is None:
        able = ", ".join(name for name, backbone in BACKBONES.items() if how(backbone) is not None)
        raise ValueError(f"a TLDR on {model_type!r} cannot be exported to {to}: {able} can")
    return found


def config_of(fields: dict) -> PreTrainedConfig:
    """From what `to_dict` of a configuration gave."""
    return backbone_of(fields["model_type"]).config.from_dict(fields)
