"""Pictures of noise for detectors of noise: wide, high, and smaller than the model's square."""

import numpy as np
from PIL import Image


def pictures() -> dict[str, Image.Image]:
    random = np.random.default_rng(7)
    sizes = {"wide": (90, 60), "high": (40, 110), "small": (30, 24)}
    return {name: Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8)) for name, (width, height) in sizes.items()}
