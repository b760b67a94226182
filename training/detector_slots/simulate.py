"""Simulated photographs: real layouts and what a detector saw in them, with things renamed and turned round, and sentences about them.

Truth and detections are renamed together, so that the detector's misses, doubles and confusions go along; a thing keeps its
group (animal, vehicle, …), in which sizes and company are alike. Lines are those of `npx tsx eval/photos/write-slots.ts`.
"""

import json
import random
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tldr_scenes.slots import COLOURS, GEOMETRY

SLOTS = 48
LEAST_SCORE = 0.01
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight"]
PLACES = {"to the left of": (0, 1), "to the right of": (0, -1), "above": (1, 1), "below": (1, -1)}
TAILS = [(" next to a", ""), (" with a", " nearby"), (" and a", " in the background"), (" near a", ""), (". There is a", " at the side")]


@dataclass
class Words:
    """The names of the detector's classes."""

    categories: list[str]
    group: dict[str, str]
    singular: dict[str, str]
    plural: dict[str, str]
    forms: list[list[str]]

    @property
    def width(self) -> int:
        return GEOMETRY + len(COLOURS) + len(self.categories)


@dataclass
class Photo:
    id: int
    part: str
    things: list[tuple[str, list[float]]]
    crowds: set[str]
    seen: list[dict]
    captions: list[dict]
    shown: set[str] = field(default_factory=set)

    def __post_init__(self):
        named = {mention["category"] for caption in self.captions for mention in caption["mentions"]}
        self.shown = {category for category, _ in self.things} | named


@dataclass
class Statement:
    """A text and its claims: (start, end, kind, is right, categories that it is about)."""

    text: str
    claims: list[tuple[int, int, str, bool, tuple[str, ...]]]


def read_photos(path: Path) -> tuple[Words, list[Photo]]:
    first, *lines = [json.loads(line) for line in path.read_text().splitlines()]
    rows = first["words"]
    words = Words(
        [row["category"] for row in rows], {row["category"]: row["group"] for row in rows},
        {row["category"]: row["singular"] for row in rows}, {row["category"]: row["plural"] for row in rows}, [row["forms"] for row in rows])
    return words, [
        Photo(row["id"], row["part"], [(thing["category"], thing["box"]) for thing in row["things"]], set(row["crowds"]), row["seen"], row["captions"])
        for row in lines
    ]


