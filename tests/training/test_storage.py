"""Fewer bits for weights: a file that says the same, almost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from core.training import storage  # noqa: E402

KERNELS = arrays(np.float32, (4, 3, 2, 2), elements=st.floats(-8, 8, width=32))
MATRICES = arrays(np.float32, (5, 6), elements=st.floats(-8, 8, width=32))


def stored_and_read(kind, weights, large=1):
    """What a runtime reads of weights that were stored in fewer bits."""
    tensor = onnx.numpy_helper.from_array(weights, "weights")
    shape = onnx.helper.make_tensor_value_info("read", onnx.TensorProto.FLOAT, weights.shape)
    node = onnx.helper.make_node("Identity", ["weights"], ["read"])
    graph = onnx.helper.make_graph([node], "one", [], [shape], [tensor])
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=10
    )
    content = kind(model, large)
    assert onnx.numpy_helper.to_array(model.graph.initializer[0]).dtype == np.float32
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return session.run(["read"], {})[0], onnx.load_from_string(content).graph.initializer[0]


@given(KERNELS)
def test_eight_bits_round_each_kernel_by_half_a_step(weights):
    found, tensor = stored_and_read(storage.in_eight_bits, weights)
    assert tensor.data_type == onnx.TensorProto.INT8
    step = np.abs(weights).max(axis=(1, 2, 3), keepdims=True) / 127
    assert (np.abs(found - weights) <= 0.51 * step + 1e-6).all()


@given(MATRICES)
def test_eight_bits_round_each_column_of_a_dense_layer_by_half_a_step(weights):
    found, _ = stored_and_read(storage.in_eight_bits, weights)
    step = np.abs(weights).max(axis=0, keepdims=True) / 127
    assert (np.abs(found - weights) <= 0.51 * step + 1e-6).all()


@given(MATRICES)
def test_half_keeps_eleven_binary_digits(weights):
    found, tensor = stored_and_read(storage.in_half, weights)
    assert tensor.data_type == onnx.TensorProto.FLOAT16
    assert np.array_equal(found, weights.astype(np.float16).astype(np.float32))


@pytest.mark.parametrize("kind", [storage.in_half, storage.in_eight_bits])
def test_small_arrays_stay_as_they_are(kind):
    weights = np.linspace(0, 1, 30, dtype=np.float32).reshape(5, 6)
    found, tensor = stored_and_read(kind, weights, large=31)
    assert tensor.data_type == onnx.TensorProto.FLOAT
    assert np.array_equal(found, weights)
