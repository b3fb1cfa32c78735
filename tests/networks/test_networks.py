"""Every builder: shapes, names, squeeze-and-excitation, Grad-CAM against a gradient tape."""

import cv2
import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="TensorFlow is not installed")

from core import networks  # noqa: E402
from core.errors import RecipeError  # noqa: E402
from core.networks import applications  # noqa: E402
from core.networks.head import activation_maps  # noqa: E402
from core.networks.inputs import faces_input, prepare  # noqa: E402
from core.networks.squeeze_excitation import squeeze_excitation  # noqa: E402

FACES = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)

BUILDERS = [
    # builder, settings, features' side and channels, gate blocks
    ("cnn", {"filters": (4, 8, 8), "convolutions": (1, 1, 2), "hidden": 16}, (12, 8), []),
    ("cnn", {"filters": (4, 8), "convolutions": (1, 1), "hidden": 0, "size": 96}, (48, 8), []),
    ("vgg16", {"size": 48, "imagenet": False}, (3, 512), []),
    ("vgg16", {"size": 48, "imagenet": False, "hidden": 32}, (3, 512), []),
    (
        "vgg16",
        {"size": 48, "imagenet": False, "se_blocks": (3, 4, 5), "batch_norm": True},
        (3, 512),
        ["block3", "block4", "block5"],
    ),
    ("mobilenet_v2", {"size": 96, "imagenet": False, "head_filters": 16}, (3, 16), []),
    ("resnet50", {"size": 64, "imagenet": False}, (2, 2048), []),
]


def build(builder, settings, classes=7):
    keras.config.set_dtype_policy("float32")
    keras.utils.set_random_seed(0)
    return networks.build(builder, networks.settings_of(builder, settings), classes)


@pytest.mark.parametrize(("builder", "settings", "features", "gates"), BUILDERS)
def test_network(builder, settings, features, gates):
    network = build(builder, settings, classes=5)
    side, channels = features
    assert network.model.get_layer(network.features).output.shape == (None, side, side, channels)
    assert list(network.gates) == gates
    assert network.model(FACES).shape == (3, 5)

    maps = keras.Model(network.model.input, activation_maps(network)).predict(FACES, verbose=0)
    assert maps.shape == (3, 5, side, side)
    for position in range(5):
        expected = tape_grad_cam(network, position)
        assert np.allclose(maps[:, position], expected, atol=1e-5 + 1e-4 * expected.max())


def tape_grad_cam(network, position):
    """Grad-CAM as the paper defines it: gradients by automatic differentiation."""
    import tensorflow as tf

    layer = network.model.get_layer(network.features).output
    both = keras.Model(network.model.input, [layer, network.model.output])
    with tf.GradientTape() as tape:
        features, logits = both(FACES, training=False)
        score = logits[:, position]
    weights = tf.reduce_mean(tape.gradient(score, features), axis=(1, 2))
    return tf.nn.relu(tf.einsum("nhwk,nk->nhw", features, weights)).numpy()


@pytest.mark.parametrize(
    ("builder", "before", "after"),
    [
        ("mobilenet_v2", "block_13_project_BN", "block_15_add"),
        ("resnet50", "conv5_block1_out", "conv5_block3_out"),
    ],
)
def test_residual_blocks_begin_as_nothing_where_weights_are_random(builder, before, after):
    model = build(builder, {"size": 48, "imagenet": False}).model
    outputs = [model.get_layer(name).output for name in (before, after)]
    one, other = keras.Model(model.input, outputs)(FACES)
    assert np.abs(np.asarray(one)).max() > 0
    assert np.array_equal(one, other)


@pytest.mark.parametrize("builder", ["mobilenet_v2", "resnet50"])
def test_from_random_weights_running_means_follow_within_an_epoch(builder):
    """Left at what is good for ImageNet, they are far from it after 90 steps."""
    network = build(builder, {"size": 48, "imagenet": False})
    first = next(
        layer
        for layer in network.model.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    )
    below = (
        np.random.default_rng(0).normal(5.0, 1.0, (8, 2, 2, first.gamma.shape[0])).astype("float32")
    )
    for _step in range(90):
        first(below, training=True)
    assert np.abs(np.asarray(first.moving_mean) - 5).max() < 1


