#!/usr/bin/env python3
"""ONNX files of the engine on ONNX Runtime, and files of others in the engine.

ctest: timeout 900
"""
import glob
import json
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

IDRILL = os.environ["IDRILL"]
BUILD = os.environ["IDR_BUILD"]
# A handful of operations on numbers of order 1 in single precision, by two programs.
TOLERANCE = 1e-5
CONFIG = """train: {task: %s}
ppo: {lanes: 32, horizon: 64, steps: %d, blocks: 8, tile_rows: 32, minibatch: 512, epochs: 2}
net: {policy: [32, 16], value: [16], layer_norm: %s, activation: %s}
run: {threads: 1, progress: false}
"""


def idrill(*words, code=0):
    done = subprocess.run([IDRILL, *words], capture_output=True, text=True, timeout=200,
                          env={**os.environ, "OMP_WAIT_POLICY": "passive"})
    assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    return done


def session(path):
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def near(got, want, what, tolerance=TOLERANCE):
    assert got.shape == want.shape, f"{what}: {got.shape}, not {want.shape}"
    worst = np.max(np.abs(got - want) / (1 + np.abs(want)))
    assert worst <= tolerance, f"{what}: differs by {worst:g}"


# ---- every op of the table -----------------------------------------------------------------------

def case_every_op():
    """What the engine computes of each op's case, ONNX Runtime computes too."""
    os.makedirs("cases")
    subprocess.run([os.path.join(BUILD, "tests", "test_onnx")], check=True, capture_output=True,
                   env={**os.environ, "IDR_ONNX_FOLDER": os.path.abspath("cases")})
    paths = sorted(glob.glob("cases/*.onnx"))
    for path in paths:
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        run = session(path)
        feeds = {}
        for node in run.get_inputs():
            kind = np.int32 if "int32" in node.type else np.float32
            data = np.fromfile(f"{path[:-5]}.{node.name}", dtype=kind)
            feeds[node.name] = data.reshape(node.shape)
        (got,) = run.run(None, feeds)
        near(got, np.fromfile(path[:-5] + ".out", dtype=np.float32).reshape(got.shape), path)
    assert len(paths) >= 50, f"only {len(paths)} cases"
    print(f"  {len(paths)} cases")


# ---- trained policies ----------------------------------------------------------------------------

def train(name, task, steps, layer_norm="false", activation="tanh", *words):
    with open(f"{name}.yaml", "w") as file:
        file.write(CONFIG % (task, steps, layer_norm, activation))
    idrill("train-rl", f"{name}.yaml", f"run.folder={name}", *words)
    return f"{name}/model"


def check_folder(folder):
    """Valid, an open batch, its columns named, and the engine's own answer."""
    path = f"{folder}/model.onnx"
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert model.opset_import[0].version == 17 and model.ir_version == 8
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    properties = {p.key: p.value for p in model.metadata_props}
    columns = json.loads(properties["idrill.inputs"])[0]["columns"]
    example = json.load(open(f"{folder}/input_example.json"))
    answer = json.load(open(f"{folder}/output_example.json"))
    x = np.array(example["observation"], dtype=np.float32)
    assert x.shape[1] == len(columns) and all(c["name"] and c["unit"] for c in columns)
    run = session(path)
    got = dict(zip([o.name for o in run.get_outputs()], run.run(None, {"observation": x})))
    for name, values in answer.items():
        near(got[name], np.array(values, dtype=got[name].dtype), f"{folder}: {name}")
    for rows in (1, 3, 100):  # any batch, every row for itself
        many = run.run(None, {"observation": np.repeat(x[:1], rows, axis=0)})
        near(many[0], np.repeat(got["action"][:1], rows, axis=0), f"{folder}: {rows} rows")
    return x, got, properties


def case_squashed():
    with open("sac.yaml", "w") as file:
        file.write("""train: {task: pendulum, method: sac}
sac: {lanes: 32, horizon: 16, steps: 2048, blocks: 8, learning_starts: 512, batch: 64, ratio: 0.2}
net: {policy: [32, 16], value: [16], activation: relu}
run: {threads: 1, progress: false}
""")
    idrill("train-rl", "sac.yaml", "run.folder=sac")
    _, got, _ = check_folder("sac/model")
    assert (got["action_std"] > 0).all() and (np.abs(got["action"]) <= 2).all()


