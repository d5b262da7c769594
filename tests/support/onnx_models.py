"""ONNX models as Keras's exporters shape them, and what the standard's own evaluator says."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator


def closed(model, given):
    """A model whose inputs but the first are constants."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    first, *others = [item.name for item in model.graph.input]
    for name, array in zip(others, given[1:], strict=True):
        model.graph.initializer.append(numpy_helper.from_array(np.asarray(array), name))
    del model.graph.input[1:]
    assert model.graph.input[0].name == first
    return model


def answers(model, x):
    """What the reference evaluator says of the first output."""
    return ReferenceEvaluator(model).run(None, {model.graph.input[0].name: x})[0]


class Built:
    """A model of two GRU layers and a head, as Keras's exporters shape it, changed in places."""

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)
        self.constants = {}
        self.nodes = []
        self.inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["B", "T", 2])]

    def constant(self, name, *shape, value=None):
        drawn = self.rng.normal(scale=0.6, size=shape) if value is None else np.array(value)
        kind = np.float32 if value is None or drawn.dtype.kind == "f" else drawn.dtype
        self.constants[name] = drawn.astype(kind)
        return name

    def node(self, kind, inputs, outputs, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=f"the_{kind}", **attributes))
        return outputs[0]

    def layers(self, kind="GRU", blocks=3, units=3, widths=(2, 3), **attributes):
        below = self.node("Transpose", ["x"], ["turned"], perm=[1, 0, 2])
        for place, width in enumerate(widths):
            names = [
                self.constant(f"W{place}", 1, blocks * units, width),
                self.constant(f"R{place}", 1, blocks * units, units),
                self.constant(f"B{place}", 1, 2 * blocks * units),
            ]
            options = {"hidden_size": units, **attributes}
            whole = self.node(kind, [below, *names], [f"Y{place}", f"H{place}"], **options)
            axes = self.constant(f"axes{place}", value=np.array([1]))
            below = self.node("Squeeze", [whole, axes], [f"squeezed{place}"])
        return self.node("Transpose", [below], ["back"], perm=[1, 0, 2])

    def head(self, below, units=3, outputs=2):
        product = self.node("MatMul", [below, self.constant("M", units, outputs)], ["product"])
        return self.node("Add", [self.constant("bias", outputs), product], ["added"])

    def model(self, end):
        told = [helper.make_tensor_value_info(end, TensorProto.FLOAT, None)]
        constants = [numpy_helper.from_array(array, name) for name, array in self.constants.items()]
        graph = helper.make_graph(self.nodes, "net", self.inputs, told, constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])
