"""Ranking metrics on plain arrays. Scores are rewards: bad items should have low ones."""

import numpy as np


def auroc(reward: np.ndarray, bad: np.ndarray) -> float:
    """P(a bad item has a lower reward than a good one), ties half."""
    order = np.argsort(reward, kind="stable")
    ranks = np.empty(len(reward))
    values, inverse, counts = np.unique(reward[order], return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks[order] = (ends - (counts - 1) / 2)[inverse]
    n_bad, n_good = bad.sum(), (~bad).sum()
    if n_bad == 0 or n_good == 0:
        return float("nan")
    return float((ranks[~bad].sum() - n_good * (n_good + 1) / 2) / (n_bad * n_good))


def average_precision(reward: np.ndarray, bad: np.ndarray) -> float:
    """Area under precision and recall of bad items, lowest reward first (step-wise, ties taken together)."""
    if bad.sum() == 0:
        return float("nan")
    order = np.argsort(reward, kind="stable")
    hits = np.cumsum(bad[order])
    last = np.append(np.diff(reward[order]) > 0, True)
    hits, seen = hits[last], np.arange(1, len(order) + 1)[last]
    recall = hits / bad.sum()
    return float((np.diff(recall, prepend=0) * hits / seen).sum())


def best_f1(reward: np.ndarray, bad: np.ndarray) -> tuple[float, float]:
    """The threshold (flag at or below) with the best F1 of bad items, and that F1."""
    order = np.argsort(reward, kind="stable")
    hits = np.cumsum(bad[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + bad.sum())
    last = np.append(np.diff(reward[order]) > 0, True)
    best = int(np.argmax(np.where(last, f1, -1)))
    ranked = reward[order]
    upper = ranked[best + 1] if best + 1 < len(ranked) else ranked[best]
    return float((ranked[best] + upper) / 2), float(f1[best])


def expected_calibration_error(reward: np.ndarray, good: np.ndarray, bins: int = 15) -> float:
    place = np.minimum((reward * bins).astype(int), bins - 1)
    return float(sum((place == b).mean() * abs(reward[place == b].mean() - good[place == b].mean()) for b in range(bins) if (place == b).any()))
