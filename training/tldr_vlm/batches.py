"""Answers as padded tensors."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import PreTrainedConfig

from .backbones import backbone_of
from .chat import DEFAULT_PROMPT, Chat, chat_of, encode_plain
from .data import IGNORED, OUTSIDE, Answer, BadData, token_labels
from .images import load_pixels, load_square, load_tiled, patches, tile_shapes


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


Pixels = Callable[[Path], np.ndarray]
"""A picture as the tower takes it, f32 [3,H,W]."""
Look = Callable[[Path], tuple[dict[str, np.ndarray], int]]
"""What a backbone is given of a picture, to be put behind that of other pictures, and how many cells it makes of it."""


def in_whole_cells(patch: int, merge: int, pixels: Pixels) -> Look:
    """pixel_values f32 [P,D] and image_grid_thw i64 [1,3]."""

    def look(path: Path) -> tuple[dict[str, np.ndarray], int]:
        flat, grid = patches(pixels(path), patch, merge)
        return {"pixel_values": flat, "image_grid_thw": np.array([grid])}, grid[1] * grid[2] // merge**2

    return look


def in_one_square(cells: int, stacked: bool, pixels: Pixels) -> Look:
    """pixel_values f32 [1,3,S,S], or [1,1,3,S,S] where an answer may have several pictures (`stacked`)."""

    def look(path: Path) -> tuple[dict[str, np.ndarray], int]:
        square = pixels(path)[None]
        return {"pixel_values": square[None] if stacked else square}, cells

    return look


def in_tiles(side: int, most: int, pixels: Pixels) -> Look:
    """pixel_values f32 [1,1,M,3,S,S], tiles that are not there nought; aspect_ratio_ids i64 [1,1]; aspect_ratio_mask i64 [1,1,M].
    The picture is one token of the sequence."""

    def look(path: Path) -> tuple[dict[str, np.ndarray], int]:
        canvas = pixels(path)
        rows, columns = canvas.shape[1] // side, canvas.shape[2] // side
        tiles = np.zeros((1, 1, most, 3, side, side), np.float32)
        tiles[0, 0, : rows * columns] = canvas.reshape(3, rows, side, columns, side).transpose(1, 3, 0, 2, 4).reshape(-1, 3, side, side)
        there = (np.arange(most) < rows * columns).astype(np.int64)
        number = tile_shapes(most).index((rows, columns)) + 1
        return {"pixel_values": tiles, "aspect_ratio_ids": np.array([[number]]), "aspect_ratio_mask": there[None, None]}, 1

    return look


@dataclass(frozen=True)
class Collator:
    tokenizer: Tokenizer
    chat: Chat
    look: Look
    limits: Limits = Limits()
    prefix: bool = False
    repairs: int = IGNORED
    """The label of grammar that only follows from an error: IGNORED, or 0 as in the paper."""
    response_level: bool = False
    """The last token of an answer that was cut is bad where the part cut off was: the verdict is on the whole answer."""

    def __call__(self, answers: list[Answer]) -> dict[str, torch.Tensor]:
        """input_ids, attention_mask, labels i64 [B,T] (labels OUTSIDE or as `token_labels` gives them), what `look` gives of the
        pictures, and where there is a `prefix` token_type_ids i64 [B,T], 0 there. A response that does not fit is cut at its
        end."""
        rows, seen = [], []
        for answer in answers:
            try:
                fields, cells = self.look(answer.image)
            except (OSError, ValueError) as error:
                raise BadData(f"{answer.image} cannot be read as a picture ({error}): mend it, or take its answers out") from error
            prompt = encode_plain(self.tokenizer, answer.prompt or DEFAULT_PROMPT)[0][-self.limits.prompt :]
            ids, offsets = encode_plain(self.tokenizer, answer.response)
            room = self.limits.tokens - len(self.chat.sequence(cells, prompt, [])[0])
            if room < 1:
                raise ValueError(f"{answer.image}: its {cells} cells and the prompt leave no room: raise --tokens")
            full = token_labels(offsets, answer, self.repairs)
            labels = full[:room]
            if len(labels) < len(full) and self.response_level and (full == 0).any():
                labels[-1] = 0
            sequence, begin = self.chat.sequence(cells, prompt, ids[:room])
            rows.append((sequence, begin, labels))
            seen.append(fields)
        longest = max(len(sequence) for sequence, _, _ in rows)
        out = {name: np.zeros((len(rows), longest), np.int64) for name in ("input_ids", "attention_mask")}
        out["labels"] = np.full((len(rows), longest), OUTSIDE, np.int64)
        if self.prefix:
            out["token_type_ids"] = np.ones((len(rows), longest), np.int64)
        for place, (sequence, begin, labels) in enumerate(rows):
            out["input_ids"][place, : len(sequence)] = sequence
            out["attention_mask"][place, : len(sequence)] = 1
            out["labels"][place, begin : begin + len(labels)] = labels
            if self.prefix:
                out["token_type_ids"][place, :begin] = 0
        out |= {name: np.concatenate([fields[name] for fields in seen]) for name in seen[0]}
        return {name: torch.from_numpy(value) for name, value in out.items()}


def square_of(config: PreTrainedConfig) -> tuple[int, int]:
    """(side, cells) of the square that a backbone looks at."""
    vision = config.vision_config
    return vision.image_size, (vision.image_size // vision.patch_size // getattr(config, "scale_factor", 1)) ** 2


def pixels_of(config: PreTrainedConfig, limits: Limits) -> Pixels:
    backbone, vision = backbone_of(config.model_type), config.vision_config
    if backbone.square:
        return lambda path: load_square(path, vision.image_size, backbone.pixels)
    if backbone.tiled:
        return lambda path: load_tiled(path, vision.image_size, vision.max_num_tiles, backbone.pixels)
    cell = vision.patch_size * vision.spatial_merge_size
    return lambda path: load_pixels(path, cell, limits.smallest, limits.largest, backbone.pixels)


def collator_for(config: PreTrainedConfig, tokenizer: Tokenizer, limits: Limits = Limits(), repairs: int = IGNORED, response_level: bool = False) -> Collator:
    """With the chat format, cells and pixels of a backbone's configuration."""
    vision, kind = config.vision_config, config.model_type
    backbone = backbone_of(kind)
    pixels = pixels_of(config, limits)
    if backbone.square:
        look = in_one_square(square_of(config)[1], kind == "smolvlm", pixels)
    elif backbone.tiled:
        look = in_tiles(vision.image_size, vision.max_num_tiles, pixels)
    else:
        look = in_whole_cells(vision.patch_size, vision.spatial_merge_size, pixels)
    return Collator(tokenizer, chat_of(tokenizer, kind), look, limits, backbone.prefix, repairs, response_level)