def slots_of(seen: list[dict], words: Words) -> np.ndarray:
    """f32 [1 + SLOTS, width] in the layout of `tldr_scenes/slots.py`; the colours are the shares of the box that may go by their names."""
    table = np.zeros((1 + SLOTS, words.width), np.float32)
    # the best of each name first, so that none is lost among many of another
    ranked, met = [], set()
    for item in sorted(seen, key=lambda item: -item["score"]):
        ranked.append((item["category"] in met, item))
        met.add(item["category"])
    ranked.sort(key=lambda pair: (pair[0] and pair[1]["score"] < 0.2, -pair[1]["score"]))
    for row, (_, item) in enumerate(ranked[:SLOTS], start=1):
        left, top, right, bottom = item["box"]
        table[row, :GEOMETRY] = item["score"], (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
        for place, colour in enumerate(COLOURS):
            table[row, GEOMETRY + place] = (item.get("colours") or {}).get(colour, 0)
        table[row, GEOMETRY + len(COLOURS) + words.categories.index(item["category"])] = 1
    return table


def renamed(photo: Photo, words: Words, chance: random.Random) -> Photo:
    """Another photo of the same kind: some things renamed within their groups, the whole perhaps as in a mirror."""
    new: dict[str, str] = {}
    for name in words.group.values():
        members = [category for category in words.categories if words.group[category] == name]
        if chance.random() < 0.6:
            new |= dict(zip(members, chance.sample(members, len(members))))
    mirror = chance.random() < 0.5 and not any(re.search(r"\b(?:left|right)\b", caption["text"]) for caption in photo.captions)

    def turned(box):
        return [1 - box[2], box[1], 1 - box[0], box[3]] if mirror else box

    captions = [with_names(caption, {old: new.get(old, old) for old in words.categories}, words) for caption in photo.captions]
    return Photo(
        photo.id, photo.part, [(new.get(name, name), turned(box)) for name, box in photo.things], {new.get(name, name) for name in photo.crowds},
        [{**item, "category": new.get(item["category"], item["category"]), "box": turned(item["box"])} for item in photo.seen], captions)


def with_names(caption: dict, new: dict[str, str], words: Words) -> dict:
    """A caption whose things are called by their new names; `a` and `an` follow."""
    text, mentions, shift = caption["text"], [], 0
    moved: list[tuple[int, int]] = []
    for mention in caption["mentions"]:
        start, end = mention["start"] + shift, mention["end"] + shift
        name = new[mention["category"]]
        if name != mention["category"]:
            word = words.plural[name] if mention["plural"] else words.singular[name]
            lead = re.sub(r"\b([Aa])n?(\s+)$", lambda found: found[1] + ("n" if word[0] in "aeiou" else "") + found[2], text[:start])
            moved.append((start, len(lead) - start + len(word) - (end - start)))
            text = lead + word + text[end:]
            start, end = len(lead), len(lead) + len(word)
            shift = len(text) - len(caption["text"])
        mentions.append({**mention, "start": start, "end": end, "category": name})

    def place(at: int) -> int:
        for start, change in moved:
            if at >= start:
                at += change
        return at

    colours = [
        {**colour, "start": place(colour["start"]), "end": place(colour["end"]), "category": new[colour["category"]]} for colour in caption["colours"]
    ]
    return {"text": text, "mentions": mentions, "colours": [one for one in colours if text[one["start"] : one["end"]].isalpha()]}


def article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def absent(photo: Photo, words: Words, chance: random.Random) -> str:
    """Half of the time something of a kind that is there."""
    groups = {words.group[name] for name in photo.shown}
    names = [name for name in words.categories if name not in photo.shown]
    kin = [name for name in names if words.group[name] in groups]
    return chance.choice(kin if kin and chance.random() < 0.5 else names)


def counts_of(photo: Photo) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name, _ in photo.things:
        counts[name] = counts.get(name, 0) + 1
    return {name: count for name, count in counts.items() if name not in photo.crowds}


def of_caption(caption: dict) -> Statement:
    claims = [(one["start"], one["end"], "object", True, (one["category"],)) for one in caption["mentions"]]
    claims += [(one["start"], one["end"], "colour", True, (one["category"],)) for one in caption["colours"]]
    return Statement(caption["text"], claims)


def statement(photo: Photo, words: Words, chance: random.Random) -> Statement | None:
    """A sentence about a photo, right or with one error."""
    wrong = chance.random() < 0.5
    kind = chance.choices(["caption", "exchange", "tail", "count", "place", "near", "colour"], [2, 2, 3, 3, 3, 1, 2])[0]
    counts = counts_of(photo)
    if kind in ("caption", "exchange", "tail", "colour") and not photo.captions:
        return None
    if kind in ("caption", "exchange"):
        told = of_caption(chance.choice(photo.captions))
        if kind == "caption" or not wrong or not told.claims:
            return told
        mentions = [claim for claim in told.claims if claim[2] == "object"]
        if not mentions:
            return None
        start, end, *_ = chance.choice(mentions)
        name = absent(photo, words, chance)
        word = words.singular[name]
        lead = re.sub(r"\b([Aa])n?(\s+)$", lambda found: found[1] + ("n" if word[0] in "aeiou" else "") + found[2], told.text[:start])
        change = len(lead) + len(word) - end
        claims = [(len(lead), len(lead) + len(word), "object", False, ())]
        claims += [(a + (change if a > start else 0), b + (change if a > start else 0), *rest) for a, b, *rest in told.claims if b <= start or a >= end]
        return Statement(lead + word + told.text[end:], [claim for claim in claims if claim[0] <= claim[1]])
    if kind == "tail":
        told = of_caption(chance.choice(photo.captions))
        name = absent(photo, words, chance) if wrong or not counts else chance.choice([*counts])
        bare = told.text.strip(" .\n")
        lead, tail = chance.choice(TAILS)
        before = f"{bare}{lead}{'n' if words.singular[name][0] in 'aeiou' else ''} "
        right = name in photo.shown
        claim = (len(before), len(before) + len(words.singular[name]), "object", right, (name,) if right else ())
        return Statement(f"{before}{words.singular[name]}{tail}.", [*(one for one in told.claims if one[1] <= len(bare)), claim])
    if kind == "count":
        some = [(name, count) for name, count in counts.items() if 2 <= count <= 5]
        if not some:
            return None
        name, count = chance.choice(some)
        said = chance.choice([n for n in (count - 1, count + 1, count + 2) if n >= 2]) if wrong else count
        lead, tail = chance.choice([("There are ", " in the image."), ("I can see ", " here."), ("The picture shows ", ".")])
        number = NUMBERS[said] if chance.random() < 0.8 else str(said)
        text = f"{lead}{number} {words.plural[name]}{tail}"
        at = len(lead) + len(number)
        return Statement(text, [(len(lead), at, "count", said == count, (name,)), (at + 1, at + 1 + len(words.plural[name]), "object", True, (name,))])
    if kind in ("place", "near"):
        alone = [(name, box) for name, box in photo.things if counts.get(name) == 1]
        if len(alone) < 2:
            return None
        (one, a), (other, b) = chance.sample(alone, 2)
        lead = f"The {words.singular[one]} is "
        if kind == "place":
            phrase = chance.choice([*PLACES])
            axis, sign = PLACES[phrase]
            apart = sign * (b[axis] + b[axis + 2] - a[axis] - a[axis + 2]) / 2
            if abs(apart) < 0.12:
                return None
            right = apart > 0
        else:
            phrase = chance.choice(["next to", "beside", "near"])
            gap = max(max(a[k], b[k]) - min(a[k + 2], b[k + 2]) for k in (0, 1))
            if 0.05 < gap < 0.4:
                return None
            right = gap <= 0.05
        text = f"{lead}{phrase} the {words.singular[other]}."
        claims = [
            (4, 4 + len(words.singular[one]), "object", True, (one,)), (len(lead), len(lead) + len(phrase), "relation", right, (one, other)),
            (len(text) - 1 - len(words.singular[other]), len(text) - 1, "object", True, (other,)),
        ]
        return Statement(text, claims)
    coloured = [(caption, one) for caption in photo.captions for one in caption["colours"]]
    if not coloured:
        return None
    caption, one = chance.choice(coloured)
    told = of_caption(caption)
    if not wrong:
        return told
    colour = chance.choice([name for name in COLOURS[:-1] if name != one["colour"]])
    change = len(colour) - (one["end"] - one["start"])
    claims = [(one["start"], one["start"] + len(colour), "colour", False, (one["category"],))]
    claims += [(a + (change if a > one["start"] else 0), b + (change if a > one["start"] else 0), *rest) for a, b, *rest in told.claims if a != one["start"]]
    return Statement(told.text[: one["start"]] + colour + told.text[one["end"] :], claims)
