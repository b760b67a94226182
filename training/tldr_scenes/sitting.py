"""A sitting: training for so many minutes that goes on where it was interrupted. The encoder, its second look and the decoder share it."""

import math
import time
from pathlib import Path

import torch
from torch import Tensor, nn

EVERY = 100
"""Steps between two lines of the log."""


class Sitting:
    """Holds what a training run is made of, and the weights averaged over time (`average.module`), which are what is measured and kept.
    The rate rises over `warm_up` steps and falls as a cosine of the time that is spent. `state` is read where it is there, and written
    by `keep`; `seen` counts what was learned from, in `unit`s. Measure after a step for which `is_due`: after `first` seconds, then
    every `then`, and at the end."""

    def __init__(
        self, model: nn.Module, state: Path, *, minutes: float, rate: float, decay: float, average: float, warm_up: int, clip: float, unit: str,
        first: float, then: float, betas: tuple[float, float] = (0.9, 0.999), buffers: bool = True,
    ):  # fmt: skip
        self.model, self.state, self.rate, self.warm_up, self.clip, self.unit, self.then = model, state, rate, warm_up, clip, unit, then
        decayed = torch.optim.swa_utils.get_ema_multi_avg_fn(average)
        self.average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=decayed, use_buffers=buffers)
        self.optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay, betas=betas)
        self.step, self.seen, self.curve, spent = 0, 0, [], 0.0
        if state.exists():
            saved = torch.load(state, weights_only=False)
            for name in ("model", "average", "optimiser"):
                getattr(self, name).load_state_dict(saved[name])
            spent, self.step, self.seen, self.curve = saved["spent"], saved["step"], saved["seen"], saved["curve"]
        self.started, self.budget, self.next_test = time.time() - spent, minutes * 60, spent + first
        self.running: dict[str, float] = {}

    @property
    def spent(self) -> float:
        """Seconds, measuring included."""
        return time.time() - self.started

    @property
    def goes_on(self) -> bool:
        return self.spent < self.budget

    @property
    def is_due(self) -> bool:
        return self.spent > self.next_test or not self.goes_on

    def learn(self, loss: Tensor, parts: dict[str, Tensor], count: int) -> None:
        rate = self.rate * min(1, (self.step + 1) / self.warm_up) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1, self.spent / self.budget))))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        self.optimiser.step()
        self.average.update_parameters(self.model)
        self.step += 1
        self.seen += count
        for name, value in parts.items():
            self.running[name] = 0.98 * self.running.get(name, value.item()) + 0.02 * value.item()
        if self.step % EVERY == 0:
            shown = " ".join(f"{name} {value:.4f}" for name, value in self.running.items())
            print(f"step {self.step} {self.seen} {self.unit} {self.seen / self.spent:.0f}/s {self.spent / 60:.1f} min  {shown}", flush=True)

    def keep(self) -> None:
        """Writes the state, whole or not at all."""
        part = self.state.with_suffix(".part")
        torch.save(
            {"model": self.model.state_dict(), "average": self.average.state_dict(), "optimiser": self.optimiser.state_dict(),
             "spent": self.spent, "step": self.step, "seen": self.seen, "curve": self.curve}, part,
        )  # fmt: skip
        part.replace(self.state)
        self.next_test = self.spent + self.then
