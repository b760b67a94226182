"""A run goes on only as what it began as, alone in its folder; its loss counts each token alike."""

import subprocess
import sys
from argparse import Namespace

import numpy as np
import pytest
import torch
from tldr_vlm.batches import Collator
from tldr_vlm.data import IGNORED, Answer, token_labels
from tldr_vlm.model import TldrModel, masked_loss, summed_loss
from tldr_vlm.settings import check_settings, locked
from tldr_vlm.train import parse, save


def args(**more):
    return Namespace(**{"rate": 1e-3, "steps": 10, "device": "cpu", **more})


class TestTheFolderOfARun:
    def test_refuses_other_arguments_and_names_them(self, tmp_path):
        check_settings(tmp_path, args(), ["state.pt"])
        check_settings(tmp_path, args(device="cuda"), ["state.pt"])
        with pytest.raises(SystemExit, match=r"--rate was 0\.001, now 0\.01.*--restart"):
            check_settings(tmp_path, args(rate=1e-2), ["state.pt"])

    def test_begins_anew_with_restart(self, tmp_path):
        check_settings(tmp_path, args(), ["state.pt"])
        (tmp_path / "state.pt").write_text("old")
        check_settings(tmp_path, args(rate=1e-2, restart=True), ["state.pt"])
        assert not (tmp_path / "state.pt").exists()
        check_settings(tmp_path, args(rate=1e-2), ["state.pt"])

    def test_refuses_a_file_that_is_another_now(self, tmp_path):
        (tmp_path / "train.jsonl").write_text("{}")
        check_settings(tmp_path, args(train=[tmp_path / "train.jsonl"]), [])
        (tmp_path / "train.jsonl").write_text("{} {}")
        with pytest.raises(SystemExit, match="--train was"):
            check_settings(tmp_path, args(train=[tmp_path / "train.jsonl"]), [])

    def test_belongs_to_one_run_at_a_time(self, tmp_path):
        second = f"import sys; sys.path.insert(0, '.'); from pathlib import Path; from tldr_vlm.settings import locked\nwith locked(Path({str(tmp_path)!r})): pass"
        with locked(tmp_path):
            refused = subprocess.run([sys.executable, "-c", second], capture_output=True, text=True)
            assert refused.returncode == 1 and "in use by another run" in refused.stderr
        assert subprocess.run([sys.executable, "-c", second], capture_output=True).returncode == 0


class TestTheKeptModel:
    def run(self, tmp_path, rows, response_level=False):
        """Saves a model whose head is the number of each row, and tells which of them model.pt and state.pt hold."""
        model = torch.nn.Module()
        model.score = torch.nn.Linear(1, 1, bias=False)
        model.backbone = Namespace(config=Namespace(to_dict=dict))
        curve = []
        for at, row in enumerate(rows):
            torch.nn.init.constant_(model.score.weight, at)
            curve += [row] if row else []
            save(args(out=tmp_path, response_level=response_level), model, torch.optim.SGD(model.parameters()), at, curve, [], judged=bool(row))
        return [int(torch.load(tmp_path / name, weights_only=False)["model"]["score.weight"]) for name in ("model.pt", "state.pt")]

    def test_is_the_best_on_the_validation_answers_and_not_the_last(self, tmp_path):
        assert self.run(tmp_path, [{"ap_neg": 0.4}, {"ap_neg": 0.7}, {"ap_neg": 0.5}, {"ap_neg": 0.6}]) == [1, 3]

    def test_of_whole_answers_goes_by_their_own_measure(self, tmp_path):
        rows = [{"ap_neg": 0.9, "response_auroc": 0.5}, {"ap_neg": 0.1, "response_auroc": 0.8}]
        assert self.run(tmp_path, rows, response_level=True) == [1, 1]

    def test_is_not_one_that_was_stopped_before_it_was_judged(self, tmp_path):
        assert self.run(tmp_path, [None, {"ap_neg": 0.4}, {"ap_neg": 0.7}, None]) == [2, 3]


class TestArguments:
    @pytest.mark.parametrize("wrong", [["--hidden", "64"], ["--layers", "0"]])
    def test_a_tiny_backbone_that_cannot_be_is_told(self, tmp_path, capsys, wrong):
        (tmp_path / "a.jsonl").write_text("{}")
        with pytest.raises(SystemExit):
            parse(["--backbone", "tiny", "--train", str(tmp_path / "a.jsonl"), "--val", str(tmp_path / "a.jsonl"), "--out", str(tmp_path), *wrong])
        assert wrong[0] in capsys.readouterr().err


class TestTheLoss:
    def test_of_a_step_counts_each_token_alike_whatever_its_batch(self):
        torch.manual_seed(0)
        logits, labels = torch.randn(6, 40), torch.full((6, 40), -1)
        for row, length in enumerate([1, 2, 3, 30, 35, 40]):
            labels[row, :length] = torch.randint(0, 2, (length,))
        whole = masked_loss(logits, labels, bad_weight=2.0)
        parts = [summed_loss(logits[at : at + 2], labels[at : at + 2], 2.0) for at in (0, 2, 4)]
        together = sum(total for total, _ in parts) / sum(weight for _, weight in parts)
        assert float(together) == pytest.approx(float(whole), rel=1e-5)
        mean_of_means = np.mean([float(total / weight) for total, weight in parts])
        assert abs(mean_of_means - float(whole)) > 1e-3

    def test_repairs_are_left_out_or_bad_as_the_paper_has_them(self):
        answer = Answer(None, None, "two dogs are", ((0, 3),), ((4, 8),), "counting")
        offsets = [(0, 3), (4, 8), (9, 12)]
        assert token_labels(offsets, answer).tolist() == [0, IGNORED, 1]
        assert token_labels(offsets, answer, 0).tolist() == [0, 0, 1]

    def test_the_verdict_is_on_the_whole_answer_where_its_end_is_cut_off(self):
        class Chat:
            def sequence(self, cells, prompt, ids):
                return [*prompt[:2], *ids], len(prompt[:2])

        class Tokenizer:
            pass

        import tldr_vlm.batches as batches

        answer = Answer(None, None, "a b c d", ((6, 7),), (), "object")
        encode = batches.encode_plain
        batches.encode_plain = lambda _, text: (list(range(len(text.split()))), [(2 * at, 2 * at + 1) for at in range(len(text.split()))])
        try:
            make = lambda whole: Collator(Tokenizer(), Chat(), lambda path: ({"pixel_values": np.zeros((1, 1))}, 1), batches.Limits(tokens=4), response_level=whole)
            assert 0 not in make(False)([answer])["labels"].tolist()[0]
            assert make(True)([answer])["labels"].tolist()[0][-1] == 0
        finally:
            batches.encode_plain = encode

    def test_the_head_stays_in_f32_under_autocast(self):
        class Backbone(torch.nn.Module):
            class config:
                @staticmethod
                def get_text_config():
                    return Namespace(hidden_size=64)

            def forward(self, input_ids, **_):
                return Namespace(last_hidden_state=torch.randn(1, input_ids.shape[1], 64, generator=torch.Generator().manual_seed(1)))

        model = TldrModel(Backbone())
        ids = torch.zeros(1, 400, dtype=torch.long)
        plain = model(ids, ids, 0)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            cast = model(ids, ids, 0)
        assert torch.equal(plain, cast)
