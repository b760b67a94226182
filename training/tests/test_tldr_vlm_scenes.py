"""A small detective trained on packs of drawn scenes: the tower by its cells, the decoder behind it, and the export."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("transformers")

from tldr_scenes.encoder import SIDE
from tldr_vlm import export_onnx, train_crops, train_scenes, train_tower
from tldr_vlm.chat import chat_of
from tldr_vlm.graph import ImageEncoder, RewardDecoder
from tldr_vlm.model import TldrModel, open_backbone
from tldr_vlm.scene_captions import Caption, by_length, judge, opening, read_caption
from tldr_vlm.scene_cells import cells_of, fitted_size
from tldr_vlm.scene_words import first_embeddings, start_by_comparing
from tldr_vlm.tiny import small_config, small_tokenizer
from tldr_vlm.workers import average_gradients

PAINT = {"red": (220, 30, 30), "blue": (30, 30, 220)}
NAMES = ["dog", "cat"]


def write_pack(folder: Path, count: int) -> Path:
    """Squares (dogs) and bars (cats), red or blue, on white: in the files that scripts/pack-scenes.ts and pack-captions.ts write."""
    folder.mkdir(parents=True)
    images, scenes, captions = [], [], []
    for n in range(count):
        noun, colour = NAMES[n % 2], list(PAINT)[n // 2 % 2]
        x, y = 0.2 + 0.6 * (n * 7 % 11) / 11, 0.2 + 0.6 * (n * 5 % 13) / 13
        w, h = (0.3, 0.3) if noun == "dog" else (0.4, 0.1)
        picture = np.full((SIDE, SIDE, 3), 255, np.uint8)
        edge = [int(side * SIDE) for side in (y - h / 2, y + h / 2, x - w / 2, x + w / 2)]
        picture[max(0, edge[0]) : edge[1], max(0, edge[2]) : edge[3]] = PAINT[colour]
        images.append(picture)
        thing = {"id": 0, "group": 0, "x": x, "y": y, "w": w, "h": h, "rotation": 0, "flip": False}
        group = {"id": 0, "noun": noun, "count": 1, "colour": colour, "size": "large" if n % 3 else None, "objects": [thing]}
        shape = [(400, 400), (500, 400), (300, 420)][n % 3]
        scenes.append({"id": f"scene-{n}", "seed": n, "width": shape[0], "height": shape[1], "ground": {"kind": "plain", "colour": "white"}, "groups": [group], "sign": None})
        for said in PAINT:
            claims = [[6, 6 + len(said), "colour", int(said == colour), [0], None], [7 + len(said), 10 + len(said), "object", 1, [0], None]]
            captions.append({"scene": n, "text": f"I see {said} {noun}s.", "claims": claims, "shape": "", **({} if said == colour else {"perturbation": "attribute"})})
    (folder / "images.u8").write_bytes(np.stack(images).tobytes())
    (folder / "scenes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in scenes))
    (folder / "captions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in captions))
    return folder


def run(module, *arguments: object, monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", [module.__name__, *map(str, arguments)])
    module.main()


def test_captions_behind_one_picture_are_judged_as_each_would_be_alone():
    torch.manual_seed(0)
    rows = [
        {"text": "Two 🦊 dogs.", "claims": [[0, 3, "count", 0, [0], None]]},
        {"text": "A cat.", "prompt": "What is there?", "claims": [[2, 5, "object", 1, [1], [0]]]},
        {"text": "It is red.", "claims": []},
    ]
    tokenizer = small_tokenizer([row["text"] for row in rows], 400)
    chat = chat_of(tokenizer)
    model = TldrModel(open_backbone(small_config(tokenizer, 32, 2, 2, 32, 2, patch=4, windows=False))).eval()
    pixels = torch.randn(2, 3, 16, 24)
    with torch.no_grad():
        features = ImageEncoder(model)(pixels)
        assert torch.allclose(features[1:], ImageEncoder(model)(pixels[1:]), atol=1e-5)
        decoder = RewardDecoder(model, chat.image)
        captions = [read_caption(row, tokenizer, chat, 200) for row in rows]
        usual = opening(chat, tokenizer)
        parts = by_length([captions, captions[:1]])
        assert sum(len(part.picture) for part in parts) == 4
        for part, (logits, looked) in zip(parts, judge(decoder, chat, usual, features, parts, 1)):
            for row, picture in enumerate(part.picture.tolist()):
                said = part.marks["ids"][row].tolist()
                head = [*chat.before, *[chat.image] * 6, *([] if part.asked else usual)]
                ids = torch.tensor([[*head, *said]])
                alone = decoder(ids, torch.ones_like(ids), features[picture : picture + 1])[0, len(head) :]
                assert torch.allclose(logits[row], alone, atol=1e-4)
            assert looked[0].shape[2] == logits.shape[1] and looked[1].shape[2] == len(head) + logits.shape[1]
    for caption in captions:
        part = next(part for part in parts if any(caption.ids.tolist() == ids[: len(caption.ids)] for ids in part.marks["ids"].tolist()))
        assert part.asked == caption.asked == (caption is captions[1])
    assert [(caption.claimed * (caption.good == 0)).any() for caption in captions] == [True, False, False]


def test_cells_show_the_thing_that_covers_them():
    boxes = torch.tensor([[[0.25, 0.5, 0.3, 0.3], [0.8, 0.5, 0.2, 0.2], [0, 0, 0, 0]]])
    noun = torch.tensor([[4, 7, -1]])
    cells = cells_of(boxes, noun, noun, noun, noun, 3, 4)
    assert cells.noun.view(3, 4).tolist() == [[-1] * 4, [4, 4, -1, 7], [-1] * 4]
    assert cells.centres.sum() == 2 and cells.centres.view(3, 4)[1].tolist() == [0, 1, 0, 1]
    assert cells.owner.view(3, 4)[1].tolist() == [0, 0, -1, 1]


def test_words_begin_near_what_they_are_truthfully_said_of():
    random = np.random.default_rng(0)
    looks = random.normal(size=(2, 16))
    features, owner, captions = np.zeros((40, 3, 16), np.float16), np.full((40, 3), -1, np.int8), []
    for n in range(40):
        features[n] = random.normal(size=(3, 16)) * 0.1
        features[n, n % 2] += looks[n % 2].astype(np.float16)
        owner[n, n % 2] = 0
        said = np.array([4, 10 + n % 2, 10 + (n + 1) % 2, 5])
        marks = {"good": [1, 1, 0, -1], "claimed": [0, 1, 1, 0], "subject": [0, 1, 1, 0], "other": [0] * 4}
        captions.append([Caption(said, *(np.array(marks[name]) for name in ("good", "claimed", "subject", "other")))])
    words = first_embeddings(features, owner, captions, 20).numpy()
    assert np.flatnonzero(np.abs(words).sum(1)).tolist() == [10, 11]
    apart = looks[0] - looks[1]
    cosine = words[10] @ apart / np.linalg.norm(words[10]) / np.linalg.norm(apart)
    assert cosine > 0.95 and abs(np.linalg.norm(words, axis=1).max() - 1) < 1e-6


def test_one_head_begins_by_looking_at_what_resembles_a_word():
    torch.manual_seed(0)
    model = TldrModel(open_backbone(small_config(small_tokenizer(["dog"], 300), 128, 2, 2, 32, 2, patch=12, windows=False)))
    text = model.backbone.language_model
    words = torch.zeros(text.embed_tokens.num_embeddings, 128)
    words[7] = torch.randn(128) / 128**0.5
    start_by_comparing(text, words, 1)
    attention, size = text.layers[1].self_attn, text.layers[1].self_attn.head_dim
    q = attention.q_proj(text.embed_tokens.weight[7] * 10)[:size]
    like, unlike = (attention.k_proj(cell * 10)[:size] for cell in (words[7], torch.randn(128) / 128**0.5))
    assert q @ like > 3 * abs(q @ unlike)


def test_the_tower_begins_with_patches_that_are_alike_in_strength():
    torch.manual_seed(0)
    tokenizer = small_tokenizer(["dog"], 300)
    visual = TldrModel(open_backbone(small_config(tokenizer, 64, 1, 1, 32, 1, patch=4, windows=False))).backbone.visual
    grain = torch.nn.functional.interpolate(torch.randn(64, 3, 8, 8), 32, mode="bilinear")
    train_tower.whiten_patches(visual, [grain[:48]])
    cut = torch.nn.functional.unfold(grain[48:], 4, stride=4).transpose(1, 2).flatten(0, 1)
    out = cut @ visual.patch_embed.proj.weight.sum(2).flatten(1).T
    strength = out.pow(2).mean(0)
    before = cut.pow(2).mean(0)
    assert strength.max() < 0.5 and strength[:20].min() > 0.3 * strength[:20].max()
    correlation = torch.corrcoef(out[:, :20].T) - torch.eye(20)
    assert correlation.abs().max() < 0.35 < torch.corrcoef(cut[:, :8].T)[0, 1] and before.min() > 0


WORKER = """
import sys, torch
from pathlib import Path
from tldr_vlm.workers import average_gradients, join_workers, one_by_one
workers, worker = join_workers()
found = one_by_one(workers, worker, lambda: sorted(path.name for path in Path(sys.argv[1]).iterdir()) if worker else Path(sys.argv[1], "made").touch())
assert worker == 0 or found == ["made"], found
first, second, unused = (torch.nn.Parameter(torch.zeros(n)) for n in (3, 2, 4))
first.grad, second.grad = torch.full((3,), float(worker)), torch.full((2,), 10.0 * worker)
spent = average_gradients([first, unused, second], workers, 4.0 + worker)
assert spent == 4.5 and first.grad.tolist() == [0.5] * 3 and second.grad.tolist() == [5.0] * 2 and unused.grad is None
"""


def test_workers_take_turns_with_files_and_share_gradients(tmp_path):
    script, folder = tmp_path / "worker.py", tmp_path / "files"
    script.write_text(WORKER)
    folder.mkdir()
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", str(script), str(folder)]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], env={**os.environ, "PYTHONPATH": "."}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_one_worker_keeps_its_own_gradients():
    weight = torch.nn.Parameter(torch.zeros(2))
    weight.grad = torch.ones(2)
    assert average_gradients([weight], 1, 3.0) == 3.0 and weight.grad.tolist() == [1, 1]


def test_square_pictures_get_a_whole_grid():
    assert fitted_size(728, 728, 24, 168 * 168, 194 * 194) == (192, 192)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    patch = pytest.MonkeyPatch()
    train, val = write_pack(folder / "train", 48), write_pack(folder / "val", 12)
    small = ["--hidden", 64, "--vision", 32, "--layers", 2, "--depth", 2, "--batch", 16, "--patch", 12]
    run(train_crops, "--train", train, "--val", val, "--out", folder / "run", "--minutes", 0.05, "--rate", 3e-3, *small, monkeypatch=patch)
    run(train_tower, "--train", train, "--val", val, "--out", folder / "run", "--minutes", 0.05, "--rate", 3e-3, *small, monkeypatch=patch)
    run(train_scenes, "--train", train, "--val", val, "--tower", folder / "run", "--minutes", 0.05, "--rate", 3e-3, monkeypatch=patch)
    run(train_scenes, "--train", train, "--val", val, "--tower", folder / "run", "--out", folder / "naive", "--minutes", 0.05, "--response-level", monkeypatch=patch)
    patch.undo()
    return folder


def test_crops_show_the_thing_that_they_are_cut_around(trained):
    crops = train_crops.Crops([trained / "train"], ["cat", "dog"], 48)
    assert len(crops) == 48
    pixels, noun, _ = crops.batch(np.arange(48), np.random.default_rng(0))
    assert pixels.shape == (48, 3, 48, 48) and noun.tolist() == [1, 0] * 24
    red, blue = pixels[:, 0].mean((1, 2)), pixels[:, 2].mean((1, 2))
    # things of even place are red, red, blue, blue, ...: wherever they stand, their colour is what the crop shows most
    assert ((red > blue) == (torch.arange(48) // 2 % 2 == 0)).all()


def test_crops_of_a_larger_world_begin_with_the_tower_of_a_smaller_one(trained, monkeypatch):
    small = ["--hidden", 64, "--vision", 32, "--layers", 2, "--depth", 2, "--patch", 12]
    packs = ["--train", trained / "train", "--val", trained / "val"]
    run(train_crops, *packs, "--out", trained / "larger", "--tower", trained / "run", "--minutes", 0, *small, monkeypatch=monkeypatch)
    begun = torch.load(trained / "larger/crops.pt", weights_only=False)["taught"]
    smaller = torch.load(trained / "run/tower.pt", weights_only=False)["visual"]
    assert all(torch.equal(begun[f"0.{name}"], value) for name, value in smaller.items())


def test_the_tower_goes_on_from_the_crops(trained):
    crops = torch.load(trained / "run/crops.pt", weights_only=False)
    assert crops["curve"][-1]["crops"] > 0
    assert (trained / "run/tower.pt").exists()


def test_a_lesson_that_was_finished_leaves_what_it_wrote(trained, monkeypatch):
    packs = ["--train", trained / "train", "--val", trained / "val"]
    written = [trained / "run" / name for name in ("tower.pt", "tower-curve.jsonl", "model.pt", "curve.jsonl")]
    before = [path.read_bytes() for path in written]
    small = ["--hidden", 64, "--vision", 32, "--layers", 2, "--depth", 2, "--batch", 16, "--patch", 12]
    run(train_tower, *packs, "--out", trained / "run", "--minutes", 0.05, *small, monkeypatch=monkeypatch)
    run(train_scenes, *packs, "--tower", trained / "run", "--minutes", 0.05, monkeypatch=monkeypatch)
    assert [path.read_bytes() for path in written] == before


def test_the_tower_learns_what_its_cells_show(trained):
    torch.manual_seed(0)
    held = train_tower.ScenePack([trained / "train"], NAMES[::-1], 24)
    tokenizer = small_tokenizer(["dog"], 300)
    tower = ImageEncoder(TldrModel(open_backbone(small_config(tokenizer, 64, 1, 1, 32, 2, patch=12, windows=False))))
    heads = train_tower.CellHeads(64, 2)
    optimiser = torch.optim.AdamW([*tower.parameters(), *heads.parameters()], lr=3e-3)
    rows = np.flatnonzero((held.shapes == held.shapes[0]).all(1))
    pixels, cells, ground = held.batch(rows, None)
    curve = []
    for _ in range(60):
        loss = sum(train_tower.losses(heads(tower(pixels)[:, 1:]), cells, ground).values())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        curve.append(loss.item())
    assert curve[-1] < curve[0] / 3


def test_the_run_is_one_that_is_exported_as_any_other(trained, monkeypatch):
    from PIL import Image

    folder = trained / "answers"
    folder.mkdir()
    pixels = np.frombuffer((trained / "val/images.u8").read_bytes(), np.uint8).reshape(-1, SIDE, SIDE, 3)
    scenes = [json.loads(line) for line in (trained / "val/scenes.jsonl").read_text().splitlines()]
    lines = []
    for caption in map(json.loads, (trained / "val/captions.jsonl").read_text().splitlines()):
        scene = scenes[caption["scene"]]
        name = f"{caption['scene']}.png"
        Image.fromarray(pixels[caption["scene"]]).resize((scene["width"], scene["height"])).save(folder / name)
        claims = [{"start": start, "end": end, "good": bool(good)} for start, end, _, good, _, _ in caption["claims"]]
        lines.append({"image": name, "response": caption["text"], "perturbation": caption.get("perturbation"), "claims": claims})
    (folder / "answers.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    run(export_onnx, "--run", trained / "run", "--val", folder / "answers.jsonl", "--out", trained / "model", "--weights", "f32", monkeypatch=monkeypatch)
    manifest = json.loads((trained / "model/tldr.json").read_text())
    assert manifest["pixels"] == {"cell": 24, "smallest": 168 * 168, "largest": 194 * 194}
    assert manifest["metrics"]["onnx_difference"] < 1e-3
    run(export_onnx, "--run", trained / "naive", "--val", folder / "answers.jsonl", "--out", trained / "naive-model", "--weights", "f32", monkeypatch=monkeypatch)
    for golden in json.loads((trained / "naive-model/golden.json").read_text()):
        assert len(set(golden["rewards"])) == 1


def test_the_naive_model_is_told_only_of_whole_responses(trained):
    good = torch.tensor([[-1, 1, 1, -1], [-1, 1, 0, -1], [1, -1, -1, -1]])
    verdict, weight = train_scenes.last_tokens(good)
    assert weight.tolist() == [[0, 0, 1, 0], [0, 0, 1, 0], [1, 0, 0, 0]] and verdict.tolist() == [[0, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]]
    assert (trained / "naive/model.pt").exists()
