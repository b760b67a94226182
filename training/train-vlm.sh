#!/usr/bin/env bash
# Usage: training/train-vlm.sh [SEED=0] [OUT=RUN/models]: a small Qwen2.5-VL detective from nothing on drawn scenes, and the
# naive model that goes on from it behind the same tower, as OUT/tldr-qwen-scenes and OUT/naive. Goes on where it stopped.
# WORLD (few,noto: 16 nouns in one style; common: 113 in three; all: the whole domain), SCENES (24000) of it, RUN
# (runs/vlm-WORLD-SEED), TOWER (a RUN or an exported folder of a smaller world, whose tower is the one to begin with), BEGIN (an
# exported folder whose decoder is), VOCABULARY (2500), DOMAIN (of the exported models, in words), RATE (3e-3), CROP_MINUTES (6), TOWER_MINUTES (52), DECODER_MINUTES (58),
# NAIVE_MINUTES (8), WORKERS (2, a thread each), PYTHON (.venv/bin/python). Compiles what it trains where g++ is to be had.
set -euo pipefail
cd "$(dirname "$0")/.."
seed=${1:-0} python=$(realpath -s "${PYTHON:-.venv/bin/python}")
world=${WORLD:-few,noto}
nouns=${world%%,*} style=${world#"$nouns"}
drawn=$world only=(--nouns "$nouns")
[ "$nouns" != all ] || drawn=${style#,} only=()
run=$(realpath -m "${RUN:-runs/vlm-$world-$seed}") packs=$PWD/runs/vlm-packs-$world-$seed
out=$(realpath -m "${2:-$run/models}") tower=() begin=()
[ -z "${TOWER:-}" ] || tower=(--tower "$(realpath "$TOWER")")
[ -z "${BEGIN:-}" ] || begin=(--begin "$(realpath "$BEGIN")")
mkdir -p "$run"
pack() { # name, first scene, count, pairs of captions
  [ -f "$packs/$1/images.u8" ] || npx tsx scripts/pack-scenes.ts "$packs/$1" "$2" "$3" 192 "$drawn"
  [ -f "$packs/$1/captions.jsonl" ] || npx tsx scripts/pack-captions.ts "$packs/$1" "$4" "$seed"
}
pack train $((seed * 10000000 + 1)) "${SCENES:-24000}" 6
pack val $((seed * 10000000 + 1000000)) 600 3
[ -f "$packs/calibration/captions.jsonl" ] || npx tsx cli/main.ts scenes --count 150 --captions 2 --seed $((seed * 10000000 + 1100000)) \
  --size 192..512 "${only[@]}" ${style:+--style "${style#,}"} --force --out "$packs/calibration"
cd training
export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE
train() { "$python" -m torch.distributed.run --standalone --nproc_per_node "${WORKERS:-2}" -m "$@" --train "$packs/train" --val "$packs/val" --seed "$seed" --rate "${RATE:-3e-3}"; }
fast=(); ! command -v g++ > /dev/null || fast=(--compile)
look=(--patch 16 --vision 192 --depth 4 --hidden 256 --layers 4 --vocabulary "${VOCABULARY:-2500}")
[ -f "$run/tower-state.pt" ] || train tldr_vlm.train_crops --out "$run" "${look[@]}" "${tower[@]}" --minutes "${CROP_MINUTES:-6}" 2>&1 | tee -a "$run/crops.log"
train tldr_vlm.train_tower --out "$run" "${look[@]}" "${fast[@]}" --minutes "${TOWER_MINUTES:-52}" 2>&1 | tee -a "$run/tower.log"
train tldr_vlm.train_scenes --tower "$run" "${begin[@]}" --pictures 8 --captions 12 "${fast[@]}" --minutes "${DECODER_MINUTES:-58}" 2>&1 | tee -a "$run/decoder.log"
export_to() { # run, name
  "$python" -m tldr_vlm.export_onnx --run "$1" --val "$packs/calibration/captions.jsonl" --out "$out/$2" --name "$2" --weights int8 --domain "${DOMAIN:-drawn scenes ($world)}"
}
export_to "$run" tldr-qwen-scenes
train tldr_vlm.train_scenes --tower "$run" --out "$run/naive" --begin "$out/tldr-qwen-scenes" --response-level --pictures 8 --captions 12 "${fast[@]}" \
  --minutes "${NAIVE_MINUTES:-8}" 2>&1 | tee -a "$run/naive.log"
export_to "$run/naive" naive
