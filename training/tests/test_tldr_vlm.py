"""The recipe of tldr_vlm on tiny random configurations: every path that a large backbone takes, in minutes on a CPU."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
import torch

pytest.importorskip("transformers", reason="SKIPPED ALOUD: transformers is not installed, tldr_vlm is not tested")
pytest.importorskip("peft", reason="SKIPPED ALOUD: peft is not installed, tldr_vlm is not tested")

from accelerate.state import AcceleratorState
from PIL import Image
from safetensors.torch import load_file
from tldr_vlm import likelihood
from tldr_vlm.backbones import backbone_of
from tldr_vlm.batches import Collator, Limits, in_whole_cells
from tldr_vlm.chat import encode_plain, chat_of
from tldr_vlm.data import IGNORED, AnswerFile, Answers, BadData, Batches, draw, parse_answer, read_answers, sentence_numbers, spread, token_labels
from tldr_vlm.evaluate import Judged, judge, measures
from tldr_vlm.export_onnx import OnnxModel, write_folder
from tldr_vlm.export_vllm import checkpoint_config, checkpoint_tensors, serve_command, write_checkpoint
from tldr_vlm.fixture import COLOURS, write_squares
from tldr_vlm.graph import ImageEncoder, RewardDecoder
from tldr_vlm.images import CLIP, fitted_size, load_pixels, patches
from tldr_vlm.likelihood import with_language_head
from tldr_vlm.memory import kept_by_layer, shapes_of
from tldr_vlm.model import Lora, TldrModel, lora_layers, masked_loss, merged, open_backbone, prepare
from tldr_vlm.runs import open_run
from tldr_vlm.tiny import TINY, small_config, small_tokenizer
from tldr_vlm.train import parse, train

TEXTS = [f"The square is {colour}." for colour in COLOURS] + ["Ein 🦊 und 犬がいる。", "What is in the picture?"]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.fixture(autouse=True)
def each_run_is_the_first_of_its_process():
    """accelerate keeps the first run's precision for all others."""
    AcceleratorState._reset_state(True)


@pytest.fixture(scope="module")
def tokenizer():
    return small_tokenizer(TEXTS * 30, 400)


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> Path:
    return write_squares(tmp_path_factory.mktemp("squares"))


def tiny(tokenizer, seed: int = 0) -> TldrModel:
    torch.manual_seed(seed)
    model = TldrModel(open_backbone(small_config(tokenizer, hidden=32, layers=2, heads=2, vision=32, depth=2)))
    torch.nn.init.normal_(model.score.weight, std=0.5)
    return model.eval()


def collator(tokenizer) -> Collator:
    limits = Limits(tokens=256, largest=28 * 28 * 40)
    return Collator(tokenizer, chat_of(tokenizer), in_whole_cells(14, 2, lambda path: load_pixels(path, 28, limits.smallest, limits.largest)), limits)


def arguments(answers: Path, out: Path, *more: str):
    return parse([
        "--backbone", "tiny", "--hidden", "48", "--layers", "2", "--train", str(answers), "--val", str(answers), "--out", str(out), "--tokens", "256",
        "--largest", str(28 * 28 * 40), "--batch", "4", "--accumulate", "2", "--warm-up", "3", "--val-answers", "8", "--rate", "3e-3", *more,
    ])