def test_median_is_opencvs_in_keras_and_in_the_exported_graph(tmp_path):
    import onnxruntime
    import openvino

    smooth = np.random.default_rng(2).integers(0, 256, (2, 6, 6), dtype=np.uint8)
    faces = np.concatenate([FACES, smooth.repeat(8, axis=1).repeat(8, axis=2)])
    x = faces_input()
    model = keras.Model(x, prepare(x, 48, 1, [0.0], [1.0], median_filter=3))
    expected = np.stack([cv2.medianBlur(face, 3) for face in faces])[..., None]
    assert np.array_equal(model.predict(faces, verbose=0), expected)

    model.export(tmp_path / "median.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(tmp_path / "median.onnx")
    found = session.run(None, {session.get_inputs()[0].name: faces})[0]
    assert np.array_equal(found, expected)
    for precision in ("f32", "bf16"):
        options = {"INFERENCE_PRECISION_HINT": precision}
        compiled = openvino.Core().compile_model(tmp_path / "median.onnx", "CPU", options)
        assert np.array_equal(compiled(faces)[0], expected)


def test_a_network_with_a_median_saves_without_code_of_ours(tmp_path):
    plain = build("cnn", {"filters": (4,), "convolutions": (1,), "hidden": 0})
    smoothed = build(
        "cnn", {"filters": (4,), "convolutions": (1,), "hidden": 0, "median_filter": 3}
    )
    smoothed.model.set_weights(plain.model.get_weights())
    blurred = np.stack([cv2.medianBlur(face, 3) for face in FACES])
    assert np.allclose(smoothed.model(FACES), plain.model(blurred), atol=1e-5)
    smoothed.model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert np.allclose(again(FACES), smoothed.model(FACES), atol=1e-6)


def test_squeeze_excitation_scales_channels_by_its_gates():
    x = keras.Input((4, 4, 32))
    y = squeeze_excitation(x, "se", ratio=16)
    model = keras.Model(x, y)
    gates = keras.Model(x, model.get_layer("se_gates").output)
    values = np.random.default_rng(1).normal(size=(2, 4, 4, 32)).astype(np.float32)
    found = gates.predict(values, verbose=0)
    assert model.get_layer("se_reduce").units == 2
    assert ((found > 0) & (found < 1)).all()
    expected = values * found[:, None, None, :]
    assert np.allclose(model.predict(values, verbose=0), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("builder", "settings", "message"),
    [
        ("vgg17", {}, "network.builder: expected one of"),
        ("vgg16", {"siez": 96}, "network.settings.siez"),
        ("vgg16", {"size": 20}, "network.settings.size"),
        ("cnn", {"median_filter": 5}, "network.settings.median_filter"),
        ("cnn", {"filters": (8, 8), "convolutions": (1,)}, "one positive number for each"),
    ],
)
def test_bad_settings_name_the_key(builder, settings, message):
    with pytest.raises(RecipeError, match=message):
        networks.settings_of(builder, settings)


def test_missing_weights_file_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_WEIGHTS", str(tmp_path))
    with pytest.raises(RecipeError, match=f"no weights at {tmp_path}"):
        build("vgg16", {"size": 48})


@pytest.mark.parametrize("name", ["mobilenet_v2", "resnet50"])
def test_weights_of_keras_are_found_in_the_folder_of_weights(monkeypatch, tmp_path, name):
    """Made ones, since those of ImageNet are not at hand; at the nearest size that is there."""
    monkeypatch.setenv("FER_WEIGHTS", str(tmp_path))
    application = applications.APPLICATIONS[name]
    made = application(include_top=False, weights=None, input_shape=(96, 96, 3))
    made.set_weights([value + 0.01 for value in made.get_weights()])
    made.save(tmp_path / applications.FILES[name].format(size=128))
    network = build(name, {"size": 96})
    assert network.initial_weights == applications.IMAGENET
    convolution = next(layer for layer in made.layers if layer.weights)
    found = network.model.get_layer(convolution.name).get_weights()
    for one, other in zip(convolution.get_weights(), found, strict=True):
        assert np.array_equal(one, other)
    faces = np.repeat(np.random.default_rng(0).random((2, 48, 48, 1), np.float32), 3, axis=-1)
    below = keras.Model(network.model.get_layer("standardise").output, network.model.output)
    assert np.isfinite(np.asarray(below(keras.ops.image.resize(faces, (96, 96))))).all()


def test_weights_of_another_network_are_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_WEIGHTS", str(tmp_path))
    other = keras.applications.MobileNetV2(include_top=False, weights=None, input_shape=(96, 96, 3))
    other.save(tmp_path / applications.FILES["resnet50"])
    with pytest.raises(RecipeError, match="does not hold the weights of resnet50"):
        build("resnet50", {"size": 64})


def test_missing_weights_of_keras_are_named(monkeypatch, tmp_path):
    def offline(**_):
        raise Exception("URL fetch failure on x: None")  # as keras.utils.get_file has it

    monkeypatch.setenv("FER_WEIGHTS", str(tmp_path))
    monkeypatch.setitem(applications.APPLICATIONS, "resnet50", offline)
    with pytest.raises(RecipeError, match=f"no weights at {tmp_path}.*notop"):
        build("resnet50", {"size": 64})
