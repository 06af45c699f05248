"""All stages of training, one after the other: ``python -m training SETS OUT --minutes 180``."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

OWN = Path(__file__).parent / "own"


def main() -> None:
    """Train, export and fit; each stage is a process of its own and prints what it does."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", type=Path, help="a folder of question sets")
    parser.add_argument("out", type=Path, help="a folder for checkpoints and the learning curve")
    parser.add_argument("--minutes", type=float, default=180)
    options = parser.parse_args()
    folders = [path.parent for path in sorted(options.sets.glob("*/questions.jsonl.gz"))]
    for stage, arguments in (
        ("train", [options.sets, options.out, "--minutes", options.minutes]),
        ("export", [options.out / "latest.pt"]),
        ("fit", [*folders, OWN, "--write"]),
    ):
        command = [sys.executable, "-m", f"training.{stage}", *map(str, arguments)]
        if subprocess.run(command, check=False).returncode:
            sys.exit(f"The stage {stage} has failed; mend what it says and start again.")


if __name__ == "__main__":
    main()
