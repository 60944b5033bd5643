"""Without a new enough Rust, the tools' installer says what to do."""

from pathlib import Path

import pytest

from local import tools


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH. No clone has built dynoxide yet."""
    monkeypatch.setenv("FOOTLIGHT_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put_rust(path: Path, version: str) -> None:
    """Put programs on PATH that print a version and build nothing."""
    for name in ("cargo", "rustc"):
        program = path / name
        program.write_text(f'#!/bin/sh\necho "{name} {version} (Debian)"\nexit 0\n')
        program.chmod(0o755)


@pytest.mark.parametrize(
    ("version", "found"), [(None, "no Rust"), ("1.63.0", "Rust 1.63"), ("1.87.0", "Rust 1.87")]
)
def test_a_missing_or_old_rust_is_named_with_what_to_install(
    path: Path, capsys: pytest.CaptureFixture[str], version: str | None, found: str
) -> None:
    if version:
        put_rust(path, version)

    assert tools.main(["dynamodb"]) == 1

    message = capsys.readouterr().err
    assert f"needs Rust 1.88 or newer, and PATH has {found}:" in message
    assert "https://rustup.rs" in message
    assert "apt-get install cargo-web" in message
    assert len(message.splitlines()) == 1


def test_a_new_rust_is_used(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put_rust(path, "1.88.0")

    assert tools.main(["dynamodb"]) == 1  # this one builds nothing

    assert "dynoxide is missing at" in capsys.readouterr().err
