#!/usr/bin/env bash
# Usage: training/tune.sh [SEED=6] [MODEL=models/tldr-scenes] [OUT=runs/tune-SEED/model]: goes on training the decoder of an exported model,
# whose gate stays as it is, on fresh scenes with plain captions and chat answers, and mixes its weights with those of
# before. Goes on where it stopped. SCENES (4000) plain and four times as many varied ones, EYES (MODEL: the encoder, or the second.pt of
# another), MINUTES (40), RATE (2.5e-4), MIX (0.6: how far
# from the weights of before to those of now), VERSION (of the model). PYTHON names the interpreter.
set -euo pipefail
cd "$(dirname "$0")/.."
seed=${1:-6} model=$(realpath -s "${2:-models/tldr-scenes}") scenes=${SCENES:-4000}
eyes=$(realpath -s "${EYES:-$model}")
run=$PWD/runs/tune-$seed packs=$PWD/runs/tune-packs-$seed python=$(realpath -s "${PYTHON:-.venv/bin/python}")
out=$(realpath -m "${3:-$run/model}")
mkdir -p "$run"
pack() { # name, first scene, count, styles, plain pairs, chat pairs
  [ -f "$packs/$1/images.u8" ] || npx tsx scripts/pack-scenes.ts "$packs/$1" "$2" "$3" 384 $4
  [ -f "$packs/$1/captions.jsonl" ] || npx tsx scripts/pack-captions.ts "$packs/$1" "$5" 0 "$6" "$model"
}
pack train-a $((seed * 10000000 + 1)) "$scenes" '' 4 4
pack train-b $((seed * 10000000 + 100001)) $((4 * scenes)) varied 3 3
pack val $((seed * 10000000 + 1000000)) 1200 '' 3 4
pack held-out $((seed * 10000000 + 2000000)) 600 openmoji 3 3
npx tsx scripts/write-nouns.ts "$run/nouns.json"
cd training
[ -f "$packs/held-out/features.npy" ] || "$python" -m tldr_scenes.features --eyes "$eyes" "$packs/train-a" "$packs/train-b" "$packs/val" "$packs/held-out"
"$python" -m tldr_scenes.train_decoder --train "$packs/train-a" "$packs/train-b" --val "$packs/val" --held-out "$packs/held-out" --encoder "$eyes" \
  --start-from "$model" --nouns "$run/nouns.json" --out "$run" --minutes "${MINUTES:-40}" --rate "${RATE:-2.5e-4}" --batch 64 --warm-up 60 --average 0.998 --tests 800 --seed "$seed" 2>&1 | tee -a "$run/decoder.log"
"$python" -m tldr_scenes.export --run "$run" --train "$packs/train-a" --val "$packs/val" --held-out "$packs/held-out" --before "$model" --eyes "$eyes" \
  --mix "${MIX:-0.6}" --version "${VERSION:-0.0.0}" --out "$out"