def case_continuous():
    folder = train("pendulum", "pendulum", 8192, "true", "elu")
    x, got, properties = check_folder(folder)
    assert (got["action_std"] > 0).all() and (np.abs(got["action"]) <= 2).all()
    assert properties["idrill.safety_limits"] == "false"
    value = session(f"{folder}/value.onnx").run(None, {"observation": x})[0]
    onnx.checker.check_model(onnx.load(f"{folder}/value.onnx"), full_check=True)
    assert value.shape == (len(x), 1) and np.isfinite(value).all()
    spread = np.random.default_rng(1).uniform(-1, 1, (500, 3)).astype(np.float32)
    spread[:, 2] *= 8
    free = session(f"{folder}/model.onnx").run(None, {"observation": spread})[0]
    low, high = (float(np.float32(q)) for q in np.quantile(free, (0.3, 0.6)))
    idrill("export", "pendulum", f"export.low=[{low!r}]", f"export.high=[{high!r}]",
           "export.folder=limited")
    held = session("limited/model.onnx").run(None, {"observation": spread})[0]
    assert held.min() == np.float32(low) and held.max() == np.float32(high), (held.min(), held.max())
    near(held, np.clip(free, low, high), "limits")


def case_discrete():
    _, got, _ = check_folder(train("cartpole", "cartpole", 8192, "false", "relu"))
    assert got["action"].dtype == np.int64
    near(got["probabilities"].sum(axis=1), np.ones(len(got["action"]), np.float32), "probabilities")
    assert (got["probabilities"].argmax(axis=1) == got["action"]).all()


def case_drilling():
    folder = train("drilling", "drilling", 4096, "false", "tanh", "drilling.wells=8",
                   "drilling.interval=4 m")
    _, _, properties = check_folder(folder)
    columns = json.loads(properties["idrill.inputs"])[0]["columns"]
    by_name = {c["name"]: c for c in columns}
    assert by_name["stick_slip_index"]["window_s"] == 20 and by_name["torque_max"]["wits"] == "0118"
    outputs = json.loads(properties["idrill.outputs"])[0]["columns"]
    assert [c["unit"] for c in outputs] == ["N", "rad/s", "m3/s"]
    # The critic's input, which nobody has at a rig, is named all the same.
    value = onnx.load(f"{folder}/value.onnx")
    assert value.graph.input[0].name == "critic"


# ---- other people's files ------------------------------------------------------------------------

