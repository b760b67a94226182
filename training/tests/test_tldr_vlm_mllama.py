"""The recipe on a tiny random Llama 3.2 Vision: tiles, cross-attention with gates, a rotary embedding with scaled frequencies."""

import json

import numpy as np
import pytest
import torch

pytest.importorskip("transformers", reason="SKIPPED ALOUD: transformers is not installed, tldr_vlm is not tested")
pytest.importorskip("peft", reason="SKIPPED ALOUD: peft is not installed, tldr_vlm is not tested")

from PIL import Image
from tldr_vlm.backbones import CLIP, backbone_of
from tldr_vlm.batches import Limits, collator_for, pixels_of
from tldr_vlm.chat import encode_plain
from tldr_vlm.data import Answer, AnswerFile
from tldr_vlm.export_onnx import OnnxModel
from tldr_vlm.export_onnx import main as export_onnx
from tldr_vlm.fixture import write_squares
from tldr_vlm.graph import RewardDecoder, encoder_of
from tldr_vlm.images import fitted_tiles, tile_shapes
from tldr_vlm.likelihood import with_language_head
from tldr_vlm.model import Lora, TldrModel, lora_layers, merged, open_backbone, prepare
from tldr_vlm.runs import open_run
from tldr_vlm.tiny import LLAMA, small_mllama_config, small_tokenizer
from tldr_vlm.train import parse, train
from transformers.models.mllama.image_processing_pil_mllama import MllamaImageProcessorPil
from transformers.models.mllama.processing_mllama import convert_sparse_cross_attention_mask_to_dense, get_cross_attention_token_mask

TEXTS = ["The square is red.", "The square is blue.", "Ein 🦊 und 犬がいる。", "What is in the picture?"]
SIZES = [(40, 30), (56, 56), (112, 84), (300, 90), (90, 300), (500, 60), (60, 500), (57, 56), (1, 1), (230, 110), (640, 480)]


def open_gates(backbone: torch.nn.Module) -> None:
    """What a random model has shut: its picture would count for nothing."""
    with torch.no_grad():
        for name, parameter in backbone.named_parameters():
            if name.endswith("gate") or "gate_attn" in name or "gate_ffn" in name:
                parameter.fill_(0.7)


def tiny() -> tuple[TldrModel, object]:
    tokenizer = small_tokenizer(TEXTS * 30, 400, LLAMA)
    torch.manual_seed(0)
    model = TldrModel(open_backbone(small_mllama_config(tokenizer, hidden=32, layers=4, heads=4, vision=32)))
    open_gates(model.backbone)
    torch.nn.init.normal_(model.score.weight, std=0.5)
    return model.eval(), collator_for(model.backbone.config, tokenizer, Limits(tokens=160))


def noise(path, size):
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), np.uint8)).save(path)
    return path


def rewards(model, collate, batch):
    with torch.no_grad():
        return model(**{name: value for name, value in batch.items() if name != "labels"}, image_token=collate.chat.image)


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    return write_squares(tmp_path_factory.mktemp("squares"), 16)


