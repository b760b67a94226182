"""python -m tldr_vlm.resized > ../test/fixtures/pillow-resized.json

What Pillow's bicubic and bilinear make of one picture in many sizes, by SHA-256, for the Node tests to agree with.
"""

import hashlib
import json

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 61, 43
SIZES = [(61, 43), (56, 28), (84, 56), (84, 28), (28, 84), (62, 43), (61, 44), (1, 1), (300, 2), (2, 300), (244, 172)]


def source() -> Image.Image:
    """Edges, ramps and noise, by a formula that Node has as well."""
    y, x, channel = np.mgrid[:HEIGHT, :WIDTH, :3]
    return Image.fromarray(((x * x * 7 + y * y * 13 + x * y * (3 + channel * 4) + channel * 91) % 256).astype(np.uint8))


def main() -> None:
    kernels = {"pillow-bicubic": Image.Resampling.BICUBIC, "pillow-bilinear": Image.Resampling.BILINEAR}
    sums = {
        name: {f"{w}x{h}": hashlib.sha256(source().resize((w, h), kernel).tobytes()).hexdigest() for w, h in SIZES} for name, kernel in kernels.items()
    }
    print(json.dumps({"width": WIDTH, "height": HEIGHT, "sha256": sums}, indent=1))


if __name__ == "__main__":
    main()
