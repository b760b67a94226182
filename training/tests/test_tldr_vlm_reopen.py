"""A model begun with what an exported folder of a smaller world has learnt."""

from types import SimpleNamespace

import pytest
import torch

pytest.importorskip("transformers", reason="SKIPPED ALOUD: transformers is not installed, tldr_vlm is not tested")

from tldr_vlm.batches import Limits, collator_for
from tldr_vlm.data import AnswerFile
from tldr_vlm.export_onnx import write_folder
from tldr_vlm.fixture import write_squares
from tldr_vlm.model import TldrModel, open_backbone
from tldr_vlm.reopen import reopen, take_over
from tldr_vlm.tiny import small_config, small_tokenizer
from tldr_vlm.train_crops import tower_in

TEXTS = ["The square is red.", "The square is blue."] * 20


def small(tokenizer, hidden: int = 32) -> TldrModel:
    return TldrModel(open_backbone(small_config(tokenizer, hidden, 2, 2, 32, 2, patch=7, windows=False)))


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A model with random weights, and its folders."""
    folder = tmp_path_factory.mktemp("exported")
    answers = AnswerFile(write_squares(folder, 8))
    torch.manual_seed(3)
    tokenizer = small_tokenizer(TEXTS, 280)
    model = small(tokenizer).eval()
    with torch.no_grad():  # weights that are alike, as norms are before training, are stored once
        for parameter in model.parameters():
            parameter += 0.1 * torch.randn_like(parameter)
    for kind in ("f32", "f16", "int8"):
        options = SimpleNamespace(response_level=False, tokens=256, smallest=196, largest=196 * 40, val_answers=4, weights=kind, name="t", version="1", domain="squares")
        write_folder(model, tokenizer, answers, folder / kind, options)
    return SimpleNamespace(folder=folder, model=model, tokenizer=tokenizer, answers=answers)


@pytest.mark.parametrize(("kind", "worst"), [("f32", 0), ("f16", 1e-3), ("int8", 1e-2)])
def test_every_weight_of_a_folder_comes_back(exported, kind, worst):
    model, tokenizer = reopen(exported.folder / kind, small(small_tokenizer(["other words"] * 5, 300)).backbone.config)
    assert tokenizer.get_vocab() == exported.tokenizer.get_vocab()
    for (name, got), wanted in zip(model.named_parameters(), exported.model.parameters()):
        assert (got - wanted).abs().max() <= worst * wanted.abs().max(), name
    collate = collator_for(model.backbone.config, tokenizer, Limits(256, 196, 196 * 40))
    batch = collate([exported.answers[0]])
    batch.pop("labels")
    with torch.no_grad():
        rewards = [torch.sigmoid(one.eval()(**batch, image_token=collate.chat.image)) for one in (model, exported.model)]
    assert torch.allclose(*rewards, atol=max(1e-5, 10 * worst))


def test_a_decoder_with_another_vocabulary_takes_over_what_both_know(exported):
    known, its = reopen(exported.folder / "f32", exported.model.backbone.config)
    tokenizer = small_tokenizer(["A blue square and a rare giraffe."] * 20, 300)
    model = small(tokenizer)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    shared = take_over(model, tokenizer, known, its)
    assert 256 < shared < len(tokenizer.get_vocab())
    embedding, old = (one.backbone.language_model.embed_tokens.weight for one in (model, known))
    for token, place in tokenizer.get_vocab().items():
        wanted = before["backbone.language_model.embed_tokens.weight"][place] if its.token_to_id(token) is None else old[its.token_to_id(token)]
        assert torch.equal(embedding[place], wanted), token
    for name, value in model.state_dict().items():
        if "visual" in name:
            assert torch.equal(value, before[name])
        elif "embed_tokens" not in name:
            assert torch.equal(value, known.state_dict()[name])


def test_a_tower_is_taken_from_a_folder_as_from_a_run(exported, tmp_path):
    visual = exported.model.backbone.visual.state_dict()
    torch.save({"visual": visual}, tmp_path / "tower.pt")
    for folder in (tmp_path, exported.folder / "f32"):
        assert all(torch.equal(value, visual[name]) for name, value in tower_in(folder, exported.model).items())


def test_a_folder_of_other_widths_is_refused(exported):
    with pytest.raises(ValueError, match="its model has other widths"):
        reopen(exported.folder / "f32", small(exported.tokenizer, hidden=64).backbone.config)
