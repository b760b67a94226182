"""python -m detector_slots.compare --run RUN --photos slots.jsonl [...] --look answers.jsonl [...] --report answers.jsonl [...]

The decoder beside the rules of `objects`, on the same answers (`eval/photos/captions.ts --answers FILE`). A threshold is taken for each
kind of claim on the half to look at, so that there no more right claims are flagged than by the rules; the table is of the other half. The decoder
learned from the first half, so that it flags more right ones of the other: the column beside it takes the threshold that flags as many as the rules.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
from tldr_scenes.metrics import auroc
from tldr_scenes.texts import encode
from tokenizers import Tokenizer

from .simulate import read_photos, slots_of
from .train import new_decoder

KINDS = {
    "object": ("human captions", "a made-up thing at the end"),
    "exchanged": ("human captions", "one thing exchanged"),
    "place": ("left, right, above, below: right", "left, right, above, below: wrong"),
    "near": ("beside: right (boxes that touch nearly)", "beside: wrong (half a picture between)"),
    "colour": ("colour of a found thing: right", "colour of a found thing: wrong"),
    "count": ("counts: right", "counts: wrong"),
}
"""Right answers and wrong ones that differ in one claim. Of a right one its lowest judged word counts."""
NUMBERS = ("two", "three", "four", "five")
PHRASES = ("to the left of", "to the right of", "above", "below", "next to")


def judged_words(kind: str, row: dict, photo) -> list[tuple[int, int]]:
    """The words of a right answer that stand where a wrong one has its error."""
    text = row["text"]
    if kind in ("object", "exchanged"):
        captions = [caption for caption in photo.captions if caption["text"] == text]
        return [(one["start"], one["end"]) for caption in captions for one in caption["mentions"]]
    if kind == "colour":
        captions = [caption for caption in photo.captions if caption["text"] == text]
        return [(one["start"], one["end"]) for caption in captions for one in caption["colours"]]
    for phrase in NUMBERS if kind == "count" else PHRASES:
        at = text.find(f" {phrase} ")
        if at >= 0:
            return [(at + 1, at + 1 + len(phrase))]
    return []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--photos", "--look", "--report"):
        parser.add_argument(name, type=Path, nargs="+", required=True)
    parser.add_argument("--run", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    photos, words = {}, None
    for path in args.photos:
        words, some = read_photos(path)
        photos |= {photo.id: photo for photo in some}
    tokenizer = Tokenizer.from_file(str(args.run / "tokenizer.json"))
    model = new_decoder(tokenizer, words)
    model.load_state_dict(torch.load(args.run / "decoder.pt", weights_only=True)["model"])
    model.eval()
    tables = {name: torch.from_numpy(slots_of(photo.seen, words)) for name, photo in photos.items()}

    @torch.no_grad()
    def lowest(row: dict, ranges: list[tuple[int, int]]) -> float:
        ids, begin, offsets = encode(tokenizer, row["text"])
        ids = torch.tensor(ids)[None]
        logits = model(ids, torch.ones_like(ids), tables[row["photo"]][None])[0][0]
        return min((float(logits[begin + i]) for i, (a, b) in enumerate(offsets) for start, end in ranges if b > start and a < end), default=np.inf)

    results: dict = {}
    for half, paths in (("look", args.look), ("report", args.report)):
        rows = defaultdict(list)
        for path in paths:
            for line in path.read_text().splitlines():
                row = json.loads(line)
                rows[row["row"]].append(row)
        for kind, (right, wrong) in KINDS.items():
            found = []
            for name, isWrong in ((right, False), (wrong, True)):
                for row in rows[name]:
                    ranges = [(one["start"], one["end"]) for one in row["wrong"]] if isWrong else judged_words(kind, row, photos[row["photo"]])
                    if ranges:
                        hit = any(flag["start"] < end and flag["end"] > start for flag in row["flagged"] for start, end in ranges)
                        found.append((isWrong, hit, lowest(row, ranges)))
            results[half, kind] = found

    print("| claim | right, wrong | rules: right flagged | rules: wrong flagged | decoder: right flagged | decoder: wrong flagged | … at the rules' share of right ones | decoder: AUROC |")
    print("|---|---|---|---|---|---|---|---|")
    for kind in KINDS:
        looked = results["look", kind]
        rights = sorted(score for isWrong, _, score in looked if not isWrong)
        allowed = sum(hit for isWrong, hit, _ in looked if not isWrong)
        limit = rights[allowed] if allowed < len(rights) else np.inf
        found = results["report", kind]
        good, bad = [one for one in found if not one[0]], [one for one in found if one[0]]

        reported = sorted(one[2] for one in good)
        equal = reported[min(len(good) - 1, sum(one[1] for one in good))]

        def share(of, test):
            return f"{100 * sum(map(test, of)) / max(1, len(of)):.1f} %"

        print(
            f"| {kind} | {len(good)}, {len(bad)} | {share(good, lambda one: one[1])} | {share(bad, lambda one: one[1])} "
            f"| {share(good, lambda one: one[2] < limit)} | {share(bad, lambda one: one[2] < limit)} | {share(bad, lambda one: one[2] < equal)} "
            f"| {auroc(np.array([one[2] for one in found]), np.array([one[0] for one in found])):.3f} |")


if __name__ == "__main__":
    main()
