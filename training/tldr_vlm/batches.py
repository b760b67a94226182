"""Answers as padded tensors."""

from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import PreTrainedConfig

from .backbones import CLIP, backbone_of
from .chat import DEFAULT_PROMPT, Chat, encode_plain, qwen_chat
from .data import Answer, token_labels
from .images import load_pixels, patches


@dataclass(frozen=True)
class Limits:
    """Tokens of a sequence, and pixels of a picture."""

    tokens: int = 1024
    smallest: int = 56 * 56
    largest: int = 28 * 28 * 256

    @property
    def prompt(self) -> int:
        """A longer prompt is cut at its beginning."""
        return self.tokens // 4


class Collator:
    def __init__(self, tokenizer: Tokenizer, chat: Chat, patch: int, merge: int, limits: Limits = Limits(), pixels: tuple = CLIP):
        self.tokenizer, self.chat, self.patch, self.merge, self.limits, self.pixels = tokenizer, chat, patch, merge, limits, pixels

    def __call__(self, answers: list[Answer]) -> dict[str, torch.Tensor]:
        """input_ids, attention_mask, labels i64 [B,T] (labels IGNORED outside the response), pixel_values f32 [P,D],
        image_grid_thw i64 [B,3]. A response that does not fit is cut at its end."""
        rows, cut, grids = [], [], []
        for answer in answers:
            pixels = load_pixels(answer.image, self.patch * self.merge, self.limits.smallest, self.limits.largest, self.pixels)
            flat, grid = patches(pixels, self.patch, self.merge)
            cells = grid[1] * grid[2] // self.merge**2
            prompt = encode_plain(self.tokenizer, answer.prompt or DEFAULT_PROMPT)[0][-self.limits.prompt :]
            ids, offsets = encode_plain(self.tokenizer, answer.response)
            room = self.limits.tokens - len(self.chat.sequence(cells, prompt, [])[0])
            if room < 1:
                raise ValueError(f"{answer.image}: its {cells} cells and the prompt leave no room: raise --tokens")
            labels = token_labels(offsets, answer)[:room]
            sequence, begin = self.chat.sequence(cells, prompt, ids[:room])
            rows.append((sequence, begin, labels))
            cut.append(flat)
            grids.append(grid)
        longest = max(len(sequence) for sequence, _, _ in rows)
        out = {name: np.zeros((len(rows), longest), np.int64) for name in ("input_ids", "attention_mask")}
        out["labels"] = np.full((len(rows), longest), -100, np.int64)
        for place, (sequence, begin, labels) in enumerate(rows):
            out["input_ids"][place, : len(sequence)] = sequence
            out["attention_mask"][place, : len(sequence)] = 1
            out["labels"][place, begin : begin + len(labels)] = labels
        return {
            **{name: torch.from_numpy(value) for name, value in out.items()},
            "pixel_values": torch.from_numpy(np.concatenate(cut)),
            "image_grid_thw": torch.tensor(grids),
        }


def collator_for(config: PreTrainedConfig, tokenizer: Tokenizer, limits: Limits = Limits()) -> Collator:
    """With the chat template, cells and pixels of a backbone's configuration."""
    vision, kind = config.vision_config, config.model_type
    return Collator(tokenizer, qwen_chat(tokenizer, kind), vision.patch_size, vision.spatial_merge_size, limits, backbone_of(kind).pixels)
