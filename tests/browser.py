"""A driver of headless Chromium over the Chrome DevTools Protocol, with the standard library alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import zlib
from base64 import b64decode
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple
from unicodedata import normalize

from tests.processes import end_children, names_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_SECONDS = 30  # the longest wait for any one thing
PAPERS = {"A4": (8.27, 11.69), "Letter": (8.5, 11)}  # width and height in inches
# Chromium speaks on descriptors 3 and 4. They are copied from standard input, since the number of an inherited
# descriptor may have two digits, and dash takes one. Nothing is looked up, so that nothing leaves this machine;
# scrollbars are hidden, or they would take their width from the page's.
_START = (
    'exec "$0" "$@" --headless=new --remote-debugging-pipe --disable-gpu --disable-dev-shm-usage --no-first-run'
    " --hide-scrollbars --disable-background-networking --no-proxy-server"
    " --host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'"
    " 3<&0 4>&0 </dev/null >/dev/null 2>&1"
)


class Seen(NamedTuple):
    """What a browser made of a page."""

    console: tuple[str, ...]  # messages and log entries of level warning or error, and exceptions nobody caught
    requests: tuple[str, ...]  # URLs besides the page itself; data: URLs are left out
    values: tuple[Any, ...]  # of the expressions, in order


class Browser:
    """A running Chromium, at the other end of a pipe."""

    def __init__(self, pipe: socket.socket) -> None:
        self._pipe = pipe
        self._unread = b""
        self._asked = 0
        self._messages: list[dict[str, Any]] = []  # since the tab was opened

    def look(self, url: str, *expressions: str, width: int = 800, media: Mapping[str, str] | None = None) -> Seen:
        """Return what Chromium makes of a page in a new tab of this width, and the values of JavaScript expressions.

        `media` is what to emulate: `{"media": "print"}`, `{"prefers-color-scheme": "dark"}`. Promises are awaited.
        """
        console, requests = [], []
        with self._open_tab(url, width, media or {}) as (session, page):
            values = tuple([self._evaluate(session, expression) for expression in expressions])
            for event in [message.get("params") for message in self._messages if message.get("sessionId") == session]:
                match event:
                    case {"type": "warning" | "error" | "assert", "args": args}:
                        console.append(" ".join(str(arg.get("value", arg.get("description"))) for arg in args))
                    case {"exceptionDetails": thrown}:
                        console.append(_describe(thrown))
                    case {"entry": {"level": "warning" | "error", "text": text, **entry}}:
                        console.append(f"{text} {entry.get('url', '')}".rstrip())
                    case {"request": {"url": str(wanted)}, "requestId": request} if request != page:
                        requests.append(wanted)
        return Seen(tuple(console), tuple(wanted for wanted in requests if not wanted.startswith("data:")), values)

    def print_pages(self, url: str, paper: str) -> list[list[str]]:
        """Return the text of each page that Chromium prints on this paper, as lines."""
        width, height = PAPERS[paper]
        with self._open_tab(url, 800, {}) as (session, _):
            printed = self._ask("Page.printToPDF", session, paperWidth=width, paperHeight=height)
        return _read_pdf(b64decode(printed["data"]))

    @contextmanager
    def _open_tab(self, url: str, width: int, media: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Open a tab that loads this page and shares no storage; yield its session and the page's request."""
        self._messages.clear()
        context = self._ask("Target.createBrowserContext")["browserContextId"]
        try:
            target = self._ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
            session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                self._ask(f"{domain}.enable", session)
            self._ask("Page.setLifecycleEventsEnabled", session, enabled=True)
            size = {"width": width, "height": 600, "deviceScaleFactor": 1, "mobile": False}
            self._ask("Emulation.setDeviceMetricsOverride", session, **size)
            features = [{"name": name, "value": value} for name, value in media.items() if name != "media"]
            self._ask("Emulation.setEmulatedMedia", session, media=media.get("media", ""), features=features)
            opened = self._ask("Page.navigate", session, url=url)
            if "errorText" in opened:
                raise RuntimeError(f"{url}: {opened['errorText']}")
            # `Page.loadEventFired` does not say whether it is this page or about:blank that has loaded.
            loaded = {"name": "load", "loaderId": opened["loaderId"]}
            self._wait_for(lambda message: loaded.items() <= message.get("params", {}).items())
            self._evaluate(session, "new Promise(settled => setTimeout(settled, 100))")
            yield session, opened["loaderId"]
        finally:
            self._ask("Target.disposeBrowserContext", browserContextId=context)

    def _evaluate(self, session: str, expression: str) -> object:
        answer = self._ask("Runtime.evaluate", session, expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {_describe(answer['exceptionDetails'])}")
        return answer["result"].get("value")

    def _ask(self, method: str, session: str | None = None, **params: object) -> dict[str, Any]:
        """Return the answer of a tab, or of the browser."""
        self._asked = asked = self._asked + 1
        message = {"id": asked, "method": method, "params": params} | ({"sessionId": session} if session else {})
        self._pipe.settimeout(_SECONDS)
        self._pipe.sendall(json.dumps(message).encode() + b"\0")
        answer = self._wait_for(lambda message: message.get("id") == asked)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return dict(answer["result"])

    def _wait_for(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first wanted message, of those that have come and those to come."""
        for message in self._messages:
            if wanted(message):
                return message
        deadline = monotonic() + _SECONDS
        while (left := deadline - monotonic()) > 0:
            whole, end, rest = self._unread.partition(b"\0")
            if end:
                self._unread = rest
                self._messages.append(json.loads(whole))
                if wanted(self._messages[-1]):
                    return self._messages[-1]
            else:
                self._pipe.settimeout(left)
                self._unread += (read := self._pipe.recv(1 << 20))
                if not read:
                    raise ConnectionError("Chromium has ended")
        raise TimeoutError("timed out")  # as the pipe says it, if nothing comes at all


def _read_pdf(pdf: bytes) -> list[list[str]]:
    """Return the lines of text of each page of a PDF as Chromium writes it, in the order in which they are drawn."""
    objects = dict(re.findall(rb"(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL))

    def first(pattern: bytes, body: bytes) -> bytes:
        match = re.search(pattern, body)
        assert match
        return match[1]

    def unpack(reference: bytes) -> str:
        return zlib.decompress(objects[reference].partition(b"stream\n")[2]).decode("latin-1")

    pages = []
    for page in (body for body in objects.values() if re.match(rb"<</Type /Page\s", body)):
        fonts = dict(re.findall(rb"/(F\d+) (\d+) 0 R", page))
        glyphs: dict[str, str] = {}
        lines = [""]
        drawn = re.findall(
            r"/(F\d+) [\d.]+ Tf|<(\w+)> Tj|^(ET)$", unpack(first(rb"/Contents (\d+)", page)), re.MULTILINE
        )
        for font, shown, end in drawn:
            if font:
                glyphs = _read_glyphs(unpack(first(rb"/ToUnicode (\d+)", objects[fonts[font.encode()]])))
            lines[-1] += "".join(glyphs[glyph] for glyph in re.findall("....", shown))
            lines += [""] * bool(end)
        pages.append([normalize("NFKC", line).strip() for line in lines if line.strip()])  # without ligatures
    return pages


def _read_glyphs(table: str) -> dict[str, str]:
    """Return the character of each glyph of a font, both as they are in a ToUnicode table."""
    glyphs = {}
    for first, last, character in re.findall(r"^<(\w{4})> (?:<(\w{4})> )?<(\w{4})>$", table, re.MULTILINE):
        start = int(first, 16)
        for offset in range(int(last or first, 16) - start + 1):
            glyphs[f"{start + offset:04X}"] = chr(int(character, 16) + offset)
    return glyphs


def _describe(details: Mapping[str, Any]) -> str:
    exception = details.get("exception", {})
    return str(exception.get("description", exception.get("value", details["text"])))


def find() -> str | None:
    """Return the path of Chromium, None where it is not installed."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a Chromium with a profile of its own; both are gone afterwards."""
    path = find()
    if path is None:
        raise FileNotFoundError("no Chromium is installed")
    ours, theirs = socket.socketpair()
    with TemporaryDirectory() as folder, ours:
        with theirs:
            argv = ["/bin/sh", "-c", _START, path, f"--user-data-dir={folder}/profile"]
            if os.geteuid() == 0:
                argv.append("--no-sandbox")  # the sandbox does not work for root
            env = os.environ | {"HOME": folder, "TMPDIR": folder}  # where Chromium leaves this and that
            process = subprocess.Popen(argv, stdin=theirs.fileno(), env=env, start_new_session=True)
        try:
            yield Browser(ours)
        finally:
            ours.close()  # which ends Chromium
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            end_children(lambda pid: names_folder(pid, folder))  # which it started in sessions of their own
