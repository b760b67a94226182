"""The small detectors that the scorer's own tests run are what `training/detectors` writes, and their graphs are the reference's."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("transformers", reason="SKIPPED ALOUD: transformers is not installed, the detectors' exports are not tested")

import onnxruntime
from PIL import Image

FIXTURES = Path(__file__).parents[2] / "test/fixtures"


def exported(name: str, folder: Path) -> tuple[dict, dict, onnxruntime.InferenceSession]:
    """What it writes now, what is kept for the scorer's tests, and its graph."""
    if name == "owlv2-tiny":
        pytest.importorskip("scipy", reason="SKIPPED ALOUD: scipy is not installed, OWLv2's export is not tested")
        from detectors.owlv2_tiny import main
    else:
        from detectors.dfine_tiny import main
    main(folder)
    kept = json.loads((FIXTURES / name / "golden.json").read_text())
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    return json.loads((folder / "golden.json").read_text()), kept, session


@pytest.mark.parametrize("name", ["dfine-tiny", "owlv2-tiny"])
def test_the_fixture_is_what_the_exporter_writes(name, tmp_path):
    written, kept, _ = exported(name, tmp_path)
    assert written["pictures"].keys() == kept["pictures"].keys()
    assert {key: value for key, value in written.items() if key != "pictures"} == {key: value for key, value in kept.items() if key != "pictures"}
    for picture, now in written["pictures"].items():
        then = kept["pictures"][picture]
        np.testing.assert_allclose(now["pixels"], then["pixels"], atol=1e-4)
        np.testing.assert_allclose(now["scores"], then["scores"], atol=1e-3)
        assert (np.asarray(Image.open(tmp_path / f"{picture}.png")) == np.asarray(Image.open(FIXTURES / name / f"{picture}.png"))).all()


def test_dfines_graph_takes_a_picture_and_gives_published_outputs(tmp_path):
    written, _, session = exported("dfine-tiny", tmp_path)
    assert [one.name for one in session.get_inputs()] == ["pixel_values"]
    assert [one.name for one in session.get_outputs()] == ["logits", "pred_boxes"]
    pixels = np.asarray(Image.open(tmp_path / "wide.png").resize((64, 64), Image.Resampling.BILINEAR), np.float32).transpose(2, 0, 1)[None] / 255
    logits, boxes = session.run(None, {"pixel_values": pixels})
    assert (logits.shape[2], boxes.shape[1:]) == (80, (logits.shape[1], 4))
    scores = np.sort((1 / (1 + np.exp(-logits))).ravel())[::-1]
    np.testing.assert_allclose(scores[: len(written["pictures"]["wide"]["scores"])], written["pictures"]["wide"]["scores"], atol=1e-4)


def test_owlv2s_graph_takes_texts_beside_the_picture(tmp_path):
    written, _, session = exported("owlv2-tiny", tmp_path)
    assert {one.name for one in session.get_inputs()} == {"input_ids", "pixel_values", "attention_mask"}
    assert [one.name for one in session.get_outputs()] == ["logits", "pred_boxes"]
    ids, mask = np.array(written["ids"]), np.array(written["mask"])
    # another number of texts than it was exported with
    logits, _ = session.run(None, {"pixel_values": np.zeros((1, 3, 48, 48), np.float32), "input_ids": ids[:2], "attention_mask": mask[:2]})
    assert logits.shape == (1, 16, 2)