class TestLabels:
    @pytest.mark.parametrize("text", ["two 🦊🦊 dogs", "👩‍👩‍👧 and a cat", "犬が二匹いる。", "cafe\u0301 is open", "naïve Größe ﬁ", "a\u200db \U0001f1e9\U0001f1ea"])
    def test_survive_every_alphabet(self, tokenizer, text):
        for start in range(len(text)):
            for end in range(start + 1, len(text) + 1):
                if not text[start:end].strip():
                    continue
                label = {"start": utf16(text[:start]), "end": utf16(text[:end]), "good": False}
                answer = parse_answer(json.dumps({"image": "x.png", "response": text, "labels": [label]}), Path("."))
                assert answer.bad == ((start, end),)
                ids, offsets = encode_plain(tokenizer, text)
                labels = token_labels(offsets, answer)
                bad = {place for place, value in enumerate(labels) if value == 0}
                covered = {at for place in bad for at in range(*offsets[place])}
                wanted = {at for at in range(start, end) if text[at].strip()}
                assert wanted <= covered, (text, start, end)
                assert all(any(at in wanted for at in range(*offsets[place])) for place in bad)

    def test_repairs_are_neither_good_nor_bad(self, tokenizer):
        text = "Two dogs are here."
        labels = [{"start": 0, "end": 3, "good": False}, {"start": 4, "end": 8, "good": False, "repair": True}]
        answer = parse_answer(json.dumps({"image": "x", "response": text, "labels": labels}), Path("."))
        _, offsets = encode_plain(tokenizer, text)
        for (start, end), value in zip(offsets, token_labels(offsets, answer)):
            piece = text[start:end].strip()
            assert value == (0 if start < 3 else IGNORED if piece and 4 <= start + text[start:end].index(piece) < 8 else 1)

    @pytest.mark.parametrize(
        "line", ["{", '{"image":"x.png"}', '{"response":"a"}', '{"image":"x","response":"a"}', '{"image":"x","response":"🦊","labels":[{"start":1,"end":2,"good":false}]}']
    )
    def test_a_bad_line_is_named(self, tmp_path, line):
        path = tmp_path / "a.jsonl"
        path.write_text(f'{{"image":"x.png","response":"ok","labels":[]}}\n{line}\n')
        with pytest.raises(BadData, match=r"a\.jsonl:2"):
            list(read_answers(path))

    def test_mixing_keeps_the_share_and_the_seed_and_wants_both_kinds(self, answers):
        mixed = Answers([AnswerFile(answers), AnswerFile(answers)])
        true = mixed.true_ones()
        assert len(mixed) == len(true) == 160 and true.sum() == 80 and mixed[159].response == mixed[79].response
        stream = draw(true, 0.25, 7)
        drawn = [next(stream) for _ in range(2000)]
        assert 0.2 < true[drawn].mean() < 0.3
        again = draw(true, 0.25, 7)
        assert [next(again) for _ in range(20)] == drawn[:20] != [next(draw(true, 0.25, 8)) for _ in range(20)]
        wrong = [place for place in drawn if not true[place]]
        assert sorted(wrong[:80]) == sorted(wrong[80:160]) == np.flatnonzero(~true).tolist()
        with pytest.raises(BadData, match="some of each"):
            next(draw(np.ones(4, bool), 0.5, 0))

    def test_workers_share_what_is_drawn_and_go_on_where_they_stopped(self):
        def first(count: int, **more) -> list[list[int]]:
            return [batch for batch, _ in zip(Batches(np.arange(30) % 3 > 0, 0.5, 3, 4, **more), range(count))]

        alone = first(6)
        assert first(3, workers=2, worker=0) == alone[::2] and first(3, workers=2, worker=1) == alone[1::2]
        assert first(2, workers=2, worker=1, done=1) == alone[3::2]

    def test_few_answers_are_taken_from_the_whole_file(self, answers):
        file = AnswerFile(answers)
        assert [answer.image.name for answer in spread(file, 3)] == [file[n].image.name for n in (0, 40, 79)]
        assert len(spread(file, 1000)) == 80

    def test_a_sentence_ends_at_a_period(self, tokenizer):
        text = "Red. It costs 3.50 now.🦊"
        numbers = dict(zip((text[start:end] for start, end in encode_plain(tokenizer, text)[1]), sentence_numbers(encode_plain(tokenizer, text)[1], text)))
        assert (numbers["R"] if "R" in numbers else 0) == 0 and numbers["🦊"] == 3
        assert sentence_numbers([(0, 3), (3, 4), (4, 7), (15, 16), (16, 18), (22, 23), (23, 24)], text).tolist() == [0, 0, 1, 1, 2, 2, 3]


