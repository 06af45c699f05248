"""A checkpoint → the network as it ships: ONNX, its weights as 8-bit numbers, or 16-bit floats.

python -m training.export OUT/latest.pt [--half] [--to FILE]
"""

from __future__ import annotations

import argparse
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from assistant.reader.joint.network import WEIGHTS
from training.network import WIDTH, JointNetwork

OPSET = 17


class OnePassage(nn.Module):  # type: ignore[misc]
    """The network for one passage at a time: nothing is padded, nothing masked."""

    def __init__(self, network: JointNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, vectors: Tensor, kinds: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the network tells of each token, and that no sentence answers."""
        told: tuple[Tensor, Tensor] = self.network(vectors, kinds, torch.ones_like(kinds))
        return told


def load_network(checkpoint: Path) -> JointNetwork:
    """Return the network of a checkpoint."""
    network = JointNetwork()
    network.load_state_dict(torch.load(checkpoint, weights_only=True)["network"])
    network.eval()
    return network


def export(network: JointNetwork, path: Path, *, int8: bool = False) -> None:
    """Write a network as ONNX."""
    import onnx

    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "network.onnx"
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")  # the tracer warns about shapes that are dynamic here
            torch.onnx.export(
                OnePassage(network).eval(),
                (torch.zeros(1, 8, WIDTH), torch.zeros(1, 8, dtype=torch.int64)),
                str(whole),
                input_names=["vectors", "kinds"],
                output_names=["told", "none"],
                dynamic_axes={name: {1: "tokens"} for name in ("vectors", "kinds", "told")},
                opset_version=OPSET,
                dynamo=False,  # the newer exporter is slow and onnxruntime refuses what it writes
            )
        if int8:
            from onnxruntime.quantization import QuantType, quantize_dynamic

            quantize_dynamic(
                str(whole), str(path), weight_type=QuantType.QInt8, per_channel=True,
                op_types_to_quantize=["MatMul", "Gemm"],
            )  # fmt: skip
        else:
            model = onnx.load(str(whole))
            _halve(model)
            onnx.save(model, str(path))


def _halve(model: Any) -> None:
    """Store the large weights as 16-bit floats; they become 32-bit ones when they are loaded."""
    from onnx import TensorProto, helper, numpy_helper

    casts = []
    for weight in list(model.graph.initializer):
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < 1000:
            continue
        half = numpy_helper.from_array(values.astype(np.float16), f"{weight.name}_half")
        model.graph.initializer.remove(weight)
        model.graph.initializer.append(half)
        casts.append(helper.make_node("Cast", [half.name], [weight.name], to=TensorProto.FLOAT))
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*casts, *nodes])


def main() -> None:
    """Read the arguments and export."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--half", action="store_true", help="16-bit floats: twice as large")
    parser.add_argument("--to", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    export(load_network(options.checkpoint), options.to, int8=not options.half)
    print(f"{options.to}: {options.to.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
