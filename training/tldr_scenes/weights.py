"""Smaller ONNX files: weights stored as f16 or int8, computed in f32 (the runtime unfolds them once, when it loads), or q8, kept and
computed in 8 bits."""

from collections.abc import Iterable
from contextlib import nullcontext
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper
from onnx.external_data_helper import load_external_data_for_tensor, set_external_data, uses_external_data

SMALLEST = 256
"""Tensors with fewer values stay as they are."""
LARGEST = 1_900_000_000
"""Bytes of weights in one file at most: protobuf ends at 2 GiB. More of them stand in a file beside it."""
PAGE = 4096
BYTES = {"f32": 4, "f16": 2, "int8": 1, "q8": 1.04}
BLOCK = 128
"""Weights of an output that share a scale in q8, and activations in the runtime."""


def data_file(onnx_file: Path) -> Path:
    """Where the weights of an ONNX file stand that are too many for it."""
    return onnx_file.with_name(onnx_file.name + ".data")


def store_weights(source: Path, target: Path, kind: str) -> list[str]:
    """kind: `f32`; `f16`; `int8` with one scale for each output of a layer (each row of an embedding); or `q8`, the same but for
    matrices that something is multiplied by, which the runtime keeps in 8 bits with a scale for each BLOCK and multiplies by
    8-bit blocks of its input (`MatMulNBits` of ONNX Runtime): a quarter of the memory, and what one row gives does not depend
    on its batch. The names of the files written: `target`, and its `data_file` where the weights are too many for one. Holds
    one tensor of the source at a time."""
    model = onnx.load(source, load_external_data=False)
    graph = model.graph
    users: dict[str, list[tuple[NodeProto, int]]] = {}
    for node in graph.node:
        for place, name in enumerate(node.input):
            users.setdefault(name, []).append((node, place))
    before: list[NodeProto] = []
    behind: dict[str, list[NodeProto]] = {}
    kept = []
    beside = data_file(target)
    outside = sum(prod(tensor.dims) * BYTES[kind] for tensor in graph.initializer) > LARGEST
    beside.unlink(missing_ok=True)
    with open(beside, "wb") if outside else nullcontext() as data:
        for tensor in graph.initializer:
            if uses_external_data(tensor):
                load_external_data_for_tensor(tensor, str(source.parent))
            used = users.get(tensor.name, [])
            if kind == "q8" and used and len(tensor.dims) == 2 and prod(tensor.dims) >= SMALLEST and all(node.op_type == "MatMul" and place == 1 for node, place in used):
                blocks = _blocks(tensor)
                behind |= {node.output[0]: [_multiply(node, tensor, blocks)] for node, _ in used}
                kept += [_put_outside(part, data, beside.name) if data else part for part in blocks]
                tensor.ClearField("raw_data")
                continue
            whole_rows = bool(used) and all(place == 0 and node.op_type in ("Conv", "Gather") for node, place in used)
            parts = _parts(tensor, kind, whole_rows)
            if "" not in parts:
                if all(_looks_up_rows(node, place) for node, place in used):
                    for node, _ in used:
                        behind[node.output[0]] = _look_up(node, parts)
                else:
                    before += _unfold(tensor.name, parts)
            kept += [_put_outside(part, data, beside.name) if data else part for part in parts.values()]
            tensor.ClearField("raw_data")
    del graph.initializer[:]
    graph.initializer.extend(kept)
    nodes = [*before, *(one for node in graph.node for one in behind.get(node.output[0], [node]))]
    del graph.node[:]
    graph.node.extend(nodes)
    if kind == "q8" and not any(one.domain == "com.microsoft" for one in model.opset_import):
        model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    onnx.save(model, target)
    onnx.checker.check_model(str(target))
    return [target.name, beside.name] if outside else [target.name]


def _parts(tensor: TensorProto, kind: str, whole_rows: bool) -> dict[str, TensorProto]:
    """What is stored in the place of a tensor, by the ending of its name. `whole_rows`: a scale for each first index, not last."""
    array, name = numpy_helper.to_array(tensor), tensor.name
    if kind == "f32" or array.dtype != np.float32 or array.size < SMALLEST:
        return {"": numpy_helper.from_array(array, name)}
    if kind == "f16" or array.ndim < 2:
        return {".f16": numpy_helper.from_array(array.astype(np.float16), name + ".f16")}
    axes = tuple(range(1, array.ndim)) if whole_rows else tuple(range(array.ndim - 1))
    scale = np.maximum(np.abs(array).max(axis=axes, keepdims=True), 1e-8) / 127
    whole = np.clip(np.round(array / scale), -127, 127).astype(np.int8)
    return {".i8": numpy_helper.from_array(whole, name + ".i8"), ".scale": numpy_helper.from_array(scale.astype(np.float32), name + ".scale")}


def _blocks(tensor: TensorProto) -> list[TensorProto]:
    """Of a matrix [K, N]: u8 [N, blocks, BLOCK] around 128, and f32 [N x blocks], a scale each."""
    array = numpy_helper.to_array(tensor)
    padded = np.pad(array, ((0, -len(array) % BLOCK), (0, 0))).T.reshape(array.shape[1], -1, BLOCK)
    scale = np.maximum(np.abs(padded).max(2, keepdims=True), 1e-8) / 127
    whole = (np.clip(np.round(padded / scale), -127, 127) + 128).astype(np.uint8)
    return [numpy_helper.from_array(whole, tensor.name + ".q8"), numpy_helper.from_array(scale.astype(np.float32).reshape(-1), tensor.name + ".blocks")]


def _multiply(node: NodeProto, tensor: TensorProto, blocks: list[TensorProto]) -> NodeProto:
    rows, columns = tensor.dims
    inputs = [node.input[0], *(part.name for part in blocks)]
    return helper.make_node("MatMulNBits", inputs, list(node.output), domain="com.microsoft", K=rows, N=columns, bits=8, block_size=BLOCK, accuracy_level=4)


def _unfold(name: str, endings: Iterable[str]) -> list[NodeProto]:
    """The nodes that make `name` of its parts."""
    if ".f16" in endings:
        return [helper.make_node("Cast", [name + ".f16"], [name], to=TensorProto.FLOAT)]
    return [
        helper.make_node("Cast", [name + ".i8"], [name + ".cast"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [name + ".cast", name + ".scale"], [name]),
    ]


def _looks_up_rows(node: NodeProto, place: int) -> bool:
    return node.op_type == "Gather" and place == 0 and all(attribute.i == 0 for attribute in node.attribute if attribute.name == "axis")


def _look_up(node: NodeProto, endings: Iterable[str]) -> list[NodeProto]:
    """Looks rows up in the parts, and unfolds those alone: the runtime unfolds no embedding of over 1 GiB when it loads, but the
    whole of it in every run."""
    table, rows, found = node.input[0], node.input[1], node.output[0]
    return [*(helper.make_node("Gather", [table + ending, rows], [found + ending], axis=0) for ending in endings), *_unfold(found, endings)]


def _put_outside(tensor: TensorProto, data: BinaryIO, name: str) -> TensorProto:
    """Writes the values to `data`, from a whole page on, and gives a tensor that says where; a small one stays whole."""
    if len(tensor.raw_data) < PAGE:
        return tensor
    data.write(b"\0" * (-data.tell() % PAGE))
    set_external_data(tensor, name, offset=data.tell(), length=len(tensor.raw_data))
    data.write(tensor.raw_data)
    tensor.ClearField("raw_data")
    return tensor