def foreign(path, nodes, weights, outputs, width=3, opset=17):
    """A file as PyTorch's exporter lays it out: weights [out][in], Gemm with transB."""
    graph = helper.make_graph(
        nodes, "main_graph",
        [helper.make_tensor_value_info("obs", TensorProto.FLOAT, ["batch", width])],
        [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in outputs],
        [numpy_helper.from_array(value, name) for name, value in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, path)


def make_weights():
    rng = np.random.default_rng(0)
    sizes = {"fc1.weight": (32, 3), "fc1.bias": (32,), "norm.weight": (32,), "norm.bias": (32,),
             "fc2.weight": (1, 32), "fc2.bias": (1,)}
    weights = {name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in sizes.items()}
    return {**weights, "gain": np.array(2, np.float32)}


def make_nodes():
    node = helper.make_node
    return [node("Gemm", ["obs", "fc1.weight", "fc1.bias"], ["h1"], "/fc1/Gemm", transB=1),
            node("LayerNormalization", ["h1", "norm.weight", "norm.bias"], ["h2"], "/norm", axis=-1),
            node("Relu", ["h2"], ["h3"], "/relu/Relu"),
            node("Gemm", ["h3", "fc2.weight", "fc2.bias"], ["h4"], "/fc2/Gemm", transB=1),
            node("Tanh", ["h4"], ["h5"], "/tanh/Tanh"),
            node("Mul", ["h5", "gain"], ["action"], "/Mul")]


def pendulum_return(policy, episodes):
    """The same episodes, played by ONNX Runtime: from the engine's own observations on, the mean
    return of a policy on Pendulum-v1 is a matter of its equations alone."""
    import gymnasium
    env = gymnasium.make_vec("Pendulum-v1", num_envs=episodes, vectorization_mode="sync")
    observation, _ = env.reset(seed=5)
    total = np.zeros(episodes)
    for _ in range(200):
        observation, reward, *_ = env.step(policy.run(None, {"obs": observation})[0])
        total += reward
    return total


def case_foreign_policy():
    foreign("theirs.onnx", make_nodes(), make_weights(), [("action", TensorProto.FLOAT, ["batch", 1])])
    out = idrill("evaluate", "theirs.onnx", "train.task=pendulum", "evaluate.episodes=400").stdout
    assert "ONNX file theirs.onnx" in out and "note: there is no settings.yaml" in out
    found = json.load(open("theirs.evaluation.json"))
    ours = np.array(found["return"]["each"])
    theirs = pendulum_return(session("theirs.onnx"), 400)
    # Different starts of the same distribution: means within four standard errors.
    error = np.sqrt(ours.var() / len(ours) + theirs.var() / len(theirs))
    assert abs(ours.mean() - theirs.mean()) < 4 * error, (ours.mean(), theirs.mean(), error)
    assert ours.std() > 0 and found["onnx"]["file"] == "theirs.onnx"


def case_foreign_choice():
    """Scores for a discrete task, an older opset, axes as attributes."""
    node = helper.make_node
    nodes = [node("ReduceMean", ["obs"], ["mean"], axes=[1], keepdims=1),
             node("Sub", ["obs", "mean"], ["centred"]),
             node("MatMul", ["centred", "w"], ["scores"]),
             node("Softmax", ["scores"], ["likely"], axis=-1)]
    weights = {"w": np.array([[0, 0], [0, 1], [-2, 2], [-1, 1]], np.float32)}
    foreign("choice.onnx", nodes, weights, [("likely", TensorProto.FLOAT, ["batch", 2])], 4, 13)
    out = idrill("evaluate", "choice.onnx", "train.task=cartpole", "evaluate.episodes=50").stdout
    assert "return" in out and json.load(open("choice.evaluation.json"))["return"]["mean"] > 50


def refused(path, words, *more):
    err = idrill("evaluate", path, "train.task=pendulum", *more, code=1).stderr
    for word in words:
        assert word in err, f"{path}: '{word}' is not in: {err}"
    assert not os.path.exists(path[:-5] + ".evaluation.json")


def case_refused():
    nodes, weights = make_nodes(), make_weights()
    action = [("action", TensorProto.FLOAT, ["batch", 1])]
    odd = [*nodes[:-2], helper.make_node("Sin", ["h4"], ["h5"], "/sin/Sin"), nodes[-1]]
    foreign("sin.onnx", odd, weights, action)
    refused("sin.onnx", ["'sin.onnx'", "'/sin/Sin' (Sin)", "not one of the engine's"])
    wide = dict(weights)
    wide["fc1.weight"] = np.zeros((32, 5), np.float32)
    foreign("wide.onnx", nodes, wide, action, 5)
    refused("wide.onnx", ["no policy for task 'pendulum'", "'obs' [batch][5]", "[batch][3]"])
    foreign("good.onnx", nodes, weights, action)
    whole = open("good.onnx", "rb").read()
    for cut in (0, 10, len(whole) // 2, len(whole) - 1):
        open("cut.onnx", "wb").write(whole[:cut])
        refused("cut.onnx", ["'cut.onnx'"])
    open("text.onnx", "w").write("this is no model\n")
    refused("text.onnx", ["no ONNX model"])
    refused("absent.onnx", ["there is no file 'absent.onnx'"])
    refused("good.onnx", ["deterministic"], "evaluate.deterministic=false")
    outside = onnx.load("good.onnx")
    onnx.save(outside, "outside.onnx", save_as_external_data=True, location="outside.bin",
              size_threshold=0)
    refused("outside.onnx", ["weights inside"])


CASES = {name[5:]: case for name, case in list(globals().items()) if name.startswith("case_")}


def main(names):
    failed = []
    print(f"onnx {onnx.__version__}, ONNX Runtime {onnxruntime.__version__}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name in names or CASES:
            try:
                CASES[name]()
                print(f"ok    {name}", flush=True)
            except AssertionError as error:
                failed.append(name)
                print(f"FAIL  {name}: {str(error)[:3000]}", flush=True)
        os.chdir("/")
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
