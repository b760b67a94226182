"""What a TLDR is measured against: models of its own architecture that lack one thing."""

import torch
from torch import Tensor, nn

from .decoder import RewardDecoder

BASELINES = ("naive", "text-only")


class Baseline(nn.Module):
    """`naive`: the paper's response-level reward model, one logit for the whole answer, given to every token. `text-only`:
    never sees the picture."""

    def __init__(self, decoder: RewardDecoder, kind: str):
        super().__init__()
        if kind not in BASELINES:
            raise ValueError(f"no baseline is called {kind}: there are {', '.join(BASELINES)}")
        self.decoder, self.kind = decoder, kind

    @property
    def name_tokens(self) -> Tensor:
        return self.decoder.name_tokens

    def forward(self, input_ids: Tensor, attention_mask: Tensor, image_features: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        if self.kind == "text-only":
            return self.decoder(input_ids, attention_mask, image_features * 0)
        logits, first, second, claims = self.decoder(input_ids, attention_mask, image_features)
        last = (attention_mask.sum(1, keepdim=True) - 1).clamp(min=0)
        return logits.gather(1, last).expand_as(logits), first, second, claims


def whole_answer(good: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
    """Labels and weights of the naive model: every token stands for its answer, every answer weighs the same.

    good i64 [B,T] (0 bad), inside bool [B,T] -> f32 [B,T] each."""
    right = ((good == 0) & inside).sum(1, keepdim=True) == 0
    return right.float().expand_as(inside), inside / inside.sum(1, keepdim=True).clamp(min=1)