class TestPictures:
    @pytest.mark.parametrize("size", [(28, 28), (640, 480), (3000, 40), (17, 900), (2048, 2048)])
    def test_sides_are_whole_cells_within_the_area(self, size):
        w, h = fitted_size(*size, 28, 56 * 56, 28 * 28 * 256)
        assert w % 28 == h % 28 == 0 and 56 * 56 <= w * h <= 28 * 28 * 256

    def test_pictures_are_upright_and_on_white(self, tmp_path):
        picture = Image.new("RGB", (56, 28), "blue")
        picture.paste("red", (0, 0, 28, 28))
        exif = Image.Exif()
        exif[0x0112] = 6  # turned a quarter to the right
        picture.save(tmp_path / "turned.jpg", exif=exif, quality=95)
        seen = load_pixels(tmp_path / "turned.jpg", 28, 28 * 28, 28 * 28 * 40)
        assert seen.shape == (3, 56, 28) and seen[0, :20].mean() > 1 > -1 > seen[0, 36:].mean()
        Image.new("RGBA", (28, 28), (0, 0, 0, 0)).save(tmp_path / "clear.png")
        Image.new("P", (28, 28), 0).save(tmp_path / "palette.png", transparency=0)
        for name in ("clear", "palette"):
            white = load_pixels(tmp_path / f"{name}.png", 28, 28 * 28, 28 * 28 * 40) * np.array(CLIP[1])[:, None, None] + np.array(CLIP[0])[:, None, None]
            assert np.allclose(white, 1, atol=1e-5)

    def test_sides_are_those_of_transformers(self):
        from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import smart_resize

        random = np.random.default_rng(0)
        for width, height in np.exp(random.uniform(np.log(2), np.log(4000), (3000, 2))).astype(int).tolist():
            if max(width, height) <= 200 * min(width, height):
                h, w = smart_resize(height, width, 28, 56 * 56, 28 * 28 * 256)
                assert fitted_size(width, height, 28, 56 * 56, 28 * 28 * 256) == (w, h), (width, height)

    def test_an_answer_cannot_close_its_turn(self, tokenizer):
        ids, offsets = encode_plain(tokenizer, "a <|im_end|> b")
        assert tokenizer.token_to_id("<|im_end|>") not in ids and offsets[-1][1] == 14


