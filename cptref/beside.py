"""Work that is done in a process beside this one, on the processor that would idle."""

from __future__ import annotations

import marshal
import os
import signal
import sys
import threading
import warnings
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Value = TypeVar("Value")


@contextmanager
def beside(work: Callable[[], Value]) -> Iterator[Callable[[], Value]]:
    """Start the work; what is called at the end waits for it and gives back what it made, which marshal can write.

    Where there can be no second process, or it comes to harm, the work is done when it is called for.
    """
    child = result = None
    if _possible():
        with suppress(OSError):
            child, result = _started(work)
    if child is None or result is None:
        yield work
        return
    try:
        with os.fdopen(result, "rb") as pipe:
            yield lambda: _received(pipe.read(), work)
    finally:
        with suppress(ProcessLookupError, ChildProcessError):  # who ignores that children end has none to wait for
            os.kill(child, signal.SIGKILL)  # it has ended, or nobody waits for it any more
            os.waitpid(child, 0)


def _possible() -> bool:
    """Whether this process may be copied: not where other threads would stay behind with what they hold."""
    if not hasattr(os, "fork") or sys.platform == "darwin" or threading.active_count() > 1:
        return False
    return len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else True


def _started(work: Callable[[], Any]) -> tuple[int, int]:
    """The child, and where its result will come from."""
    result, end = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads that are not Python's: none is touched here
        child = os.fork()
    if child:
        os.close(end)
        return child, result
    try:  # in the child, which must not come back from here
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this process too
        os.close(result)  # or the pipe would have a reader for as long as this process writes to it
        _let_go()
        with os.fdopen(end, "wb") as pipe:
            pipe.write(marshal.dumps(work()))
    finally:
        os._exit(0)


def _let_go() -> None:
    """Let go of the streams: if the other process is killed, who reads them doesn't wait for the end of this one."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def _received(data: bytes, work: Callable[[], Value]) -> Value:
    try:
        made: Value = marshal.loads(data)  # noqa: S302 - of our own process, through a pipe that no other has
    except (EOFError, ValueError, TypeError):  # cut short: it was killed
        return work()
    return made
