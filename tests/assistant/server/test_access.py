"""Who may reach the browser chat: addresses, the password, and requests that others send."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant import open_assistant
from assistant.server.access import (
    Access,
    AddressError,
    Login,
    PasswordError,
    is_loopback,
    read_login,
    require_safe,
)
from assistant.server.login import GUESS_SECONDS
from helpers.app import running
from helpers.http_request import request
from helpers.paths import ROOT
from helpers.ports import free_port

SECRET = "corréct horse, battery"  # noqa: S105 - of this test alone
FORM = "boundary"
UPLOAD = (
    f'--{FORM}\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
    f"words\r\n--{FORM}--\r\n"
)


@pytest.fixture(scope="module")
def open_port(sample_index: Path) -> Iterator[int]:
    """The page as it is served by default."""
    from gradio import close_all

    from assistant.web.chat.page import build_page, start_page

    port = free_port()
    page = build_page(open_assistant(sample_index), sample_index.with_name("judged.jsonl"))
    start_page(page, Access(port=port))
    yield port
    page.close(verbose=False)
    close_all(verbose=False)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),  # noqa: S104 - it is what is refused
        ("::", False),
        ("", False),
        ("192.168.1.20", False),
        ("2001:db8::1", False),
        ("::ffff:192.168.1.20", False),
    ],
)
def test_what_counts_as_this_computer(host: str, own: bool) -> None:
    """Only addresses that no other computer can reach need no password."""
    assert is_loopback(host) is own
    if own:
        require_safe(Access(host))
    else:
        with pytest.raises(AddressError, match=r"--auth USER.*--insecure"):
            require_safe(Access(host))
    require_safe(Access(host, user="ann"))
    require_safe(Access(host, insecure=True))


@pytest.mark.parametrize("found", [["192.168.1.20"], ["127.0.0.1", "192.168.1.20"], []])
def test_names_are_looked_up(found: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A name counts as this computer's own only if all it leads to is."""

    def look_up(*_: object, **__: object) -> list[object]:
        if not found:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 0)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert not is_loopback("localhost.example")


@pytest.mark.parametrize("password", [None, "", "  "])
def test_a_missing_password_is_said(password: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--auth`` without a password names the variable to set."""
    if password is not None:
        monkeypatch.setenv("ASSISTANT_PASSWORD", password)
    with pytest.raises(PasswordError, match="ASSISTANT_PASSWORD"):
        read_login(Access(user="ann"))


def test_the_password_leaves_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that read foreign files do not inherit it, and no message shows it."""
    monkeypatch.setenv("ASSISTANT_PASSWORD", SECRET)
    login = read_login(Access(user=" ann "))
    assert login == Login("ann", SECRET)
    assert "ASSISTANT_PASSWORD" not in os.environ
    assert SECRET not in repr(login)
    assert read_login(Access()) is None


@pytest.mark.server
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Host": "evil.example"},
        {"Host": "evil.example:{port}", "Origin": "http://evil.example:{port}"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost@evil.example"},
        {"Host": "evil.example@localhost"},
        {"Host": "[::1]:{port}", "Origin": "http://evil.example"},
        {"Host": "["},
        {"Host": ""},
    ],
    ids=str,
)
def test_other_pages_of_the_browser_are_refused(open_port: int, headers: dict[str, str]) -> None:
    """Another page can neither read the chat nor send to it, whatever name it gives itself."""
    sent = {name: value.format(port=open_port) for name, value in headers.items()}
    assert request(open_port, **sent)[0] == 403
    kind = f"multipart/form-data; boundary={FORM}"
    status, _, shown = request(open_port, "/gradio_api/upload", UPLOAD, Content_Type=kind, **sent)
    assert (status, "/" in shown) == (403, False)


@pytest.mark.server
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_the_page_itself_is_let_in(open_port: int, name: str) -> None:
    """Under each of this computer's own names, with and without an origin."""
    host = f"{name}:{open_port}"
    assert request(open_port, Host=host)[0] == 200
    assert request(open_port, Host=host, Origin=f"http://{host}")[0] == 200


