"""Smaller ONNX files: weights stored as f16 or int8, computed in f32 (the runtime unfolds them once, when it loads)."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALLEST = 256
"""Tensors with fewer values stay as they are."""


def store_weights(source: Path, target: Path, kind: str) -> None:
    """kind: `f32`, `f16`, or `int8` with one scale for each output of a layer (each row of an embedding)."""
    model = onnx.load(source)
    graph = model.graph
    consumers = {}
    for node in graph.node:
        for place, name in enumerate(node.input):
            consumers.setdefault(name, (node.op_type, place))
    kept, unfold = [], []
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        if kind == "f32" or array.dtype != np.float32 or array.size < SMALLEST:
            kept.append(tensor)
            continue
        name = tensor.name
        if kind == "f16" or array.ndim < 2:
            kept.append(numpy_helper.from_array(array.astype(np.float16), name + ".f16"))
            unfold.append(helper.make_node("Cast", [name + ".f16"], [name], to=TensorProto.FLOAT))
            continue
        first = consumers.get(name, ("", 0))[0] in ("Conv", "Gather")
        axes = tuple(range(1, array.ndim)) if first else tuple(range(array.ndim - 1))
        scale = np.maximum(np.abs(array).max(axis=axes, keepdims=True), 1e-8) / 127
        kept.append(numpy_helper.from_array(np.clip(np.round(array / scale), -127, 127).astype(np.int8), name + ".i8"))
        kept.append(numpy_helper.from_array(scale.astype(np.float32), name + ".scale"))
        unfold.append(helper.make_node("Cast", [name + ".i8"], [name + ".cast"], to=TensorProto.FLOAT))
        unfold.append(helper.make_node("Mul", [name + ".cast", name + ".scale"], [name]))
    del graph.initializer[:]
    graph.initializer.extend(kept)
    nodes = unfold + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, target)
