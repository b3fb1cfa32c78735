"""Training, resumption and export of a tiny network, end to end."""

import time

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="TensorFlow is not installed")
onnxruntime = pytest.importorskip("onnxruntime")

from core.data import store  # noqa: E402
from core.engine.network import CompiledNetwork  # noqa: E402
from core.errors import DataError, ModelError, RecipeError  # noqa: E402
from core.files import sha256, write_json  # noqa: E402
from core.schema import Card, History  # noqa: E402
from core.training import building, export, loop, runs  # noqa: E402
from tests.training.tiny import Silent, make, weights_of  # noqa: E402


def test_a_killed_run_goes_on_and_ends_where_an_unbroken_one_ends(workshop, dataset):
    whole, broken = make(id="whole"), make(id="broken")
    loop.train(whole, dataset, Silent())
    with pytest.raises(KeyboardInterrupt):
        loop.train(broken, dataset, Silent(kill_after=2))
    second = Silent()
    loop.train(broken, dataset, second)

    assert [row.epoch for row in second.rows] == [3, 4]
    history = runs.history_of(broken)
    assert [row.stage for row in history.epochs] == ["head", "all", "all", "all"]
    for one, two in zip(weights_of(whole), weights_of(broken), strict=True):
        assert np.allclose(one, two, atol=1e-5)
    for one, two in zip(runs.history_of(whole).epochs, history.epochs, strict=True):
        assert one.val_accuracy == two.val_accuracy
        assert one.learning_rate == pytest.approx(two.learning_rate)


def test_a_finished_run_is_not_trained_again(workshop, dataset):
    loop.train(make(), dataset, Silent())
    again = Silent()
    loop.train(make(), dataset, again)
    assert again.rows == []


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"batch": 16}, "batch"),
        ({"data": {"augmentation": {"flip": 0.25}}}, "data.augmentation.flip"),
        ({"network": {"builder": "vgg16"}}, "network.builder"),
        ({"stages": [{"name": "all", "epochs": 9, "learning_rate": 0.01}]}, "stages"),
    ],
)
def test_a_run_goes_on_with_its_own_recipe_only(workshop, dataset, changes, key):
    run = runs.run_of(make())
    write_json(run.state_file, begun(make()))
    run.best_weights.touch()
    changed = make(**changes)
    message = rf"^{key}: .*tiny was trained with another value"
    with pytest.raises(RecipeError, match=message):
        loop.train(changed, dataset, Silent())
    with pytest.raises(RecipeError, match=message):
        export.export(changed, run)


def begun(recipe):
    return {"epochs": [], "recipe": recipe.model_dump(mode="json")}


def test_what_is_only_shown_of_a_recipe_may_change(workshop):
    recipe = make()
    write_json(runs.run_of(recipe).state_file, begun(recipe))
    runs.check_same_recipe(make(title="Other", keep_keras=False), runs.run_of(recipe))


def test_frozen_layers_stay(workshop, dataset):
    recipe = make(stages=[{"name": "head", "epochs": 1, "trainable": "head", "learning_rate": 0.1}])
    before = building.build(recipe).model
    loop.train(recipe, dataset, Silent())
    after = building.build(recipe).model
    after.load_weights(runs.run_of(recipe).last_weights)
    for name, frozen in [("block1_conv1", True), ("block2_conv1_norm", True), ("logits", False)]:
        pairs = zip(before.get_layer(name).weights, after.get_layer(name).weights, strict=True)
        assert all(np.array_equal(one, two) for one, two in pairs) == frozen


@pytest.mark.parametrize(
    "stage",
    [
        {"cache_features": True, "trainable": "head", "optimizer": "adam"},
        {"ema": 0.9},
        {"schedule": "plateau"},
        {"schedule": "constant", "patience": 1},
    ],
    ids=lambda stage: next(iter(stage)),
)
def test_the_kept_weights_are_those_that_were_validated(workshop, dataset, stage):
    stages = [{"name": "only", "epochs": 3, "learning_rate": 0.003} | stage]
    recipe = make(data={}, stages=stages)
    run = loop.train(recipe, dataset, Silent())
    history = runs.history_of(recipe)
    network = building.build(recipe)
    network.model.load_weights(run.best_weights)
    selection = dataset.split("PublicTest")
    found = network.model.predict(selection.faces, verbose=0).argmax(axis=1)
    expected = history.epochs[history.best_epoch - 1].val_accuracy
    assert (found == selection.labels).mean() == pytest.approx(expected, abs=1e-6)
    assert expected == max(row.val_accuracy for row in history.epochs)


