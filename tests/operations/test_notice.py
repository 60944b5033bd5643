"""`make notice`."""

import subprocess
from pathlib import Path

import pytest

from footlight.operators.log import read_log
from footlight.tables.items import get
from footlight.tables.notices import notice_ref
from operations import notice
from operations.checks import Failed

ROOT = Path(__file__).parents[2]


pytestmark = pytest.mark.usefixtures("table")


def shown() -> str | None:
    item = get(notice_ref(), consistent=True)
    return item.text if item else None


def test_a_notice_is_set_replaced_and_removed() -> None:
    assert notice.run(["--", "-- Maintenance --"]) == "every page shows the notice"
    assert shown() == "-- Maintenance --"
    notice.run(["Done"])
    assert shown() == "Done"
    for _ in range(2):
        assert notice.run(["--", ""]) == "there is no notice"
        assert shown() is None
    entries = [(entry.by.id, entry.by.name, entry.action) for entry in read_log(None).entries]
    assert sorted(entries) == [
        (None, "command line", "notice_removed"),
        (None, "command line", "notice_set"),
        (None, "command line", "notice_set"),
    ]


@pytest.mark.parametrize("text", ["x" * 501, "\u200b", "a\x07b"])
def test_an_invalid_text_is_refused(text: str) -> None:
    with pytest.raises(Failed, match="TEXT"):
        notice.run(["--", text])
    assert shown() is None


def test_make_passes_the_text_as_it_is() -> None:
    done = subprocess.run(
        [
            "make",
            "--no-print-directory",
            "--dry-run",
            "PYTHON=python3",
            "notice",
            "TEXT=It's 22:00",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == '.venv/bin/python -m operations.notice -- "$TEXT"'
