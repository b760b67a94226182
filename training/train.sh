#!/usr/bin/env bash
# Usage: training/train.sh [SEED=0] [OUT=models/tldr-scenes]: scenes, captions, both looks, decoder, export. Goes on where it stopped.
# Minutes can be set: ENCODER_MINUTES (120), SECOND_MINUTES (60), DECODER_MINUTES (90). PYTHON names the interpreter (.venv/bin/python).
# START_FROM names the folder of another run whose weights are taken over where they fit.
set -euo pipefail
cd "$(dirname "$0")/.."
seed=${1:-0} out=${2:-models/tldr-scenes}
run=$PWD/runs/seed-$seed packs=$PWD/runs/packs-$seed python=$(realpath -s "${PYTHON:-.venv/bin/python}")
mkdir -p "$run"
pack() { # name, first scene, count, styles
  [ -f "$packs/$1/images.u8" ] || npx tsx scripts/pack-scenes.ts "$packs/$1" "$2" "$3" 384 ${4:-}
  [ -f "$packs/$1/captions.jsonl" ] || npx tsx scripts/pack-captions.ts "$packs/$1" "${5:-6}" "$seed"
}
pack train-a $((seed * 10000000 + 1)) 30000
pack train-b $((seed * 10000000 + 100001)) 30000 varied
pack train-c $((seed * 10000000 + 200001)) 30000 varied
pack train-d $((seed * 10000000 + 300001)) 10000 long
pack train-e $((seed * 10000000 + 400001)) 10000 varied,long
pack val $((seed * 10000000 + 1000000)) 1500 '' 3
pack held-out $((seed * 10000000 + 2000000)) 1000 openmoji 3
[ -f "$packs/flat/kinds.txt" ] || npx tsx scripts/pack-flat.ts "$packs/flat" $((seed * 10000000 + 3000000)) 50
npx tsx scripts/write-nouns.ts "$run/nouns.json"
cd training
train="$packs/train-a $packs/train-b $packs/train-c $packs/train-d $packs/train-e"
"$python" -m tldr_scenes.train_encoder --train $train --val "$packs/val" --held-out "$packs/held-out" --out "$run" \
  ${START_FROM:+--start-from "$START_FROM/encoder.pt"} --minutes "${ENCODER_MINUTES:-120}" --seed "$seed" 2>&1 | tee -a "$run/encoder.log"
"$python" -m tldr_scenes.train_second_look --encoder "$run/encoder.pt" --train $train --flat "$packs/flat" --val "$packs/val" "$packs/held-out" \
  --out "$run" --minutes "${SECOND_MINUTES:-60}" --seed "$seed" 2>&1 | tee -a "$run/second.log"
"$python" -m tldr_scenes.features --eyes "$run/second.pt" $train "$packs/val" "$packs/held-out"
"$python" -m tldr_scenes.train_decoder --train $train --val "$packs/val" --held-out "$packs/held-out" --encoder "$run/second.pt" \
  --nouns "$run/nouns.json" --out "$run" ${START_FROM:+--start-from "$START_FROM"} --minutes "${DECODER_MINUTES:-90}" --seed "$seed" 2>&1 | tee -a "$run/decoder.log"
"$python" -m tldr_scenes.export --run "$run" --train "$packs/train-a" --val "$packs/val" --held-out "$packs/held-out" --out "$(realpath -m "../$out")"
