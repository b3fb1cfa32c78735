"""The engine against a second runtime, its threads, and models that are not right."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from core.engine import engine as engine_module
from core.engine import network
from core.engine.averaging import views
from core.engine.engine import Engine
from core.errors import ModelError
from core.files import sha256
from core.roles import apply_temperature
from tests.conftest import Lab
from tests.factories import GATES, make_model
from tests.threads import in_threads

CHIPS = np.random.default_rng(0).integers(0, 256, (150, 48, 48), dtype=np.uint8)


@pytest.fixture(scope="module")
def exact() -> Engine:
    return Engine(precision="f32")


def by_onnxruntime(lab: Lab, model_id: str, chips: np.ndarray) -> list[np.ndarray]:
    file = lab.models / model_id / "model.onnx"
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    return session.run(None, {"faces": chips})


def rewrite_card(folder: Path, **changes: object) -> None:
    path = folder / "card.json"
    card = json.loads(path.read_text()) | changes
    path.write_text(json.dumps(card))


def rewrite_model(folder: Path, model: onnx.ModelProto) -> None:
    onnx.save(model, folder / "model.onnx")
    rewrite_card(folder, files={"model.onnx": sha256(folder / "model.onnx")})


@pytest.mark.parametrize("model_id", ["plain_net", "gated_net"])
@pytest.mark.parametrize("count", [1, 2, 33, 150])
def test_agrees_with_onnxruntime(lab: Lab, exact: Engine, model_id: str, count: int) -> None:
    prediction = exact.predict(model_id, CHIPS[:count])
    expected = by_onnxruntime(lab, model_id, CHIPS[:count])
    assert prediction.probabilities.dtype == np.float32
    np.testing.assert_allclose(prediction.probabilities, expected[0], atol=1e-5)
    assert prediction.activation_maps is not None
    np.testing.assert_allclose(prediction.activation_maps, expected[1], atol=1e-4)
    if model_id == "gated_net":
        assert prediction.se_gates is not None
        assert prediction.se_gates.shape == (count, sum(GATES.values()))
        np.testing.assert_allclose(prediction.se_gates, expected[2], atol=1e-4)
    else:
        assert prediction.se_gates is None


def test_the_fastest_precision_is_near_the_exact_one(lab: Lab, exact: Engine) -> None:
    fast = Engine()
    assert fast.precision in ("bf16", "f32")
    assert exact.precision == "f32"
    difference = (
        fast.predict("plain_net", CHIPS).probabilities
        - exact.predict("plain_net", CHIPS).probabilities
    )
    assert np.abs(difference).max() < 0.03


def test_exact_results_do_not_depend_on_the_batch(lab: Lab, exact: Engine) -> None:
    together = exact.predict("gated_net", CHIPS[:40]).probabilities
    alone = [exact.predict("gated_net", chip[None]).probabilities[0] for chip in CHIPS[:40]]
    np.testing.assert_allclose(together, alone, atol=1e-6)


@pytest.mark.parametrize("averaging", ["flip", "ten_crop"])
def test_averaging_is_the_mean_over_the_views(lab: Lab, exact: Engine, averaging: str) -> None:
    averaged = exact.predict("plain_net", CHIPS[:20], averaging=averaging)  # type: ignore[arg-type]
    plain = exact.predict("plain_net", CHIPS[:20])
    each = [
        exact.predict("plain_net", view).probabilities
        for view in views(CHIPS[:20], averaging)  # type: ignore[arg-type]
    ]
    np.testing.assert_allclose(averaged.probabilities, np.mean(each, axis=0), atol=1e-6)
    assert averaged.activation_maps is not None
    assert plain.activation_maps is not None
    np.testing.assert_allclose(averaged.activation_maps, plain.activation_maps, atol=1e-6)


@pytest.mark.parametrize("averaging", ["none", "flip"])
def test_maps_only_where_asked_for(lab: Lab, exact: Engine, averaging: str) -> None:
    prediction = exact.predict("gated_net", CHIPS[:2], averaging=averaging, maps=False)  # type: ignore[arg-type]
    assert prediction.activation_maps is None
    assert prediction.se_gates is None
    assert prediction.probabilities.shape == (2, 7)


@pytest.mark.parametrize("averaging", ["none", "flip", "ten_crop"])
def test_no_chips_give_empty_arrays(lab: Lab, exact: Engine, averaging: str) -> None:
    prediction = exact.predict("gated_net", CHIPS[:0], averaging=averaging)  # type: ignore[arg-type]
    assert prediction.probabilities.shape == (0, 7)
    assert prediction.activation_maps is not None
    assert prediction.activation_maps.shape == (0, 7, 6, 6)
    assert prediction.calibrated.shape == (0, 7)


def test_calibrated_is_what_evaluation_calls_calibrated(lab: Lab, exact: Engine) -> None:
    prediction = exact.predict("plain_net", CHIPS)
    expected = apply_temperature(prediction.probabilities, prediction.card.temperature)
    np.testing.assert_allclose(prediction.calibrated, expected, atol=1e-6)
    assert prediction.card.temperature != 1


def test_a_result_stays_when_the_next_one_is_computed(lab: Lab, exact: Engine) -> None:
    first = exact.predict("plain_net", CHIPS[:1])
    kept = first.probabilities.copy()
    exact.predict("plain_net", CHIPS[1:2])
    np.testing.assert_array_equal(first.probabilities, kept)


@pytest.mark.parametrize(
    "chips",
    [
        np.zeros((48, 48), np.uint8),
        np.zeros((1, 48, 48), np.float32),
        np.zeros((1, 96, 96), np.uint8),
        np.zeros((1, 48, 48, 1), np.uint8),
    ],
)
def test_other_arrays_are_refused(lab: Lab, exact: Engine, chips: np.ndarray) -> None:
    with pytest.raises(ValueError, match="Expected uint8"):
        exact.predict("plain_net", chips)


def test_many_threads_get_their_own_answers(lab: Lab) -> None:
    engine = Engine(precision="f32")
    expected = {
        model_id: Engine(precision="f32").predict(model_id, CHIPS).probabilities
        for model_id in lab.ids
    }
    wrong: list[str] = []

    def work(number: int) -> None:
        model_id = lab.ids[number % 2]
        for turn in range(25):
            place = (7 * number + turn) % 100
            count = 1 if turn % 5 else 40
            found = engine.predict(model_id, CHIPS[place : place + count]).probabilities
            if np.abs(found - expected[model_id][place : place + count]).max() > 1e-5:
                wrong.append(model_id)

    in_threads(12, work)
    assert wrong == []


def test_a_network_is_loaded_once_by_threads_that_ask_together(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[Path] = []
    checked = network.CompiledNetwork._checked

    def counting(self: network.CompiledNetwork) -> bytes:
        loads.append(self._path)
        return checked(self)

    monkeypatch.setattr(network.CompiledNetwork, "_checked", counting)
    engine = Engine()
    start = threading.Barrier(8)

    def work(_number: int) -> None:
        start.wait()
        engine.predict("plain_net", CHIPS[:1])

    in_threads(8, work)
    assert len(loads) == 1


def ask_together(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None]
) -> list[np.ndarray]:
    """One request, seven that wait for it to end, and what happens while they do."""
    released = threading.Event()
    run = network.CompiledNetwork.run

    def slow(self: network.CompiledNetwork, chips: np.ndarray) -> tuple[np.ndarray, ...]:
        assert released.wait(30)
        return run(self, chips)

    monkeypatch.setattr(network.CompiledNetwork, "run", slow)
    found: list[np.ndarray] = []
    queue = engine._loaded["plain_net"]._gather._waiting

    def work(number: int) -> None:
        if number == 8:
            until = time.monotonic() + 20
            while len(queue) < 7 and time.monotonic() < until:
                time.sleep(0.001)
            meanwhile()
            released.set()
        else:
            found.append(engine.predict("plain_net", CHIPS[:1]).probabilities)

    in_threads(9, work)
    assert len(found) == 8
    return found


def test_files_are_looked_at_once_for_all_requests_of_a_batch(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine()
    engine.card("plain_net")
    looks: list[Path] = []
    stamp = engine_module._stamp

    def counting(folder: Path) -> engine_module.Stamp:
        looks.append(folder)
        return stamp(folder)

    monkeypatch.setattr(engine_module, "_stamp", counting)
    ask_together(engine, monkeypatch, lambda: None)
    assert len(looks) == 2


def test_requests_that_waited_while_a_network_was_replaced_get_the_new_one(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine()
    before = engine.predict("plain_net", CHIPS[:1]).probabilities
    found = ask_together(engine, monkeypatch, lambda: replace_network(lab))
    after = engine.predict("plain_net", CHIPS[:1]).probabilities
    assert np.abs(after - before).max() > 1e-3
    changed = [np.abs(one - after).max() < 1e-6 for one in found]
    assert sorted(changed) == [False] + 7 * [True]


def replace_network(lab: Lab) -> None:
    """Put another network in place of plain_net."""
    make_model(lab.models, "other_net")
    shutil.copy(lab.models / "other_net" / "model.onnx", lab.models / "plain_net" / "model.onnx")
    digest = sha256(lab.models / "plain_net" / "model.onnx")
    rewrite_card(lab.models / "plain_net", files={"model.onnx": digest}, temperature=2.0)


def test_a_network_trained_anew_is_loaded_anew(lab: Lab) -> None:
    engine = Engine()
    before = engine.predict("plain_net", CHIPS[:1]).probabilities
    replace_network(lab)
    assert engine.predict("plain_net", CHIPS[:0]).card.temperature == 2.0
    after = engine.predict("plain_net", CHIPS[:1])
    assert np.abs(after.probabilities - before).max() > 1e-3
    assert after.card.temperature == 2.0
    assert engine.card("plain_net").temperature == 2.0


def test_only_so_many_networks_are_kept(lab: Lab) -> None:
    engine = Engine(keep=1)
    for model_id in (*lab.ids, *lab.ids):
        engine.predict(model_id, CHIPS[:1])
        assert list(engine._loaded) == [model_id]


def test_a_network_that_nobody_asks_is_let_go_and_loaded_again(lab: Lab) -> None:
    engine = Engine()
    before = engine.predict("plain_net", CHIPS[:2]).probabilities
    engine.predict("gated_net", CHIPS[:1])
    assert engine.let_go(idle=3600) == 0
    engine._loaded["plain_net"].used -= 7200
    assert engine.let_go(idle=3600) == 1
    assert list(engine._loaded) == ["gated_net"]
    np.testing.assert_array_equal(engine.predict("plain_net", CHIPS[:2]).probabilities, before)


def test_a_network_at_rest_answers_as_before(lab: Lab) -> None:
    engine = Engine()
    before = engine.predict("plain_net", CHIPS).probabilities
    assert engine.let_go(idle=3600) == 0, "it was asked a moment ago"
    engine._loaded["plain_net"].used -= 60
    assert engine.let_go(idle=3600) == 1
    engine._loaded["plain_net"].used -= 60
    assert engine.let_go(idle=3600) == 0, "it rests already"
    np.testing.assert_array_equal(engine.predict("plain_net", CHIPS).probabilities, before)


@pytest.mark.parametrize("model_id", ["no_net", "", ".", "..", "../models", "a/b", "plain_net/."])
def test_unknown_networks(lab: Lab, exact: Engine, model_id: str) -> None:
    with pytest.raises(ModelError, match="There is no network"):
        exact.predict(model_id, CHIPS[:1])


def test_a_changed_file_is_refused(lab: Lab) -> None:
    file = lab.models / "plain_net" / "model.onnx"
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(ModelError, match=r"model\.onnx is not the file of its card"):
        Engine().predict("plain_net", CHIPS[:1])


def test_missing_files(lab: Lab) -> None:
    (lab.models / "plain_net" / "model.onnx").unlink()
    (lab.models / "gated_net" / "card.json").unlink()
    with pytest.raises(ModelError, match=r"model\.onnx is missing"):
        Engine().predict("plain_net", CHIPS[:1])
    with pytest.raises(ModelError, match=r"card\.json is missing"):
        Engine().predict("gated_net", CHIPS[:1])


def test_a_card_without_the_files_hash(lab: Lab) -> None:
    rewrite_card(lab.models / "plain_net", files={})
    with pytest.raises(ModelError, match=r"files: model\.onnx is missing"):
        Engine().predict("plain_net", CHIPS[:1])


def test_a_file_that_is_no_network(lab: Lab) -> None:
    folder = lab.models / "plain_net"
    (folder / "model.onnx").write_bytes(b"not a network")
    rewrite_card(folder, files={"model.onnx": sha256(folder / "model.onnx")})
    with pytest.raises(ModelError, match="cannot be run"):
        Engine().predict("plain_net", CHIPS[:1])


def test_outputs_are_found_by_position_when_renamed(lab: Lab, exact: Engine) -> None:
    expected = exact.predict("gated_net", CHIPS[:3])
    model = onnx.load(lab.models / "gated_net" / "model.onnx")
    for number, output in enumerate(model.graph.output):
        old, new = output.name, f"out_{number}"
        model.graph.node.append(onnx.helper.make_node("Identity", [old], [new]))
        output.name = new
    rewrite_model(lab.models / "gated_net", model)
    found = exact.predict("gated_net", CHIPS[:3])
    np.testing.assert_array_equal(found.probabilities, expected.probabilities)
    assert found.se_gates is not None
    assert found.se_gates.shape == (3, 10)


def test_outputs_are_found_by_name_in_another_order(lab: Lab, exact: Engine) -> None:
    expected = exact.predict("gated_net", CHIPS[:3])
    model = onnx.load(lab.models / "gated_net" / "model.onnx")
    outputs = list(model.graph.output)[::-1]
    del model.graph.output[:]
    model.graph.output.extend(outputs)
    rewrite_model(lab.models / "gated_net", model)
    found = exact.predict("gated_net", CHIPS[:3])
    np.testing.assert_array_equal(found.probabilities, expected.probabilities)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"classes": ["happy", "sad", "neutral"]}, r"probabilities of shape \('N', 3\)"),
        ({"gate_blocks": {"block1": 3}}, "se_gates"),
    ],
)
def test_a_card_of_another_network(lab: Lab, changes: dict[str, object], message: str) -> None:
    rewrite_card(lab.models / "gated_net", **changes)
    with pytest.raises(ModelError, match=message):
        Engine().predict("gated_net", CHIPS[:1])


def test_gates_that_the_file_lacks(lab: Lab) -> None:
    rewrite_card(lab.models / "plain_net", gate_blocks={"block1": 3})
    with pytest.raises(ModelError, match=r"Expected the outputs .*se_gates"):
        Engine().predict("plain_net", CHIPS[:1])
