"""The recipe on tiny random SmolVLM and PaliGemma 2 configurations, whose towers look at one square."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch

pytest.importorskip("transformers", reason="SKIPPED ALOUD: transformers is not installed, tldr_vlm is not tested")
pytest.importorskip("peft", reason="SKIPPED ALOUD: peft is not installed, tldr_vlm is not tested")

from tldr_vlm.backbones import backbone_of
from tldr_vlm.batches import Limits, collator_for
from tldr_vlm.chat import encode_plain
from tldr_vlm.data import Answer, AnswerFile
from tldr_vlm.export_onnx import main as export_onnx
from tldr_vlm.export_onnx import OnnxModel, write_folder
from tldr_vlm.export_vllm import write_checkpoint
from tldr_vlm.fixture import write_squares
from tldr_vlm.likelihood import with_language_head
from tldr_vlm.model import Lora, TldrModel, lora_layers, merged, open_backbone, prepare
from tldr_vlm.runs import open_run
from tldr_vlm.tiny import TINY
from tldr_vlm.train import parse, train

KINDS = {"smolvlm": "tiny-smolvlm", "paligemma": "tiny-paligemma"}
TEXTS = ["The square is red.", "The square is blue.", "Ein 🦊 und 犬がいる。", "What is in the picture?"]


def tiny(kind: str) -> tuple[TldrModel, object]:
    config, tokenizer_of = TINY[KINDS[kind]]
    tokenizer = tokenizer_of(TEXTS * 30, 400)
    torch.manual_seed(0)
    model = TldrModel(open_backbone(config(tokenizer, hidden=32, layers=2, heads=2, vision=32)))
    torch.nn.init.normal_(model.score.weight, std=0.5)
    return model.eval(), collator_for(model.backbone.config, tokenizer, Limits(tokens=160))


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    return write_squares(tmp_path_factory.mktemp("squares"), 16)


def rewards(model: TldrModel, collate, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    with torch.no_grad():
        return model(**{name: value for name, value in batch.items() if name != "labels"}, image_token=collate.chat.image)


@pytest.mark.parametrize("kind", KINDS)
class TestARewardSeesOnlyWhatStandsBefore:
    def test_another_last_token_changes_no_earlier_reward(self, kind, answers):
        model, collate = tiny(kind)
        batch = collate([AnswerFile(answers)[0]])
        last = int((batch["labels"][0] >= 0).nonzero().max())
        before = rewards(model, collate, batch)
        batch["input_ids"][0, last] = encode_plain(collate.tokenizer, "犬")[0][0]
        after = rewards(model, collate, batch)
        assert torch.equal(before[0, :last], after[0, :last]) and before[0, last] != after[0, last]

    def test_the_prompt_and_the_picture_are_seen(self, kind, answers):
        model, collate = tiny(kind)
        answer = AnswerFile(answers)[0]
        plain, asked = collate([answer]), collate([Answer(answer.image, "What is in the picture?", answer.response, (), (), None)])
        other = {**plain, "pixel_values": -plain["pixel_values"]}
        told = [rewards(model, collate, batch)[0][batch["labels"][0] >= 0] for batch in (plain, asked, other)]
        assert not torch.allclose(told[0], told[1], atol=1e-5) and not torch.allclose(told[0], told[2], atol=1e-5)

    def test_beside_longer_answers_it_is_the_same(self, kind, answers):
        model, collate = tiny(kind)
        answer = AnswerFile(answers)[0]
        longer = Answer(answer.image, None, "Ein 🦊 und 犬がいる。 " * 3, (), (), None)
        alone, both = collate([answer]), collate([answer, longer])
        width = alone["input_ids"].shape[1]
        inside = alone["labels"][0] >= 0
        assert torch.allclose(rewards(model, collate, alone)[0][inside], rewards(model, collate, both)[0, :width][inside], atol=1e-5)


def test_the_prefix_of_a_paligemma_is_read_in_both_directions_and_a_smolvlm_is_causal_throughout(answers):
    for kind, both in (("paligemma", True), ("smolvlm", False)):
        model, collate = tiny(kind)
        batch = collate([Answer(AnswerFile(answers)[0].image, "What is in the picture?", "red", (), (), None)])
        begin = int((batch["labels"][0] >= 0).nonzero().min())
        before = rewards(model, collate, batch)
        batch["input_ids"][0, begin - len(collate.chat.answer) - 1] += 1
        after = rewards(model, collate, batch)
        assert torch.equal(before[0, 0], after[0, 0]) is not both


def test_the_formats_are_those_of_the_processors(answers):
    answer = AnswerFile(answers)[0]
    for kind, cells, wanted in (
        ("smolvlm", 4, "<|im_start|>User:<fake_token_around_image><global-img>" + "<image>" * 4 + "<fake_token_around_image>What?<end_of_utterance>\nAssistant: red<end_of_utterance>"),
        ("paligemma", 16, "<image>" * 16 + "<bos>What?\nred<eos>"),
    ):
        _, collate = tiny(kind)
        batch = collate([Answer(answer.image, "What?", "red", (), (), None)])
        assert collate.tokenizer.decode(batch["input_ids"][0].tolist(), skip_special_tokens=False) == wanted
        assert collate.look(answer.image)[1] == cells


@pytest.mark.parametrize("kind", KINDS)
def test_lora_goes_on_the_decoder_and_the_projector_and_merges(kind):
    model, _ = tiny(kind)
    plain = set(model.backbone.state_dict())
    names = [name for name, _ in lora_layers(prepare(model, Lora(rank=4)))]
    assert len(names) == 2 * 7 + 1 and not any(backbone_of(kind).tower in name for name in names)
    learning = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert all("lora_" in name or name == "score.weight" for name in learning)
    assert set(merged(model).backbone.state_dict()) == plain


@pytest.mark.parametrize("kind", KINDS)
def test_a_checkpoint_is_trained_with_a_stop_its_head_goes_back_and_it_is_exported_to_onnx(kind, answers, tmp_path, monkeypatch):
    config, tokenizer_of = TINY[KINDS[kind]]
    own = tokenizer_of(TEXTS * 20, 300)
    torch.manual_seed(0)
    backbone_of(kind).whole(config(own, hidden=32, layers=2, heads=2, vision=32)).save_pretrained(tmp_path / "backbone")
    own.save(str(tmp_path / "backbone" / "tokenizer.json"))

    def arguments(out: str, steps: int):
        return parse([
            "--backbone", str(tmp_path / "backbone"), "--train", str(answers), "--val", str(answers), "--out", str(tmp_path / out), "--tokens", "160", "--rank", "4",
            "--batch", "4", "--accumulate", "1", "--steps", str(steps), "--evaluate-every", "5", "--val-answers", "4", "--rate", "1e-2", "--warm-up", "1",
        ])

    train(arguments("run", 5))
    stopped = arguments("run", 20)
    curve = train(stopped)
    assert [row["step"] for row in curve] == [5, 10, 15, 20]
    assert min(row["loss"] for row in curve[2:]) < curve[0]["loss"]
    opened = open_run(tmp_path / "run")
    assert opened.model.score.weight.shape == (1, 32)
    head = with_language_head(tmp_path / "run", 0.25)
    assert set(head.state_dict()) == set(backbone_of(kind).whole.from_pretrained(tmp_path / "backbone").state_dict())
    with pytest.raises(ValueError, match=f"'{kind}' cannot be exported to vLLM: qwen2_5_vl, qwen3_vl can"):
        write_checkpoint(opened.model, tmp_path / "run" / "tokenizer.json", tmp_path / "out", str(tmp_path / "backbone"), None)
    assert not list((tmp_path / "out").glob("*.safetensors"))
    monkeypatch.setattr("sys.argv", ["export_onnx", "--run", str(tmp_path / "run"), "--val", str(answers), "--out", str(tmp_path / "onnx"), "--weights", "f32"])
    export_onnx()
    manifest = json.loads((tmp_path / "onnx" / "tldr.json").read_text())
    assert manifest["metrics"]["onnx_difference"] <= 1e-3 and manifest["family"] == kind
    side = 64 if kind == "smolvlm" else 56
    assert manifest["image"] == {"size": [side, side], "mean": [0.5] * 3, "std": [0.5] * 3, "fit": "fill"} and "pixels" not in manifest
    collate = collator_for(opened.model.backbone.config, opened.tokenizer, Limits(tokens=160))
    batch = collate([AnswerFile(answers)[3]])
    begin = int((batch["labels"][0] >= 0).nonzero().min())
    pixels = batch["pixel_values"].reshape(3, side, side).numpy()
    got = OnnxModel(tmp_path / "onnx").logits(pixels, batch["input_ids"][0].tolist(), begin if kind == "paligemma" else 0)
    assert np.abs(rewards(opened.model, collate, batch)[0].numpy() - got).max() < 1e-3


def test_sequences_beyond_a_sliding_window_are_not_exported(answers, tmp_path):
    model, collate = tiny("paligemma")
    options = SimpleNamespace(response_level=False, tokens=4097, smallest=1, largest=1)
    with pytest.raises(ValueError, match="4097 tokens do not fit the backbone's sliding window of 4096.*--tokens"):
        write_folder(model, collate.tokenizer, AnswerFile(answers), tmp_path / "onnx", options)
    assert not (tmp_path / "onnx").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_dry_run_says_what_it_would_take(kind, answers, tmp_path, capsys):
    assert train(parse(["--backbone", KINDS[kind], "--hidden", "48", "--layers", "2", "--train", str(answers), "--val", str(answers), "--out", str(tmp_path), "--dry-run"])) == []
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["parameters"] > 0 and told["petaflop"] > 0
