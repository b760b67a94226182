"""A picture in, the objects in it out: a small convolutional detector without anchors, after CenterNet
(Zhou et al. 2019): object centres are peaks of a heat map, and each peak's cell says what the object is."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .slots import COLOURS, SLOTS

SIDE = 192
STRIDE = 8
GRID = SIDE // STRIDE
FINE = GRID * 2
"""The heat map is twice as fine as the grid, so that small neighbours stay apart."""


def conv(cin: int, cout: int, stride: int = 1, size: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(cin, cout, size, stride, size // 2, bias=False), nn.BatchNorm2d(cout), nn.ReLU(inplace=True)
    )


class Residual(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.first = conv(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(self.first(x)))


class SceneEncoder(nn.Module):
    def __init__(self, nouns: int):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 64, 6, 4, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True))
        self.near = nn.Sequential(conv(64, 128, 2), *[Residual(128) for _ in range(3)])
        self.far = nn.Sequential(conv(128, 192, 2), Residual(192), Residual(192))
        self.join = nn.Conv2d(192, 128, 1)
        self.merge = Residual(128)
        self.heat = nn.Sequential(conv(128, 64), nn.Conv2d(64, 4, 1))
        self.box = nn.Sequential(conv(128, 64), nn.Conv2d(64, 4, 1))
        self.colour = nn.Sequential(conv(128, 96), nn.Conv2d(96, len(COLOURS), 1))
        self.noun = nn.Sequential(conv(128, 256, 1, 1), nn.Conv2d(256, nouns, 1))
        self.ground = nn.Linear(64 + 192, len(COLOURS))
        self.domain = nn.Sequential(nn.Linear(64 + 192 + 2, 64), nn.ReLU(), nn.Linear(64, 1))
        nn.init.constant_(self.heat[-1].bias, -3.5)

    def forward(self, pixels: Tensor) -> dict[str, Tensor]:
        """Normalised pixels [B,3,SIDE,SIDE] to raw maps: heat logits [B,FINE,FINE], box [B,4,G,G] (offset of the
        centre in cells, log size in cells), colour and noun logits [B,*,G,G], ground [B,C], domain [B]."""
        early = self.stem(pixels)
        grid = self.near(early)
        far = self.far(grid)
        grid = self.merge(grid + F.interpolate(self.join(far), scale_factor=2.0, mode="nearest"))
        pooled = torch.cat([early.mean((2, 3)), far.mean((2, 3))], 1)
        heat = F.pixel_shuffle(self.heat(grid), 2)[:, 0]
        noun = self.noun(grid)
        peaks = heat.flatten(1)
        surprise = torch.stack([peaks.max(1).values, noun.flatten(2).logsumexp(1).mean(1)], 1).detach()
        return {
            "heat": heat,
            "box": self.box(grid),
            "colour": self.colour(grid),
            "noun": noun,
            "ground": self.ground(pooled),
            "domain": self.domain(torch.cat([pooled, surprise], 1))[:, 0],
        }


def read_slots(maps: dict[str, Tensor], least: float = 0.08) -> Tensor:
    """The encoder's maps as `image_features` [B, 1 + SLOTS, D] (see slots.py), best object first; what is no surer than `least`
    is left out."""
    heat = maps["heat"].float().sigmoid()
    batch = heat.shape[0]
    highest = F.max_pool2d(heat[:, None], 5, 1, 2)[:, 0]
    peaks = torch.where(heat == highest, heat, torch.zeros_like(heat)).flatten(1)
    score, index = peaks.topk(SLOTS, dim=1)
    fine_y = torch.div(index, FINE, rounding_mode="floor")
    fine_x = index - fine_y * FINE
    row = torch.div(fine_y, 2, rounding_mode="floor")
    column = torch.div(fine_x, 2, rounding_mode="floor")
    cell = row * GRID + column

    def at(map_: Tensor) -> Tensor:
        flat = map_.float().flatten(2).transpose(1, 2)
        return flat.gather(1, cell[:, :, None].expand(-1, -1, flat.shape[2]))

    box = at(maps["box"])
    x = (column.float() + 0.5 + box[:, :, 0]) / GRID
    y = (row.float() + 0.5 + box[:, :, 1]) / GRID
    size = box[:, :, 2:].clamp(-3, 4).exp() / GRID
    seen = (score > least).float()[:, :, None]
    geometry = torch.cat([score[:, :, None], x[:, :, None], y[:, :, None], size], 2)
    objects = torch.cat([geometry, at(maps["colour"]).softmax(2), at(maps["noun"]).softmax(2)], 2) * seen
    ground = maps["ground"].float().softmax(1)
    zeros = objects.new_zeros(batch, objects.shape[2] - 5 - ground.shape[1])
    picture = torch.cat([maps["domain"].float()[:, None], objects.new_zeros(batch, 4), ground, zeros], 1)
    return torch.cat([picture[:, None], objects], 1)


class BothWays(nn.Module):
    """A trained encoder that looks at a picture and at its mirror image, and takes the mean. What is written is read the
    right way round only. `nouns` are the encoder's, signs among them as `sign:WORD`."""

    def __init__(self, encoder: SceneEncoder, nouns: list[str]):
        super().__init__()
        self.encoder = encoder
        self.register_buffer("signs", torch.tensor([noun.startswith("sign:") for noun in nouns]).float()[:, None, None], persistent=False)

    def forward(self, pixels: Tensor) -> dict[str, Tensor]:
        """The maps of SceneEncoder; colour and noun as log-probabilities."""
        one, other = self.encoder(pixels), self.encoder(pixels.flip(3))
        side = torch.tensor([-1.0, 1.0, 1.0, 1.0])[:, None, None]
        noun, mirrored = one["noun"].log_softmax(1), other["noun"].log_softmax(1).flip(3)
        written = (noun.exp() * self.signs).sum(1, keepdim=True) > 0.5
        return {
            "heat": (one["heat"] + other["heat"].flip(2)) / 2,
            "box": (one["box"] + other["box"].flip(3) * side) / 2,
            "colour": (one["colour"].log_softmax(1) + other["colour"].log_softmax(1).flip(3)) / 2,
            "noun": torch.where(written, noun, (noun + mirrored) / 2),
            "ground": (one["ground"] + other["ground"]) / 2,
            "domain": (one["domain"] + other["domain"]) / 2,
        }
