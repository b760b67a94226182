"""Several processes that train one model (`torchrun --nproc_per_node N -m ...`): on a CPU two with a thread each are faster
than one with two, since small models wait at every operation for the slower thread."""

import atexit
import os
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor, distributed

T = TypeVar("T")


def join_workers() -> tuple[int, int]:
    """(how many, which)."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count > 1 and not distributed.is_initialized():
        distributed.init_process_group("gloo")
        # its threads may not outlive the interpreter: now and then that aborts a process that has done all its work
        atexit.register(distributed.destroy_process_group)
    return count, int(os.environ.get("RANK", "0"))


def one_by_one(workers: int, worker: int, job: Callable[[], T]) -> T:
    """The first worker does it before the others, who may find its files."""
    if workers > 1 and worker > 0:
        distributed.barrier()
    out = job()
    if workers > 1 and worker == 0:
        distributed.barrier()
    return out


@torch.no_grad()
def average_gradients(parameters: list[Tensor], workers: int, spent: float) -> float:
    """Gives each worker the mean of all gradients, and of the seconds spent: what depends on these must be alike in all."""
    if workers == 1:
        return spent
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    flat = torch.cat([*(gradient.flatten() for gradient in gradients), torch.tensor([spent])])
    distributed.all_reduce(flat)
    for gradient, mean in zip(gradients, flat[:-1].split([gradient.numel() for gradient in gradients])):
        gradient.copy_(mean.view_as(gradient) / workers)
    return flat[-1].item() / workers
