"""Pictures as backbones take them, RGB normalised. Qwen-VL: both sides whole cells, the area within bounds. Llama 3.2 Vision: tiles. The others: one square."""

import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from .backbones import CLIP

MEAN, STD = CLIP


def fitted_size(width: int, height: int, cell: int, smallest: int, largest: int) -> tuple[int, int]:
    """(width, height) near the picture's own shape: multiples of `cell` pixels (patch x merge), an area of `smallest` to
    `largest` pixels.

    As Qwen2-VL's image processor does it (`smart_resize` in transformers): round, to nothing too, and where that is out of bounds
    scale by the square root of the areas' ratio, down for too large and up for too small."""
    if max(width, height) / min(width, height) > 200:
        raise ValueError(f"a picture of {width} x {height} pixels is too narrow: at most 200 to 1")
    w, h = (round(side / cell) * cell for side in (width, height))
    if w * h > largest:
        by = math.sqrt(width * height / largest)
        w, h = (max(cell, math.floor(side / by / cell) * cell) for side in (width, height))
    elif w * h < smallest:
        by = math.sqrt(smallest / (width * height))
        w, h = (math.ceil(side * by / cell) * cell for side in (width, height))
    return w, h


def load_upright(path: Path) -> Image.Image:
    """RGB, turned as its camera says, on white where it is transparent: as Node has it."""
    with Image.open(path) as picture:
        picture = ImageOps.exif_transpose(picture)
        if not picture.has_transparency_data:
            return picture.convert("RGB")
        picture = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def load_pixels(path: Path, cell: int, smallest: int, largest: int, pixels: tuple = CLIP) -> np.ndarray:
    """f32 [3, H, W], normalised by the mean and standard deviation in `pixels`."""
    picture = load_upright(path)
    return normalised(picture.resize(fitted_size(*picture.size, cell, smallest, largest), Image.Resampling.BICUBIC), pixels)


def load_square(path: Path, side: int, pixels: tuple) -> np.ndarray:
    """f32 [3, side, side]: the whole picture, stretched."""
    return normalised(load_upright(path).resize((side, side), Image.Resampling.BICUBIC), pixels)


def tile_shapes(most: int) -> list[tuple[int, int]]:
    """(rows, columns) of at most so many tiles, in the order that Llama 3.2 Vision numbers them in, from 1."""
    return [(rows, columns) for rows in range(1, most + 1) for columns in range(1, most + 1) if rows * columns <= most]


def fitted_tiles(width: int, height: int, side: int, most: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """((width, height) that a picture gets, (rows, columns) of tiles of `side` pixels that it lies in, in their upper left corner).

    As Mllama's image processor does it: the tiles that enlarge the picture least, or where none hold it whole those that shrink it
    least; of equal ones the fewest. Its shape is kept, and it is not enlarged beyond one tile."""
    scales = {(rows, columns): min(rows * side / height, columns * side / width) for rows, columns in tile_shapes(most)}
    whole = [scale for scale in scales.values() if scale >= 1]
    best = min(whole) if whole else max(scales.values())
    rows, columns = min((shape for shape, scale in scales.items() if scale == best), key=lambda shape: shape[0] * shape[1])
    right, below = (min(max(own, side), count * side) for own, count in ((width, columns), (height, rows)))
    across, down = right / width, below / height
    if across < down:
        return (right, min(math.floor(height * across) or 1, below)), (rows, columns)
    return (min(math.floor(width * down) or 1, right), below), (rows, columns)


def load_tiled(path: Path, side: int, most: int, pixels: tuple) -> np.ndarray:
    """f32 [3, rows * side, columns * side]: the picture in the upper left corner of its tiles, black around it."""
    picture = load_upright(path)
    size, (rows, columns) = fitted_tiles(*picture.size, side, most)
    canvas = Image.new("RGB", (columns * side, rows * side))
    canvas.paste(picture.resize(size, Image.Resampling.BILINEAR))
    return normalised(canvas, pixels)


def normalised(picture: Image.Image, pixels: tuple) -> np.ndarray:
    mean, std = (np.array(figures, np.float32) for figures in pixels)
    return ((np.asarray(picture, np.float32) / 255 - mean) / std).transpose(2, 0, 1)


def patches(pixels: np.ndarray, patch: int, merge: int, temporal: int = 2) -> tuple[np.ndarray, tuple[int, int, int]]:
    """f32 [P, 3 * temporal * patch * patch] and the grid (1, rows, columns) of patches. Patches come merge block by merge
    block, and the picture stands still for `temporal` frames."""
    _, height, width = pixels.shape
    rows, columns = height // patch, width // patch
    cut = pixels.reshape(3, rows // merge, merge, patch, columns // merge, merge, patch)
    cut = cut.transpose(1, 4, 2, 5, 0, 3, 6)[:, :, :, :, :, None].repeat(temporal, 5)
    return np.ascontiguousarray(cut.reshape(rows * columns, -1)), (1, rows, columns)
