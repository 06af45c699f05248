"""Work in processes of their own, which may be killed and may crash.

To load chromadb and the model takes a process seconds. One server loads them once, and each worker
is forked from it, which takes milliseconds.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from functools import cache
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from typing import Any

import pytest

import index.vectors.inspector
from helpers.paths import ROOT, TESTS
from index.embedding.load import load_embedder
from index.settings import IndexSettings
from index.vectors.chroma import check_requested_generation

Work = Callable[..., Any]

_PATIENCE = 120  # seconds for which a worker may be silent
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["helpers.worker_preload"])
# Whichever thread starts a process also asks how the others ended, and only one is told.
_bookkeeping = threading.Lock()
_told: Connection


class CrashedError(Exception):
    """A worker ended without a result: a signal killed it, or it fell silent."""


class Worker:
    """A function of a test module's helpers, at work in a process of its own."""

    def __init__(self, work: Work, *arguments: object) -> None:
        _start_server()
        self._heard, told = _context.Pipe(duplex=False)
        self._process = _context.Process(target=_carry_out, args=(told, work, arguments))
        with _bookkeeping:
            self._process.start()
        told.close()
        assert self._process.pid is not None
        self.pid = self._process.pid
        assert self.hear() == "started"

    def hear(self) -> Any:
        """Return what the work tells next.

        Raises:
            CrashedError: It has ended, or says nothing.
        """
        try:
            if self._heard.poll(_PATIENCE):
                return self._heard.recv()
        except EOFError:
            raise CrashedError(f"exit code {self._exit_code()}") from None
        self.kill()
        raise CrashedError("it fell silent")

    def result(self) -> Any:
        """Return what the work returns, or raise what it raises.

        Raises:
            CrashedError: It did neither.
        """
        returned, value = self.hear()
        self._exit_code()
        if returned:
            return value
        raise value

    def kill(self, after: float = 0.0) -> bool:
        """Kill it as the power cord does, after so many seconds; say whether it still lived."""
        if not wait([self._process.sentinel], after):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        return self.was_killed()

    def was_killed(self) -> bool:
        """Wait until it has ended; say whether it was killed."""
        return self._exit_code() == -signal.SIGKILL

    def _exit_code(self) -> int | None:
        wait([self._process.sentinel], _PATIENCE)
        with _bookkeeping:
            self._process.join(0)
            return self._process.exitcode


def run(work: Work, *arguments: object) -> Any:
    """Let a worker do it; return or raise what it does."""
    return Worker(work, *arguments).result()


def tell(message: object) -> None:
    """Say something to the test: for use in a worker."""
    _told.send(message)


@cache
def _start_server() -> None:
    load_embedder(IndexSettings())  # made here if need be: what makes it starts threads
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(map(str, (TESTS, ROOT))))
        forkserver.ensure_running()


def _carry_out(told: Connection, work: Work, arguments: tuple[object, ...]) -> None:
    global _told
    _told = told
    index.vectors.inspector._start = _forked_inspections()  # type: ignore[assignment]
    tell("started")
    try:
        outcome = True, work(*arguments)
    except BaseException as error:  # noqa: BLE001 - the test is to see it
        error.add_note(traceback.format_exc())
        outcome = False, error
    tell(outcome)


class _ForkedInspection:
    """What starts in place of an ``Inspector``'s process: a fork, which has nothing to load.

    What forks is a process that has not used the engine, whose threads would not survive it.
    """

    def __init__(self, commands: Connection) -> None:
        self._commands = commands
        self.returncode: int | None = None

    def communicate(self, told: str = "") -> tuple[None, str]:
        self._commands.send(told)
        self.returncode, errors = self._commands.recv()
        return None, errors

    def kill(self) -> None:
        """Nothing has been started yet."""


def _forked_inspections() -> Callable[[], _ForkedInspection]:
    here, there = _context.Pipe()
    if os.fork() == 0:
        here.close()
        _told.close()
        _serve_inspections(there)
    there.close()
    return lambda: _ForkedInspection(here)


def _serve_inspections(commands: Connection) -> None:
    try:
        while True:
            told = commands.recv()
            heard, said = os.pipe()
            if (process := os.fork()) == 0:
                os.dup2(said, 2)
                sys.stdin, code = io.StringIO(told), 1
                try:
                    check_requested_generation()
                    code = 0
                except BaseException:  # noqa: BLE001 - as the interpreter does
                    os.write(2, traceback.format_exc().encode())
                finally:
                    os._exit(code)
            os.close(said)
            with os.fdopen(heard) as errors:
                printed = errors.read()
            code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
            commands.send((code, printed))
    finally:
        os._exit(0)
