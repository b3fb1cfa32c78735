"""First weights and teachers from networks trained before."""

import dataclasses

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="TensorFlow is not installed")

from core.errors import RecipeError  # noqa: E402
from core.labels import CLASSES  # noqa: E402
from core.schema import Card, InitialWeights  # noqa: E402
from core.training import building, export, loop, predecessors, runs  # noqa: E402
from core.training.teachers import Teachers  # noqa: E402
from tests import factories  # noqa: E402
from tests.training.tiny import TINY, Silent, make, weights_of  # noqa: E402

SHIFTED = {"start": "tiny", **TINY["network"]}


def trained(dataset, **changes):
    recipe = make(**changes)
    return export.export(recipe, loop.train(recipe, dataset, Silent()))


def test_a_network_goes_on_from_an_earlier_one(workshop, dataset):
    trained(dataset)
    after = make(id="after", network=SHIFTED)
    network = building.build(after)
    assert network.initial_weights == InitialWeights(
        kind="random", source="He et al. 2015", through=("Tiny",)
    )
    earlier = keras.saving.load_model(workshop / "models" / "tiny" / "model.keras")
    expected = earlier.predict(dataset.faces[:9], verbose=0)
    found = keras.ops.softmax(network.model.predict(dataset.faces[:9], verbose=0))
    assert np.abs(np.asarray(found) - expected).max() < 1e-5

    folder = export.export(after, loop.train(after, dataset, Silent()))
    assert Card.of(folder).predecessors == ["tiny"]


def test_a_network_without_a_keras_file_hands_on_the_weights_of_its_run(workshop, dataset):
    recipe = make(keep_keras=False)
    folder = trained(dataset, keep_keras=False)
    assert not (folder / "model.keras").exists()
    network = building.build(make(id="after", network=SHIFTED))
    earlier = building.build(recipe).model
    earlier.load_weights(runs.run_of(recipe).best_weights)
    expected = earlier.predict(dataset.faces[:9], verbose=0)
    found = network.model.predict(dataset.faces[:9], verbose=0)
    assert np.array_equal(found, expected)


def test_other_classes_get_a_head_of_their_own_on_the_earlier_backbone(workshop, dataset):
    trained(dataset)
    classes = {"classes": ["angry", "sad", "surprise"]}
    recipe = make(id="three", network=SHIFTED, data=classes)
    network = building.build(recipe)
    earlier = keras.saving.load_model(workshop / "models" / "tiny" / "model.keras")
    old = {layer.name: layer.get_weights() for layer in earlier.layers if layer.weights}
    new = {layer.name: layer.get_weights() for layer in network.model.layers if layer.weights}
    for name in ("block1_conv1", "block2_conv1"):
        assert np.array_equal(old[name][0], new[name][0])
    assert not np.array_equal(old["hidden"][0], new["hidden"][0])
    assert new["logits"][0].shape == (8, 3)
    export.export(recipe, loop.train(recipe, dataset, Silent()))


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ({"start": "absent"}, r"network\.start: no .*absent"),
        ({"start": "onnx_only"}, r"network\.start: no .*model\.keras"),
        (
            {"settings": {**TINY["network"]["settings"], "filters": [4, 6]}},
            r"network\.start: the weights of block2_conv1 have other shapes in tiny",
        ),
    ],
)
def test_weights_that_do_not_fit_are_refused(workshop, dataset, network, message):
    trained(dataset)
    factories.make_model(workshop / "models", "onnx_only")
    watcher = Silent()
    with pytest.raises(RecipeError, match=message):
        loop.train(make(id="after", network=SHIFTED | network), dataset, watcher)
    assert watcher.rows == []


def test_teachers_say_the_mean_of_their_probabilities(workshop):
    for name in ("one", "two"):
        factories.make_model(workshop / "models", name)
    faces = np.random.default_rng(1).integers(0, 256, (70, 48, 48), dtype=np.uint8)
    one, two, both = (
        Teachers(names, CLASSES)(faces) for names in (["one"], ["two"], ["one", "two"])
    )
    assert both.shape == (70, 7)
    assert np.abs(both - (one + two) / 2).max() < 1e-6
    assert np.abs(one - two).max() > 0.1


@pytest.mark.parametrize(
    ("teacher", "message"),
    [
        ("absent", r"data\.teachers: .*absent"),
        ("three", r"data\.teachers: expected networks that tell apart angry, .* Received: three"),
    ],
)
def test_a_teacher_that_cannot_teach_is_refused(workshop, dataset, teacher, message):
    factories.make_model(workshop / "models", "three", classes=("angry", "sad", "surprise"))
    watcher = Silent()
    recipe = make(data={"teachers": [teacher], "teaching": 0.5})
    with pytest.raises(RecipeError, match=message):
        loop.train(recipe, dataset, watcher)
    assert watcher.rows == []


