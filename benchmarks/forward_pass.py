"""Where the time of the embedding model goes: one forward pass on one core, operation by operation.

    python benchmarks/forward_pass.py [--texts 4] [--tokens 170] [--passes 20] [--json FILE] …

Building and reading are mostly this. onnxruntime's own profiler tells what each kind of operation
takes; only matrix products are arithmetic that cannot be spared (``limit.py``), all else is what an
engine spends besides. Below stands how fast those products are beside large ones on the same core:
what no engine that uses this library of products can be faster than.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from limit import model_work
from measuring import ROOT, draw_bars, keep, options_parser, print_table, run_python, said

PRODUCTS = {"MatMul", "FusedMatMul", "Gemm"}
_TOLD = 0.01  # operations that take less than this share are told together
_WARM = 3  # passes that are not told


def operations(model: Path, texts: int, tokens: int, passes: int) -> tuple[Counter[str], float]:
    """Return operation → seconds in so many forward passes, and the seconds of all of it."""
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(folder) / "profile")
        session = onnxruntime.InferenceSession(
            str(model), sess_options=options, providers=["CPUExecutionProvider"]
        )
        ids = np.random.default_rng(0).integers(1000, 20_000, (texts, tokens))
        for _ in range(_WARM + passes):
            session.run(None, {"ids": ids, "mask": np.ones_like(ids)})
        events = json.loads(Path(session.end_profiling()).read_text("utf-8"))
    runs = [each for each in events if each["name"] == "model_run"][_WARM:]
    taken: Counter[str] = Counter()
    for event in events:
        if event["name"].endswith("_kernel_time") and event["ts"] >= runs[0]["ts"]:
            taken[event["args"]["op_name"]] += event["dur"] / 1e6
    return taken, sum(each["dur"] for each in runs) / 1e6


def measure(options: Any) -> dict[str, Any]:
    """Return the share of each operation, and the rates of the products and of all of it."""
    from index.embedding.export import export_model
    from index.settings import DEFAULT_MODEL, IndexSettings

    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    rate = said(run_python(ROOT / "benchmarks" / "limit.py").output)["rate"]
    model = export_model(DEFAULT_MODEL, IndexSettings().cache / "models") / "model.onnx"
    taken, whole = operations(model, options.texts, options.tokens, options.passes)
    work = model_work([options.tokens] * options.texts) * options.passes
    return {
        "shares": {name: seconds / whole for name, seconds in taken.most_common()},
        "rate": rate,
        "products": work / sum(taken[name] for name in PRODUCTS) / rate,
        "whole": work / whole / rate,
    }


def main() -> None:
    """Measure and print."""
    parser = options_parser(__doc__, articles=False)
    parser.add_argument("--texts", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=170)
    parser.add_argument("--passes", type=int, default=20)
    options = parser.parse_args()
    figures = measure(options)
    told = {name: share for name, share in figures["shares"].items() if share >= _TOLD}
    told["all else"] = 1 - sum(told.values())
    print_table(("", "of the pass"), [(name, f"{share:.1%}") for name, share in told.items()])
    print(f"\nlarge matrix products on one core: {figures['rate'] / 1e9:.0f} GFLOP/s; those of the")
    print(f"pass run at {figures['products']:.0%} of that, all of it at {figures['whole']:.0%}")
    keep(
        options,
        figures,
        lambda axes, _: draw_bars(axes, told, "One forward pass", "share of its time"),
    )


if __name__ == "__main__":
    main()
