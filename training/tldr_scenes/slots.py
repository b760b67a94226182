"""The layout of `image_features`, shared by encoder, decoder and export.

Row 0 is the picture: [domain logit, 0, 0, 0, 0, ground colour probabilities, zeros].
Rows 1..K are objects: [score, centre x, centre y, width, height, colour probabilities, noun probabilities];
places and sizes are fractions of the picture, and a score of 0 is an empty slot.
"""

from dataclasses import dataclass

COLOURS = ["red", "green", "blue", "yellow", "purple", "orange", "pink", "brown", "black", "white", "gray", "mixed"]
MIXED = COLOURS.index("mixed")
SLOTS = 32
GEOMETRY = 5


@dataclass(frozen=True)
class Layout:
    nouns: tuple[str, ...]

    @property
    def colour(self) -> slice:
        return slice(GEOMETRY, GEOMETRY + len(COLOURS))

    @property
    def noun(self) -> slice:
        return slice(GEOMETRY + len(COLOURS), self.width)

    @property
    def width(self) -> int:
        return GEOMETRY + len(COLOURS) + len(self.nouns)
