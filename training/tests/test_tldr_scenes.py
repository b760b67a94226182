import json
import re
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from tldr_scenes.baselines import Baseline, whole_answer
from tldr_scenes.decoder import RewardDecoder, decoder_loss
from tldr_scenes.encoder import SIDE, BothWays, SceneEncoder, read_slots
from tldr_scenes.export import SILENT_LOGIT, Decoder, export, platt
from tldr_scenes.features import owners
from tldr_scenes.metrics import auroc, average_precision, best_f1, expected_calibration_error
from tldr_scenes.reopen import mixed, stored_decoder, stored_encoder, stored_second_look
from tldr_scenes.second_look import CROP, SecondLook, TwoLooks, cut, told
from tldr_scenes.sitting import Sitting
from tldr_scenes.slots import COLOURS, GEOMETRY, SLOTS, Layout
from tldr_scenes.texts import BOS, EOS, SEP, SILENT, common_words, encode, lower, name_tokens, read_captions, train_tokenizer
from tldr_scenes.train_decoder import about, scramble
from tldr_scenes.train_decoder import take_over as take_over_decoder
from tldr_scenes.train_encoder import losses, strange, targets
from tldr_scenes.train_encoder import take_over as take_over_encoder
from tldr_scenes.train_second_look import augment, shaken
from tldr_scenes.train_second_look import losses as second_losses
from tldr_scenes.weights import store_weights

NOUNS = ["dog", "cat", "hot-dog"]
TEXTS = ["There are two dogs to the left of a cat.", "A hot dog is red.", "the cats are blue"] * 30


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer([lower(text) for text in TEXTS], 400)


@pytest.fixture(scope="module")
def decoder(tokenizer):
    torch.manual_seed(0)
    names = torch.from_numpy(name_tokens(tokenizer, [["dog", "dogs"], ["cat", "cats"], ["hot dog", "hot dogs"]]))
    return RewardDecoder(names, Layout(tuple(NOUNS)).width, width=48, heads=4).eval()


def slots(batch: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    features = torch.rand(batch, 1 + SLOTS, Layout(tuple(NOUNS)).width, generator=generator)
    features[:, 6:] = 0
    return features


class TestMetrics:
    def test_auroc_is_the_share_of_pairs_in_order(self):
        reward, bad = np.array([0.1, 0.4, 0.4, 0.9]), np.array([True, True, False, False])
        assert auroc(reward, bad) == pytest.approx((1 + 1 + 0.5 + 1) / 4)

    def test_average_precision_by_hand(self):
        reward, bad = np.array([0.1, 0.2, 0.3, 0.4]), np.array([True, False, True, False])
        assert average_precision(reward, bad) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)

    def test_best_f1_separates_where_it_can(self):
        threshold, f1 = best_f1(np.array([0.1, 0.2, 0.8, 0.9]), np.array([True, True, False, False]))
        assert f1 == 1 and 0.2 < threshold < 0.8

    def test_calibration_error_of_honest_rewards_is_small(self):
        random = np.random.default_rng(0)
        reward = random.random(20000)
        assert expected_calibration_error(reward, random.random(20000) < reward) < 0.02

    def test_platt_finds_the_scale_back(self):
        random = np.random.default_rng(0)
        logits = random.normal(size=50000) * 2
        scale, bias = platt(logits, random.random(50000) < 1 / (1 + np.exp(-(0.5 * logits + 1))))
        assert scale == pytest.approx(0.5, abs=0.05) and bias == pytest.approx(1, abs=0.05)


