"""python bench/scorer.py JOB.json: what a Python script with onnxruntime, Pillow and numpy takes for the work of bench/scorer.ts.

Token ids come ready in the job, which favours this side. Orders come as lines of {batch, kind, first, seconds}.
"""

import json
import sys
import time

import numpy as np
import onnxruntime as ort
from PIL import Image

job = json.load(open(sys.argv[1]))
options = ort.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
encoder = ort.InferenceSession(job["encoder"], options, providers=["CPUExecutionProvider"])
decoder = ort.InferenceSession(job["decoder"], options, providers=["CPUExecutionProvider"])
width, height = job["image"]["size"]
mean = np.array(job["image"]["mean"], dtype=np.float32)
std = np.array(job["image"]["std"], dtype=np.float32)


def encode(path):
    picture = Image.open(path).convert("RGB").resize((width, height), Image.LANCZOS)
    pixels = (np.asarray(picture, dtype=np.float32) / 255 - mean) / std
    return encoder.run(None, {"pixel_values": np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])})[0]


def decode(features, chosen):
    length = max(len(ids) for ids in chosen)
    ids = np.zeros((len(chosen), length), dtype=np.int64)
    mask = np.zeros((len(chosen), length), dtype=np.int64)
    for row, sequence in enumerate(chosen):
        ids[row, : len(sequence)] = sequence
        mask[row, : len(sequence)] = 1
    logits = decoder.run(None, {"input_ids": ids, "attention_mask": mask, "image_features": np.concatenate(features)})[0]
    return 1 / (1 + np.exp(-logits))


def measure(seconds, run):
    took = []
    for n in range(2):
        run(n)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        begun = time.perf_counter()
        run(len(took))
        took.append((time.perf_counter() - begun) * 1000)
    return took


known = [encode(path) for path in job["pictures"]]
pick = lambda n, batch, things: [things[(n + i) % len(things)] for i in range(batch)]
# one JSON line in, one out, so that both sides can be timed in turns
for line in sys.stdin:
    order = json.loads(line)
    batch = order["batch"]
    sequences = job["sequences"][order["kind"]]
    if order["first"]:
        run = lambda n: decode([encode(job["pictures"][n % len(known)])], [sequences[n % len(sequences)]])
    else:
        run = lambda n: decode(pick(n, batch, known), pick(n, batch, sequences))
    print(json.dumps(measure(order["seconds"], run)), flush=True)