@pytest.mark.server
def test_no_page_may_frame_it(open_port: int) -> None:
    """A click meant for another page cannot land in the chat."""
    _, headers, _ = request(open_port, "/")
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]


@pytest.fixture(scope="module")
def guarded(
    sample_index: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, Path]]:
    """``python app.py --auth ann`` on all addresses, and what it printed."""
    port, log = free_port(), tmp_path_factory.mktemp("guarded") / "log"
    command: list[str | Path] = ["app.py", "--index", sample_index, "--port", str(port)]
    command += ["--host", "0.0.0.0", "--auth", "ann"]  # noqa: S104 - behind the password
    address, secret = f"http://127.0.0.1:{port}", {"ASSISTANT_PASSWORD": SECRET}
    with log.open("wb") as printed, running(command, address, printed, secret):
        yield port, log


def login(port: int, user: str, password: str) -> tuple[int, str]:
    """Log in; return the status and the cookies."""
    from urllib.parse import urlencode

    body = urlencode({"username": user, "password": password})
    kind = "application/x-www-form-urlencoded"
    status, headers, _ = request(port, "/login", body, Content_Type=kind)
    cookies = re.findall(r"access-token[^=]*=[^;]+", headers.get("set-cookie", ""))
    return status, "; ".join(cookies)


@pytest.mark.server
def test_without_the_password_nothing_is_told(guarded: tuple[int, Path]) -> None:
    """Neither the page's parts, nor its files, nor an upload, nor a wrong password lets in."""
    port, _ = guarded
    assert "sample" not in request(port, "/")[2]
    for path in ("/config", "/gradio_api/info", "/gradio_api/file=app.py"):
        assert request(port, path)[0] == 401
    kind = f"multipart/form-data; boundary={FORM}"
    assert request(port, "/gradio_api/upload", UPLOAD, Content_Type=kind)[0] == 401
    for user, password in (("ann", "wrong"), ("ann", ""), ("bo", SECRET)):
        status, cookies = login(port, user, password)
        assert (status in (400, 422), cookies) == (True, "")


@pytest.mark.server
def test_the_password_lets_in_and_is_never_shown(guarded: tuple[int, Path]) -> None:
    """Who knows it gets the page; neither the page nor the terminal repeats it."""
    port, log = guarded
    status, cookies = login(port, "ann", SECRET)
    assert (status, bool(cookies)) == (200, True)
    status, _, shown = request(port, "/config", Cookie=cookies)
    assert status == 200
    assert SECRET not in shown + request(port, "/", Cookie=cookies)[2] + log.read_text("utf-8")
    assert request(port, "/config", Cookie=cookies, Origin="http://evil.example")[0] == 403


@pytest.mark.server
def test_guessing_is_slow(guarded: tuple[int, Path]) -> None:
    """Wrong passwords wait for one another, too many are turned away, and the right one works."""
    port, _ = guarded
    began = time.monotonic()
    with ThreadPoolExecutor(12) as people:
        guesses = list(people.map(lambda n: login(port, "ann", f"guess {n}")[0], range(12)))
    assert guesses.count(400) <= time.monotonic() - began + 1
    assert set(guesses) == {400, 429}
    began = time.monotonic()
    bearers = [{"Authorization": f"Bearer guess {n}"} for n in range(3)]
    assert {request(port, "/v1/models", None, **each)[0] for each in bearers} == {401}
    assert time.monotonic() - began > 3 * GUESS_SECONDS
    assert login(port, "ann", SECRET)[0] == 200


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "told"),
    [(["--host", "0.0.0.0"], "--insecure"), (["--auth", "ann"], "ASSISTANT_PASSWORD")],  # noqa: S104
)
def test_the_commands_refuse_in_one_sentence(options: list[str], told: str) -> None:
    """``assistant serve`` and ``python app.py`` say what is missing, before anything is loaded."""
    environment = {name: each for name, each in os.environ.items() if name != "ASSISTANT_PASSWORD"}
    for command in (["-m", "assistant", "serve"], ["app.py"]):
        done = subprocess.run(
            [sys.executable, *command, *options],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert (done.returncode, told in done.stderr) == (1, True)
        assert len(done.stderr.splitlines()) == 1
