"""A small random OWLv2 of the true architecture, as published exports are laid out, with what the reference sees by it:
python -m detectors.owlv2_tiny FOLDER   (from training/; needs transformers, onnx, pillow and scipy)

model.onnx takes pixel_values [1, 3, S, S], input_ids [Q, 16] and attention_mask [Q, 16], and gives logits [1, N, Q] and pred_boxes
[1, N, 4]. golden.json has, of each picture, the model's input and the reference's boxes in pixels.
"""

import json
import string
import sys
from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import Owlv2Config, Owlv2ForObjectDetection
from transformers.models.owlv2.image_processing_pil_owlv2 import Owlv2ImageProcessorPil

from detectors.noise import pictures

START, END = "<|startoftext|>", "<|endoftext|>"
NAMES = ["cat", "dog", "traffic light", "tennis racket", "hair drier"]
LENGTH = 16
SIDE = 48


def clip_tokenizer() -> Tokenizer:
    """CLIP's kind: small letters, byte-level BPE whose words end in </w>. Letters and a few merges, written down: a trainer breaks
    ties anew in every run."""
    letters = [*string.ascii_lowercase, *(f"{letter}</w>" for letter in string.ascii_lowercase)]
    merges = [("o", "f</w>"), ("h", "o"), ("p", "ho"), ("pho", "t"), ("phot", "o</w>"), ("a", "t</w>"), ("c", "at</w>"), ("d", "o"), ("do", "g</w>")]
    vocabulary = {token: index for index, token in enumerate(["!", *letters, *(first + second for first, second in merges)])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.BPEDecoder(suffix="</w>")
    tokenizer.add_special_tokens([AddedToken(START, special=True), AddedToken(END, special=True)])
    start, end = tokenizer.token_to_id(START), tokenizer.token_to_id(END)
    tokenizer.post_processor = processors.RobertaProcessing((END, end), (START, start), trim_offsets=False, add_prefix_space=False)
    return tokenizer


class Exported(torch.nn.Module):
    """The outputs that published exports have."""

    def __init__(self, model: Owlv2ForObjectDetection):
        super().__init__()
        self.model = model

    def forward(self, input_ids, pixel_values, attention_mask):
        found = self.model(input_ids=input_ids, pixel_values=pixel_values, attention_mask=attention_mask)
        return found.logits, found.pred_boxes


def main(folder: Path) -> None:
    torch.manual_seed(3)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = clip_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    widths = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = Owlv2Config(
        text_config={**widths, "vocab_size": tokenizer.get_vocab_size(), "max_position_embeddings": LENGTH,
                     "bos_token_id": tokenizer.token_to_id(START), "eos_token_id": tokenizer.token_to_id(END)},
        vision_config={**widths, "image_size": SIDE, "patch_size": 12}, projection_dim=16)
    config._attn_implementation = "eager"
    model = Owlv2ForObjectDetection(config).eval()
    # so small a model is too sure of itself: toned down, so that boxes and scores are of all kinds
    with torch.no_grad():
        for head in (model.box_head, model.class_head):
            for weights in head.parameters():
                weights.mul_(0.4)
    processor = Owlv2ImageProcessorPil(size={"height": SIDE, "width": SIDE})
    (folder / "preprocessor_config.json").write_text(json.dumps({"size": {"height": SIDE, "width": SIDE}}) + "\n")
    tokenizer.enable_truncation(LENGTH)
    tokenizer.enable_padding(length=LENGTH, pad_id=0, pad_token="!")
    texts = [f"a photo of a {name}" for name in NAMES]
    encoded = tokenizer.encode_batch(texts)
    ids = torch.tensor([one.ids for one in encoded])
    mask = torch.tensor([one.attention_mask for one in encoded])
    golden = {"names": NAMES, "texts": texts, "ids": ids.tolist(), "mask": mask.tolist(), "pictures": {}}
    for name, picture in pictures().items():
        picture.save(folder / f"{name}.png")
        pixels = processor(images=picture, return_tensors="pt")["pixel_values"]
        with torch.no_grad():
            found = model(input_ids=ids, pixel_values=pixels, attention_mask=mask)
        # without a threshold and a name for every box, as the reference gives them
        result = processor.post_process_object_detection(found, threshold=-1.0, target_sizes=[(picture.height, picture.width)])[0]
        golden["pictures"][name] = {
            "pixels": [round(value, 5) for value in pixels.flatten().tolist()][::37],
            "boxes": [[round(edge, 3) for edge in box] for box in result["boxes"].tolist()],
            "labels": result["labels"].tolist(), "scores": [round(score, 5) for score in result["scores"].tolist()],
        }
    (folder / "golden.json").write_text(json.dumps(golden) + "\n")
    torch.onnx.export(
        Exported(model), (ids, pixels, mask), str(folder / "model.onnx"), dynamo=False, opset_version=17,
        input_names=["input_ids", "pixel_values", "attention_mask"], output_names=["logits", "pred_boxes"],
        dynamic_axes={"input_ids": {0: "texts", 1: "length"}, "attention_mask": {0: "texts", 1: "length"}, "pixel_values": {0: "batch"},
                      "logits": {2: "texts"}})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
