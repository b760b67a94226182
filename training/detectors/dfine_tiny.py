"""A small random D-FINE of the true architecture, as published exports are laid out, with what the reference sees by it:
python -m detectors.dfine_tiny FOLDER   (from training/; needs transformers, onnx and pillow)

model.onnx takes pixel_values [1, 3, S, S] and gives logits [1, N, 80] and pred_boxes [1, N, 4]. golden.json has, of each picture,
the model's input and the reference's boxes in pixels.
"""

import json
import sys
from pathlib import Path

import torch
from transformers import DFineConfig, DFineForObjectDetection
from transformers.models.rt_detr.image_processing_pil_rt_detr import RTDetrImageProcessorPil

from detectors.noise import pictures

SIDE = 64
NAMES = 80


class Exported(torch.nn.Module):
    """The outputs that published exports have."""

    def __init__(self, model: DFineForObjectDetection):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        found = self.model(pixel_values=pixel_values)
        return found.logits, found.pred_boxes


def small_model() -> DFineForObjectDetection:
    """HGNetV2, hybrid encoder and decoder with its distributions of edges, all of them thin."""
    torch.manual_seed(3)
    channels = {"stage_in_channels": [8, 8, 16, 16], "stage_mid_channels": [4, 4, 8, 8], "stage_out_channels": [8, 16, 16, 32]}
    backbone = {"model_type": "hgnet_v2", "stem_channels": [3, 4, 8], "hidden_sizes": [8, 16, 16, 32], "depths": [1, 1, 1, 1], **channels,
                "stage_num_blocks": [1, 1, 1, 1], "stage_numb_of_layers": [1, 1, 1, 1], "embedding_size": 8,
                "out_indices": [2, 3, 4]}
    config = DFineConfig(
        backbone_config=backbone, encoder_in_channels=[16, 16, 32], encoder_hidden_dim=16, encoder_ffn_dim=16, encoder_attention_heads=2,
        d_model=16, num_queries=12, decoder_in_channels=[16, 16, 16], decoder_ffn_dim=16, decoder_layers=2, decoder_attention_heads=2,
        decoder_n_points=[2, 2, 2], num_denoising=0, depth_mult=0.34, hidden_expansion=0.5, lqe_hidden_dim=8, max_num_bins=8, num_labels=NAMES)
    model = DFineForObjectDetection(config).eval()
    # fresh weights say the same of every place and name: given such that signals live, so that scores and boxes are of all kinds
    with torch.no_grad():
        for weights in model.parameters():
            if weights.dim() > 1:
                weights.copy_(torch.randn_like(weights) * (2 / weights[0].numel()) ** 0.5)
    return model


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    model = small_model()
    processor = RTDetrImageProcessorPil(size={"height": SIDE, "width": SIDE}, do_normalize=False)
    golden: dict = {"pictures": {}}
    for name, picture in pictures().items():
        picture.save(folder / f"{name}.png")
        pixels = processor(images=picture, return_tensors="pt")["pixel_values"]
        with torch.no_grad():
            found = model(pixel_values=pixels)
        result = processor.post_process_object_detection(found, threshold=0.0, target_sizes=[(picture.height, picture.width)])[0]
        golden["pictures"][name] = {
            "pixels": [round(value, 5) for value in pixels.flatten().tolist()][::37],
            "boxes": [[round(edge, 3) for edge in box] for box in result["boxes"].tolist()],
            "labels": result["labels"].tolist(), "scores": [round(score, 5) for score in result["scores"].tolist()],
        }
    (folder / "golden.json").write_text(json.dumps(golden) + "\n")
    torch.onnx.export(
        Exported(model), (pixels,), str(folder / "model.onnx"), dynamo=False, opset_version=17,
        input_names=["pixel_values"], output_names=["logits", "pred_boxes"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
