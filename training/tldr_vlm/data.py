"""Labelled answers for training: the JSON lines that `vlm-detective perturb` and `vlm-detective scenes` write.

A line has `image` (a path, relative to the file), `response`, `prompt`?, `perturbation` (null for a true answer) and
either `labels` (perturb: runs that are not good, some of them only `repair`s of the grammar) or `claims` (scenes: runs
that are good or not). Offsets count UTF-16 units, as JavaScript does; here they become code points, as Python has them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import numpy as np
from tqdm import tqdm

OUTSIDE = -100
"""The label of a token that is none of the response."""
IGNORED = -1
"""The label of a token of the response that is in no loss and no measure all the same."""


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


def token_labels(offsets: list[tuple[int, int]], answer: Answer, repairs: int = IGNORED) -> np.ndarray:
    """1 good, 0 bad, and for repairs `repairs`: IGNORED, or 0 as the paper's diff has them. A token is bad where it shares a character other than white space with a bad
    run. Byte-level tokenizers give several tokens of one character the same offsets: all take its label."""
    labels = np.ones(len(offsets), np.int64)
    for place, (start, end) in enumerate(offsets):
        for runs, value in ((answer.repairs, repairs), (answer.bad, 0)):
            if any(answer.response[max(start, a) : min(end, b)].strip() for a, b in runs if start < b and a < end):
                labels[place] = value
    return labels


def sentence_numbers(offsets: list[tuple[int, int]], response: str) -> np.ndarray:
    """For each token which sentence it stands in. As the paper has it a sentence ends at a period (section 3), a decimal point
    too; a token that reaches over one belongs to the sentence that it begins in."""
    return np.array([response.count(".", 0, start) for start, _ in offsets], np.int64)


class Answers:
    """The answers of several files, one after the other; read from disk as they are wanted."""

    def __init__(self, files: list[AnswerFile]):
        self.files = files
        self.starts = np.cumsum([0, *map(len, files)])

    def __len__(self) -> int:
        return int(self.starts[-1])

    def __getitem__(self, place: int) -> Answer:
        file = int(np.searchsorted(self.starts, place, "right")) - 1
        return self.files[file][place - int(self.starts[file])]

    def true_ones(self) -> np.ndarray:
        """bool [N]. Reads every line, so that a bad one is found before training begins."""
        lines = (answer for file in self.files for answer in read_answers(file.path))
        bar = tqdm(lines, "reading answers", len(self), unit=" answers", delay=2, disable=None, leave=False)
        return np.array([answer.kind is None and not answer.bad for answer in bar])


def draw(true: np.ndarray, share: float, seed: int) -> Iterator[int]:
    """Endless places of answers, `share` of them true ones (bool [N]). Each kind comes in an order of its own, a new one each time that all of it
    was drawn."""
    random = np.random.default_rng(seed)
    kinds = [np.flatnonzero(~true), np.flatnonzero(true)]
    if 0 < share < 1 and not all(map(len, kinds)):
        raise BadData("to mix true and wrong answers there must be some of each")

    def in_turn(places: np.ndarray) -> Iterator[int]:
        while True:
            yield from random.permutation(places).tolist()

    streams = [in_turn(places) for places in kinds]
    while True:
        yield next(streams[int(random.random() < share)])


@dataclass(frozen=True)
class Batches:
    """The places of one worker's answers, `size` at a time: what comes does not depend on how it is loaded."""

    true: np.ndarray
    share: float
    seed: int
    size: int
    workers: int = 1
    worker: int = 0
    done: int = 0
    """So many were drawn for this worker before a stop."""

    def __iter__(self) -> Iterator[list[int]]:
        places = draw(self.true, self.share, self.seed)
        for number in count():
            batch = list(islice(places, self.size))
            if number % self.workers == self.worker and number // self.workers >= self.done:
                yield batch


def spread(file: AnswerFile, most: int) -> list[Answer]:
    """At most so many answers, evenly from the whole file."""
    return [file[int(place)] for place in np.linspace(0, len(file) - 1, min(len(file), most)).round()]
