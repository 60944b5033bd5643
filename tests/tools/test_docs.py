"""Every link and every file that the docs name exists."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from tools.passages import ROOT, files

PAGES = [path for path in files() if path.endswith(".md")]
FOLDERS = {path.split("/")[0] for path in files() if "/" in path}
EXAMPLES = {"findings/NAME.sh"}
WRITTEN = {".local/outputs.json", ".local/bench.json"}

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"\.?[\w-]+(?:/[\w.{}*-]+)+/?")
_MAKE = re.compile(r"\bmake (?:-s )?([a-z]+(?:-[a-z]+)*)\b")


def text_of(page: str) -> str:
    return (ROOT / page).read_text()


def links(page: str) -> Iterator[str]:
    for target in _LINK.findall(text_of(page)):
        if not re.match(r"[a-z]+:", target):
            yield unquote(target)


def named_paths(page: str) -> Iterator[str]:
    """Yield the paths in inline code that start with a folder of the repository."""
    for code in _CODE.findall(text_of(page)):
        for path in _PATH.findall(code):
            if path.split("/")[0] in FOLDERS and path not in EXAMPLES | WRITTEN:
                yield path


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_relative_links_lead_somewhere(page: str) -> None:
    broken: list[str] = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert not broken


@pytest.mark.parametrize("page", PAGES)
def test_named_files_exist(page: str) -> None:
    assert [path for path in named_paths(page) if not list(ROOT.glob(path.rstrip("/")))] == []


@pytest.mark.parametrize("page", PAGES)
def test_named_make_targets_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    code = re.findall(r"```sh\n(.*?)```", text_of(page), re.DOTALL) + _CODE.findall(text_of(page))

    assert {name for part in code for name in _MAKE.findall(part)} <= targets


def test_every_page_of_the_docs_is_in_the_index() -> None:
    linked = set(links("docs/README.md"))
    pages = {path.removeprefix("docs/") for path in PAGES if path.startswith("docs/")}

    assert {page for page in pages if "/" not in page} - {"README.md"} <= linked


def test_decisions_have_four_parts_and_a_number() -> None:
    decisions = [path for path in PAGES if path.startswith("docs/decisions/")]

    for number, path in enumerate(decisions, 1):
        assert Path(path).name.startswith(f"{number:04}-")
        parts = re.findall(r"^\*\*(.+?)\.\*\*", text_of(path), re.MULTILINE)
        assert parts == ["Context", "Decision", "Evidence", "What would overturn it"], path


def test_every_log_event_and_metric_of_the_operating_page_is_written_by_the_code() -> None:
    page = text_of("docs/operating.md")
    trouble = page[page.index("## Troubleshooting") : page.index("## Metrics")]
    events = [
        name
        for row in trouble.splitlines()
        if "log" in row
        for name in _CODE.findall(row.rpartition("log")[2])
    ]
    metrics = re.findall(
        r"`([A-Z]\w+)`", page[page.index("## Metrics") : page.index("## Removing")]
    )
    code = [path for path in files() if path.endswith(".py") and not path.startswith("tests/")]
    written = "\n".join((ROOT / path).read_text() for path in code)

    assert "reconciled" in events
    assert "Drift" in metrics
    assert [name for name in [*events, *metrics] if f'"{name}"' not in written] == []


def test_the_page_on_the_table_names_every_item() -> None:
    folder = ROOT / "footlight" / "tables"
    items = {
        f"{path.stem}.{name}"
        for path in folder.glob("*.py")
        for name in re.findall(r"^class (\w+)\(Item, ", path.read_text(), re.MULTILINE)
    }

    assert set(re.findall(r"^\| `(\w+\.\w+)`", (folder / "__init__.py").read_text(), re.M)) == items
