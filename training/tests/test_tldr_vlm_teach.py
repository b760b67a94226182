"""What the lessons of a small model from nothing share."""

import pytest
import torch
from torch import nn

pytest.importorskip("transformers")

from tldr_vlm.model import TldrModel, open_backbone
from tldr_vlm.teach import Average, Lesson, Running, optimisers_of, save_whole, set_rates
from tldr_vlm.tiny import small_config, small_tokenizer


def test_the_matrices_of_layers_have_one_optimiser_and_all_else_the_other():
    model = TldrModel(open_backbone(small_config(small_tokenizer(["dog"], 300), 32, 2, 2, 32, 2, patch=4, windows=False)))
    parts = [(model.backbone.visual, 2 * 5), (nn.ModuleList([model.backbone.language_model, model.score]), 2 * 7)]
    for taught, matrices in parts:
        muon, adam = optimisers_of(taught, 3e-3)
        inside, outside = (optimiser.param_groups[0]["params"] for optimiser in (muon, adam))
        assert len(inside) == matrices and all(value.ndim == 2 for value in inside)
        assert {id(value) for value in taught.parameters()} == {id(value) for value in [*inside, *outside]}
        assert len(inside) + len(outside) == len(list(taught.parameters()))
        assert muon.param_groups[0]["lr"] == pytest.approx(3 * adam.param_groups[0]["lr"])


def test_rates_rise_then_fall_from_where_each_began_also_after_a_resume():
    weight = nn.Parameter(torch.ones(2, 2))
    optimiser = torch.optim.AdamW([weight], lr=0.5)
    rates = []
    for step, done in ((0, 0.0), (149, 0.0), (299, 0.0), (3000, 0.5), (9000, 1.0), (9001, 1.3)):
        set_rates([optimiser], step, done)
        rates.append(optimiser.param_groups[0]["lr"])
    assert rates == pytest.approx([0.5 / 300, 0.25, 0.5, 0.5 * 0.505, 0.005, 0.005])
    resumed = torch.optim.AdamW([weight], lr=0.1)
    resumed.load_state_dict(optimiser.state_dict())
    set_rates([resumed], 3000, 0.5)
    assert resumed.param_groups[0]["lr"] == pytest.approx(0.5 * 0.505)


def test_the_averaged_weights_stand_in_for_a_while_and_are_taken_back_whatever_happens():
    layer = nn.Linear(1, 1, bias=False)
    nn.init.ones_(layer.weight)
    average = Average(layer, keep=0.5)
    average.update()
    with torch.no_grad():
        layer.weight.fill_(3.0)
    average.update()
    with pytest.raises(KeyboardInterrupt), average.in_place():
        assert layer.weight.item() == 2.0
        raise KeyboardInterrupt
    assert layer.weight.item() == 3.0


def test_a_log_shows_means_that_follow_the_losses():
    running = Running()
    for _ in range(400):
        running.add({"noun": torch.tensor(2.0)})
    assert running.values["noun"] == pytest.approx(2.0) and str(running) == "noun 2.0000"


def test_a_file_is_the_old_one_or_the_new_one(tmp_path):
    path = tmp_path / "state.pt"
    save_whole({"step": 1}, path)
    with pytest.raises(Exception):
        save_whole({"step": lambda: None}, path)
    assert torch.load(path)["step"] == 1


def test_a_stopped_lesson_goes_on_with_its_steps_curve_and_time(tmp_path):
    torch.manual_seed(0)
    inputs = torch.randn(64, 4)

    def lesson(minutes: float) -> Lesson:
        layers = nn.ModuleDict({"layers": nn.ModuleList([nn.Linear(4, 4, bias=False)]), "out": nn.Linear(4, 1, bias=False)})
        return Lesson(layers, 0.03, minutes, 1, tmp_path / "state.pt")

    def said(taught: Lesson) -> torch.Tensor:
        return taught.taught["out"](taught.taught["layers"][0](inputs))[:, 0]

    def teach(taught: Lesson, steps: int) -> float:
        for _ in range(steps):
            loss = (said(taught) - inputs[:, 0]).pow(2).mean()
            assert taught.learn(loss, {"error": loss}, 64)
        return loss.item()

    first = lesson(60)
    before = teach(first, 5)
    first.keep({"error": before}, tmp_path / "curve.jsonl")
    second = lesson(60)
    assert (second.step, second.seen, second.curve) == (5, 5 * 64, [{"error": before}]) and second.spent > 0
    for name in ("taught", "average"):
        wanted, got = ((one.taught if name == "taught" else one.average.model).state_dict() for one in (first, second))
        assert all(torch.equal(value, got[key]) for key, value in wanted.items())
    assert teach(second, 200) < before / 4
    over = lesson(1e-9)
    kept = over.taught["out"].weight.clone()
    loss = said(over).pow(2).mean()
    assert not over.learn(loss, {"error": loss}, 64) and over.over and over.step == 5 and torch.equal(over.taught["out"].weight, kept)