class TestTexts:
    def test_any_text_survives_the_tokenizer(self, tokenizer):
        for text in ["a dog", "👩‍👩‍👧 犬 é", "<sep> <pad>", "\r\n\t"]:
            ids, begin, offsets = encode(tokenizer, text)
            assert ids[0] == BOS and ids[-1] == EOS and ids[begin - 1] == SEP
            assert len(offsets) == len(ids) - begin - 1

    def test_a_claim_marks_its_own_tokens_and_their_objects(self, tokenizer, tmp_path):
        text = "There are two cats to the left of a dog."
        at = lambda word: (text.index(word), text.index(word) + len(word))  # noqa: E731
        claims = [[*at("two"), "count", 0, [0, 1], None], [*at("cats"), "object", 1, [0, 1], None], [*at("left"), "relation", 1, [0, 1], [2]]]
        path = tmp_path / "captions.jsonl"
        path.write_text(json.dumps({"scene": 0, "text": text, "perturbation": "counting", "claims": claims, "shape": "there"}) + "\n")
        captions = read_captions([(path, 7)], tokenizer)
        assert captions.scene.tolist() == [7] and captions.bad.tolist() == [True]
        ids, begin, offsets = encode(tokenizer, text)
        words = {text[a:b].strip(): begin + i for i, (a, b) in enumerate(offsets)}
        bad = {i for i in range(len(ids)) if captions.good[i] == 0}
        assert bad and all(re.search(r"\b(t|w|o|two)", text[offsets[i - begin][0] : offsets[i - begin][1]].strip()) for i in bad)
        left = words.get("left")
        if left is not None:
            assert captions.subject[left] == 0b11 and captions.other[left] == 0b100

    def test_what_says_nothing_is_no_claim_and_known_by_no_word_of_it(self, tokenizer, tmp_path):
        text = "A dog. Cats purr."
        path = tmp_path / "captions.jsonl"
        claims = [[2, 5, "object", 1, [0], None], [7, len(text), "none", 1, [], None]]
        path.write_text(json.dumps({"scene": 0, "text": text, "claims": claims, "shape": "chat"}) + "\n")
        captions = read_captions([(path, 0)], tokenizer)
        _, begin, offsets = encode(tokenizer, text)
        silent = {text[a:b].strip() for i, (a, b) in enumerate(offsets) if captions.kind[begin + i] == SILENT}
        assert "".join(sorted(silent)) and "dog" not in silent and len(captions.claims[0]) == 1
        assert (captions.good[captions.kind == SILENT] == 1).all() and not captions.bad[0]
        assert common_words(path, 1) == ["a", "dog"]
        assert len(read_captions([(path, 0)], tokenizer, chat=False)) == 0 and len(read_captions([(path, 0)], tokenizer, chat=True)) == 1

    def test_names_are_the_mean_of_their_tokens(self, tokenizer):
        table = name_tokens(tokenizer, [["dog", "dogs"], ["hot dog"]])
        assert table.sum(1) == pytest.approx([1, 1])