class TestTheProcessor:
    @pytest.mark.parametrize("size", SIZES)
    def test_gives_the_pixels_and_tiles_of_transformers(self, size, tmp_path):
        _, collate = tiny()
        processor = MllamaImageProcessorPil(size={"height": 56, "width": 56}, image_mean=CLIP[0], image_std=CLIP[1], max_image_tiles=4)
        wanted = processor(Image.open(noise(tmp_path / "p.png", size)).convert("RGB"), return_tensors="np")
        fields, cells = collate.look(tmp_path / "p.png")
        assert cells == 1
        for name in ("aspect_ratio_ids", "aspect_ratio_mask"):
            assert np.array_equal(fields[name], wanted[name])
        assert np.abs(fields["pixel_values"] - wanted["pixel_values"]).max() < 1e-5

    def test_fits_any_picture_as_transformers_does(self):
        from transformers.models.mllama.image_processing_pil_mllama import get_image_size_fit_to_canvas, get_optimal_tiled_canvas

        random = np.random.default_rng(1)
        for width, height in random.integers(1, 3000, (400, 2)).tolist():
            rows, columns = (side // 560 for side in get_optimal_tiled_canvas(height, width, 4, 560))
            fitted = get_image_size_fit_to_canvas(height, width, rows * 560, columns * 560, 560)
            assert fitted_tiles(width, height, 560, 4) == ((fitted[1], fitted[0]), (rows, columns))
        assert tile_shapes(4) == [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (3, 1), (4, 1)]

    def test_lets_look_what_transformers_lets_look(self, tmp_path):
        model, collate = tiny()
        batch = collate([Answer(noise(tmp_path / "p.png", (112, 84)), "What?", "red", (), (), None)])
        given = {}
        model.backbone.register_forward_pre_hook(lambda _module, _args, kwargs: given.update(kwargs), with_kwargs=True)
        rewards(model, collate, batch)
        ids = batch["input_ids"][0].tolist()
        wanted = convert_sparse_cross_attention_mask_to_dense([get_cross_attention_token_mask(ids, collate.chat.image)], [[int(batch["aspect_ratio_mask"].sum())]], 4, len(ids))
        assert np.array_equal(given["cross_attention_mask"].numpy(), wanted) and 0 < wanted.sum() < wanted.size

    def test_has_the_chat_format_of_the_published_template(self, answers):
        # meta-llama/llama-models, models/llama3_2/vision_prompt_format.md
        _, collate = tiny()
        batch = collate([Answer(AnswerFile(answers)[0].image, "What?", "red", (), (), None)])
        assert collate.tokenizer.decode(batch["input_ids"][0].tolist(), skip_special_tokens=False) == (
            "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n<|image|>What?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nred<|eot_id|>"
        )


@pytest.mark.parametrize("size", SIZES)
def test_the_exported_pass_agrees_with_transformers(size, tmp_path):
    model, collate = tiny()
    path = noise(tmp_path / "p.png", size)
    batch = collate([Answer(path, "What?", "Ein 🦊 und 犬", (), (), None)])
    wanted = rewards(model, collate, batch)
    with torch.no_grad():
        features = encoder_of(model)(torch.from_numpy(pixels_of(model.backbone.config, Limits())(path))[None])
        decoder = RewardDecoder(model, collate.chat.image)
        got = decoder(batch["input_ids"], batch["attention_mask"], features)
        blind = decoder(batch["input_ids"], batch["attention_mask"], features * (torch.arange(features.shape[1]) == 0)[None, :, None])
    assert features.shape[1] == 1 + 4 * 17 and int(features[0, 0, 0]) == 17 * int(batch["aspect_ratio_mask"].sum())
    assert torch.allclose(wanted, got, atol=1e-4)
    assert not torch.allclose(blind, got, atol=1e-2), "the picture must count"


class TestARewardSeesOnlyWhatStandsBefore:
    def test_another_last_token_changes_no_earlier_reward(self, answers):
        model, collate = tiny()
        batch = collate([AnswerFile(answers)[0]])
        last = int((batch["labels"][0] >= 0).nonzero().max())
        before = rewards(model, collate, batch)
        batch["input_ids"][0, last] = encode_plain(collate.tokenizer, "犬")[0][0]
        after = rewards(model, collate, batch)
        assert torch.equal(before[0, :last], after[0, :last]) and before[0, last] != after[0, last]

    def test_the_prompt_and_the_picture_are_seen(self, answers):
        model, collate = tiny()
        answer = AnswerFile(answers)[0]
        plain, asked = collate([answer]), collate([Answer(answer.image, "What is in the picture?", answer.response, (), (), None)])
        other = {**plain, "pixel_values": -plain["pixel_values"]}
        told = [rewards(model, collate, batch)[0][batch["labels"][0] >= 0] for batch in (plain, asked, other)]
        assert not torch.allclose(told[0], told[1], atol=1e-5) and not torch.allclose(told[0], told[2], atol=1e-5)

    def test_beside_longer_answers_on_other_tiles_it_is_the_same(self, answers, tmp_path):
        model, collate = tiny()
        answer = AnswerFile(answers)[0]
        longer = Answer(noise(tmp_path / "p.png", (500, 60)), None, "Ein 🦊 und 犬がいる。 " * 3, (), (), None)
        alone, both = collate([answer]), collate([answer, longer])
        width, inside = alone["input_ids"].shape[1], alone["labels"][0] >= 0
        assert torch.allclose(rewards(model, collate, alone)[0][inside], rewards(model, collate, both)[0, :width][inside], atol=1e-5)


def test_lora_goes_on_the_decoder_its_cross_attention_and_the_projector_and_merges():
    model, _ = tiny()
    plain = set(model.backbone.state_dict())
    names = [name for name, _ in lora_layers(prepare(model, Lora(rank=4)))]
    assert len(names) == 4 * 7 + 1 and not any("vision_model" in name for name in names)
    assert sum("cross_attn" in name for name in names) == 2 * 4
    learning = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert all("lora_" in name or name == "score.weight" for name in learning)
    assert set(merged(model).backbone.state_dict()) == plain


def test_a_checkpoint_is_trained_with_a_stop_its_head_goes_back_and_it_is_exported_to_onnx(answers, tmp_path, monkeypatch):
    own = small_tokenizer(TEXTS * 20, 300, LLAMA)
    torch.manual_seed(0)
    whole = backbone_of("mllama").whole(small_mllama_config(own, hidden=32, layers=2, heads=2, vision=32))
    open_gates(whole)
    whole.save_pretrained(tmp_path / "backbone")
    own.save(str(tmp_path / "backbone" / "tokenizer.json"))

    def arguments(steps: int, rate: str = "1e-2"):
        return parse([
            "--backbone", str(tmp_path / "backbone"), "--train", str(answers), "--val", str(answers), "--out", str(tmp_path / "run"), "--tokens", "160", "--rank", "4",
            "--batch", "4", "--accumulate", "1", "--steps", str(steps), "--evaluate-every", "5", "--val-answers", "4", "--rate", rate, "--warm-up", "1",
        ])

    train(arguments(5))
    with pytest.raises(SystemExit, match=r"--rate was 0\.01, now 0\.02"):
        train(arguments(20, "2e-2"))
    curve = train(arguments(20))
    assert [row["step"] for row in curve] == [5, 10, 15, 20]
    assert min(row["loss"] for row in curve[2:]) < curve[0]["loss"]
    opened = open_run(tmp_path / "run")
    head = with_language_head(tmp_path / "run", 0.25)
    assert set(head.state_dict()) == set(backbone_of("mllama").whole.from_pretrained(tmp_path / "backbone").state_dict())
    monkeypatch.setattr("sys.argv", ["export_onnx", "--run", str(tmp_path / "run"), "--val", str(answers), "--out", str(tmp_path / "onnx"), "--weights", "f32"])
    export_onnx()
    manifest = json.loads((tmp_path / "onnx" / "tldr.json").read_text())
    assert manifest["metrics"]["onnx_difference"] <= 1e-3 and manifest["family"] == "mllama"
    assert manifest["image"] == {"size": [56, 56], "mean": list(CLIP[0]), "std": list(CLIP[1]), "fit": "fill"} and manifest["tiles"] == 4
    collate, exported = collator_for(opened.model.backbone.config, opened.tokenizer, Limits(tokens=160)), OnnxModel(tmp_path / "onnx")
    for size in SIZES[:7]:
        path = noise(tmp_path / "p.png", size)
        batch = collate([Answer(path, None, "The square is red.", (), (), None)])
        got = exported.logits(pixels_of(opened.model.backbone.config, Limits())(path), batch["input_ids"][0].tolist())
        assert np.abs(rewards(opened.model, collate, batch)[0].numpy() - got).max() < 1e-3


def test_a_dry_run_says_what_it_would_take(answers, tmp_path, capsys):
    assert train(parse(["--backbone", "tiny-mllama", "--hidden", "48", "--layers", "2", "--train", str(answers), "--val", str(answers), "--out", str(tmp_path), "--dry-run"])) == []
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["parameters"] > 0 and told["petaflop"] > 0
