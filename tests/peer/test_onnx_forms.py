#!/usr/bin/env python3
"""The forms that the standard allows for one thing, from opset to opset: defaults, optional inputs,
negative axes, bounds beyond the ends. The engine either computes what ONNX Runtime computes, shape
included, or refuses the file and names the node. It never accepts and computes something else.

ctest: timeout 600
"""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

RUN = os.path.join(os.environ["IDR_BUILD"], "tests", "onnx_run")
TOLERANCE = 1e-5
random = np.random.default_rng(0)
node = helper.make_node


def ints(*values):
    return np.array(values, np.int64)


def floats(*shape):
    return random.normal(size=shape).astype(np.float32)


def number(value):
    return np.array(value, np.float32)


def form(op, inputs=(), opset=17, shape=(4, 6), **attributes):
    """y = op(x, inputs...); None among them is an input left out."""
    held = {f"c{i}": value for i, value in enumerate(inputs) if value is not None}
    names = ["x"] + [f"c{i}" if value is not None else "" for i, value in enumerate(inputs)]
    return [node(op, names, ["y"], "the_node", **attributes)], held, opset, shape


def constant(**value):
    nodes = [node("Constant", [], ["c"], "the_node", **value), node("Add", ["x", "c"], ["y"])]
    return nodes, {}, 17, (4, 6)


def reductions():
    for op in ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceLogSumExp"):
        for opset in (13, 17, 18, 22):
            axes_are_input = op == "ReduceSum" or opset >= 18
            for axes in ([1], [-1], [0], [0, 1], [], None):
                for keep in ({}, {"keepdims": 0}, {"keepdims": 1}):
                    if axes_are_input:
                        yield form(op, [] if axes is None else [ints(*axes)], opset, **keep)
                    elif axes != []:
                        yield form(op, [], opset, **keep, **({} if axes is None else {"axes": axes}))
        if op != "ReduceLogSumExp":
            yield form(op, [ints()], 18, noop_with_empty_axes=1)
            yield form(op, [], 18, noop_with_empty_axes=1)


def matrices():
    for shape in ((6,), (1, 6), (4, 1), (1, 1), (), (1,)):
        yield form("Gemm", [floats(6, 6), floats(*shape)], alpha=0.5, beta=2.0)
        yield form("Gemm", [floats(6, 6), floats(*shape)], transB=1)
    yield form("Gemm", [floats(4, 5)], transA=1)
    yield form("Gemm", [floats(6, 5)])
    yield form("MatMul", [floats(6, 5)])
    yield form("LayerNormalization", [floats(6)])
    yield form("LayerNormalization", [floats(1), floats(6)], epsilon=0.1)


def shapes():
    for axis in (0, 1, 2, -1, -2):
        yield form("Flatten", axis=axis)
        yield form("Flatten", axis=axis, shape=(4, 3, 2))
    for begin, end in ((-3, 100), (0, 2**63 - 1), (-2**63, 3), (2, -1), (-2**63, 2**63 - 1), (5, 2)):
        yield form("Slice", [ints(begin), ints(end), ints(1)])
        yield form("Slice", [ints(begin), ints(end), ints(-1), ints(1)])
    yield form("Slice", [ints(-1), ints(-2**63), ints(1), ints(-1)])
    yield form("Slice", [ints(1, 2), ints(3, 5)])
    for pads in ((0, 1, 0, 0), (1, 0, 2, 3), (0, -1, 0, 0)):
        yield form("Pad", [ints(*pads)])
        yield form("Pad", [ints(*pads), number(2)])
    yield form("Pad", [ints(1, 2), None, ints(1)], 18)
    yield form("Pad", [ints(0, 1, 0, 0)], 19, mode="wrap")
    yield form("Unsqueeze", [ints(-1, 0)])
    yield form("Squeeze", shape=(4, 1, 6))
    yield form("Squeeze", [ints(-2)], shape=(4, 1, 6))
    yield form("Reshape", [ints(0, -1)])
    yield form("Reshape", [ints(2, 2, -1)])
    yield form("Expand", [ints(3, 1, 6)])
    yield form("Expand", [ints(1, 1)])
    yield form("Transpose")
    yield form("Transpose", perm=[0, 1])
    yield form("Concat", [floats(4, 2)], axis=-1)


def pointwise():
    for op in ("Softmax", "LogSoftmax"):
        yield form(op)
        yield form(op, axis=0)
    yield form("Clip")
    yield form("Clip", [None, number(0.1)])
    yield form("Clip", [number(-0.1)])
    yield form("Clip", [number(0.5), number(-0.5)])
    yield form("LeakyRelu")
    yield form("Elu")
    yield form("Elu", alpha=2.0)
    yield form("Min")
    yield form("Max", [number(0), floats(6)])
    for power in (number(2), number(3), ints(2), np.full((1, 1, 1), 2, np.float32)):
        yield form("Pow", [power])
    yield form("Dropout")


def constants():
    yield constant(value_float=2.5)
    yield constant(value_floats=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    yield constant(value=numpy_helper.from_array(floats(4, 1)))
    yield constant(sparse_value=helper.make_sparse_tensor(
        numpy_helper.from_array(np.array([7], np.float32)), numpy_helper.from_array(ints(2)), [6]))


def compare(nodes, held, opset, shape):
    """True: computed, and the same; False: refused."""
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in held.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.save(model, "form.onnx")
    x = floats(*shape)
    x.tofile("x.raw")
    want = onnxruntime.InferenceSession(
        "form.onnx", providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]
    done = subprocess.run([RUN, "form.onnx", str(shape[0]), "x.raw"], capture_output=True, text=True)
    if done.returncode == 1:
        assert "'form.onnx': node '" in done.stdout, done.stdout
        return False
    assert done.returncode == 0, (done.returncode, done.stderr[-500:])
    extents, values = done.stdout.split(":")
    got = np.array(values.split(), np.float64).reshape([int(n) for n in extents.split()])
    assert got.shape == want.shape, f"shape {got.shape}, not {want.shape}"
    assert np.allclose(got, want, rtol=TOLERANCE, atol=TOLERANCE), (got, want)
    return True


def main():
    failed = 0
    print(f"onnx {onnx.__version__}, ONNX Runtime {onnxruntime.__version__}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for family in (reductions, matrices, shapes, pointwise, constants):
            same = refused = 0
            for case in family():
                try:
                    accepted = compare(*case)
                    same, refused = same + accepted, refused + (not accepted)
                except AssertionError as error:
                    failed += 1
                    print(f"FAIL  {family.__name__}: {case}: {error}", flush=True)
            print(f"ok    {family.__name__}: {same} the same, {refused} refused", flush=True)
            assert same > refused, f"{family.__name__}: most are refused"
        os.chdir("/")
    return 1 if failed else 0


sys.exit(main())