class TestEncoder:
    def test_slots_have_the_layout_that_the_runtime_reads(self):
        torch.manual_seed(0)
        encoder = SceneEncoder(len(NOUNS)).eval()
        features = read_slots(encoder(torch.zeros(2, 3, SIDE, SIDE)))
        assert features.shape == (2, 1 + SLOTS, GEOMETRY + len(COLOURS) + len(NOUNS))

    def test_a_peak_becomes_an_object_at_its_place(self):
        layout = Layout(tuple(NOUNS))
        maps = {
            "heat": torch.full((1, 48, 48), -9.0), "box": torch.zeros(1, 4, 24, 24), "colour": torch.zeros(1, 12, 24, 24),
            "noun": torch.zeros(1, 3, 24, 24), "ground": torch.zeros(1, 12), "domain": torch.ones(1),
        }
        maps["heat"][0, 13, 31] = 5.0
        maps["noun"][0, 1, 6, 15] = 9.0
        features = read_slots(maps)[0]
        assert features[1, 0] > 0.9 and features[2, 0] == 0
        assert features[1, 1] == pytest.approx(15.5 / 24) and features[1, 2] == pytest.approx(6.5 / 24)
        assert int(features[1, layout.noun].argmax()) == 1

    def test_the_loss_falls_on_one_batch(self):
        torch.manual_seed(0)
        encoder = SceneEncoder(len(NOUNS))
        optimiser = torch.optim.AdamW(encoder.parameters(), 2e-3)
        pixels = torch.rand(4, 3, SIDE, SIDE)
        boxes = torch.rand(4, 30, 4) * 0.3 + 0.3
        noun = torch.full((4, 30), -1)
        noun[:, :2] = torch.tensor([0, 2])
        arguments = (boxes, noun, noun.clamp(min=0), torch.zeros(4, dtype=torch.long), torch.ones(4))
        first = None
        for _ in range(12):
            loss = sum(losses(encoder(pixels), *arguments).values())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            first = first or float(loss)
        assert float(loss) < 0.7 * first

    def test_targets_point_to_the_object_of_each_cell(self):
        boxes, noun = torch.zeros(1, 30, 4), torch.full((1, 30), -1)
        boxes[0, 0], boxes[0, 1] = torch.tensor([0.25, 0.25, 0.2, 0.2]), torch.tensor([0.75, 0.75, 0.2, 0.2])
        noun[0, :2] = 1
        heat, owner, weight = targets(boxes, noun)
        assert (heat > 0.999).sum() == 2
        assert owner[0, 6 * 24 + 6] == 0 and owner[0, 18 * 24 + 18] == 1 and weight[0, 0] == 0

    def test_strange_pictures_are_pictures(self):
        out = strange(torch.rand(6, 3, SIDE, SIDE), torch.Generator().manual_seed(0))
        assert out.shape == (6, 3, SIDE, SIDE) and out.isfinite().all()


class TestBothWays:
    def test_a_mirrored_picture_gives_mirrored_objects(self):
        torch.manual_seed(0)
        encoder = SceneEncoder(len(NOUNS)).eval()
        torch.nn.init.constant_(encoder.heat[-1].bias, 0.0)
        look = BothWays(encoder, NOUNS)
        pixels = torch.rand(1, 3, SIDE, SIDE)
        with torch.no_grad():
            one, other = look(pixels), look(pixels.flip(3))
        assert torch.allclose(one["heat"], other["heat"].flip(2), atol=1e-4)
        assert torch.allclose(one["noun"], other["noun"].flip(3), atol=1e-3)
        assert torch.allclose(one["box"][:, 0], -other["box"][:, 0].flip(2), atol=1e-4)

    def test_a_sign_is_read_the_right_way_round_only(self):
        torch.manual_seed(0)
        encoder = SceneEncoder(2).eval()
        encoder.noun[-1].bias.data[1] = 30.0
        pixels = torch.rand(1, 3, SIDE, SIDE)
        with torch.no_grad():
            assert torch.equal(BothWays(encoder, ["dog", "sign:GO"])(pixels)["noun"], encoder(pixels)["noun"].log_softmax(1))


