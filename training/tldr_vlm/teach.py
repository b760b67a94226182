"""What the lessons of a small model from nothing share: optimisers, their rate, the running average of the weights, the
state that a stopped lesson goes on from, and files that are never half written."""

import json
import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from .workers import average_gradients


def optimisers_of(taught: nn.Module, rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of transformer layers, at `rate`; AdamW for everything else, at a third of it. From nothing Muon
    wants about half the pictures that AdamW does (docs/train-your-own.md section 6)."""
    named = list(taught.named_parameters())
    matrices = [value for name, value in named if value.ndim == 2 and (".layers." in name or ".blocks." in name or name.startswith(("layers.", "blocks.")))]
    inside = {id(value) for value in matrices}
    rest = [value for _, value in named if id(value) not in inside]
    return [
        torch.optim.Muon(matrices, lr=rate, weight_decay=0.03, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, lr=rate / 3, weight_decay=0.03, betas=(0.9, 0.98), fused=True),
    ]


def set_rates(optimisers: list[torch.optim.Optimizer], step: int, done: float) -> None:
    """A linear start over 300 steps, then a half cosine down to a hundredth as `done` goes from 0 to 1."""
    share = min(1, (step + 1) / 300) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1, done))))
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = group.setdefault("initial_lr", group["lr"]) * share


class Average:
    """The exponential moving average of a module's weights."""

    def __init__(self, taught: nn.Module, keep: float = 0.998):
        self.taught = taught
        self.model = torch.optim.swa_utils.AveragedModel(taught, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(keep))

    def update(self) -> None:
        self.model.update_parameters(self.taught)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The module has the averaged weights for a while."""
        live = [parameter.detach().clone() for parameter in self.taught.parameters()]
        self.taught.load_state_dict(self.model.module.state_dict())
        try:
            yield
        finally:
            with torch.no_grad():
                for parameter, value in zip(self.taught.parameters(), live):
                    parameter.copy_(value)


class Running:
    """Means of losses over about the last fifty steps, for the log."""

    def __init__(self) -> None:
        self.values: dict[str, float] = {}

    def add(self, parts: dict[str, Tensor]) -> None:
        for name, value in parts.items():
            self.values[name] = 0.98 * self.values.get(name, value.item()) + 0.02 * value.item()

    def __str__(self) -> str:
        return " ".join(f"{name} {value:.4f}" for name, value in self.values.items())


def save_whole(value: Any, path: Path) -> None:
    """torch.save to a file that is either the old one or the new one."""
    part = path.with_name(path.name + ".part")
    torch.save(value, part)
    os.replace(part, path)


class Lesson:
    """A module that is taught for some minutes, by several workers alike. With a `state` file a stopped lesson goes on."""

    def __init__(self, taught: nn.Module, rate: float, minutes: float, workers: int, state: Path | None = None):
        self.taught, self.workers, self.state = taught, workers, state
        self.parameters = list(taught.parameters())
        self.average, self.optimisers, self.running = Average(taught), optimisers_of(taught, rate), Running()
        self.spent, self.step, self.seen, self.curve = 0.0, 0, 0, []
        if state and state.exists():
            saved = torch.load(state, weights_only=False)
            taught.load_state_dict(saved["taught"])
            self.average.model.load_state_dict(saved["average"])
            for optimiser, kept in zip(self.optimisers, saved["optimisers"]):
                optimiser.load_state_dict(kept)
            self.spent, self.step, self.seen, self.curve = saved["spent"], saved["step"], saved["seen"], saved["curve"]
        self.budget, self.began = minutes * 60, time.time() - self.spent
        self.finished = self.over and len(self.curve) > 0
        """Before it began: it went to its end before, and what it wrote is there."""

    @property
    def minutes(self) -> float:
        return round((time.time() - self.began) / 60, 2)

    @property
    def over(self) -> bool:
        return self.spent >= self.budget

    def learn(self, loss: Tensor, parts: dict[str, Tensor], count: int) -> bool:
        """One step from a loss over `count` examples of each worker; False, and no step, once the time is up."""
        self.taught.zero_grad()
        loss.backward()
        self.spent = average_gradients(self.parameters, self.workers, time.time() - self.began)
        if self.over:
            return False
        set_rates(self.optimisers, self.step, self.spent / self.budget)
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
        self.average.update()
        self.step, self.seen = self.step + 1, self.seen + count * self.workers
        self.running.add(parts)
        return True

    def log(self, what: str) -> None:
        print(f"step {self.step} {what} {self.seen} {self.seen / (time.time() - self.began):.0f}/s {self.spent / 60:.1f} min  {self.running}", flush=True)

    def keep(self, row: dict, curve: Path) -> None:
        """Puts a row at the end of the curve, and writes both it and the state."""
        self.curve.append(row)
        if self.state:
            optimised = [optimiser.state_dict() for optimiser in self.optimisers]
            spent = time.time() - self.began
            save_whole(
                {"taught": self.taught.state_dict(), "average": self.average.model.state_dict(), "optimisers": optimised, "spent": spent, "step": self.step, "seen": self.seen, "curve": self.curve},
                self.state,
            )
        curve.write_text("".join(json.dumps(one) + "\n" for one in self.curve))
        print(json.dumps(row), flush=True)