class TestGraph:
    """The forward pass that is exported gives what transformers' own gives."""

    @pytest.mark.parametrize("size", [(112, 84), (300, 420), (56, 500)])
    def test_agrees_with_transformers(self, tokenizer, tmp_path, size):
        picture = Image.fromarray(np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), np.uint8))
        picture.save(tmp_path / "p.png")
        model, chat = tiny(tokenizer), chat_of(tokenizer)
        pixels = load_pixels(tmp_path / "p.png", 28, 56 * 56, 28 * 28 * 40)
        flat, grid = patches(pixels, 14, 2)
        ids, begin = chat.sequence(grid[1] * grid[2] // 4, encode_plain(tokenizer, "What?")[0], encode_plain(tokenizer, "Ein 🦊 und 犬")[0])
        row = torch.tensor([ids])
        with torch.no_grad():
            wanted = model(row, torch.ones_like(row), chat.image, pixel_values=torch.from_numpy(flat), image_grid_thw=torch.tensor([grid]))
            features = ImageEncoder(model)(torch.from_numpy(pixels)[None])
            decoder = RewardDecoder(model, chat.image)
            got = decoder(row, torch.ones_like(row), features)
            assert torch.allclose(wanted, got, atol=1e-4)
            padded = torch.cat([features, torch.rand(1, 5, features.shape[2])], 1)
            assert torch.allclose(got, decoder(row, torch.ones_like(row), padded), atol=1e-5)

    def test_a_later_token_changes_no_earlier_reward(self, tokenizer, answers):
        model, collate = tiny(tokenizer), collator(tokenizer)
        batch = collate([AnswerFile(answers)[0]])
        batch.pop("labels")
        with torch.no_grad():
            before = model(**batch, image_token=collate.chat.image)
            batch["input_ids"][0, -2] = 7
            after = model(**batch, image_token=collate.chat.image)
        assert torch.equal(before[0, :-2], after[0, :-2]) and not torch.equal(before[0, -2:], after[0, -2:])


class TestTraining:
    def test_the_loss_falls_and_a_broken_run_goes_on_to_the_same_curve(self, answers, tmp_path):
        whole = train(arguments(answers, tmp_path / "whole", "--steps", "36", "--evaluate-every", "12"))
        assert whole[-1]["loss"] < whole[0]["loss"] * 0.95

        class Killed(Exception):
            pass

        from tldr_vlm import train as module

        def dying(*parts, **more):
            save(*parts, **more)
            if parts[3] == 12:
                raise Killed

        save, module.save = module.save, dying
        try:
            with pytest.raises(Killed):
                train(arguments(answers, tmp_path / "broken", "--steps", "36", "--evaluate-every", "12"))
        finally:
            module.save = save
        assert train(arguments(answers, tmp_path / "broken", "--steps", "36", "--evaluate-every", "12")) == whole

    def test_only_the_head_and_lora_learn_on_a_given_backbone(self, tokenizer):
        model = prepare(tiny(tokenizer), Lora(rank=4, alpha=1.0))
        learning = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
        assert "score.weight" in learning and len(lora_layers(model)) == 2 * 7 + 2
        assert all("lora_" in name or name == "score.weight" for name in learning)
        assert not any("visual.blocks" in name for name in learning)

    def test_merging_gives_the_same_model_and_tau_a_share_of_it(self, tokenizer, answers):
        collate = collator(tokenizer)
        batch = collate([AnswerFile(answers)[0]])
        batch.pop("labels")

        def adapted():
            model = prepare(tiny(tokenizer), Lora(rank=4, alpha=2.0, dropout=0.0)).eval()
            torch.manual_seed(5)
            for name, parameter in model.named_parameters():
                if "lora_B" in name:
                    torch.nn.init.normal_(parameter, std=0.05)
            return model

        with torch.no_grad():
            with_lora = adapted()(**batch, image_token=collate.chat.image)
            full = merged(adapted(), 1.0)(**batch, image_token=collate.chat.image)
            none = merged(adapted(), 0.0)(**batch, image_token=collate.chat.image)
            base = tiny(tokenizer)(**batch, image_token=collate.chat.image)
        assert torch.allclose(with_lora, full, atol=1e-4) and torch.equal(none, base) and not torch.allclose(full, base, atol=1e-3)
        before, after = tiny(tokenizer).backbone, merged(adapted(), 0.25).backbone
        name = "language_model.layers.0.self_attn.q_proj.weight"
        quarter = after.get_parameter(name) - before.get_parameter(name)
        whole = merged(adapted(), 1.0).backbone.get_parameter(name) - before.get_parameter(name)
        assert torch.allclose(quarter * 4, whole, atol=1e-6) and whole.abs().max() > 0

    def test_the_paper_alpha_multiplies_the_update(self, tokenizer):
        def size(alpha):
            model = prepare(tiny(tokenizer), Lora(rank=4, alpha=alpha))
            layer = lora_layers(model)[0][1]
            torch.nn.init.ones_(layer.lora_A["default"].weight)
            torch.nn.init.ones_(layer.lora_B["default"].weight)
            return float(layer.get_delta_weight("default")[0, 0])

        assert size(1.0) == pytest.approx(4.0) and size(128.0) == pytest.approx(4.0 * 128)

    def test_a_dry_run_says_what_it_takes_and_writes_nothing(self, answers, tmp_path, capsys):
        def said(*more: str) -> dict:
            assert train(arguments(answers, tmp_path / "run", "--dry-run", *more)) == []
            return json.loads(capsys.readouterr().out)

        plain, recomputed, twice, long = said(), said("--recompute"), said("--batch", "8"), said("--largest", str(28 * 28 * 160))
        assert plain["parameters"] == plain["trained"] > 0 and not (tmp_path / "run").exists()
        assert plain["hours_here"] >= plain["hours_h100"] and plain["total_gb"] > 0
        assert recomputed["activations_gb"] < plain["activations_gb"] < twice["activations_gb"] <= 2.3 * plain["activations_gb"] < 2.3 * long["activations_gb"]

    def test_activations_are_those_that_autograd_keeps(self, tokenizer, answers):
        """Of the whole model in training, counted: about what the estimate makes of one layer."""
        model, collate = prepare(tiny(tokenizer), Lora(4)).train(), collator(tokenizer)
        batch = collate([AnswerFile(answers)[0]] * 4)
        labels = batch.pop("labels")
        own, seen = {p.untyped_storage().data_ptr() for p in model.parameters()}, {}

        def keep(value):
            seen[value.untyped_storage().data_ptr()] = value.untyped_storage().nbytes(), value
            return value

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda value: value):
            model(**batch, image_token=collate.chat.image)
        kept = sum(size for place, (size, _) in seen.items() if place not in own)
        shapes = shapes_of(model.backbone.config, Lora(4), False)
        each, fixed = kept_by_layer(shapes, labels.shape[1], False)
        assert 0.6 < 2 * (4 * each + fixed) / kept < 1.1

    def test_losses_by_hand(self):
        logits, labels = torch.tensor([[0.0, 2.0, -1.0, 9.0]]), torch.tensor([[-100, 1, 0, -100]])
        good, bad = np.log1p(np.exp(-2.0)), np.log1p(np.exp(-1.0))
        assert float(masked_loss(logits, labels)) == pytest.approx((good + bad) / 2)
        assert float(masked_loss(logits, labels, bad_weight=3.0)) == pytest.approx((good + 3 * bad) / 4)
        assert float(masked_loss(logits, labels, last_only=True)) == pytest.approx(np.log1p(np.exp(-1.0)))

    def test_measures_by_hand(self):
        def one(logits, labels, sentences, kind=None):
            return Judged(np.array(logits), np.array(labels), np.array(sentences), kind)

        judged = [one([2.0, 1.0], [1, 1], [0, 1]), one([3.0, -1.0], [1, 0], [0, 1], "object"), one([1.0, 2.0], [0, 1], [0, 0], "counting"), one([], [], [])]
        out = measures(judged)
        assert out["token_accuracy"] == pytest.approx((1 + 1 + 0.5) / 3, abs=1e-4)
        assert out["sentence_accuracy"] == pytest.approx((1 + 1 + 0) / 3, abs=1e-4)
        assert out["response_accuracy"] == pytest.approx(2 / 3, abs=1e-4) and out["balanced_accuracy"] == pytest.approx(0.75)
        assert out["found:object"] == 1 and out["found:counting"] == 0
        assert out["ap_neg"] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3, abs=0.2)

    def test_judged_tokens_stand_in_their_sentences(self, tokenizer, tmp_path):
        Image.new("RGB", (56, 56)).save(tmp_path / "a.png")
        response = "Two dogs. One cat 🦊. Red"
        labels = [{"start": 0, "end": 3, "good": False, "repair": True}, {"start": 14, "end": 17, "good": False}]
        (tmp_path / "a.jsonl").write_text(json.dumps({"image": "a.png", "response": response, "labels": labels, "perturbation": "object"}) + "\n")
        (one,) = judge(tiny(tokenizer), [AnswerFile(tmp_path / "a.jsonl")[0]], collator(tokenizer))
        _, offsets = encode_plain(tokenizer, response)
        kept = [(start, end) for start, end in offsets if not (start < 3)]
        assert len(one.logits) == len(kept) and one.kind == "object"
        assert one.sentences.tolist() == [response.count(".", 0, start) for start, _ in kept]
        assert one.labels.tolist() == [0 if response[start:end].strip() and 14 <= start + (response[start] == " ") < 17 else 1 for start, end in kept]

    def test_what_is_trained_stays_in_f32_beside_a_bf16_backbone(self, tokenizer):
        model = prepare(TldrModel(open_backbone(small_config(tokenizer), torch.bfloat16)), Lora(4))
        kinds = {(parameter.dtype, parameter.requires_grad) for parameter in model.parameters()}
        assert kinds == {(torch.float32, True), (torch.bfloat16, False)}

    @pytest.mark.parametrize("kind", list(TINY))
    def test_every_backbone_learns_in_bf16(self, answers, tmp_path, kind):
        config, tokenizer_of = TINY[kind]
        own = tokenizer_of(TEXTS * 20, 300)
        torch.manual_seed(0)
        fields = config(own, hidden=48, layers=2, heads=2, vision=32)
        backbone_of(fields.model_type).whole(fields).save_pretrained(tmp_path / "backbone")
        own.save(str(tmp_path / "backbone" / "tokenizer.json"))
        curve = train(arguments(
            answers, tmp_path / "run", "--backbone", str(tmp_path / "backbone"), "--rank", "4", "--steps", "20", "--evaluate-every", "10", "--accumulate", "1", "--bf16", "--recompute", "--rate", "1e-2",
        ))
        assert curve[-1]["loss"] < curve[0]["loss"] < 2
        weights = torch.load(tmp_path / "run/model.pt", weights_only=False)["model"]
        assert {value.dtype for value in weights.values()} == {torch.float32} and any("lora_B" in name and value.abs().max() > 0 for name, value in weights.items())

    def test_recomputing_and_reading_ahead_change_no_figure(self, answers, tmp_path):
        curves = [
            train(arguments(answers, tmp_path / str(n), "--steps", "6", "--evaluate-every", "3", *more)) for n, more in enumerate(([], ["--recompute"], ["--loaders", "2"]))
        ]
        assert curves[0] == curves[2] and [row["loss"] for row in curves[1]] == pytest.approx([row["loss"] for row in curves[0]], abs=1e-4)

    def test_a_picture_that_is_none_is_named(self, answers, tmp_path):
        (tmp_path / "bad.png").write_text("no picture")
        rows = [json.loads(line) for line in answers.read_text().splitlines()]
        (tmp_path / "a.jsonl").write_text("".join(json.dumps({**row, "image": str(tmp_path / "bad.png")}) + "\n" for row in rows))
        with pytest.raises(BadData, match=r"bad\.png cannot be read as a picture"):
            train(arguments(tmp_path / "a.jsonl", tmp_path / "run", "--steps", "1"))

    @pytest.mark.parametrize(("more", "message"), [(["--train", "nowhere.jsonl"], "nowhere.jsonl is no file"), (["--backbone", "nowhere"], "nowhere has no config.json"), (["--true-share", "1"], "between 0 and 1"), (["--batch", "0"], "--batch must be at least 1")])
    def test_arguments_that_cannot_be_are_refused(self, answers, tmp_path, capsys, more, message):
        with pytest.raises(SystemExit) as error:
            arguments(answers, tmp_path, *more)
        assert error.value.code == 2 and message in capsys.readouterr().err


