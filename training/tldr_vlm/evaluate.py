"""The paper's measures (section 3) on a file of answers, and the average precision of bad tokens."""

import numpy as np
import torch
from tldr_scenes.metrics import auroc, average_precision, best_f1, expected_calibration_error

from .batches import Collator
from .data import Answer
from .model import TldrModel


@torch.no_grad()
def token_logits(model: TldrModel, answers: list[Answer], collate: Collator, size: int = 8) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each answer the logits and labels of its judged tokens."""
    model.eval()
    out = []
    for start in range(0, len(answers), size):
        device = next(model.parameters()).device
        batch = {name: value.to(device) for name, value in collate(answers[start : start + size]).items()}
        labels = batch.pop("labels")
        logits = model(**batch, image_token=collate.chat.image)
        for row, wanted in zip(logits, labels):
            inside = wanted >= 0
            out.append((row[inside].float().cpu().numpy(), wanted[inside].cpu().numpy()))
    model.train()
    return out


def measures(judged: list[tuple[np.ndarray, np.ndarray]], threshold: float = 0.0, response_level: bool = False) -> dict[str, float]:
    """`threshold` is on logits. token_accuracy is the mean over answers (A_T); response_accuracy the share of answers whose
    verdict (the product of their tokens') is right (A_R), balanced_accuracy its mean over true and wrong answers; ap_neg
    and ap_pos the average precision of bad and of good tokens over all answers together. A response-level model is judged
    by its last token."""
    judged = [(logits, labels) for logits, labels in judged if len(labels)]
    logits, labels = (np.concatenate(parts) for parts in zip(*judged))
    truth = np.array([(labels == 1).all() for _, labels in judged])
    lowest = np.array([(logits[-1] if response_level else logits.min()) for logits, _ in judged])
    verdict = lowest > threshold
    out = {
        "token_accuracy": float(np.mean([((l > threshold) == (y == 1)).mean() for l, y in judged])),
        "response_accuracy": float((verdict == truth).mean()),
        "response_auroc": auroc(lowest, ~truth),
    }
    if truth.any() and not truth.all():
        out["balanced_accuracy"] = float(0.5 * (verdict[truth].mean() + (~verdict[~truth]).mean()))
    if (labels == 0).any():
        out["ap_neg"] = average_precision(logits, labels == 0)
        out["ap_pos"] = average_precision(-logits, labels == 1)
    return {name: round(float(value), 4) for name, value in out.items()}


def calibrate(judged: list[tuple[np.ndarray, np.ndarray]]) -> dict[str, float]:
    """Platt scaling of the token logits, the threshold of the best F1 of bad tokens, and the calibration error there."""
    from tldr_scenes.export import platt

    logits, labels = (np.concatenate(parts) for parts in zip(*judged))
    scale, bias = platt(logits, labels == 1)
    reward = 1 / (1 + np.exp(-(scale * logits + bias)))
    threshold, f1 = best_f1(reward, labels == 0)
    return {"scale": scale, "bias": bias, "threshold": threshold, "f1": f1, "ece": expected_calibration_error(reward, labels == 1)}
