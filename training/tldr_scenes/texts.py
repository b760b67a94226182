"""Captions as token arrays: ids, labels, and which objects each token is about."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

PAD, BOS, SEP, EOS = 0, 1, 2, 3
MAX_TOKENS = 128
MAX_PROMPT = 48
KINDS = ["other", "object", "count", "colour", "size", "relation", "position", "ground", "quote", "existence"]
SILENT = len(KINDS)
"""The kind of tokens of words that say nothing of the picture (`none` in captions.jsonl)."""


def lower(text: str) -> str:
    """ASCII letters only, so that offsets never move."""
    return text.translate({code: code + 32 for code in range(65, 91)})


def train_tokenizer(texts, size: int = 3000) -> Tokenizer:
    """Byte-level BPE: any text has tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=["<pad>", "<bos>", "<sep>", "<eos>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def encode(tokenizer: Tokenizer, response: str, prompt: str | None = None) -> tuple[list[int], int, list[tuple[int, int]]]:
    """ids of [bos] prompt [sep] response [eos], where the response's tokens begin, and their character offsets."""
    asked = tokenizer.encode(lower(prompt)).ids[-MAX_PROMPT:] if prompt else []
    answer = tokenizer.encode(lower(response))
    room = MAX_TOKENS - len(asked) - 3
    return [BOS, *asked, SEP, *answer.ids[:room], EOS], len(asked) + 2, answer.offsets[:room]


def bits(objects: list[int] | None) -> int:
    return sum(1 << i for i in objects) if objects else 0


@dataclass
class Captions:
    """Ragged arrays over all tokens; caption n is tokens starts[n] to starts[n + 1]."""

    starts: np.ndarray
    ids: np.ndarray
    good: np.ndarray  # 1 good, 0 bad, -1 outside the response
    kind: np.ndarray  # index into KINDS, or SILENT
    subject: np.ndarray  # bit mask of object ids
    other: np.ndarray
    known: np.ndarray  # bit 0: subject known; bit 1: other known
    scene: np.ndarray
    bad: np.ndarray  # caption has a bad token
    type: list[str]
    claims: list[list]  # (first token, last token + 1, kind, good), relative to the caption

    def __len__(self) -> int:
        return len(self.scene)


def read_captions(files: list[tuple[Path, int]], tokenizer: Tokenizer, limit: int | None = None, chat: bool | None = None) -> Captions:
    """files: (captions.jsonl, row of its first scene). `chat`: only the answers of `scenes/captions/chat`, or only the plain
    captions. At most `limit` of each file."""
    ids, good, kind, subject, other, known = [], [], [], [], [], []
    starts, scenes, bad, types, all_claims = [0], [], [], [], []
    for path, first in files:
        with open(path) as lines:
            count = 0
            for line in lines:
                if limit and count >= limit:
                    break
                row = json.loads(line)
                if chat is not None and row["shape"].startswith("chat") != chat:
                    continue
                count += 1
                tokens, begin, offsets = encode(tokenizer, row["text"], row.get("prompt"))
                n = len(tokens)
                g = np.full(n, -1, np.int8)
                g[begin : begin + len(offsets)] = 1
                k = np.zeros(n, np.int8)
                s = np.zeros(n, np.int32)
                o = np.zeros(n, np.int32)
                seen = np.zeros(n, np.int8)
                lost = {bits(claim[4]) for claim in row["claims"] if claim[2] == "object" and not claim[3]}
                text = row["text"]
                claims = []
                for start, end, name, right, about, rest in row["claims"]:
                    hit = [
                        begin + i for i, (a, b) in enumerate(offsets)
                        if b > start and a < end and text[max(a, start) : min(b, end)].strip()
                    ]
                    if not hit:
                        continue
                    if name == "none":
                        k[hit] = SILENT
                        continue
                    claims.append((hit[0], hit[-1] + 1, KINDS.index(name), right))
                    mask = bits(about)
                    for i in hit:
                        k[i] = KINDS.index(name)
                        g[i] = right
                        s[i] = mask
                        o[i] = bits(rest)
                        if mask not in lost or mask == 0:
                            seen[i] |= 1
                        if rest is not None and bits(rest) not in lost:
                            seen[i] |= 2
                ids.append(np.array(tokens, np.uint16))
                good.append(g)
                kind.append(k)
                subject.append(s)
                other.append(o)
                known.append(seen)
                starts.append(starts[-1] + n)
                scenes.append(first + row["scene"])
                bad.append(bool((g == 0).any()))
                types.append(row.get("perturbation", ""))
                all_claims.append(claims)
    if not ids:
        ids, good, kind, subject, other, known = ([np.zeros(0, np.int64)] for _ in range(6))
    join = np.concatenate
    return Captions(
        np.array(starts), join(ids), join(good), join(kind), join(subject), join(other), join(known),
        np.array(scenes), np.array(bad), types, all_claims,
    )


def name_tokens(tokenizer: Tokenizer, forms: list[list[str]]) -> np.ndarray:
    """f32 [nouns, vocabulary]: for each noun, the mean of the tokens of its forms as they stand inside a sentence."""
    table = np.zeros((len(forms), tokenizer.get_vocab_size()), np.float32)
    for row, words in enumerate(forms):
        for word in words:
            ids = tokenizer.encode(" " + lower(word)).ids
            for token in ids:
                table[row, token] += 1 / len(ids) / len(words)
    return table


def common_words(path: Path, least: int = 10) -> list[str]:
    """The words of a captions.jsonl and their parts, sorted: what the model can be said to know. Those that are only ever met where
    nothing is said of the picture are none."""
    counts: Counter[str] = Counter()
    with open(path) as lines:
        for line in lines:
            row = json.loads(line)
            text = row["text"]
            for start, end, name, *_ in row["claims"]:
                if name == "none":
                    text = text[:start] + " " * (end - start) + text[end:]
            for word in re.findall(r"[a-z0-9]+(?:['’-][a-z0-9]+)*", lower(text)):
                counts.update({word, *re.split(r"['’-]", word)})
    return sorted(word for word, count in counts.items() if count >= least and word)