class TestStops:
    @pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
    def test_a_run_that_is_told_to_stop_saves_and_goes_on_to_the_same_curve(self, answers, tmp_path, name):
        whole = train(arguments(answers, tmp_path / "whole", "--steps", "30", "--evaluate-every", "15"))
        command = [sys.executable, "-W", "ignore", "-m", "tldr_vlm.train", "--backbone", "tiny", "--hidden", "48", "--layers", "2", "--train", str(answers), "--val", str(answers)]
        command += ["--out", str(tmp_path / "run"), "--tokens", "256", "--largest", str(28 * 28 * 40), "--batch", "4", "--accumulate", "2", "--warm-up", "3", "--val-answers", "8"]
        command += ["--rate", "3e-3", "--steps", "30", "--evaluate-every", "15"]
        running = subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True)
        assert json.loads(running.stdout.readline())["step"] == 15
        running.send_signal(getattr(signal, name))
        said = running.communicate(timeout=120)[0]
        assert running.returncode == 130 and "stopped after step" in said, said
        assert 15 < torch.load(tmp_path / "run/state.pt", weights_only=False)["step"] < 30
        assert train(arguments(answers, tmp_path / "run", "--steps", "30", "--evaluate-every", "15")) == whole


def options(weights: str) -> SimpleNamespace:
    """Of an export."""
    return SimpleNamespace(response_level=False, tokens=256, smallest=56 * 56, largest=28 * 28 * 40, val_answers=12, weights=weights, name="tiny", version="0.0.1", domain="squares")