def test_what_is_kept_is_the_running_mean_and_not_the_weights_of_the_last_step(workshop, dataset):
    stage = {"name": "only", "epochs": 1, "learning_rate": 0.05}
    mean, plain = (
        loop.train(make(id=name, data={}, stages=[stage | more]), dataset, Silent())
        for name, more in (("mean", {"ema": 0.99}), ("plain", {}))
    )
    network = building.build(make())
    kept = []
    for weights in (mean.best_weights, mean.last_weights, plain.best_weights):
        network.model.load_weights(weights)
        kept.append(np.concatenate([value.ravel() for value in network.model.get_weights()]))
    averaged, last, unaveraged = kept
    assert np.allclose(last, unaveraged, atol=1e-5)
    assert not np.allclose(averaged, last, atol=1e-3)


def test_a_killed_run_keeps_counting_towards_a_lower_rate(workshop, dataset):
    # Nearly nothing is learned, so that no epoch is better than the first.
    stage = {"name": "head", "epochs": 6, "trainable": "head", "schedule": "plateau"}
    stages = [stage | {"learning_rate": 1e-12}]
    whole, broken = (make(id=name, data={}, stages=stages) for name in ("whole", "broken"))
    loop.train(whole, dataset, Silent())
    with pytest.raises(KeyboardInterrupt):
        loop.train(broken, dataset, Silent(kill_after=3))
    loop.train(broken, dataset, Silent())
    rates = [[row.learning_rate for row in runs.history_of(run).epochs] for run in (whole, broken)]
    assert rates[0] == pytest.approx(rates[1])
    assert rates[0][-1] < rates[0][0]


def test_a_stage_has_its_own_patience(workshop, dataset):
    first = {"name": "first", "epochs": 9, "trainable": "head", "patience": 2}
    first |= {"learning_rate": 1e-12, "schedule": "constant"}
    stages = [first, first | {"name": "second"}]
    watcher = Silent()
    loop.train(make(data={}, stages=stages), dataset, watcher)
    assert [row.stage for row in watcher.rows] == ["first"] * 3 + ["second"] * 2


def test_unknown_layer_is_refused(workshop, dataset):
    stage = {"name": "x", "epochs": 1, "learning_rate": 0.1}
    watcher = Silent()
    with pytest.raises(RecipeError, match=r"stages\.trainable: .* Received: block9"):
        loop.train(make(stages=[stage, stage | {"trainable": "block9"}]), dataset, watcher)
    assert watcher.rows == []


def test_export_keeps_the_contract(workshop, dataset):
    recipe = make()
    with pytest.raises(ModelError, match="Train first"):
        export.export(recipe, runs.run_of(recipe))
    folder = export.export(recipe, loop.train(recipe, dataset, Silent()))

    card = Card.of(folder)
    assert card.files == {name: sha256(folder / name) for name in ("model.onnx", "model.keras")}
    assert card.training.epochs == 4
    assert History.read(workshop / "results" / "tiny" / "history.json") == runs.history_of(recipe)
    assert card.parameters >= card.trainable_parameters > 0

    faces = dataset.faces[:5]
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    assert [value.name for value in session.get_inputs()] == ["faces"]
    assert [value.name for value in session.get_outputs()] == ["probabilities", "activation_maps"]
    probabilities, maps = session.run(None, {"faces": faces})
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert maps.shape == (5, 7, 24, 24)
    assert (maps >= 0).all()
    reopened = keras.saving.load_model(folder / "model.keras")
    assert np.abs(reopened.predict(faces, verbose=0) - probabilities).max() < 1e-3


def test_time_for_features_counts_in_the_first_epoch(workshop, dataset, monkeypatch):
    predict = keras.Model.predict

    def slowly(*arguments, **options):
        time.sleep(1)
        return predict(*arguments, **options)

    monkeypatch.setattr(keras.Model, "predict", slowly)
    stage = {"name": "head", "epochs": 2, "trainable": "head", "learning_rate": 0.01}
    recipe = make(data={}, stages=[stage | {"cache_features": True}])
    loop.train(recipe, dataset, Silent())
    first, second = (row.seconds for row in runs.history_of(recipe).epochs)
    assert first > second + 1.5


