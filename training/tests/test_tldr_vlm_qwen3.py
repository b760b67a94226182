"""The recipe on a tiny random Qwen3-VL: DeepStack, learned positions of the tower, interleaved rotary embedding."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch

pytest.importorskip("transformers", reason="SKIPPED ALOUD: transformers is not installed, tldr_vlm is not tested")
pytest.importorskip("peft", reason="SKIPPED ALOUD: peft is not installed, tldr_vlm is not tested")

from PIL import Image
from safetensors.torch import load_file
from tldr_vlm.backbones import CLIP, HALF, backbone_of
from tldr_vlm.batches import Limits, collator_for
from tldr_vlm.chat import encode_plain, chat_of
from tldr_vlm.data import AnswerFile
from tldr_vlm.export_onnx import OnnxModel, write_folder
from tldr_vlm.export_vllm import write_checkpoint
from tldr_vlm.fixture import write_squares
from tldr_vlm.graph import ImageEncoder, RewardDecoder
from tldr_vlm.images import load_pixels, patches
from tldr_vlm.likelihood import with_language_head
from tldr_vlm.model import Lora, TldrModel, lora_layers, merged, open_backbone, prepare
from tldr_vlm.runs import open_run
from tldr_vlm.tiny import small_config, small_qwen3_config, small_tokenizer
from tldr_vlm.train import parse, train

LIMITS = Limits(tokens=256, largest=32 * 32 * 40)


@pytest.fixture(scope="module")
def tokenizer():
    return small_tokenizer(["The square is red.", "Ein 🦊 und 犬がいる。", "What is in the picture?"] * 30, 400)


def tiny(tokenizer) -> TldrModel:
    torch.manual_seed(0)
    model = TldrModel(open_backbone(small_qwen3_config(tokenizer, hidden=32, layers=3, heads=2, vision=32, depth=3)))
    torch.nn.init.normal_(model.score.weight, std=0.5)
    torch.nn.init.normal_(model.backbone.visual.pos_embed.weight)
    return model.eval()


@pytest.mark.parametrize("size", [(112, 84), (300, 420), (56, 500), (32, 32)])
def test_the_exported_pass_agrees_with_transformers(tokenizer, tmp_path, size):
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), np.uint8)).save(tmp_path / "p.png")
    model = tiny(tokenizer)
    collate = collator_for(model.backbone.config, tokenizer, LIMITS)
    pixels = load_pixels(tmp_path / "p.png", 32, 32 * 32, LIMITS.largest, HALF)
    flat, grid = patches(pixels, 16, 2)
    ids, _ = collate.chat.sequence(grid[1] * grid[2] // 4, encode_plain(tokenizer, "What?")[0], encode_plain(tokenizer, "Ein 🦊 und 犬")[0])
    row = torch.tensor([ids])
    with torch.no_grad():
        wanted = model(row, torch.ones_like(row), collate.chat.image, pixel_values=torch.from_numpy(flat), image_grid_thw=torch.tensor([grid]))
        features, decoder = ImageEncoder(model)(torch.from_numpy(pixels)[None]), RewardDecoder(model, collate.chat.image)
        got = decoder(row, torch.ones_like(row), features)
        shallow = features.clone()
        shallow[:, 1:, 32:] = 0
        without = decoder(row, torch.ones_like(row), shallow)
    assert features.shape[2] == 32 * 3
    assert torch.allclose(wanted, got, atol=1e-4)
    assert not torch.allclose(without, got, atol=1e-2), "what DeepStack hands over must count"


def test_a_later_token_changes_no_earlier_reward(tokenizer, tmp_path):
    model = tiny(tokenizer)
    collate = collator_for(model.backbone.config, tokenizer, LIMITS)
    batch = collate([AnswerFile(write_squares(tmp_path, 2))[0]])
    batch.pop("labels")
    with torch.no_grad():
        before = model(**batch, image_token=collate.chat.image)
        batch["input_ids"][0, -2] = 7
        after = model(**batch, image_token=collate.chat.image)
    assert torch.equal(before[0, :-2], after[0, :-2]) and not torch.equal(before[0, -2:], after[0, -2:])


def test_each_backbone_has_its_own_template_and_pixels(tokenizer):
    old, new = chat_of(tokenizer, "qwen2_5_vl"), chat_of(tokenizer, "qwen3_vl")
    assert "system" in tokenizer.decode(old.before, skip_special_tokens=False)
    assert tokenizer.decode(new.before, skip_special_tokens=False) == "<|im_start|>user\n<|vision_start|>"
    assert backbone_of("qwen2_5_vl").pixels == CLIP
    assert backbone_of("qwen3_vl").pixels == HALF
    with pytest.raises(ValueError, match="qwen2_5_vl, qwen3_vl"):
        backbone_of("llama")


def test_lora_goes_on_the_decoder_and_on_every_projector_and_merges(tokenizer):
    plain = set(tiny(tokenizer).backbone.state_dict())
    model = prepare(tiny(tokenizer), Lora(rank=4))
    names = [name for name, _ in lora_layers(model)]
    # a merger of two maps for the last layer of the tower and for each of the two before it
    assert len(names) == 3 * 7 + 2 * 3 and sum("deepstack_merger_list" in name for name in names) == 4
    assert not any("visual.blocks" in name or "patch_embed" in name or "q_norm" in name for name in names)
    learning = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert all("lora_" in name or name == "score.weight" for name in learning)
    assert set(merged(model).backbone.state_dict()) == plain


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """From a checkpoint folder, as a published one is: LoRA, a stop, and the rest."""
    from transformers import Qwen3VLForConditionalGeneration

    folder = tmp_path_factory.mktemp("qwen3")
    answers = write_squares(folder, 16)
    own = small_tokenizer(["The square is red.", "The square is blue."] * 20, 300)
    torch.manual_seed(0)
    config = small_qwen3_config(own, hidden=32, layers=2, heads=2, vision=32)
    Qwen3VLForConditionalGeneration(config).save_pretrained(folder / "backbone")
    own.save(str(folder / "backbone" / "tokenizer.json"))

    def arguments(steps: int):
        return parse([
            "--backbone", str(folder / "backbone"), "--train", str(answers), "--val", str(answers), "--out", str(folder / "run"), "--tokens", "256", "--rank", "4",
            "--largest", str(LIMITS.largest), "--batch", "2", "--accumulate", "2", "--steps", str(steps), "--evaluate-every", "2", "--val-answers", "4", "--rate", "1e-2", "--warm-up", "1",
        ])

    train(arguments(2))
    curve = train(arguments(6))
    assert [row["step"] for row in curve] == [2, 4, 6]
    return folder


def test_the_folder_is_whole_and_agrees_with_pytorch(run, tmp_path):
    opened, answers = open_run(run / "run"), AnswerFile(run / "answers.jsonl")
    options = SimpleNamespace(
        tokens=256, smallest=56 * 56, largest=LIMITS.largest, val_answers=8, weights="f32", name="tiny3", version="0.0.1", domain="squares", response_level=False
    )
    manifest = write_folder(opened.model, opened.tokenizer, answers, tmp_path, options)
    assert manifest["metrics"]["onnx_difference"] <= 1e-3
    assert manifest["pixels"]["cell"] == 32 and manifest["image"]["mean"] == [0.5, 0.5, 0.5] and manifest["family"] == "qwen-vl"
    collate = collator_for(opened.model.backbone.config, opened.tokenizer, LIMITS)
    for n in (1, 6, 9):
        batch = collate([answers[n]])
        batch.pop("labels")
        pixels = load_pixels(answers[n].image, 32, LIMITS.smallest, LIMITS.largest, HALF)
        with torch.no_grad():
            wanted = opened.model(**batch, image_token=collate.chat.image)[0].numpy()
        assert np.abs(wanted - OnnxModel(tmp_path).logits(pixels, batch["input_ids"][0].tolist())).max() < 1e-3


def test_the_checkpoint_is_what_vllm_reads(run, tmp_path):
    opened = open_run(run / "run")
    write_checkpoint(opened.model, run / "run" / "tokenizer.json", tmp_path, str(run / "backbone"), dtype=torch.float32)
    tensors, config = load_file(tmp_path / "model.safetensors"), json.loads((tmp_path / "config.json").read_text())
    assert config["architectures"] == ["Qwen3VLForConditionalGeneration"] and config["model_type"] == "qwen3_vl"
    assert config["num_labels"] == config["text_config"]["num_labels"] == 1
    assert list(tensors["score.weight"].shape) == [1, 32] and not any("lora" in name or "lm_head" in name for name in tensors)
    # but for the head, the names of a published checkpoint, which vLLM maps
    backbone = load_file(run / "backbone" / "model.safetensors")
    assert set(tensors) - {"score.weight"} == {name for name in backbone if not name.startswith("lm_head")}
    for name in ("model.visual.deepstack_merger_list.0.linear_fc1.weight", "model.visual.pos_embed.weight", "model.language_model.layers.0.self_attn.q_norm.weight"):
        assert name in tensors
    assert "--convert classify" in (tmp_path / "SERVE.md").read_text()


def test_the_language_head_goes_back(run):
    model = with_language_head(run / "run", 0.25)
    assert model.generate(torch.tensor([[5, 6, 7]]), max_new_tokens=2, do_sample=False).shape[1] <= 5
