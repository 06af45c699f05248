"""The files in deploy/ fit each other, the program and its pins; nothing here needs Docker."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from assistant.server.access import PORT
from helpers.paths import ROOT

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
CADDYFILE = (DEPLOY / "Caddyfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("chat-1", "chat-2", "builder")


def pin(package: str) -> str:
    """The version of a package in constraints.txt."""
    pins = (ROOT / "constraints.txt").read_text("utf-8")
    (version,) = re.findall(rf"^{package}==(\S+)$", pins, re.MULTILINE)
    return str(version)


def with_defaults(value: Any) -> Any:
    """Put in what Compose puts in for ``${NAME:-default}``; what must be set is."""
    if isinstance(value, dict):
        return {name: with_defaults(each) for name, each in value.items()}
    if isinstance(value, list):
        return [with_defaults(each) for each in value]
    if isinstance(value, str):
        return re.sub(r"\$\{\w+(?::([-?])([^}]*))?\}", lambda found: found[2] or "set", value)
    return value


def test_compose_reads_the_file() -> None:
    """It follows the Compose Specification, whose parser refuses what it does not know."""
    parser = pytest.importorskip("compose_spec", reason="compose-spec is not installed").PyCompose
    parser.from_yaml(yaml.safe_dump(with_defaults(COMPOSE))).validate()
    SERVICES["chroma"]["imagery"] = SERVICES["chroma"].pop("image")
    try:
        with pytest.raises(ValueError, match="imagery"):
            parser.from_yaml(yaml.safe_dump(with_defaults(COMPOSE)))
    finally:
        SERVICES["chroma"]["image"] = SERVICES["chroma"].pop("imagery")


def test_every_image_has_a_version_and_chroma_s_is_the_client_s() -> None:
    """The same file brings the same programs tomorrow."""
    foreign = [each["image"] for name, each in SERVICES.items() if name not in OURS]
    assert all(re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+", image) for image in foreign)
    assert SERVICES["chroma"]["image"] == f"chromadb/chroma:{pin('chromadb')}"


@pytest.mark.parametrize("name", OURS)
def test_our_processes_have_few_rights_and_a_volume_of_their_own(name: str) -> None:
    """They cannot change their own file system, and need a password from the environment."""
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["environment"]["ASSISTANT_PASSWORD"].startswith("${ASSISTANT_PASSWORD:?")
    assert service["environment"]["ASSISTANT_CHROMA_URL"] == "http://chroma:8000"
    assert f"{name}:/data" in service["volumes"]


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    """And that from other computers only when somebody says so."""
    assert [name for name, each in SERVICES.items() if "ports" in each] == ["proxy"]
    assert all(port.startswith("${BIND:-127.0.0.1}:") for port in SERVICES["proxy"]["ports"])


def test_every_volume_is_declared() -> None:
    """What a service keeps has a name in the file."""
    kept = {
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if not volume.startswith((".", "$"))
    }
    assert kept == set(COMPOSE["volumes"])


def test_the_proxy_leads_to_the_chat_processes() -> None:
    """By their names in the compose file, at the port on which the program listens."""
    (upstreams,) = re.findall(r"\{\$UPSTREAMS:([^}]+)\}", CADDYFILE)
    chats = [name for name in SERVICES if name.startswith("chat-")]
    assert upstreams.split() == [f"{name}:{PORT}" for name in chats]
    assert SERVICES["proxy"]["depends_on"] == chats


def test_the_image_runs_as_nobody_special_and_says_how_it_is() -> None:
    """A user of its own, a health check, and a password for whoever comes from outside."""
    last = DOCKERFILE.rpartition("FROM ")[2]
    assert re.search(r"^USER assistant$", last, re.MULTILINE)
    assert re.search(rf"^HEALTHCHECK(.*\\\n)+.*{PORT}.*'/healthz'", last, re.MULTILINE)
    assert f"EXPOSE {PORT}" in last
    assert re.search(r'^CMD \["assistant", "serve", .*"--auth"', last, re.MULTILINE)
    assert "--insecure" not in DOCKERFILE


def test_the_image_takes_the_pinned_torch_for_cpus() -> None:
    """From PyTorch's own index, by the version that stands in constraints.txt alone."""
    assert "whl/cpu" in DOCKERFILE
    assert DOCKERFILE.count("-c constraints.txt") == DOCKERFILE.count("pip install") == 2
    assert pin("torch") not in DOCKERFILE


def test_what_is_copied_exists_and_is_sent_to_the_builder() -> None:
    """The image is made of the program and nothing else."""
    copied = {
        source
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
        for source in line.split()
    }
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    sent = {line[1:] for line in ignored if line.startswith("!")}
    assert copied == sent
    assert all((ROOT / source).exists() for source in copied)
    assert {"assistant", "index", "prompts", "app.py", "pyproject.toml"} <= copied


def test_the_health_check_s_program_runs() -> None:
    """It is Python without a mistake in it, and a process that is not there is not healthy."""
    (program,) = re.findall(r'CMD \["python", "-c", "([^"]+)"\]', DOCKERFILE)
    assert program.count(str(PORT)) == 1
    with pytest.raises(ConnectionRefusedError):
        exec(compile(program.replace(str(PORT), "9"), "Dockerfile", "exec"), {})  # noqa: S102


def test_the_model_s_program_runs() -> None:
    """What the build runs fills the cache (a cache that is full already, here)."""
    (program,) = re.findall(r'RUN python -c "([^"]+)"', DOCKERFILE)
    exec(compile(program, "Dockerfile", "exec"), {})  # noqa: S102 - our own


def test_caddy_reads_its_file() -> None:
    """It is valid, and written as Caddy's own formatter writes it."""
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("there is no Caddy on this machine")
    path = str(DEPLOY / "Caddyfile")
    check = [caddy, "validate", "--adapter", "caddyfile", "--config", path]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    formatted = subprocess.run([caddy, "fmt", path], capture_output=True, text=True, check=False)
    assert formatted.stdout == CADDYFILE


def test_the_page_explains_every_variable() -> None:
    """What compose.yaml reads from deploy/.env is in docs/deploying.md."""
    page = (ROOT / "docs" / "deploying.md").read_text("utf-8")
    read = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text("utf-8")))
    assert all(f"`{name}`" in page for name in read)
    assert "ASSISTANT_PASSWORD" in read
