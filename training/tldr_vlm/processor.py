"""What stands beside a checkpoint's weights: its tokenizer, the chat template and how pictures are fitted."""

import json
import shutil
from pathlib import Path

from tokenizers import Tokenizer
from transformers import PreTrainedConfig, PreTrainedTokenizerFast

from .backbones import Turn, backbone_of
from .batches import Limits

TEXT_FILES = (
    "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "generation_config.json",
    "chat_template.json", "chat_template.jinja",
)
PICTURE_FILES = ("preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json")


def copy_files(backbone: str, out: Path, names: tuple[str, ...]) -> None:
    """Those that the backbone's folder has."""
    for name in names:
        if (Path(backbone) / name).is_file():
            shutil.copy(Path(backbone) / name, out / name)


def write_picture_limits(out: Path, config: PreTrainedConfig, limits: Limits) -> None:
    """preprocessor_config.json that fits pictures as training did, for Qwen-VL: a server that took the published limits would look
    at pictures of up to 16,384 cells, which the reward model never saw."""
    vision, backbone = config.vision_config, backbone_of(config.model_type)
    bounds = {"min_pixels": limits.smallest, "max_pixels": limits.largest, "size": {"shortest_edge": limits.smallest, "longest_edge": limits.largest}}
    path, whole = out / "preprocessor_config.json", out / "processor_config.json"
    given = json.loads(path.read_text()) if path.exists() else {
        "image_processor_type": "Qwen2VLImageProcessor", "patch_size": vision.patch_size, "merge_size": vision.spatial_merge_size,
        "temporal_patch_size": vision.temporal_patch_size, "image_mean": list(backbone.pixels[0]), "image_std": list(backbone.pixels[1]),
    }
    path.write_text(json.dumps({**given, **bounds}, indent=1) + "\n")
    if whole.exists():
        fields = json.loads(whole.read_text())
        if isinstance(fields.get("image_processor"), dict):
            fields["image_processor"] |= bounds
            whole.write_text(json.dumps(fields, indent=1) + "\n")


def template_of(turn: Turn) -> str:
    """A chat template for one picture, a prompt and an answer, where the backbone has none of its own."""
    role, _, head = turn.before.rpartition("user\n")
    before, after, answer, end = (json.dumps(part) for part in (role + "user\n", turn.after, turn.answer, turn.end))
    seen = json.dumps(head + turn.image)
    return (
        "{% for message in messages %}{% if message['role'] == 'user' %}{{ " + before + " }}"
        "{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for part in message['content'] %}"
        "{% if part['type'] == 'text' %}{{ part['text'] }}{% else %}{{ " + seen + " + " + after + " }}{% endif %}{% endfor %}{% endif %}{{ " + answer + " }}"
        "{% else %}{{ message['content'] }}{{ " + end + " }}{% endif %}{% endfor %}"
    )


def own_template(backbone: Path) -> str | None:
    if (backbone / "chat_template.jinja").is_file():
        return (backbone / "chat_template.jinja").read_text()
    for name in ("chat_template.json", "tokenizer_config.json"):
        if (backbone / name).is_file():
            found = json.loads((backbone / name).read_text()).get("chat_template")
            if isinstance(found, str):
                return found
    return None


def write_template(backbone: str, out: Path, turn: Turn, tokenizer: Tokenizer) -> None:
    """The backbone's own template, if it writes what the model was trained on, or one for it where it has none. Raises ValueError
    where it writes something else: a server would show the reward model other sequences than training did."""
    template = own_template(Path(backbone))
    if template is None:
        template = template_of(turn)
        (out / "chat_template.jinja").write_text(template)
    asked = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What is it?"}]}, {"role": "assistant", "content": "A red dog."}]
    written = PreTrainedTokenizerFast(tokenizer_object=tokenizer).apply_chat_template(asked, chat_template=template, tokenize=False, continue_final_message=True)
    wanted = f"{turn.before}{turn.image}{turn.after}What is it?{turn.answer}A red dog."
    if written != wanted:
        raise ValueError(f"the chat template of {backbone} writes {written!r}, and the model was trained on {wanted!r}: a server would not show it what it knows")
