"""The bytes of a file go into a process of its own; a draft comes back, or the reason why not.

What parses foreign formats can be made to loop, to eat all memory or to crash. Here it may: the
file is reported and the next one is read by a new process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from types import TracebackType
from typing import IO, Any

from index.own_process import own_command, own_environment
from index.readers.common.draft import Draft, UnreadableContentError
from index.readers.registry import Format, read_by
from index.types import Section

TIME_LIMIT = 60.0
"""Seconds that reading a small file may take; a large one may take more."""

_SECONDS_PER_MEGABYTE = 10.0  # of the file: what is large may take longer
_LONGEST_TIME = 300.0  # seconds for which a build may stand still because of one file

MEMORY_LIMIT = 2 << 30
"""Bytes of address space that reading may take, where the system can set a limit."""

_TOO_SLOW = "takes longer than {:.0f} seconds to read"
_TOO_LARGE = f"needs more than {MEMORY_LIMIT >> 30} GB of memory to read"
_LONGEST_REASON = 300  # characters; messages of parsers may quote half of the file
_LENGTH_BYTES = 8  # in front of each message to and from the process


class IsolatedReader:
    """Reads files of any format; its process starts with the first one that needs it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> IsolatedReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, file_format: Format, data: bytes) -> Draft:
        """Read the bytes of a file of a format.

        Raises:
            UnreadableContentError: It holds no article, or its reader fails.
        """
        if file_format.plain:
            return read_by(file_format.module, data)
        reply = self._ask(file_format.module, data)
        if reason := reply.get("reason"):
            if reason == _TOO_LARGE:  # what is left of the memory may not do for the next one
                self.close()
            raise UnreadableContentError(str(reason))
        reply["sections"] = tuple(Section(*each) for each in reply["sections"])
        reply["pages"] = tuple(reply["pages"])
        return Draft(**reply)

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process and process.stdin and process.stdout:
            process.kill()
            process.wait()
            with suppress(OSError):  # what it did not take in is of no use any more
                process.stdin.close()
            process.stdout.close()

    def _ask(self, module: str, data: bytes) -> dict[str, Any]:
        process = self._process = self._process or _start()
        if not (process.stdin and process.stdout):  # pragma: no cover - both are pipes
            raise RuntimeError("the reading process has no pipes")
        too_slow = threading.Event()

        def end() -> None:
            too_slow.set()
            process.kill()

        limit = _time_limit(data)
        timer = threading.Timer(limit, end)
        timer.start()
        try:
            with suppress(BrokenPipeError):  # it has died; its reply will be missing
                process.stdin.write(_framed(module.encode()) + _framed(data))
                process.stdin.flush()
            reply = _take(process.stdout)
        finally:
            timer.cancel()
            timer.join()
        if reply is None or too_slow.is_set():
            code = process.wait()
            self.close()
            reason = _TOO_SLOW.format(limit)
            if not too_slow.is_set():
                reason = f"crashes its reader ({_ending(code)})"
            raise UnreadableContentError(reason)
        answer: dict[str, Any] = json.loads(reply)
        return answer


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        own_command("-m", "index.readers.sandbox"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # One thread: numpy would set address space aside for as many as there are processors.
        env=own_environment(OPENBLAS_NUM_THREADS="1"),
    )


def _time_limit(data: bytes) -> float:
    return min(TIME_LIMIT + _SECONDS_PER_MEGABYTE * (len(data) >> 20), _LONGEST_TIME)


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(_LENGTH_BYTES, "big") + data


def _take(stream: IO[bytes]) -> bytes | None:
    """One framed message, or None where the stream ends before its end."""
    head = stream.read(_LENGTH_BYTES)
    length = int.from_bytes(head, "big")
    data = stream.read(length)
    return data if len(head) == _LENGTH_BYTES and len(data) == length else None


def _ending(code: int) -> str:
    with suppress(ValueError):
        return signal.Signals(-code).name
    return f"exit {code}"


def _serve() -> None:
    """Read one file after the other, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's
    requests = sys.stdin.buffer
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # libraries print; replies are not theirs
    _limit_memory()
    while (module := _take(requests)) is not None and (data := _take(requests)) is not None:
        if hasattr(signal, "alarm"):  # the parent may be killed while a reader loops for ever
            signal.alarm(int(_time_limit(data)) + 5)
        reply = _reply(module.decode(), data)
        if hasattr(signal, "alarm"):
            signal.alarm(0)
        replies.write(_framed(reply))
        replies.flush()


def _reply(module: str, data: bytes) -> bytes:
    try:
        return json.dumps(asdict(read_by(module, data))).encode()
    except UnreadableContentError as error:
        reason = str(error)
    except MemoryError:
        reason = _TOO_LARGE
    except Exception as error:  # noqa: BLE001 - what parsers of foreign formats raise has no list
        reason = f"cannot be read ({type(error).__name__}: {error})"
    return json.dumps({"reason": reason[:_LONGEST_REASON]}).encode()


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # not on Windows, or less is allowed already
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


if __name__ == "__main__":
    _serve()
