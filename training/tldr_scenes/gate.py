"""python -m tldr_scenes.gate --features ../runs/gate/train.jsonl [--also FOREIGN.jsonl ...] [--write ../models/tldr-scenes/tldr.json]

The domain gate of tldr-scenes: a small network over what `src/scorer/tldr/families/scene-gate.ts` reads off the encoder's
output (`scripts/gate-features.ts` writes it). It tells scenes from flat pictures that are none. Every kind of flat picture
is also left out once, with a few others, to see what the gate makes of a kind that it was never shown.
"""
import argparse, json
import numpy as np
import torch

KEEP = 0.01  # share of plain scenes that may be refused
FOLDS = 5
GROUPS = 10  # of kinds of flat pictures: each is left out once


def read(path):
    rows = [json.loads(line) for line in open(path)]
    return np.array([row["kind"] for row in rows]), np.array([row["x"] for row in rows], dtype=np.float32)


def fit(x, y, seed=0, hidden=32, steps=800):
    torch.manual_seed(seed)
    net = torch.nn.Sequential(torch.nn.Linear(x.shape[1], hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, 1))
    optimiser = torch.optim.AdamW(net.parameters(), lr=5e-3, weight_decay=1e-2)
    xs, ys = torch.tensor(x), torch.tensor(y, dtype=torch.float32)
    weight = torch.where(ys > 0, len(ys) / (2 * ys.sum()), len(ys) / (2 * (len(ys) - ys.sum())))
    for _ in range(steps):
        optimiser.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(net(xs)[:, 0], ys, weight)
        loss.backward()
        optimiser.step()
    return net


def logits(net, x):
    with torch.no_grad():
        return net(torch.tensor(x))[:, 0].numpy()


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--features", required=True)
    args.add_argument("--also", nargs="*", default=[], help="pictures that the gate was not made with, to be reported on")
    args.add_argument("--write", help="the tldr.json that gets the gate")
    args = args.parse_args()
    kinds, x = read(args.features)
    scene = np.char.startswith(kinds, "scene")
    held_out = kinds == "scene-held-out"
    inside = scene & ~held_out
    mean, deviation = x[inside].mean(0), x[inside].std(0) + 0.05
    z = np.clip((x - mean) / deviation, -6, 6)
    fold = np.arange(len(kinds)) % FOLDS
    # what each picture gets from a net that has seen neither it nor, of flat ones, any of its kind
    shown, unseen = np.zeros(len(kinds)), np.full(len(kinds), np.nan)
    for part in range(FOLDS):
        shown[fold == part] = logits(fit(z[(fold != part) & ~held_out], scene[(fold != part) & ~held_out]), z)[fold == part]
    limit = float(np.quantile(shown[kinds == "scene"], KEEP))
    flat = sorted(set(kinds[~scene]))
    for part in range(GROUPS):
        of = np.isin(kinds, flat[part::GROUPS])
        unseen[of] = logits(fit(z[~of & ~held_out], scene[~of & ~held_out]), z)[of]
    net = fit(z[~held_out], scene[~held_out])
    shown[held_out] = logits(net, z)[held_out]
    report = {}
    for kind in sorted(set(kinds)):
        of = kinds == kind
        row = {"judged": float((shown[of] >= limit).mean()), "n": int(of.sum())}
        if not kind.startswith("scene"):
            row["judged_when_left_out"] = float((unseen[of] >= limit).mean())
        report[kind] = row
        print(kind, row)
    left = [row["judged_when_left_out"] for kind, row in report.items() if "judged_when_left_out" in row]
    print(f"flat pictures of a kind never shown: {np.mean(left):.3f} judged, worst {max(left):.3f}")
    for path in args.also:
        names, other = read(path)
        values = logits(net, np.clip((other - mean) / deviation, -6, 6))
        for name in sorted(set(names)):
            of = names == name
            print(f"{name}: {(values[of] >= limit).sum()} of {of.sum()} judged")
    if args.write:
        manifest = json.load(open(args.write))
        first, last = net[0], net[2]
        manifest["abstain"]["gate"] = {
            "mean": mean.tolist(), "deviation": deviation.tolist(),
            "hidden": {"weight": first.weight.tolist(), "bias": first.bias.tolist()},
            "output": {"weight": last.weight[0].tolist(), "bias": last.bias[0].item()},
            "limit": limit, "validation": report,
        }
        manifest["abstain"]["gate"] = json.loads(json.dumps(manifest["abstain"]["gate"]), parse_float=lambda t: float(f"{float(t):.5g}"))
        json.dump(manifest, open(args.write, "w"), indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()
