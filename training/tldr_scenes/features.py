"""python -m tldr_scenes.features --eyes RUN/second.pt|MODEL_FOLDER PACK [PACK ...]

Runs the whole encoder over packs, as the exported model does, and keeps what it saw: PACK/features.npy f16 [N,1+SLOTS,D] and
PACK/owner.npy i8 [N,SLOTS], the object that each slot is (by place), or -1.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from .encoder import BothWays, SceneEncoder
from .pack import Pack
from .reopen import is_folder, nouns_of_encoder, stored_encoder, stored_second_look
from .second_look import SecondLook, TwoLooks
from .slots import SLOTS
from .train_encoder import normalise


def load_encoder(path: Path) -> tuple[SceneEncoder, list[str]]:
    """Of an encoder.pt or an exported model folder, with its nouns."""
    if is_folder(path):
        return stored_encoder(path), nouns_of_encoder(path)
    saved = torch.load(path, weights_only=False)
    model = SceneEncoder(len(saved["nouns"])).to(memory_format=torch.channels_last)
    model.load_state_dict(saved["model"])
    return model.eval(), saved["nouns"]


def load_eyes(path: Path) -> tuple[TwoLooks, list[str]]:
    """Both looks of a second.pt or an exported model folder, with their nouns."""
    if is_folder(path):
        nouns = nouns_of_encoder(path)
        return TwoLooks(BothWays(stored_encoder(path), nouns), stored_second_look(path)).eval(), nouns
    saved = torch.load(path, weights_only=False)
    first, second = SceneEncoder(len(saved["nouns"])), SecondLook(len(saved["nouns"]))
    first.load_state_dict(saved["first"])
    second.load_state_dict(saved["model"])
    return TwoLooks(BothWays(first, saved["nouns"]), second).to(memory_format=torch.channels_last).eval(), saved["nouns"]


def owners(slots: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Each object is given the nearest slot within 60 % of its size, one to one, nearest first."""
    owner = np.full(len(slots), -1, np.int8)
    if len(boxes) == 0:
        return owner
    far = np.abs(slots[:, None, 1:3] - boxes[None, :, :2]) / boxes[None, :, 2:]
    far = far.max(2) + (slots[:, None, 0] <= 0) * 9
    while far.min() < 0.6:
        slot, thing = np.unravel_index(far.argmin(), far.shape)
        owner[slot] = thing
        far[slot, :] = 9
        far[:, thing] = 9
    return owner


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packs", type=Path, nargs="+")
    parser.add_argument("--eyes", type=Path, required=True)
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    eyes, nouns = load_eyes(args.eyes)
    for folder in args.packs:
        pack = Pack([folder], nouns, args.limit)
        features, owner = [], np.zeros((len(pack), SLOTS), np.int8)
        with torch.no_grad():
            for start in range(0, len(pack), 64):
                rows = np.arange(start, min(start + 64, len(pack)))
                pixels = torch.from_numpy(pack.images(rows)).permute(0, 3, 1, 2).float() / 255
                with torch.autocast("cpu", torch.bfloat16):
                    slots = eyes(normalise(pixels)).float().numpy()
                for n, row in enumerate(rows):
                    present = pack.noun[row] >= 0
                    owner[row] = owners(slots[n, 1:], pack.boxes[row][present])
                features.append(slots.astype(np.float16))
        np.save(folder / "features.npy", np.concatenate(features))
        np.save(folder / "owner.npy", owner)
        print(f"{folder}: {len(pack)} scenes", flush=True)


if __name__ == "__main__":
    main()