def delicate(recipe):
    """A network whose last weights float16 can hardly tell apart."""
    network = building.build(recipe, precision="float32")
    kernel, bias = network.model.get_layer("logits").get_weights()
    network.model.get_layer("logits").set_weights([kernel + 100, bias])
    return network


def test_weights_are_kept_whole_where_half_of_their_digits_are_not_enough(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "LARGE", (16, 100_000))
    network, path = delicate(make()), tmp_path / "model.onnx"
    assert export.write_onnx(network, path) == 100_000
    expected = export.inference_model(network).predict(export._chips(), verbose=0)[0]
    session = onnxruntime.InferenceSession(path)
    found = session.run(["probabilities"], {"faces": export._chips()})[0]
    assert np.abs(found - expected).max() < export.WANTED


def test_a_file_that_disagrees_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "LARGE", (16,))
    with pytest.raises(ModelError, match="disagrees with Keras"):
        export.write_onnx(delicate(make()), tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_the_keras_file_alone(workshop, dataset):
    recipe = make(keep_keras=False)
    run = loop.train(recipe, dataset, Silent())
    with pytest.raises(ModelError, match=r"card\.json is missing"):
        export.export_keras(recipe, run)
    folder = export.export(recipe, run)
    before = (folder / "model.onnx").read_bytes()
    assert set(Card.of(folder).files) == {"model.onnx"}

    file = export.export_keras(recipe, run)
    assert Card.of(folder).files["model.keras"] == sha256(file)
    assert (folder / "model.onnx").read_bytes() == before
    reopened = keras.saving.load_model(file).predict(dataset.faces[:5], verbose=0)
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    found = session.run(["probabilities"], {"faces": dataset.faces[:5]})[0]
    assert np.abs(reopened - found).max() < 1e-3

    delicate(recipe).model.save_weights(run.best_weights)
    with pytest.raises(ModelError, match="disagrees with the weights"):
        export.export_keras(recipe, run)
    assert Card.of(folder).files["model.keras"] == sha256(file)


def test_eight_bits_where_they_cost_nothing(workshop, dataset, monkeypatch):
    monkeypatch.setattr(export, "LARGE", (16,))
    monkeypatch.setenv("FER_DATA", str(workshop / "data"))
    recipe = make()
    run = loop.train(recipe, dataset, Silent())
    whole = export.export(recipe, run) / "model.onnx"
    faces = dataset.faces[:9]
    expected = onnxruntime.InferenceSession(whole).run(None, {"faces": faces})
    small = make(stored="int8")
    with pytest.raises(DataError, match="import"):
        export.export(small, run)

    store.save(dataset)
    folder = export.export(small, run)
    found = onnxruntime.InferenceSession(folder / "model.onnx").run(None, {"faces": faces})
    assert 0 < np.abs(found[0] - expected[0]).max() < 0.05
    assert found[1].shape == expected[1].shape
    assert Card.of(folder).recipe["stored"] == "int8"
    export.export_keras(small, run)  # knows the network in spite of the rounding
    assert CompiledNetwork(folder, "f32").run(faces)[0] == pytest.approx(found[0], abs=2e-3)

    monkeypatch.setattr(export, "MOST_LOST", -1)  # even what costs nothing costs too much
    before = (folder / "model.onnx").read_bytes()
    with pytest.raises(ModelError, match=r"stored: 8 bits cost .* of accuracy on PublicTest"):
        export.export(small, run)
    assert (folder / "model.onnx").read_bytes() == before


def test_gates_are_an_output(tmp_path):
    from core import networks

    keras.config.set_dtype_policy("float32")
    settings = networks.settings_of("vgg16", {"size": 48, "se_blocks": [4, 5], "imagenet": False})
    network = networks.build("vgg16", settings, 7)
    export.write_onnx(network, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    faces = np.zeros((2, 48, 48), np.uint8)
    gates = session.run(["se_gates"], {"faces": faces})[0]
    assert gates.shape == (2, 1024)
    assert ((gates > 0) & (gates < 1)).all()
