"""Captions of packs (`npx tsx scripts/pack-captions.ts`) as tokens, several behind one picture."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from .chat import DEFAULT_PROMPT, Chat, encode_plain


@dataclass(frozen=True)
class Caption:
    """What stands behind the picture: the prompt's end, the response and its end. `good` 1, 0, or -1 outside the response;
    `claimed`: is the token part of what can be wrong; `subject`, `other`: bit masks of the objects that it is about."""

    ids: np.ndarray
    good: np.ndarray
    claimed: np.ndarray
    subject: np.ndarray
    other: np.ndarray


def bits(objects: list[int] | None) -> int:
    return sum(1 << n for n in objects) if objects else 0


def read_caption(row: dict, tokenizer: Tokenizer, chat: Chat, longest: int) -> Caption:
    prompt = encode_plain(tokenizer, row.get("prompt") or DEFAULT_PROMPT)[0][-longest // 4 :]
    response, offsets = encode_plain(tokenizer, row["text"])
    head = [*chat.after, *prompt, *chat.answer]
    room = longest - len(head) - len(chat.end)
    response, offsets = response[:room], offsets[:room]
    ids = np.array([*head, *response, *chat.end], np.int64)
    good, claimed, subject, other = (np.full(len(ids), value, np.int64) for value in (-1, 0, 0, 0))
    inside = slice(len(head), len(head) + len(response))
    good[inside] = 1
    for start, end, _, right, about, rest in row["claims"]:
        for place, (first, last) in enumerate(offsets, len(head)):
            if row["text"][max(first, start) : min(last, end)].strip():
                claimed[place], subject[place], other[place] = 1, bits(about), bits(rest)
                good[place] = min(good[place], int(right))
    return Caption(ids, good, claimed, subject, other)


def read_captions(path: Path, tokenizer: Tokenizer, chat: Chat, longest: int, limit: int | None = None) -> list[list[Caption]]:
    """Those of each scene, by its row; of the first `limit` scenes."""
    out: list[list[Caption]] = []
    with open(path) as lines:
        for line in lines:
            row = json.loads(line)
            if limit and row["scene"] >= limit:
                break
            while len(out) <= row["scene"]:
                out.append([])
            out[row["scene"]].append(read_caption(row, tokenizer, chat, longest))
    return out


def pack_captions(groups: list[list[Caption]], chat: Chat, cells: int, grid: tuple[int, int]) -> dict[str, Tensor]:
    """Captions of one picture after one another, behind one image: ids, good, claimed, subject, other i64 [B,T], positions
    f32 [B,T,3] and open bool [B,T,T]. A caption sees the image and itself, at the places where it would stand alone."""
    prefix = [*chat.before, *[chat.image] * cells]
    longest = len(prefix) + max(sum(len(caption.ids) for caption in group) for group in groups)
    out = {name: np.full((len(groups), longest), value, np.int64) for name, value in (("ids", 0), ("good", -1), ("claimed", 0), ("subject", 0), ("other", 0))}
    place = np.zeros((len(groups), longest), np.int64)
    segment = np.full((len(groups), longest), -1, np.int64)
    begin = len(chat.before)
    for row, group in enumerate(groups):
        out["ids"][row, : len(prefix)] = prefix
        place[row, : len(prefix)] = np.arange(len(prefix))
        segment[row, : len(prefix)] = 0
        at = len(prefix)
        for number, caption in enumerate(group, 1):
            run = slice(at, at + len(caption.ids))
            for name in out:
                out[name][row, run] = getattr(caption, name)
            place[row, run] = begin + max(grid) + np.arange(len(caption.ids))
            segment[row, run] = number
            at = run.stop
    cell = np.arange(cells)
    positions = np.repeat(place[:, :, None], 3, 2).astype(np.float32)
    looked = slice(begin, begin + cells)
    positions[:, looked] = np.stack([np.full(cells, begin), begin + cell // grid[1], begin + cell % grid[1]], 1)
    kind = torch.from_numpy(segment)
    order = torch.arange(longest)
    allowed = (kind[:, None, :] == 0) | (kind[:, None, :] == kind[:, :, None])
    return {
        **{name: torch.from_numpy(value) for name, value in out.items()},
        "positions": torch.from_numpy(positions), "open": allowed & (order[None] <= order[:, None]),
    }
