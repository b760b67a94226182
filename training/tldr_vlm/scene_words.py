"""A head start for the decoder: words begin near what they are truthfully said of, and one head begins by comparing."""

import numpy as np
import torch
from torch import Tensor

from .scene_captions import Caption


def first_embeddings(features: np.ndarray, owner: np.ndarray, captions: list[list[Caption]], vocabulary: int) -> Tensor:
    """f32 [V,D]: for each token the mean of the cells of the things that it is truthfully said of, less that of all things;
    the longest has length 1. Words that are said of anything alike end up near nought, as do those never claimed.

    features f16 [N,C,D]; owner i8 [N,C], the thing that a cell shows, -1 for none."""
    total, count = np.zeros((vocabulary, features.shape[2])), np.zeros(vocabulary)
    mean, things = np.zeros(features.shape[2]), 0
    for seen, whose, group in zip(features, owner, captions):
        present = np.unique(whose[whose >= 0])
        looks = {int(thing): seen[whose == thing].astype(np.float32).mean(0) for thing in present}
        mean, things = mean + sum(looks.values(), np.zeros(features.shape[2])), things + len(looks)
        for caption in group:
            for place in np.flatnonzero((caption.claimed == 1) & (caption.good == 1) & (caption.subject > 0)):
                about = [look for thing, look in looks.items() if caption.subject[place] >> thing & 1]
                if about:
                    total[caption.ids[place]] += np.mean(about, 0)
                    count[caption.ids[place]] += 1
    mean /= max(1, things)
    out = np.where(count[:, None] >= 20, total / np.maximum(count, 1)[:, None] - mean, 0)
    return torch.from_numpy(out / max(1e-6, np.linalg.norm(out, axis=1).max())).float()


@torch.no_grad()
def start_by_comparing(language_model: torch.nn.Module, embeddings: Tensor, layer: int, sharpness: float = 2.0) -> None:
    """Puts the embeddings in, and makes heads 0 and 1 of the layer look at what resembles a token: their queries are the
    keys that they share."""
    language_model.embed_tokens.weight += 2 * embeddings
    attention = language_model.layers[layer].self_attn
    size = attention.head_dim
    attention.k_proj.weight[:size] *= sharpness
    for head in range(min(2, language_model.config.num_attention_heads // language_model.config.num_key_value_heads)):
        attention.q_proj.weight[head * size : (head + 1) * size] = attention.k_proj.weight[:size]
