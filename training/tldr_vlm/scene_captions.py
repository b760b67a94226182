"""Captions of packs (`npx tsx scripts/pack-captions.ts`) as tokens, and many of them judged behind one look at each picture."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from .chat import DEFAULT_PROMPT, Chat, encode_plain
from .graph import RewardDecoder

MARKS = {"ids": 0, "good": -1, "claimed": 0, "subject": 0, "other": 0}
"""What is known of each token of a caption, and what stands where there is none."""


@dataclass(frozen=True)
class Caption:
    """What stands behind the picture: the prompt, where it is not the usual one; the response and its end. `good` 1, 0, or -1
    outside the response; `claimed`: is the token part of what can be wrong; `subject`, `other`: bit masks of the objects that
    it is about."""

    ids: np.ndarray
    good: np.ndarray
    claimed: np.ndarray
    subject: np.ndarray
    other: np.ndarray
    asked: bool = False


def bits(objects: list[int] | None) -> int:
    return sum(1 << n for n in objects) if objects else 0


def opening(chat: Chat, tokenizer: Tokenizer, prompt: str = DEFAULT_PROMPT, longest: int | None = None) -> list[int]:
    """What stands between the picture and the response."""
    return [*chat.after, *encode_plain(tokenizer, prompt)[0][-longest if longest else 0 :], *chat.answer]


def read_caption(row: dict, tokenizer: Tokenizer, chat: Chat, longest: int) -> Caption:
    asked = row.get("prompt", DEFAULT_PROMPT) not in ("", DEFAULT_PROMPT)
    head = opening(chat, tokenizer, row["prompt"], longest // 4) if asked else []
    response, offsets = encode_plain(tokenizer, row["text"])
    room = longest - len(head or opening(chat, tokenizer)) - len(chat.end)
    response, offsets = response[:room], offsets[:room]
    ids = np.array([*head, *response, *chat.end], np.int64)
    good, claimed, subject, other = (np.full(len(ids), MARKS[name], np.int64) for name in ("good", "claimed", "subject", "other"))
    inside = slice(len(head), len(head) + len(response))
    good[inside] = 1
    for start, end, _, right, about, rest in row["claims"]:
        for place, (first, last) in enumerate(offsets, len(head)):
            if row["text"][max(first, start) : min(last, end)].strip():
                claimed[place], subject[place], other[place] = 1, bits(about), bits(rest)
                good[place] = min(good[place], int(right))
    return Caption(ids, good, claimed, subject, other, asked)


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


@dataclass(frozen=True)
class Captions:
    """Captions of about one length, one a row: what MARKS names, i64 [R,L]; `picture` i64 [R], the row of each one's picture."""

    marks: dict[str, Tensor]
    picture: Tensor
    asked: bool


def rows_of(captions: list[tuple[int, Caption]]) -> Captions:
    longest = max(len(caption.ids) for _, caption in captions)
    marks = {name: np.full((len(captions), longest), nothing, np.int64) for name, nothing in MARKS.items()}
    for row, (_, caption) in enumerate(captions):
        for name, values in marks.items():
            values[row, : len(caption.ids)] = getattr(caption, name)
    picture = torch.tensor([picture for picture, _ in captions])
    return Captions({name: torch.from_numpy(values) for name, values in marks.items()}, picture, captions[0][1].asked)


def by_length(groups: list[list[Caption]]) -> list[Captions]:
    """The captions of each picture: those with a prompt of their own, and the shorter and the longer half of the others."""
    all_ = sorted(((picture, caption) for picture, group in enumerate(groups) for caption in group), key=lambda pair: len(pair[1].ids))
    plain, asked = [pair for pair in all_ if not pair[1].asked], [pair for pair in all_ if pair[1].asked]
    middle = len(plain) // 2
    return [rows_of(part) for part in (plain[:middle], plain[middle:], asked) if part]


def judge(
    decoder: RewardDecoder, chat: Chat, usual: list[int], features: Tensor, captions: list[Captions], layer: int | None = None,
    run: Callable[..., Tensor] | None = None,
) -> list[tuple[Tensor, list[Tensor]]]:
    """For each of `captions` logits f32 [R,L], as each caption would get alone, and the queries [R,H,L,d] and keys
    [R,H,P+L,d] of `layer`. Each picture is read once, with the `usual` opening behind it, and the captions look back at it.

    features f32 [B,1+N,D] as ImageEncoder gives them; `run`: decoder.run, compiled."""
    run = run or decoder.run
    cells = features.shape[1] - 1
    ids = torch.tensor([[*chat.before, *[chat.image] * cells, *usual]]).expand(len(features), -1)
    positions, place = decoder.positions(ids, features), torch.arange(ids.shape[1])
    kept: list[tuple[Tensor, Tensor]] = []
    run(decoder.embed(ids, features), positions, (place[None] <= place[:, None])[None], kept=kept)
    out = []
    for rows in captions:
        before = ids.shape[1] - (len(usual) if rows.asked else 0)
        past = [(k[rows.picture, :, :before], v[rows.picture, :, :before]) for k, v in kept]
        count, length = rows.marks["ids"].shape
        place = torch.arange(length)
        begin = positions[0, -1, 0] + 1 - (len(usual) if rows.asked else 0)
        after = (begin + place)[None, :, None].expand(count, -1, 3).float()
        causal = torch.cat([torch.ones(length, before, dtype=torch.bool), place[None] <= place[:, None]], 1)
        look: dict[int, list[Tensor]] = {} if layer is None else {layer: []}
        logits = run(decoder.text.embed_tokens(rows.marks["ids"]), after, causal[None], look, past=past)
        out.append((logits.float(), look.get(layer, [])))
    return out
