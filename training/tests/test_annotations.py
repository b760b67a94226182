"""What people marked in the annotation tool is training data as it is: `annotate export --labelled`, then `train`."""

import shutil
from pathlib import Path

import pytest

pytest.importorskip("transformers", reason="SKIPPED ALOUD: transformers is not installed, tldr_vlm is not tested")
pytest.importorskip("peft", reason="SKIPPED ALOUD: peft is not installed, tldr_vlm is not tested")

from PIL import Image
from tldr_vlm.data import read_answers
from tldr_vlm.train import parse, train

EXPORT = Path(__file__).parents[2] / "test/fixtures/annotate-export.jsonl"
"""Written by the tool itself: test/annotate/formats/read-by-others.test.ts holds it to that."""


@pytest.fixture
def exported(tmp_path) -> Path:
    Image.new("RGB", (112, 84), (204, 51, 51)).save(tmp_path / "a.png")
    return Path(shutil.copy(EXPORT, tmp_path / "export.jsonl"))


def test_an_export_has_each_persons_marks_where_they_stand(exported):
    wrong, clean, alarm = read_answers(exported)
    assert [wrong.response[a:b] for a, b in wrong.bad] == ["red", "👨‍👩‍👧"]
    assert (clean.bad, alarm.bad) == ((), ())


def test_an_export_trains_in_one_command(exported, tmp_path):
    out = tmp_path / "run"
    train(parse([
        "--backbone", "tiny", "--hidden", "48", "--layers", "2", "--train", str(exported), "--val", str(exported), "--out", str(out), "--tokens", "256",
        "--largest", str(28 * 28 * 40), "--batch", "2", "--accumulate", "1", "--warm-up", "1", "--steps", "2", "--val-answers", "2",
    ]))
    assert (out / "curve.jsonl").read_text().strip()
