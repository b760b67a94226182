"""Statements about simulated photographs are true where they say so, and their claims stand where their words do."""

import random

import numpy as np
import torch
from detector_slots.simulate import SLOTS, Photo, Words, of_caption, renamed, slots_of, statement
from detector_slots.train import batches, new_decoder, simulated
from tldr_scenes.slots import COLOURS, GEOMETRY
from tldr_scenes.texts import train_tokenizer

NAMES = {"dog": "animal", "cat": "animal", "elephant": "animal", "car": "vehicle", "bus": "vehicle", "apple": "food"}
WORDS = Words([*NAMES], NAMES, {name: name for name in NAMES}, {name: f"{name}s" for name in NAMES}, [[name, f"{name}s"] for name in NAMES])
CAPTION = {
    "text": "A red car and two dogs.",
    "mentions": [{"start": 6, "end": 9, "category": "car", "plural": False}, {"start": 18, "end": 22, "category": "dog", "plural": True}],
    "colours": [{"start": 2, "end": 5, "category": "car", "colour": "red"}],
}
PHOTO = Photo(
    1, "look", [("car", [0.1, 0.4, 0.3, 0.6]), ("dog", [0.6, 0.4, 0.7, 0.6]), ("dog", [0.8, 0.4, 0.9, 0.6]), ("apple", [0.45, 0.1, 0.5, 0.15])], set(),
    [
        {"category": "car", "score": 0.9, "box": [0.1, 0.4, 0.3, 0.6], "colours": {"red": 0.8}},
        {"category": "dog", "score": 0.8, "box": [0.6, 0.4, 0.7, 0.6]},
        *({"category": "cat", "score": 0.05, "box": [0.6, 0.4, 0.7, 0.6]} for _ in range(100)),
        {"category": "apple", "score": 0.02, "box": [0.45, 0.1, 0.5, 0.15]},
    ],
    [CAPTION])


def test_slots_have_boxes_colours_and_names_and_lose_no_name_among_many():
    table = slots_of(PHOTO.seen, WORDS)
    assert table.shape == (1 + SLOTS, WORDS.width)
    np.testing.assert_allclose(table[1, :GEOMETRY], [0.9, 0.2, 0.5, 0.2, 0.2], atol=1e-6)
    assert table[1, GEOMETRY + COLOURS.index("red")] == np.float32(0.8)
    assert {WORDS.categories[int(row[-len(NAMES) :].argmax())] for row in table[1:] if row[0] > 0} == {"car", "dog", "cat", "apple"}


def test_renaming_keeps_what_was_seen_with_what_is_there():
    chance = random.Random(0)
    for _ in range(200):
        photo = renamed(PHOTO, WORDS, chance)
        assert len({name for name, _ in photo.things}) == 3
        # boxes that lay on things still do, under the same name
        assert (photo.things[0][0], photo.things[0][1]) == (photo.seen[0]["category"], photo.seen[0]["box"])
        told = of_caption(photo.captions[0])
        words = [told.text[start:end] for start, end, *_ in told.claims]
        assert words == [photo.things[0][0], f"{photo.things[1][0]}s", "red"]
        assert told.text.startswith("A red ")


def test_statements_are_true_where_they_say_so():
    chance, kinds = random.Random(1), set()
    for _ in range(3000):
        photo = renamed(PHOTO, WORDS, chance)
        told = statement(photo, WORDS, chance)
        if told is None:
            continue
        there = {name for name, _ in photo.things}
        for start, end, kind, right, about in told.claims:
            word = told.text[start:end]
            assert word == word.strip() != "" and told.text[start - 1 : start].strip(" ") == ""
            kinds.add((kind, right))
            if kind == "object":
                assert right == (word.removesuffix("s") in there or word in there)
            if kind == "count":
                assert right == (word in ("two", "2"))
            if kind == "colour":
                assert right == (word == "red")
            if kind == "relation" and "left" in word:
                middle = {name: box[0] + box[2] for name, box in photo.things}
                assert right == (middle[about[0]] < middle[about[1]])
    assert {(kind, right) for kind in ("object", "count", "colour", "relation") for right in (True, False)} <= kinds


def test_the_decoder_learns_from_what_was_seen():
    stream = simulated([PHOTO], WORDS, random.Random(0))
    tokenizer = train_tokenizer(next(stream)[1].text.lower() for _ in range(500))
    model = new_decoder(tokenizer, WORDS)
    batch = next(batches(stream, tokenizer, 8, random.Random(0)))
    logits, first, second, _ = model(batch["ids"], batch["mask"], batch["features"])
    assert logits.shape == batch["ids"].shape and first.shape == second.shape == (8, 2, logits.shape[1], SLOTS)
    blind = model(batch["ids"], batch["mask"], torch.zeros_like(batch["features"]))[0]
    assert not torch.allclose(logits, blind)