class TestSecondLook:
    def test_a_thing_fills_the_middle_of_its_crop_whatever_its_size_and_place(self):
        pixels = torch.zeros(1, 3, 2 * SIDE, 2 * SIDE)
        boxes = torch.tensor([[[0.25, 0.5, 0.1, 0.2], [0.7, 0.4, 0.5, 0.25], [0.02, 0.9, 0.1, 0.1]]])
        for x, y, w, h in boxes[0] * 2 * SIDE:
            pixels[:, :, max(0, round(float(y - h / 2))) : round(float(y + h / 2)), max(0, round(float(x - w / 2))) : round(float(x + w / 2))] = 1
        crops = cut(pixels, boxes)
        assert crops.shape == (1, 3, 3, CROP, CROP)
        edge = round(CROP * (1 - 1 / 1.35) / 2)
        for n in range(2):
            assert (crops[0, n, :, edge + 2 : -edge - 2, edge + 2 : -edge - 2] > 0.9).all() and (crops[0, n, :, : edge - 2] < 0.1).all() and (crops[0, n, :, :, : edge - 2] < 0.1).all()
        assert (crops[0, 2, :, :, : CROP // 4] == 0).all() and crops[0, 2, :, CROP // 2, CROP // 2 : CROP // 2 + 8].min() > 0.9

    def test_what_was_not_found_is_not_looked_at_and_empty_pictures_are_empty(self):
        torch.manual_seed(0)
        encoder = SceneEncoder(len(NOUNS)).eval()
        with torch.no_grad():
            features = TwoLooks(BothWays(encoder, NOUNS), SecondLook(len(NOUNS))).eval()(torch.rand(2, 3, 2 * SIDE, 2 * SIDE))
        assert features.shape == (2, 1 + SLOTS, GEOMETRY + len(COLOURS) + len(NOUNS)) and (features[:, 1:] == 0).all()

    def test_a_box_is_moved_by_shares_of_its_size(self):
        slots = torch.tensor([[0.5, 0.4, 0.6, 0.2, 0.1] + [0.0] * (len(COLOURS) + len(NOUNS))])
        said = {"box": torch.tensor([[0.5, -0.5, 0.0, 0.6931]]), "whole": torch.tensor([9.0]), "colour": torch.zeros(1, len(COLOURS)), "noun": torch.zeros(1, len(NOUNS))}
        assert told(slots, said)[0, 1:5].tolist() == pytest.approx([0.5, 0.55, 0.2, 0.2], abs=1e-4)

    def test_the_loss_falls_on_one_batch(self):
        torch.manual_seed(0)
        second, generator = SecondLook(len(NOUNS)), torch.Generator().manual_seed(0)
        optimiser = torch.optim.AdamW(second.parameters(), 2e-3)
        crops, slots = torch.randn(8, 3, CROP, CROP), torch.rand(8, GEOMETRY + len(COLOURS) + len(NOUNS)) * 0.3 + 0.1
        batch = {"noun": torch.tensor([0, 1, 2, 0, 1, 2, -1, -1]), "colour": torch.tensor([0, 1, 2, 0, 1, 2, -1, -1]), "box": slots[:, 1:5] * 1.1}
        seen, coloured = augment(crops.clone(), torch.zeros(8, dtype=torch.bool), generator)
        assert seen.shape == crops.shape and (shaken(batch["box"], generator) != batch["box"]).any()
        first = None
        for _ in range(12):
            loss = sum(second_losses(second(crops, slots), batch, slots[:, 1:5], coloured | True).values())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            first = first or float(loss)
        assert float(loss) < 0.7 * first


class TestSitting:
    def sitting(self, state: Path, minutes: float) -> Sitting:
        torch.manual_seed(0)
        return Sitting(
            torch.nn.Linear(2, 1), state, minutes=minutes, rate=0.05, decay=0.0, average=0.5, warm_up=1, clip=1.0, unit="rows", first=1e9, then=1e9
        )

    def learn(self, sitting: Sitting) -> float:
        loss = (sitting.model(torch.eye(2)) - 1).square().mean()
        sitting.learn(loss, {"loss": loss}, 2)
        return float(loss.detach())

    def test_an_interrupted_one_goes_on_as_if_it_had_not_been(self, tmp_path: Path):
        whole, first = self.sitting(tmp_path / "whole.pt", 1e6), self.sitting(tmp_path / "state.pt", 1e6)
        losses = [self.learn(whole) for _ in range(6)]
        assert losses[-1] < losses[0] and [self.learn(first) for _ in range(3)] == pytest.approx(losses[:3])
        first.curve.append({"seen": first.seen})
        first.keep()
        again = self.sitting(tmp_path / "state.pt", 1e6)
        assert (again.step, again.seen, again.curve) == (3, 6, [{"seen": 6}])
        assert [self.learn(again) for _ in range(3)] == pytest.approx(losses[3:], abs=1e-6)
        assert again.average.module.weight.tolist()[0] == pytest.approx(whole.average.module.weight.tolist()[0], abs=1e-6)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["state.pt"]

    def test_it_is_measured_at_its_end_and_ends(self, tmp_path: Path):
        sitting = self.sitting(tmp_path / "state.pt", 1e6)
        assert sitting.goes_on and not sitting.is_due
        sitting.budget = 0
        assert sitting.is_due and not sitting.goes_on


class TestDecoder:
    def test_padding_changes_nothing(self, decoder):
        ids = torch.randint(4, 200, (1, 9), generator=torch.Generator().manual_seed(2))
        features = slots(1)
        alone = decoder(ids, torch.ones_like(ids), features)[0]
        padded = torch.cat([ids, torch.zeros(1, 5, dtype=torch.long)], 1)
        mask = torch.cat([torch.ones_like(ids), torch.zeros(1, 5, dtype=torch.long)], 1)
        assert torch.allclose(alone, decoder(padded, mask, features)[0][:, :9], atol=1e-4)

    def test_the_order_of_objects_changes_nothing(self, decoder):
        ids = torch.randint(4, 200, (1, 9), generator=torch.Generator().manual_seed(2))
        features = slots(1)
        mixed = torch.cat([features[:, :1], features[:, 1:].flip(1)], 1)
        mask = torch.ones_like(ids)
        assert torch.allclose(decoder(ids, mask, features)[0], decoder(ids, mask, mixed)[0], atol=1e-4)

    def test_objects_are_matched_by_place_one_to_one(self):
        found = np.zeros((SLOTS, 8), np.float32)
        found[0], found[1], found[2] = [0.9, 0.21, 0.2, 0.1, 0.1, 0, 0, 0], [0.8, 0.7, 0.7, 0.1, 0.1, 0, 0, 0], [0.7, 0.5, 0.1, 0.1, 0.1, 0, 0, 0]
        owner = owners(found, np.array([[0.7, 0.71, 0.1, 0.1], [0.2, 0.2, 0.1, 0.1]], np.float32))
        assert owner[:3].tolist() == [1, 0, -1]
        hit = about(torch.tensor([[0b01, 0b10, 0]]), torch.tensor([owner[:3].tolist()]))
        assert hit[0].tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]

    def test_the_loss_teaches_which_objects_a_word_is_about(self, decoder):
        ids = torch.randint(4, 200, (2, 9), generator=torch.Generator().manual_seed(2))
        logits, first, second, claims = decoder(ids, torch.ones_like(ids), slots(2))
        shape = logits.shape
        claimed = torch.zeros(shape, dtype=torch.bool)
        claimed[:, :4] = True
        parts = decoder_loss(
            logits, first, second, claims, torch.ones(shape), torch.ones(shape), claimed, ~claimed,
            torch.ones(*shape, SLOTS), torch.zeros(*shape, SLOTS), torch.ones(2, 2, 9),
        )
        assert all(part.isfinite() and part > 0 for part in parts.values())


def test_onnx_agrees_with_pytorch(decoder, tmp_path: Path):
    torch.manual_seed(0)
    encoder = SceneEncoder(len(NOUNS)).eval()
    torch.nn.init.constant_(encoder.heat[-1].bias, 0.0)
    eyes = TwoLooks(BothWays(encoder, NOUNS), SecondLook(len(NOUNS))).eval()
    export(eyes, (torch.zeros(1, 3, 2 * SIDE, 2 * SIDE),), ["pixel_values"], "image_features", {"pixel_values": {0: "b"}, "image_features": {0: "b"}}, tmp_path / "e.onnx")
    ids = torch.ones(2, 9, dtype=torch.long)
    axes = {0: "b", 1: "t"}
    export(
        Decoder(decoder), (ids, torch.ones_like(ids), slots(2)), ["input_ids", "attention_mask", "image_features"], "logits",
        {"input_ids": axes, "attention_mask": axes, "image_features": {0: "b"}, "logits": axes}, tmp_path / "d.onnx",
    )
    pixels = torch.rand(2, 3, 2 * SIDE, 2 * SIDE)
    with torch.no_grad():
        wanted = eyes(pixels)
    session = onnxruntime.InferenceSession(str(tmp_path / "e.onnx"))
    assert (session.run(None, {"pixel_values": pixels.numpy()[:1] * 0})[0] < 9).all()
    got = session.run(None, {"pixel_values": pixels.numpy()})[0]
    assert np.abs(np.sort(got[:, 1:, 0]) - np.sort(wanted[:, 1:, 0].numpy())).max() < 5e-3
    for length in (3, 17):
        ids = torch.randint(4, 200, (3, length), generator=torch.Generator().manual_seed(length))
        with torch.no_grad():
            wanted = decoder(ids, torch.ones_like(ids), slots(3))[0].numpy()
        feed = {"input_ids": ids.numpy(), "attention_mask": np.ones((3, length), np.int64), "image_features": slots(3).numpy()}
        got = onnxruntime.InferenceSession(str(tmp_path / "d.onnx")).run(None, feed)[0]
        assert np.abs(1 / (1 + np.exp(-got)) - 1 / (1 + np.exp(-wanted))).max() < 5e-3


def test_a_token_that_says_nothing_has_a_logit_that_says_so(decoder, tmp_path: Path):
    ids, features = torch.randint(4, 200, (2, 9), generator=torch.Generator().manual_seed(2)), slots(2)
    with torch.no_grad():
        logits, _, _, claims = decoder(ids, torch.ones_like(ids), features)
    limit = float(claims.median())
    inputs = (ids, torch.ones_like(ids), features)
    export(Decoder(decoder, limit), inputs, ["input_ids", "attention_mask", "image_features"], "logits", {}, tmp_path / "d.onnx")
    feed = dict(zip(["input_ids", "attention_mask", "image_features"], (value.numpy() for value in inputs)))
    got = onnxruntime.InferenceSession(str(tmp_path / "d.onnx")).run(None, feed)[0]
    silent = got >= SILENT_LOGIT
    assert 0 < silent.sum() < silent.size and (silent == (claims < limit).numpy()).mean() > 0.9
    assert np.abs(got - logits.numpy())[~silent].max() < 5e-3


def make_folder(folder: Path, tokenizer, decoder, kind: str) -> TwoLooks:
    """A model folder as far as `reopen` reads it."""
    torch.manual_seed(1)
    encoder, second = SceneEncoder(len(NOUNS)), SecondLook(len(NOUNS))
    eyes = TwoLooks(BothWays(encoder, NOUNS), second).eval()
    for module in eyes.modules():  # as after training, when it does something
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.1, 0.1)
            module.running_var.uniform_(0.5, 2)
    torch.nn.init.constant_(encoder.heat[-1].bias, 0.0)
    pixels = (torch.zeros(1, 3, 2 * SIDE, 2 * SIDE),)
    export(eyes, pixels, ["pixel_values"], "image_features", {}, folder / "e.onnx")
    ids = torch.ones(2, 9, dtype=torch.long)
    names = ["input_ids", "attention_mask", "image_features"]
    export(Decoder(decoder, -1.0), (ids, torch.ones_like(ids), slots(2)), names, "logits", {}, folder / "d.onnx")
    store_weights(folder / "e.onnx", folder / "image_encoder.onnx", kind)
    store_weights(folder / "d.onnx", folder / "reward_decoder.onnx", kind)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tldr.json").write_text(json.dumps({"slots": {"nouns": NOUNS}}))
    return eyes


