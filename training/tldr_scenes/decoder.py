"""Reads an answer against the objects that the encoder found, and gives each of its tokens a logit.

Plain attention cannot count and does not compare places by itself (the spatial weakness of the TLDR paper). So the
grounding step here selects objects with a sigmoid for each (token, object) pair instead of a softmax: the sum of the
weights is a count, their mean place is where the referent stands, and the difference of the two supervised selections
(the subject and the object of a relation) is what "left of" is about.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .slots import GEOMETRY

REACH = 24
"""Relative positions further apart than this share one bias."""


class SelfAttention(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.bias = nn.Parameter(torch.zeros(heads, 2 * REACH + 1))

    def forward(self, x: Tensor, blocked: Tensor) -> Tensor:
        batch, length, width = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        place = torch.arange(length, device=x.device)
        distance = (place[None] - place[:, None]).clamp(-REACH, REACH) + REACH
        scores = q @ k.transpose(2, 3) * (width // self.heads) ** -0.5 + self.bias[:, distance]
        weights = (scores.float() + blocked[:, None, None, :]).softmax(-1).to(v.dtype)
        return self.out((weights @ v).transpose(1, 2).reshape(batch, length, width))


class TextLayer(nn.Module):
    def __init__(self, width: int, heads: int, dropout: float):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = SelfAttention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, blocked: Tensor) -> Tensor:
        x = x + self.dropout(self.attention(self.norm1(x), blocked))
        return x + self.dropout(self.feed(self.norm2(x)))


class Grounding(nn.Module):
    """Heads 0 and 1 are taught to select the subject and the object of what a token claims; the others are free."""

    HEADS = 6
    KEY = 32
    VALUE = 48

    def __init__(self, width: int):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.query = nn.Linear(width, self.HEADS * self.KEY)
        self.key = nn.Linear(width, self.HEADS * self.KEY)
        self.name_key = nn.Linear(width, self.HEADS * self.KEY, bias=False)
        self.name_key.weight.data.copy_(self.query.weight.data)
        self.value = nn.Linear(width, self.HEADS * self.VALUE)
        self.head_bias = nn.Parameter(torch.full((self.HEADS, 1, 1), -3.0))
        self.sharpness = nn.Parameter(torch.tensor(12.0))
        self.middle = nn.Parameter(torch.tensor(0.3))
        readout = self.HEADS * (1 + 7 + 4 + self.VALUE) + 12
        self.mix = nn.Sequential(nn.Linear(readout, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x: Tensor, slots: Tensor, names: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        """x [B,T,W], slots and names [B,K,W], features [B,K,D] -> (x, selection logits [B,2,T,K])."""
        batch, length, _ = x.shape
        count_slots = slots.shape[1]
        normed = self.norm(x)
        q = self.query(normed).view(batch, length, self.HEADS, self.KEY).transpose(1, 2)
        k = (self.key(slots) + self.name_key(names)).view(batch, count_slots, self.HEADS, self.KEY).transpose(1, 2)
        v = self.value(slots).view(batch, count_slots, self.HEADS, self.VALUE).transpose(1, 2)
        logits = (q @ k.transpose(2, 3)).float() * self.KEY**-0.5 + self.head_bias
        presence = torch.sigmoid(self.sharpness * (features[:, :, 0] - self.middle))
        weights = logits.sigmoid() * presence[:, None, None, :]
        count = weights.sum(3, keepdim=True)
        mean = weights / (count + 0.05)
        place = mean @ features[:, None, :, 1:GEOMETRY]
        seen = mean @ v.float()
        bins = torch.exp(-2.0 * (count - torch.arange(7, device=x.device, dtype=torch.float32)) ** 2)
        gap = place[:, 0] - place[:, 1]
        both = (count[:, 0].clamp(max=1) * count[:, 1].clamp(max=1))
        compared = torch.cat([gap, torch.tanh(12 * gap), (torch.log(place[:, 0, :, 2:] + 0.02) - torch.log(place[:, 1, :, 2:] + 0.02)), both, both], 2)
        read = torch.cat([count, bins, place, seen], 3).transpose(1, 2).reshape(batch, length, -1)
        return x + self.mix(torch.cat([read, compared], 2)), logits[:, :2]


class RewardDecoder(nn.Module):
    """`name_tokens` f32[nouns, vocabulary]: the mean of the tokens that each noun is written with. It lets an object's
    name be compared with the words of the answer in the one embedding, from the first step on."""

    def __init__(self, name_tokens: Tensor, features: int, width: int = 192, heads: int = 6, dropout: float = 0.0):
        super().__init__()
        self.register_buffer("name_tokens", name_tokens, persistent=False)
        self.register_buffer("names", None, persistent=False)
        self.embed = nn.Embedding(name_tokens.shape[1], width)
        self.name_norm = nn.LayerNorm(width)
        self.slot_in = nn.Sequential(nn.Linear(features, width), nn.GELU(), nn.Linear(width, width), nn.LayerNorm(width))
        self.picture_in = nn.Linear(features, width)
        self.read = nn.ModuleList([TextLayer(width, heads, dropout) for _ in range(2)])
        self.ground1 = Grounding(width)
        self.relate = nn.ModuleList([TextLayer(width, heads, dropout) for _ in range(2)])
        self.ground2 = Grounding(width)
        self.judge = TextLayer(width, heads, dropout)
        self.norm = nn.LayerNorm(width)
        self.reward = nn.Linear(width, 1)
        self.claim = nn.Linear(width, 1)
        nn.init.normal_(self.embed.weight, std=0.3)
        for layer in [*self.read, *self.relate, self.judge]:
            layer.attention.out.weight.data.mul_(0.3)
            layer.feed[2].weight.data.mul_(0.3)
        self.picture_in.weight.data.mul_(0.1)

    @torch.no_grad()
    def fix_names(self) -> None:
        """Works the names out once: for export, where their tokens would be the largest part of the file."""
        self.register_buffer("names", self.name_tokens @ self.embed.weight, persistent=False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, image_features: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """ids i64[B,T], mask i64[B,T], features f32[B,N,D] -> logits f32[B,T], selections of both groundings, and f32[B,T]
        logits of whether a token says anything of the picture."""
        blocked = (1 - attention_mask.float()) * -1e4
        picture = image_features[:, :1]
        things = image_features[:, 1:]
        slots = self.slot_in(things)
        table = self.name_norm(self.name_tokens @ self.embed.weight if self.names is None else self.names)
        names = things[:, :, -table.shape[0] :] @ table
        x = self.embed(input_ids) + self.picture_in(picture)
        for layer in self.read:
            x = layer(x, blocked)
        x, first = self.ground1(x, slots, names, things)
        for layer in self.relate:
            x = layer(x, blocked)
        x, second = self.ground2(x, slots, names, things)
        x = self.judge(x, blocked)
        x = self.norm(x)
        return self.reward(x).float()[:, :, 0], first, second, self.claim(x).float()[:, :, 0]


def decoder_loss(
    logits: Tensor, first: Tensor, second: Tensor, claims: Tensor, good: Tensor, weight: Tensor, claimed: Tensor, silent: Tensor,
    subject: Tensor, other: Tensor, known: Tensor,
) -> dict[str, Tensor]:
    """good f32[B,T]; weight f32[B,T] (0 outside the response); claimed, silent bool[B,T]: tokens that say something of the
    picture, and that say nothing; subject, other f32[B,T,K]: what the token is about;
    known f32[B,2,T]: where that is known."""
    reward = (F.binary_cross_entropy_with_logits(logits, good, reduction="none") * weight).sum() / weight.sum().clamp(min=1)
    claim = F.binary_cross_entropy_with_logits(claims, claimed.float(), reduction="none")
    either = claimed | silent
    want = torch.stack([subject, other], 1)

    def taught(selection: Tensor) -> Tensor:
        losses = F.binary_cross_entropy_with_logits(selection, want, reduction="none", pos_weight=torch.tensor(3.0))
        return (losses.mean(3) * known).sum() / known.sum().clamp(min=1)

    return {"reward": reward, "claim": (claim * either).sum() / either.sum().clamp(min=1), "first": taught(first), "second": taught(second)}
