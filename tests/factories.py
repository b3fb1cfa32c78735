"""Small networks, results and datasets that follow the contracts, made in milliseconds.

They let every part be tested without the real dataset, a trained network or TensorFlow.
The numbers are random but belong together: two networks made with one `n` share their
images and labels, `metrics.json` is what `predictions.npz` gives, and the rows of the
tables are those of `make_dataset` with the same `n`.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from core.data import store
from core.data.corruptions import KINDS
from core.evaluation.cells import Cells, CellSums, write_cells
from core.evaluation.conformal import LEVELS, calibrate
from core.evaluation.metrics import agreement, predictions, summarise
from core.evaluation.robustness import (
    CLEAN,
    Answers,
    KindResult,
    Robustness,
    condition_name,
    condition_names,
    mean_interval,
    summarise_condition,
)
from core.files import sha256
from core.labels import CLASSES
from core.records import Made
from core.roles import SPLITS
from core.schema import (
    Card,
    Epoch,
    History,
    Metrics,
    PredictionTable,
    Protocol,
    SeedRun,
    Training,
    write_predictions,
)
from core.speed.runs import BatchBench, ChipsBench, LiveBench, LoadBench

N = 280
"""Images of each split of the small dataset."""

RECIPE = {"network": {"name": "test"}, "optimizer": {"name": "sgd", "rate": 0.01}}
"""What cards and seeds of the tests say of their recipe, besides id and seed."""

GATES = {"block3": 4, "block4": 6}
"""Gate blocks of a network made with `gates=True`."""


def _seed(text: str, seed: int = 0) -> int:
    return zlib.crc32(text.encode()) + seed


def make_dataset(n: int = N, seed: int = 0) -> store.Dataset:
    """A dataset of 3 * n images: Training, PublicTest, PrivateTest in blocks of n rows.

    Every class occurs when n is at least 7. A face is noise whose brightness grows with
    its class, so that even a tiny network can tell classes apart.
    """
    generator = np.random.default_rng(seed)
    labels = np.concatenate([_labels(n, split) for split in SPLITS])
    noise = generator.integers(0, 60, size=(3 * n, 48, 48))
    faces = (noise + 25 * labels[:, None, None]).astype(np.uint8)
    votes = np.zeros((3 * n, len(store.VOTE_COLUMNS)), dtype=np.uint8)
    column = np.array([4, 5, 6, 1, 3, 2, 0])[labels]
    votes[np.arange(3 * n), column] = 10
    return store.Dataset(faces, labels, np.repeat(np.arange(3, dtype=np.uint8), n), votes)


def _labels(n: int, split: str) -> np.ndarray:
    generator = np.random.default_rng(_seed(split))
    labels = np.arange(n) % len(CLASSES)
    return generator.permutation(labels).astype(np.uint8)


def make_table(
    split: str = "PrivateTest",
    n: int = N,
    seed: int = 0,
    classes: Sequence[str] = CLASSES,
    skill: float = 2.0,
) -> PredictionTable:
    """A prediction table over the images of a split that are of `classes`.

    Args:
        split: name of the split.
        n: images of the split before those of other classes are left out.
        seed: of the network's errors; labels and rows do not depend on it.
        classes: the network's classes in output order.
        skill: how far the true class's logit stands out; 2 is right about twice in three.
    """
    start = SPLITS.index(split) * n
    all_labels = _labels(n, split)
    kept = np.flatnonzero(np.isin(all_labels, [CLASSES.index(name) for name in classes]))
    label = np.array([classes.index(CLASSES[value]) for value in all_labels[kept]], dtype=np.uint8)
    logits = np.random.default_rng(_seed(split, seed)).normal(size=(len(kept), len(classes)))
    logits[np.arange(len(kept)), label] += skill
    weights = np.exp(logits)
    return PredictionTable(
        split=split,
        index=start + kept,
        label=label,
        probabilities=(weights / weights.sum(axis=1, keepdims=True)).astype(np.float32),
    )


def make_history(model_id: str, epochs: int = 12, best: int = 8, seed: int = 0) -> History:
    """Curves in two stages that overfit after epoch `best`."""
    generator = np.random.default_rng(_seed(model_id, seed))
    rows = []
    for epoch in range(1, epochs + 1):
        after = max(0, epoch - best)
        noise = float(generator.uniform(0, 0.004))
        rows.append(
            Epoch(
                epoch=epoch,
                stage="head" if epoch <= epochs // 3 else "all layers",
                loss=1.9 * 0.88**epoch + noise,
                accuracy=1 - 0.75 * 0.93**epoch,
                val_loss=0.9 + 0.9 * 0.8 ** min(epoch, best) + 0.03 * after + noise,
                val_accuracy=0.66 - 0.35 * 0.8 ** min(epoch, best) - 0.004 * after - noise,
                learning_rate=0.01 * 0.8**epoch,
                seconds=30.0 + epoch % 3,
            )
        )
    return History(model=model_id, selection_split="PublicTest", best_epoch=best, epochs=rows)


def make_results(
    folder: Path,
    model_id: str,
    seed: int = 0,
    n: int = N,
    classes: Sequence[str] = CLASSES,
    skill: float = 2.0,
    model_sha256: str = "0" * 64,
) -> Path:
    """Write a complete and consistent `folder/<model_id>/` and return it.

    Args:
        folder: the results folder (one sub-folder a network).
        model_id: the network.
        seed: another seed gives other errors on the same images.
        n: images of a split before those of other classes are left out.
        classes: the network's classes in output order.
        skill: see `make_table`.
        model_sha256: hash of the model file that the metrics name.
    """
    target = folder / model_id
    seed = _seed(model_id, seed)
    public, private = (
        make_table(split, n, seed, classes, skill) for split in ("PublicTest", "PrivateTest")
    )
    temperature = 1.1
    right = predictions(private) == private.label
    report = agreement(right)
    Metrics(
        model=model_id,
        model_sha256=model_sha256,
        classes=list(classes),
        temperature=temperature,
        report=summarise(private, temperature, classes),
        selection=summarise(public, temperature, classes),
        training_accuracy=min(1.0, report.accuracy + 0.2),
        averaged={"flip": report, "ten_crop": report},
        crowd=agreement(right[: len(right) // 2]),
        without_training_copies=agreement(right[10:]),
        made=Made(
            command=f"python -m core evaluate {model_id}",
            date="2024-01-01T00:00:00+00:00",
            versions={"numpy": np.__version__},
        ),
    ).write(target / "metrics.json")
    make_history(model_id, seed=seed).write(target / "history.json")
    write_predictions(target / "predictions.npz", [public, private])
    write_cells(target / "cells.npz", [_cells(table, seed) for table in (public, private)])
    return target


def _cells(table: PredictionTable, seed: int) -> Cells:
    generator = np.random.default_rng(seed)
    size = table.probabilities.shape[1]
    sums = CellSums(table.split, size)
    faces = generator.integers(0, 256, size=(len(table.label), 48, 48), dtype=np.uint8)
    maps = generator.uniform(size=(len(table.label), size, 6, 6))
    sums.add(table.label, predictions(table), faces, maps)
    return sums.means()


def make_robustness(
    folder: Path,
    model_id: str,
    n: int = 84,
    classes: Sequence[str] = CLASSES,
    skill: float = 2.0,
    model_sha256: str = "0" * 64,
) -> Path:
    """Write a network's robustness files, its skill falling with every level; return its folder.

    Args:
        folder: the results folder (one sub-folder a network).
        model_id: the network.
        n: images before those of other classes are left out.
        classes: the network's classes in output order.
        skill: on clean images, see `make_table`.
        model_sha256: hash of the model file that was asked.
    """
    target = folder / model_id
    rules = [calibrate(make_table("PublicTest", n, 0, classes, skill), level) for level in LEVELS]
    conditions, predicted = {}, {}
    for number, name in enumerate(condition_names()):
        level = 0 if name == CLEAN else int(name.rsplit("_", 1)[1])
        seed = _seed(model_id, number)
        table = make_table("PrivateTest", n, seed, classes, skill * (1 - level / 6))
        picture = {
            "noise": 2.5 + 5.0 * level,
            "sharpness": 0.9 - 0.15 * level,
            "brightness": 140.0 - 24 * level,
            "clipped": 0.1 * level,
        }
        conditions[name] = summarise_condition(table, 1.1, rules, picture)
        predicted[name] = predictions(table).astype(np.uint8)
    answers = Answers(table.index, table.label, predicted)
    low, high = mean_interval(answers.right)
    Robustness(
        model=model_id,
        model_sha256=model_sha256,
        classes=list(classes),
        split="PrivateTest",
        images=len(table.label),
        of=len(table.label),
        temperature=1.1,
        mean_accuracy=float(answers.right.mean()),
        mean_accuracy_interval=(low, high),
        clean=conditions[CLEAN],
        kinds={
            kind: KindResult(
                unit=entry.unit,
                strengths=list(entry.strengths),
                levels=[conditions[condition_name(kind, level)] for level in range(1, 6)],
            )
            for kind, entry in KINDS.items()
        },
        made=Made(
            command=f"python -m core evaluate {model_id} --corrupted",
            date="2024-01-01T00:00:00+00:00",
            versions={"numpy": np.__version__},
        ),
    ).write(target / "robustness.json")
    answers.write(target / "robustness.npz")
    return target


def make_seed(
    folder: Path,
    model_id: str,
    seed: int,
    size: int = 48,
    skill: float = 2.0,
    classes: Sequence[str] = CLASSES,
    recipe: dict[str, object] | None = None,
) -> Path:
    """Write a further run of a network to `folder/<model_id>/seeds/`; its own size is 48.

    Args:
        folder: the results folder (one sub-folder a network).
        model_id: the network.
        seed: what it was trained from; another seed gives other errors.
        size: to which its network enlarged the chip.
        skill: see `make_table`.
        classes: the network's classes in output order.
        recipe: what differs from the network's recipe.

    Returns:
        The JSON file; the tables lie beside it.
    """
    name = f"{seed}" if size == 48 else f"{seed}_at_{size}"
    path = folder / model_id / "seeds" / f"{name}.json"
    errors = _seed(model_id, 100 * seed + size)
    tables = [
        make_table(split, N, errors, classes, skill) for split in ("PublicTest", "PrivateTest")
    ]
    write_predictions(path.with_suffix(".npz"), tables)
    SeedRun(
        model=model_id,
        seed=seed,
        size=size,
        recipe_size=48,
        title=model_id.replace("_", " ").title(),
        classes=list(classes),
        recipe=RECIPE | {"id": f"{model_id}_seed{seed}", "seed": seed} | (recipe or {}),
        history=make_history(model_id, seed=errors),
        training=_training(seed),
        made=Made(
            command=f"python -m core train {model_id} --seed {seed}",
            date="2024-01-01T00:00:00+00:00",
            versions={"numpy": np.__version__},
        ),
    ).write(path)
    return path


def _training(seed: int) -> Training:
    return Training(
        hardware="2 CPU cores",
        backend="none",
        seconds=1.0,
        epochs=12,
        seed=seed,
        date="2024-01-01T00:00:00+00:00",
    )


def make_model(
    folder: Path, model_id: str, gates: bool = False, classes: Sequence[str] = CLASSES
) -> Path:
    """Write a tiny valid `model.onnx` and its `card.json` to `folder/<model_id>/`.

    The network pools the chip to 6x6, makes one map a class by a 1x1 convolution, and its
    logits are the means of the maps. Weights depend on `model_id`.

    Args:
        folder: the models folder (one sub-folder a network).
        model_id: the network.
        gates: whether to add the output `se_gates` and the card's `gate_blocks`.
        classes: the network's classes in output order.

    Returns:
        The folder of the model.
    """
    target = folder / model_id
    target.mkdir(parents=True, exist_ok=True)
    onnx.save(_graph(model_id, gates, len(classes)), target / "model.onnx")
    Card(
        id=model_id,
        title=model_id.replace("_", " ").title(),
        family="test",
        summary="One convolution, made for tests.",
        classes=list(classes),
        input_size=48,
        input_channels=1,
        gate_blocks=GATES if gates else {},
        recipe=RECIPE | {"id": model_id, "seed": 0},
        parameters=2 * len(classes),
        trainable_parameters=2 * len(classes),
        files={"model.onnx": sha256(target / "model.onnx")},
        protocol=Protocol(
            training="Training",
            selection="PublicTest",
            report="PrivateTest",
            selected_by="val_accuracy",
        ),
        training=_training(0),
        temperature=1.1,
        initial_weights="random",
        licence="MIT",
        intended_use="Tests.",
        limits="Knows nothing.",
    ).write(target / "card.json")
    return target


def _graph(model_id: str, gates: bool, size: int) -> onnx.ModelProto:
    generator = np.random.default_rng(_seed(model_id))
    kernel = generator.normal(scale=6, size=(size, 1, 1, 1)).astype(np.float32)
    bias = (-0.4 * kernel.ravel() + generator.normal(scale=0.3, size=size)).astype(np.float32)
    weights = {
        "scale": np.float32(1 / 255),
        "channel": np.array([1], dtype=np.int64),
        "kernel": kernel,
        "bias": bias,
        "spatial": np.array([2, 3], dtype=np.int64),
    }
    nodes = [
        helper.make_node("Cast", ["faces"], ["whole"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["whole", "scale"], ["unit"]),
        helper.make_node("Unsqueeze", ["unit", "channel"], ["image"]),
        helper.make_node("AveragePool", ["image"], ["pooled"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Conv", ["pooled", "kernel", "bias"], ["features"]),
        helper.make_node("ReduceMean", ["features", "spatial"], ["logits"], keepdims=0),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
        helper.make_node("Relu", ["features"], ["activation_maps"]),
    ]
    outputs = [
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", size]),
        helper.make_tensor_value_info("activation_maps", TensorProto.FLOAT, ["N", size, 6, 6]),
    ]
    if gates:
        width = sum(GATES.values())
        weights["gate_kernel"] = generator.normal(size=(size, width)).astype(np.float32)
        nodes += [
            helper.make_node("MatMul", ["logits", "gate_kernel"], ["gate_logits"]),
            helper.make_node("Sigmoid", ["gate_logits"], ["se_gates"]),
        ]
        outputs.append(helper.make_tensor_value_info("se_gates", TensorProto.FLOAT, ["N", width]))
    graph = helper.make_graph(
        nodes,
        model_id,
        [helper.make_tensor_value_info("faces", TensorProto.UINT8, ["N", 48, 48])],
        outputs,
        [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def make_network(
    models: Path,
    results: Path,
    model_id: str,
    seed: int = 0,
    gates: bool = False,
    classes: Sequence[str] = CLASSES,
    skill: float = 2.0,
) -> None:
    """`make_model` and `make_results` of one network, with the hash that joins them."""
    folder = make_model(models, model_id, gates, classes)
    digest = sha256(folder / "model.onnx")
    make_results(results, model_id, seed, classes=classes, skill=skill, model_sha256=digest)


def make_chips_bench(model_id: str, rate: float, digest: str = "a" * 64) -> ChipsBench:
    """What `benchmarks chips` measures, without Keras; `rate` is that of the threads."""
    crowd = {"threads": 16, "alone_rate": rate / 1.25, "rate": rate, "ratio": 1.25, "waits": 2.5}
    return ChipsBench.model_validate(
        {
            "model": model_id,
            "model_sha256": digest,
            "size": 48,
            "precision": "f32",
            "processor": "Test processor",
            "cores": 2,
            "keras": None,
            "openvino": {"ours_ms": 2, "other_ms": 2, "ratio": 1},
            "crowd": {**crowd, "median_ms": 1, "longest_ms": 2.5, "worst_ms": 3},
            "made": {
                "command": "benchmarks chips",
                "date": "2026-01-01T00:00:00+00:00",
                "versions": {},
            },
        }
    )


def make_batch_bench(
    model_id: str,
    rate: float,
    digest: str = "a" * 64,
    fer: bool = True,
    processor: str = "Test processor",
) -> BatchBench:
    """What `benchmarks batch` measures, twice as fast as `fer`, quick six times; without Keras."""
    way = {"photos": 5, "seconds": 1, "processor": 1}
    ways = {
        "classify": {**way, "faces": 9, "rates": [rate]},
        "classify --quick": {**way, "faces": 8, "rates": [3 * rate]},
    }
    if fer:
        ways["fer 1.2.3, haar"] = {**way, "faces": 7, "rates": [rate / 2]}
    return BatchBench.model_validate(
        {
            "model": model_id,
            "model_sha256": digest,
            "passes": [{"photos": 5, "seconds": 1, "memory_mb": 300}],
            "ways": ways,
            "cores": 2,
            "processor": processor,
            "precision": "f32",
            "made": {
                "command": "benchmarks batch",
                "date": "2026-01-01T00:00:00+00:00",
                "versions": {},
            },
        }
    )


def make_load_bench(rate: float, viewers: int = 50) -> LoadBench:
    """What `benchmarks load` measures in three minutes."""
    weight = {"seconds": 0, "memory_mb": 90, "threads": 5}
    return LoadBench.model_validate(
        {
            "viewers": viewers,
            "browsers": 3,
            "minutes": 3,
            "runs": 1234,
            "rate": rate,
            "median": 1.5,
            "p95": 4.25,
            "longest": 9,
            "click_median": None,
            "browser_median": 2,
            "pages": {"home": 0.5},
            "errors": 0,
            "error": None,
            "refused": 0,
            "batch_seconds": None,
            "start": weight,
            "settled": {**weight, "seconds": 120, "memory_mb": 400},
            "most": {**weight, "seconds": 150, "memory_mb": 420},
            "end": {**weight, "seconds": 180, "memory_mb": 410},
            "after": {**weight, "seconds": 300, "memory_mb": 380},
            "processor": "Test processor",
            "cores": 2,
            "made": {
                "command": f"python -m benchmarks load --viewers {viewers}",
                "date": "2026-01-01T00:00:00+00:00",
                "versions": {},
            },
        }
    )


def make_live_bench(
    model_id: str, rate: float, digest: str = "a" * 64, streams: int = 1, connects: int = 0
) -> LiveBench:
    """What `benchmarks live` measures in one minute and a half."""
    minute = {"dropped": 3, "screen_p95": None, "server_p95": 30, "memory_mb": 310}
    minutes = [
        {**minute, "rate": rate, "screen_median": 150, "server_median": 21, "sizes": ["640x480"]},
        {**minute, "rate": rate, "screen_median": 140, "server_median": None, "sizes": []},
    ]
    command = f"bench live --streams {streams}"
    weights = {"count": connects, "memory_mb": [300, 310, 314], "threads": [9, 9, 9]}
    return LiveBench.model_validate(
        {
            "model": model_id,
            "model_sha256": digest,
            "film": "faces",
            "size": "640x480",
            "asked_rate": 30,
            "delay_ms": 0,
            "processor": "Test processor",
            "cores": 2,
            "minutes": minutes,
            "rates": [rate + place for place in range(streams)],
            "memory_start_mb": 290,
            "memory_settled_mb": None,
            "memory_end_mb": 310,
            "threads_before": 9,
            "threads_after": 9,
            "lost": None,
            "warnings": [],
            "connects": {**weights, "growth_mb": 4} if connects else None,
            "made": {"command": command, "date": "2026-01-01T00:00:00+00:00", "versions": {}},
        }
    )