def test_who_believes_a_teacher_alone_ignores_the_labels(workshop, dataset):
    factories.make_model(workshop / "models", "teacher")
    data = {"teachers": ["teacher"], "teaching": 1.0}
    stages = [{"name": "all", "epochs": 1, "learning_rate": 0.01}]
    one, other = (make(id=name, data=data, stages=stages) for name in ("one", "other"))
    loop.train(one, dataset, Silent())
    turned = dataclasses.replace(dataset, labels=dataset.labels[::-1].copy())
    loop.train(other, turned, Silent())
    for left, right in zip(weights_of(one), weights_of(other), strict=True):
        assert np.allclose(left, right, atol=1e-5)


def test_a_killed_run_with_a_teacher_goes_on(workshop, dataset):
    factories.make_model(workshop / "models", "teacher")
    data = {"teachers": ["teacher"], "teaching": 0.5, "augmentation": {"flip": 0.5}}
    whole, broken = make(id="whole", data=data), make(id="broken", data=data)
    loop.train(whole, dataset, Silent())
    with pytest.raises(KeyboardInterrupt):
        loop.train(broken, dataset, Silent(kill_after=2))
    loop.train(broken, dataset, Silent())
    for one, two in zip(weights_of(whole), weights_of(broken), strict=True):
        assert np.allclose(one, two, atol=1e-5)


def test_a_smoke_run_needs_no_predecessor():
    recipe = make(
        network=SHIFTED | {"start": "absent"}, data={"teachers": ["absent"], "teaching": 0.5}
    )
    alone = predecessors.without_predecessors(recipe)
    assert alone.network.start == ""
    assert alone.data.teachers == ()
    building.build(alone)


def test_a_teacher_of_more_expressions_is_cut_to_those_of_the_recipe(workshop):
    factories.make_model(workshop / "models", "seven")
    faces = np.random.default_rng(1).integers(0, 256, (9, 48, 48), dtype=np.uint8)
    classes = ("angry", "sad", "surprise")
    whole, cut = (Teachers(["seven"], names)(faces) for names in (CLASSES, classes))
    chosen = whole[:, [CLASSES.index(name) for name in classes]]
    assert np.abs(cut - chosen / chosen.sum(axis=1, keepdims=True)).max() < 1e-6


def test_exported_weights_are_the_mean_that_the_recipe_asks_for(workshop, dataset):
    first = make()
    trained(dataset)
    later = make(
        id="later",
        network=TINY["network"] | {"start": "tiny", "start_share": 0.25},
        stages=[{"name": "all", "epochs": 1, "learning_rate": 0.05}],
    )
    run = loop.train(later, dataset, Silent())
    network = building.build(later)
    start = [value.copy() for value in network.model.get_weights()]
    network.model.load_weights(run.best_weights)
    end = [value.copy() for value in network.model.get_weights()]
    predecessors.average_with_start(network, later)
    for one, other, mean in zip(start, end, network.model.get_weights(), strict=True):
        assert np.allclose(mean, 0.25 * one + 0.75 * other, atol=1e-6)
    assert max(np.abs(one - other).max() for one, other in zip(start, end, strict=True)) > 1e-3
    predecessors.average_with_start(network, first)  # asks for none
    for one, other, mean in zip(start, end, network.model.get_weights(), strict=True):
        assert np.allclose(mean, 0.25 * one + 0.75 * other, atol=1e-6)


def test_a_share_of_nothing_is_refused():
    with pytest.raises(ValueError, match="start_share"):
        make(network=TINY["network"] | {"start_share": 0.5})


def test_a_keras_file_that_its_card_does_not_tell_of_is_not_loaded(workshop, dataset):
    file = trained(dataset) / "model.keras"
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(RecipeError, match=r"network\.start: .*is not the file"):
        building.build(make(id="after", network=SHIFTED))


@pytest.mark.parametrize("name", ["../../elsewhere", "/tmp/x", "a/b", "..", "C:\\x", "x.keras"])
def test_a_predecessor_is_an_id_and_no_path(name):
    with pytest.raises((RecipeError, ValueError), match="start"):
        make(network={"start": name, **TINY["network"]})
    with pytest.raises((RecipeError, ValueError), match="teachers"):
        make(data={"teachers": [name], "teaching": 0.5})
