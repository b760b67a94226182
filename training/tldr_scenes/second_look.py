"""A second look at each thing that the encoder found: from near, in twice the pixels, by a network like it that names it anew, says its
colour, and whether there is one whole thing in the middle. What looks alike at 192 pixels does not at 384, and what stands beside
others is seen without them."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .encoder import STRIDE, BothWays, SceneEncoder, read_slots
from .slots import COLOURS, GEOMETRY

CROP = 48
"""Pixels of a side of what it looks at."""
ROOM = 1.35
"""How much more than a thing's box that shows."""
FAINT = 0.05
"""Of what the encoder is less sure it takes no second look: there is none."""


def cut(pixels: Tensor, boxes: Tensor) -> Tensor:
    """Pixels f32 [B,3,2S,2S], boxes f32 [B,K,4] (centre and size, fractions) to crops [B,K,3,CROP,CROP]. Large things are cut from the
    picture at half its pixels, so that none is left out between two samples. Outside of the picture is grey."""
    batch, count, _ = boxes.shape
    step = (torch.arange(CROP, dtype=torch.float32) + 0.5) / CROP - 0.5
    size = boxes[:, :, 2:].clamp(0.04, 1) * ROOM
    x = boxes[:, :, 0, None] + size[:, :, 0, None] * step
    y = boxes[:, :, 1, None] + size[:, :, 1, None] * step
    grid = torch.stack([x[:, :, None, :].expand(-1, -1, CROP, -1), y[:, :, :, None].expand(-1, -1, -1, CROP)], 4) * 2 - 1
    grid = grid.reshape(batch, count * CROP, CROP, 2)

    def sample(of: Tensor) -> Tensor:
        return F.grid_sample(of, grid, mode="bilinear", padding_mode="zeros", align_corners=False).view(batch, 3, count, CROP, CROP)

    large = (size.amax(2) * pixels.shape[3] > 1.5 * CROP)[:, None, :, None, None]
    return torch.where(large, sample(F.avg_pool2d(pixels, 2)), sample(pixels)).transpose(1, 2)


class SecondLook(nn.Module):
    """Begins as the encoder itself, looking at a crop as if it were a whole picture (`take_over`), so that every thing has the size that it
    knows best, and is trained from there."""

    def __init__(self, nouns: int):
        super().__init__()
        encoder = SceneEncoder(nouns)
        self.stem, self.near, self.far, self.join, self.merge = encoder.stem, encoder.near, encoder.far, encoder.join, encoder.merge
        self.noun, self.colour = encoder.noun, encoder.colour
        cells = (CROP // STRIDE) ** 2
        self.where = nn.Conv2d(128, 24, 1)
        self.first = nn.Linear(GEOMETRY + len(COLOURS), 64)
        self.think = nn.Linear(24 * cells + 128 + 192 + 64, 256)
        self.name = nn.Linear(256, nouns)
        self.whole = nn.Linear(256, 1)
        self.box = nn.Linear(256, 4)
        self.trust_noun, self.trust_colour = nn.Parameter(torch.tensor([0.5])), nn.Parameter(torch.tensor([0.5]))
        self.trust_whole = nn.Parameter(torch.tensor([1.0]))
        for new in (self.name, self.box):
            nn.init.zeros_(new.weight)
            nn.init.zeros_(new.bias)

    def take_over(self, encoder: SceneEncoder) -> None:
        own = self.state_dict()
        own.update({name: value for name, value in encoder.state_dict().items() if name in own})
        self.load_state_dict(own)

    def train(self, mode: bool = True) -> "SecondLook":
        """Normalisation stays that of the encoder: a folder that was opened again has none of its own."""
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self

    def forward(self, crops: Tensor, slots: Tensor) -> dict[str, Tensor]:
        """Crops [M,3,CROP,CROP] and the slots [M,D] of the first look to logits: noun [M,N], colour [M,C], whole [M] (whether one thing
        stands in the middle); box [M,4]: how far the middle is off, in sizes, and the log of how much larger it is. `alone` is noun
        without what the first look said."""
        early = self.near(self.stem(crops))
        far = self.far(early)
        grid = self.merge(early + F.interpolate(self.join(far), scale_factor=2.0, mode="nearest"))
        at = CROP // STRIDE // 2

        def middle(maps: Tensor) -> Tensor:
            return maps[:, :, at - 1 : at + 1, at - 1 : at + 1].mean((2, 3))

        score, colour, noun = slots[:, 0], slots[:, GEOMETRY : GEOMETRY + len(COLOURS)], slots[:, GEOMETRY + len(COLOURS) :]
        first = F.relu(self.first(torch.cat([slots[:, :GEOMETRY], colour], 1)))
        seen = F.relu(self.think(torch.cat([F.relu(self.where(grid)).flatten(1), middle(grid), far.mean((2, 3)), first], 1)))
        alone = middle(self.noun(grid)) + self.name(seen)
        certain = score.clamp(0.01, 0.99)
        return {
            "alone": alone,
            "noun": alone + self.trust_noun * (noun + 1e-4).log(),
            "colour": middle(self.colour(grid)) + self.trust_colour * (colour + 1e-3).log(),
            "whole": self.whole(seen)[:, 0] + self.trust_whole * (certain / (1 - certain)).log(),
            "box": self.box(seen),
        }


def told(slots: Tensor, said: dict[str, Tensor]) -> Tensor:
    """Slots [M,D] as the second look sees them."""
    box = said["box"].float().clamp(-1, 1)
    middle = slots[:, 1:3] + box[:, :2] * slots[:, 3:5]
    size = slots[:, 3:5] * box[:, 2:].exp()
    whole = said["whole"].float().sigmoid()[:, None]
    return torch.cat([whole, middle, size, said["colour"].float().softmax(1), said["noun"].float().softmax(1)], 1)


class TwoLooks(nn.Module):
    """The whole encoder: normalised pixels f32 [B,3,2*SIDE,2*SIDE] to `image_features` [B,1+SLOTS,D] (slots.py)."""

    def __init__(self, encoder: SceneEncoder | BothWays, second: SecondLook):
        super().__init__()
        self.encoder, self.second = encoder, second

    def forward(self, pixels: Tensor) -> Tensor:
        features = read_slots(self.encoder(F.avg_pool2d(pixels, 2)), FAINT)
        picture, things = features[:, :1], features[:, 1:]
        batch, count, width = things.shape
        crops = cut(pixels, things[:, :, 1:GEOMETRY])
        flat = things.reshape(batch * count, width)
        # an empty slot among them, so that there is never nothing to run on
        index = ((flat[:, 0] > 0) | (torch.arange(batch * count) == batch * count - 1)).nonzero()[:, 0]
        found = flat[index]
        again = told(found, self.second(crops.reshape(batch * count, 3, CROP, CROP)[index], found)) * (found[:, :1] > 0)
        things = torch.zeros_like(flat).index_copy(0, index, again).view(batch, count, width)
        return torch.cat([picture, things], 1)
