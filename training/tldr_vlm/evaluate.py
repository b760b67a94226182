"""The paper's measures (section 3) on a file of answers, and the average precision of bad tokens."""

from dataclasses import dataclass

import numpy as np
import torch
from tldr_scenes.metrics import auroc, average_precision, best_f1, expected_calibration_error
from tqdm import tqdm

from .batches import Collator
from .chat import encode_plain
from .data import OUTSIDE, Answer, sentence_numbers
from .model import TldrModel


@dataclass(frozen=True)
class Judged:
    """The judged tokens of one answer: logits f32 [T], labels i64 [T] (1 good, 0 bad), the sentence that each stands in, and the
    answer's type of perturbation."""

    logits: np.ndarray
    labels: np.ndarray
    sentences: np.ndarray
    kind: str | None = None


@torch.no_grad()
def judge(model: TldrModel, answers: list[Answer], collate: Collator, size: int = 8) -> list[Judged]:
    """Those of each answer in turn, `size` answers at a time."""
    model.eval()
    device, out = next(model.parameters()).device, []
    for start in tqdm(range(0, len(answers), size), "judging", unit_scale=size, unit=" answers", delay=2, disable=None, leave=False):
        part = answers[start : start + size]
        batch = {name: value.to(device) for name, value in collate(part).items()}
        labels = batch.pop("labels")
        logits = model(**batch, image_token=collate.chat.image)
        for answer, row, wanted in zip(part, logits, labels):
            sentences = sentence_numbers(encode_plain(collate.tokenizer, answer.response)[1], answer.response)
            response = (wanted != OUTSIDE).nonzero()[:, 0]
            inside = response[wanted[response] >= 0]
            out.append(Judged(row[inside].float().cpu().numpy(), wanted[inside].cpu().numpy(), sentences[(inside - response[:1]).cpu().numpy()], answer.kind))
    model.train()
    return out


def measures(judged: list[Judged], threshold: float = 0.0, response_level: bool = False) -> dict[str, float]:
    """`threshold` is on logits. token_accuracy is the mean over answers (A_T); sentence_accuracy the mean over answers of the share
    of sentences whose verdict (the product of their tokens') is right (A_S); response_accuracy the share of answers whose
    verdict is (A_R), balanced_accuracy its mean over true and wrong answers, found:TYPE its share of the wrong answers of a
    type; ap_neg and ap_pos the average precision of bad and of good tokens over all answers together. A response-level model
    is judged by its last token."""
    judged = [one for one in judged if len(one.labels)]
    logits, labels = (np.concatenate([getattr(one, name) for one in judged]) for name in ("logits", "labels"))
    truth = np.array([(one.labels == 1).all() for one in judged])
    lowest = np.array([(one.logits[-1] if response_level else one.logits.min()) for one in judged])
    verdict = lowest > threshold
    out = {
        "token_accuracy": float(np.mean([((one.logits > threshold) == (one.labels == 1)).mean() for one in judged])),
        "sentence_accuracy": float(np.mean([sentence_accuracy(one, threshold) for one in judged])),
        "response_accuracy": float((verdict == truth).mean()),
        "response_auroc": auroc(lowest, ~truth),
    }
    if truth.any() and not truth.all():
        out["balanced_accuracy"] = float(0.5 * (verdict[truth].mean() + (~verdict[~truth]).mean()))
    if (labels == 0).any():
        out["ap_neg"] = average_precision(logits, labels == 0)
        out["ap_pos"] = average_precision(-logits, labels == 1)
    for kind in sorted({one.kind for one in judged if one.kind}):
        out[f"found:{kind}"] = float(np.mean([not passes for passes, good, one in zip(verdict, truth, judged) if one.kind == kind and not good] or [np.nan]))
    return {name: round(float(value), 4) for name, value in out.items()}


def sentence_accuracy(one: Judged, threshold: float) -> float:
    right = [
        ((one.logits[own] > threshold).all() == (one.labels[own] == 1).all()) for own in (one.sentences == number for number in np.unique(one.sentences))
    ]
    return float(np.mean(right))


def calibrate(judged: list[Judged]) -> dict[str, float]:
    """Platt scaling of the token logits, the threshold of the best F1 of bad tokens, and the calibration error there."""
    from tldr_scenes.export import platt

    logits, labels = (np.concatenate([getattr(one, name) for one in judged]) for name in ("logits", "labels"))
    scale, bias = platt(logits, labels == 1)
    reward = 1 / (1 + np.exp(-(scale * logits + bias)))
    threshold, f1 = best_f1(reward, labels == 0)
    return {"scale": scale, "bias": bias, "threshold": threshold, "f1": f1, "ece": expected_calibration_error(reward, labels == 1)}