@pytest.mark.parametrize(("kind", "worst"), [("f32", 1e-6), ("int8", 0.02)])
def test_a_folder_is_reopened_with_all_its_weights(tokenizer, tmp_path: Path, kind: str, worst: float):
    torch.manual_seed(4)
    names = torch.from_numpy(name_tokens(tokenizer, [["dog", "dogs"], ["cat", "cats"], ["hot dog", "hot dogs"]]))
    decoder = RewardDecoder(names, Layout(tuple(NOUNS)).width, width=48, heads=4).eval()
    with torch.no_grad():  # weights that are alike are stored once
        for parameter in decoder.parameters():
            parameter += 0.05 * torch.randn_like(parameter)
    decoder.fix_names()
    eyes = make_folder(tmp_path, tokenizer, decoder, kind)
    state = stored_decoder(tmp_path)
    assert state.keys() == decoder.state_dict().keys()
    for name, value in decoder.state_dict().items():
        assert (state[name] - value).abs().max() <= worst * value.abs().max(), name
    again = stored_encoder(tmp_path)
    pixels = torch.rand(2, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        for name, wanted in eyes.encoder.encoder(pixels).items():
            assert (again(pixels)[name] - wanted).abs().max() <= max(1e-4, 5 * worst * wanted.abs().max()), name
        crops, found = torch.rand(3, 3, CROP, CROP), torch.rand(3, GEOMETRY + len(COLOURS) + len(NOUNS))
        for name, wanted in eyes.second(crops, found).items():
            assert (stored_second_look(tmp_path)(crops, found)[name] - wanted).abs().max() <= max(1e-4, 5 * worst * wanted.abs().max()), name
    other = RewardDecoder(names, Layout(tuple(NOUNS)).width, width=48, heads=4)
    take_over_decoder(other, tokenizer, NOUNS, tmp_path)
    assert torch.equal(other.claim.weight, state["claim.weight"])


class TestBaselines:
    def test_the_naive_model_has_one_logit_for_an_answer_whatever_the_padding(self, decoder):
        ids, features = torch.randint(4, 200, (2, 9), generator=torch.Generator().manual_seed(2)), slots(2)
        naive = Baseline(decoder, "naive")
        logits = naive(ids, torch.ones_like(ids), features)[0]
        assert (logits == logits[:, :1]).all() and logits[0, 0] != logits[1, 0]
        padded, mask = torch.cat([ids, torch.zeros(2, 3, dtype=torch.long)], 1), torch.cat([torch.ones_like(ids), torch.zeros(2, 3, dtype=torch.long)], 1)
        assert torch.allclose(naive(padded, mask, features)[0][:, 0], logits[:, 0], atol=1e-4)

    def test_the_text_only_model_sees_no_picture(self, decoder):
        ids = torch.randint(4, 200, (1, 9), generator=torch.Generator().manual_seed(2))
        blind = Baseline(decoder, "text-only")
        assert torch.equal(blind(ids, torch.ones_like(ids), slots(1))[0], blind(ids, torch.ones_like(ids), slots(1) * 3)[0])

    def test_labels_of_whole_answers(self):
        good, inside = torch.tensor([[-1, 1, 0, 1], [-1, 1, 1, -1]]), torch.tensor([[False, True, True, True], [False, True, True, False]])
        label, weight = whole_answer(good, inside)
        assert label[0].tolist() == [0] * 4 and label[1].tolist() == [1] * 4
        assert weight.sum(1).tolist() == pytest.approx([1, 1]) and weight[0, 0] == 0


class TestGoingOn:
    """Training that goes on from a run with other nouns or words."""

    def test_an_encoder_keeps_what_it_knew_of_a_noun(self):
        torch.manual_seed(0)
        old, new = SceneEncoder(2), SceneEncoder(3)
        take_over_encoder(new, ["ant", "cat", "dog"], {"nouns": ["dog", "ant"], "model": old.state_dict()})
        assert torch.equal(new.noun[1].weight[2], old.noun[1].weight[0])
        assert torch.equal(new.noun[1].weight[0], old.noun[1].weight[1])
        assert torch.equal(new.stem[0].weight, old.stem[0].weight)

    def test_a_decoder_keeps_its_tokens_and_nouns(self, tokenizer, tmp_path: Path):
        torch.manual_seed(0)
        old_nouns, nouns = ["cat", "dog"], ["ant", "cat", "dog"]

        def model_of(tokens, names):
            table = torch.from_numpy(name_tokens(tokens, [[name] for name in names]))
            return RewardDecoder(table, Layout(tuple(names)).width)

        old = model_of(tokenizer, old_nouns)
        tokenizer.save(str(tmp_path / "tokenizer.json"))
        torch.save({"model": old.state_dict()}, tmp_path / "decoder.pt")
        torch.save({"nouns": old_nouns}, tmp_path / "encoder.pt")
        wider = train_tokenizer([lower(text) for text in TEXTS + ["an anteater eats ants"] * 40], 420)
        new = model_of(wider, nouns)
        take_over_decoder(new, wider, nouns, tmp_path)
        for token in ("Ġdogs", "Ġcat"):
            before, after = tokenizer.token_to_id(token), wider.token_to_id(token)
            assert torch.equal(new.embed.weight[after], old.embed.weight[before])
        fixed = GEOMETRY + len(COLOURS)
        assert torch.equal(new.slot_in[0].weight[:, fixed + 2], old.slot_in[0].weight[:, fixed + 1])
        assert torch.equal(new.slot_in[0].weight[:, :fixed], old.slot_in[0].weight[:, :fixed])

    def test_only_tokens_that_claim_nothing_are_scrambled(self):
        torch.manual_seed(0)
        ids = torch.arange(4, 4 + 400).view(20, 20)
        spare = torch.zeros_like(ids, dtype=torch.bool)
        spare[:, ::2] = True
        out = scramble(ids, spare)
        assert torch.equal(out[:, 1::2], ids[:, 1::2])
        assert 0 < (out != ids).sum() < 60 and torch.isin(out[:, ::2], ids[spare]).all()


@pytest.mark.parametrize("largest", [2**31, 1000])
@pytest.mark.parametrize(("kind", "worst"), [("f32", 1e-5), ("f16", 0.01), ("int8", 0.15), ("q8", 0.15)])
def test_stored_weights_compute_almost_the_same(decoder, tmp_path: Path, monkeypatch, kind: str, worst: float, largest: int):
    monkeypatch.setattr("tldr_scenes.weights.LARGEST", largest)
    ids, features = torch.randint(4, 200, (2, 9), generator=torch.Generator().manual_seed(2)), slots(2)
    inputs = (ids, torch.ones_like(ids), features)
    export(Decoder(decoder), inputs, ["input_ids", "attention_mask", "image_features"], "logits", {}, tmp_path / "d.onnx")
    written = store_weights(tmp_path / "d.onnx", tmp_path / "small.onnx", kind)
    assert written == (["small.onnx"] if largest == 2**31 else ["small.onnx", "small.onnx.data"])
    feed = dict(zip(["input_ids", "attention_mask", "image_features"], (value.numpy() for value in inputs)))
    whole, small = (onnxruntime.InferenceSession(str(tmp_path / name)).run(None, feed)[0] for name in ("d.onnx", "small.onnx"))
    assert np.abs(whole - small).max() < worst
    stored = sum((tmp_path / name).stat().st_size for name in written)
    if kind != "f32" and largest == 2**31:
        assert stored < 0.75 * (tmp_path / "d.onnx").stat().st_size
    if largest < 2**31:
        assert (tmp_path / "small.onnx").stat().st_size < (tmp_path / "small.onnx.data").stat().st_size
        # and from such a file again, as the exporter writes one of a large model
        again = store_weights(tmp_path / "small.onnx", tmp_path / "again.onnx", "f32")
        (twice,) = onnxruntime.InferenceSession(str(tmp_path / again[0])).run(None, feed)
        assert np.array_equal(small, twice)


def test_weights_are_mixed_where_both_have_them():
    before, trained = {"a": torch.tensor([0.0, 10.0])}, {"a": torch.tensor([10.0, 10.0]), "new": torch.tensor([3.0])}
    got = mixed(trained, before, 0.6)
    assert torch.allclose(got["a"], torch.tensor([6.0, 10.0])) and torch.equal(got["new"], trained["new"])
