"""A generation just written → whether another process can read it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from index.errors import StorageError
from index.own_process import own_command, own_environment

_CODE = "from index.vectors.chroma import check_requested_generation; check_requested_generation()"


class Inspector:
    """Another process, which reads a generation: damage can end in a crash of whoever reads it.

    The process takes a second to get ready. Entered early, as a context, it does so meanwhile.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        with suppress(OSError):  # tried again when there is something to check, and said then
            self._process = _start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()

    def inspect(self, folder: Path, count: int, there: Sequence[str], gone: Sequence[str]) -> None:
        """Let the process check a generation, as ``vectors.check_generation`` does.

        Raises:
            StorageError: It did not pass.
        """
        process = self._process = self._process or _start()
        request = {"folder": str(folder), "count": count, "there": there, "gone": gone}
        _, errors = process.communicate(json.dumps(request))
        self._process = None
        if process.returncode != 0:
            last = (errors.strip().splitlines() or [f"exit {process.returncode}"])[-1]
            raise StorageError(
                f"The vectors written into {folder} did not pass their check ({last}); check the "
                f"disk and run the command again. The index is as it was before."
            )


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        own_command("-c", _CODE),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=own_environment(),
    )