class TestExport:
    @pytest.fixture(scope="class")
    @staticmethod
    def run(answers, tmp_path_factory):
        folder = tmp_path_factory.mktemp("run")
        train(arguments(answers, folder, "--steps", "4", "--evaluate-every", "4"))
        return folder

    def test_weights_that_are_too_many_for_one_file_stand_beside_it(self, run, answers, tmp_path, monkeypatch):
        monkeypatch.setattr("tldr_scenes.weights.LARGEST", 1000)
        opened = open_run(run)
        manifest = write_folder(opened.model, opened.tokenizer, AnswerFile(answers), tmp_path, options("f16"))
        assert manifest["metrics"]["onnx_difference"] <= 2e-2
        assert set(manifest["files"]) == {"tokenizer.json", *(name + ending for name in ("image_encoder.onnx", "reward_decoder.onnx") for ending in ("", ".data"))}
        assert {path.name for path in tmp_path.iterdir()} == {*manifest["files"], "tldr.json", "golden.json", "MODEL_CARD.md"}

    @pytest.mark.parametrize(("kind", "worst"), [("f32", 1e-3), ("f16", 2e-2), ("int8", 0.1), ("q8", 0.1)])
    def test_the_folder_is_whole_and_agrees_with_pytorch(self, run, answers, tmp_path, kind, worst):
        opened = open_run(run)
        manifest = write_folder(opened.model, opened.tokenizer, AnswerFile(answers), tmp_path, options(kind))
        assert manifest["metrics"]["onnx_difference"] <= worst
        assert set(manifest["files"]) == {"tokenizer.json", "image_encoder.onnx", "reward_decoder.onnx"}
        assert json.loads((tmp_path / "tokenizer.json").read_text())["added_tokens"] == []
        # the runtime would unfold a large embedding in every run: only the rows that were looked up are
        tables = {node.input[0] for node in onnx.load(tmp_path / "reward_decoder.onnx").graph.node if node.op_type == "Gather"}
        assert "text.embed_tokens.weight" + {"f32": "", "f16": ".f16", "int8": ".i8", "q8": ".i8"}[kind] in tables
        if kind != "f32":
            return
        # other picture sizes and answer lengths than those it was traced with
        chat = chat_of(opened.tokenizer)
        collate = collator(opened.tokenizer)
        for n in (1, 5, 9):
            answer = AnswerFile(answers)[n]
            batch = collate([answer])
            batch.pop("labels")
            pixels = load_pixels(answer.image, 28, 56 * 56, 28 * 28 * 40)
            with torch.no_grad():
                wanted = opened.model(**batch, image_token=chat.image)[0].numpy()
            got = OnnxModel(tmp_path).logits(pixels, batch["input_ids"][0].tolist())
            assert np.abs(wanted - got).max() < 1e-3

    def test_the_checkpoint_is_what_vllm_reads(self, run, tmp_path):
        opened = open_run(run)
        manifest = {"name": "tiny", "version": "1", "domain": "squares", "calibration": {"method": "platt", "scale": 2.0, "bias": 1.0}, "threshold": 0.4, "files": {}}
        write_checkpoint(opened.model, run / "tokenizer.json", tmp_path, "tiny", manifest, Limits(256, 56 * 56, 28 * 28 * 40), torch.float32)
        tensors, config = load_file(tmp_path / "model.safetensors"), json.loads((tmp_path / "config.json").read_text())
        assert config["architectures"] == ["Qwen2_5_VLForSequenceClassification"]
        assert config["num_labels"] == config["text_config"]["num_labels"] == 1
        assert config["model_type"] == "qwen2_5_vl" and config["vision_config"]["out_hidden_size"] == config["text_config"]["hidden_size"]
        assert list(tensors["score.weight"].shape) == [1, config["text_config"]["hidden_size"]]
        assert "score.bias" not in tensors and not any("lora" in name or "base_layer" in name for name in tensors)
        for name in ("model.embed_tokens.weight", "model.norm.weight", "model.layers.0.self_attn.q_proj.bias", "visual.patch_embed.proj.weight", "visual.merger.mlp.0.weight"):
            assert name in tensors
        assert all(name.startswith(("model.", "visual.", "score.")) for name in tensors)
        assert (tmp_path / "tokenizer.json").exists()
        command = (tmp_path / "SERVE.md").read_text()
        assert '"task":"token_classify"' in command and "--convert classify" in command
        assert '"logit_mean":-0.5' in command and '"logit_sigma":0.5' in command
        beside = json.loads((tmp_path / "tldr.json").read_text())
        assert beside["threshold"] == 0.4 and beside["calibration"] == manifest["calibration"] and "files" not in beside

    def test_a_server_fits_pictures_as_training_did(self, run, tmp_path):
        from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

        opened, limits = open_run(run), Limits(256, 56 * 56, 28 * 28 * 40)
        backbone = tmp_path / "backbone"
        backbone.mkdir()
        published = {"min_pixels": 3136, "max_pixels": 12845056, "patch_size": 14, "temporal_patch_size": 2, "merge_size": 2, "image_mean": list(CLIP[0]), "image_std": list(CLIP[1])}
        (backbone / "preprocessor_config.json").write_text(json.dumps({**published, "image_processor_type": "Qwen2VLImageProcessor"}))
        (backbone / "processor_config.json").write_text(json.dumps({"image_processor": published, "processor_class": "Qwen2_5_VLProcessor"}))
        for name, given in (("with", str(backbone)), ("without", "tiny")):
            write_checkpoint(opened.model, run / "tokenizer.json", tmp_path / name, given, None, limits)
            fits = Qwen2VLImageProcessorPil.from_pretrained(tmp_path / name)
            for size in ((112, 84), (1500, 900), (10, 900), (40, 41)):
                picture = Image.fromarray(np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), np.uint8))
                picture.save(tmp_path / "p.png")
                flat, grid = patches(load_pixels(tmp_path / "p.png", 28, limits.smallest, limits.largest), 14, 2)
                theirs = fits(picture, return_tensors="np")
                assert theirs["image_grid_thw"].tolist() == [list(grid)]
                assert np.abs(theirs["pixel_values"] - flat).max() < 0.02
        assert json.loads((tmp_path / "with/processor_config.json").read_text())["image_processor"]["max_pixels"] == limits.largest

    def test_a_server_writes_the_chat_that_training_had(self, run, tmp_path):
        tokenizer, backbone = run / "tokenizer.json", tmp_path / "backbone"
        backbone.mkdir()
        write_checkpoint(open_run(run).model, tokenizer, tmp_path / "own", str(backbone))
        template = (tmp_path / "own" / "chat_template.jinja").read_text()
        (backbone / "chat_template.jinja").write_text(template)
        write_checkpoint(open_run(run).model, tokenizer, tmp_path / "again", str(backbone))
        assert (tmp_path / "again" / "chat_template.jinja").read_text() == template
        (backbone / "chat_template.jinja").write_text(template.replace("helpful", "terse"))
        with pytest.raises(ValueError, match="a terse assistant.*trained on.*a helpful assistant"):
            write_checkpoint(open_run(run).model, tokenizer, tmp_path / "other", str(backbone))
        assert not list((tmp_path / "other").glob("*.safetensors"))

    def test_tau_nothing_is_the_backbone_and_it_generates(self, tokenizer, answers, tmp_path, monkeypatch):
        import transformers

        torch.manual_seed(0)
        backbone = transformers.Qwen2_5_VLForConditionalGeneration(small_config(tokenizer, hidden=32, layers=2, heads=2, vision=32))
        backbone.save_pretrained(tmp_path / "backbone")
        tokenizer.save(str(tmp_path / "backbone" / "tokenizer.json"))
        train(arguments(answers, tmp_path / "run", "--backbone", str(tmp_path / "backbone"), "--rank", "4", "--steps", "2", "--evaluate-every", "2"))
        name = "model.language_model.layers.0.mlp.up_proj.weight"
        none, some = (with_language_head(tmp_path / "run", tau).get_parameter(name) for tau in (0.0, 0.5))
        assert torch.equal(none, backbone.get_parameter(name)) and not torch.equal(some, none)
        (tmp_path / "backbone" / "preprocessor_config.json").write_text('{"max_pixels": 12845056}')
        monkeypatch.setattr("sys.argv", ["likelihood", "--run", str(tmp_path / "run"), "--out", str(tmp_path / "out"), "--tau", "0.25"])
        likelihood.main()
        assert json.loads((tmp_path / "out" / "preprocessor_config.json").read_text()) == {"max_pixels": 12845056} and (tmp_path / "out" / "tokenizer.json").exists()
        model = transformers.Qwen2_5_VLForConditionalGeneration.from_pretrained(tmp_path / "out")
        assert model.generate(torch.tensor([[5, 6, 7]]), max_new_tokens=3, do_sample=False).shape[1] <= 6


def test_serving_without_calibration_names_no_scaling():
    assert "logit_mean" not in serve_command("/m", None)


def test_labels_of_the_text_configuration_win(tokenizer):
    fields = checkpoint_config(small_config(tokenizer))
    assert fields["text_config"]["id2label"] == {"0": "good"}


def test_tensor_names_do_not_depend_on_lora(tokenizer):
    plain = set(checkpoint_tensors(tiny(tokenizer), torch.float32))
    assert set(checkpoint_tensors(merged(prepare(tiny(tokenizer), Lora(rank=4))), torch.float32)) == plain
