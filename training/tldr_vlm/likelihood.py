"""python -m tldr_vlm.likelihood --run RUN --out FOLDER --tau 0.25 [--backbone FOLDER]

The paper's free improvement of the backbone (section 5.4): the language model's head put back, and the LoRA that was
trained as a reward model merged at a fraction tau of its strength. The paper found 0.25 to help and 1 to destroy.
"""

import argparse
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from .backbones import backbone_of
from .processor import PICTURE_FILES, TEXT_FILES, copy_files
from .runs import open_run
from .tiny import TINY


def with_language_head(folder: Path, tau: float, backbone: str | None = None) -> PreTrainedModel:
    """A generating model; its head is the backbone's own."""
    run = open_run(folder, backbone, tau)
    config = run.model.backbone.config
    whole = backbone_of(config.model_type).whole
    if run.backbone in TINY:
        model = whole(config)
        model.tie_weights()
    else:
        model = whole.from_pretrained(run.backbone)
    model.model.load_state_dict(run.model.backbone.state_dict())
    return model.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tau", type=float, default=0.25)
    parser.add_argument("--backbone")
    args = parser.parse_args()
    if not 0 <= args.tau <= 1:
        parser.error("--tau is a share of the LoRA, from 0 to 1")
    saved = torch.load(args.run / "model.pt", weights_only=False, map_location="cpu")["arguments"]
    with_language_head(args.run, args.tau, args.backbone).save_pretrained(args.out)
    PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_file(str(args.run / "tokenizer.json"))).save_pretrained(args.out)
    copy_files(args.backbone or saved["backbone"], args.out, (*TEXT_FILES, *PICTURE_FILES))


if __name__ == "__main__":
    main()
