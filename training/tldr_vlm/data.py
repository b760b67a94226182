"""Labelled answers for training: the JSON lines that `vlm-detective perturb` and `vlm-detective scenes` write.

A line has `image` (a path, relative to the file), `response`, `prompt`?, `perturbation` (null for a true answer) and
either `labels` (perturb: runs that are not good, some of them only `repair`s of the grammar) or `claims` (scenes: runs
that are good or not). Offsets count UTF-16 units, as JavaScript does; here they become code points, as Python has them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

IGNORED = -100
"""The label of a token that is in no loss and no measure."""


class BadData(ValueError):
    """A line that cannot be used; the message names the file and the line."""


@dataclass(frozen=True)
class Answer:
    image: Path
    prompt: str | None
    response: str
    bad: tuple[tuple[int, int], ...]  # code points, half open
    repairs: tuple[tuple[int, int], ...]  # grammar that follows from the error: neither good nor bad
    kind: str | None  # the type of perturbation, None for a true answer


def code_points(text: str) -> dict[int, int]:
    """From UTF-16 offsets to code point offsets, at the starts of characters and at the end."""
    table, units = {}, 0
    for place, character in enumerate(text):
        table[units] = place
        units += 2 if ord(character) > 0xFFFF else 1
    table[units] = len(text)
    return table


def parse_answer(line: str, folder: Path) -> Answer:
    row = json.loads(line)
    response, image = row.get("response", row.get("text")), row.get("image")
    if not isinstance(response, str) or not response.strip():
        raise BadData("there is no response")
    if not isinstance(image, str):
        raise BadData("there is no image")
    runs = row["labels"] if "labels" in row else row.get("claims")
    if runs is None:
        raise BadData("there are neither labels nor claims: which words are wrong?")
    table = code_points(response)
    bad, repairs = [], []
    for run in runs:
        if run.get("good") is not False:
            continue
        try:
            span = table[run["start"]], table[run["end"]]
        except KeyError:
            raise BadData(f"the label {run.get('start')} to {run.get('end')} does not lie on whole characters") from None
        (repairs if run.get("repair") else bad).append(span)
    return Answer(folder / image, row.get("prompt"), response, tuple(bad), tuple(repairs), row.get("perturbation"))


def read_answers(path: Path) -> Iterator[Answer]:
    """Line by line, never the whole file."""
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield parse_answer(line, path.parent)
            except (BadData, ValueError, KeyError, TypeError) as error:
                raise BadData(f"{path}:{number}: {error}") from error


class AnswerFile:
    """Random access to a file of answers by the offsets of its lines: 8 bytes a line in memory."""

    def __init__(self, path: Path):
        self.path = Path(path)
        self.offsets, at = [], 0
        with open(self.path, "rb") as lines:
            for line in lines:
                if line.strip():
                    self.offsets.append(at)
                at += len(line)
        if not self.offsets:
            raise BadData(f"{path} has no answers")
        self.offsets = np.array(self.offsets)

    def __len__(self) -> int:
        return len(self.offsets)

    def __getitem__(self, index: int) -> Answer:
        with open(self.path, "rb") as file:
            file.seek(int(self.offsets[index]))
            line = file.readline().decode("utf-8")
        try:
            return parse_answer(line, self.path.parent)
        except (BadData, ValueError, KeyError, TypeError) as error:
            raise BadData(f"{self.path}, answer {index + 1}: {error}") from error


def token_labels(offsets: list[tuple[int, int]], answer: Answer) -> np.ndarray:
    """1 good, 0 bad, IGNORED for repairs. A token is bad where it shares a character other than white space with a bad
    run. Byte-level tokenizers give several tokens of one character the same offsets: all take its label."""
    labels = np.ones(len(offsets), np.int64)
    for place, (start, end) in enumerate(offsets):
        for runs, value in ((answer.repairs, IGNORED), (answer.bad, 0)):
            if any(answer.response[max(start, a) : min(end, b)].strip() for a, b in runs if start < b and a < end):
                labels[place] = value
    return labels


def mix(files: list[AnswerFile], true_share: float | None, seed: int) -> Iterator[Answer]:
    """Endless, in a new order each epoch. `true_share` is the share of true answers; None takes them as they come."""
    random = np.random.default_rng(seed)
    places = np.array([(f, n) for f, file in enumerate(files) for n in range(len(file))])
    if true_share is None:
        while True:
            for f, n in random.permutation(places):
                yield files[f][n]
    truth = np.array([files[f][n].kind is None and not files[f][n].bad for f, n in places])
    if truth.all() or not truth.any():
        raise BadData("to mix true and wrong answers there must be some of each")
    while True:
        f, n = random.choice(places[truth == (random.random() < true_share)])
        yield files[f][n]
