"""The checker of plain English reads every kind of prose, and leaves code and names alone."""

import pytest
import yaml

from tools import prose

TERMS = prose.Terms({"foo(?:ed|es)?|bar baz": "quux|do X", "gone off": "stale"})


def lines(path: str, text: str) -> list[tuple[int, str]]:
    return [(hit.line, hit.found) for hit in prose.check_text(path, text, TERMS)]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", '"""Foo."""\n', [(1, "Foo")]),
        ("a.py", '"""A.\n\nB bar\n    baz.\n"""\n', [(3, "bar baz")]),
        ("a.py", 'x = 1\n"""Fooed."""\n', [(2, "Fooed")]),
        ("a.py", "x = 1  # it foos, fooes\n", [(1, "fooes")]),
        ("a.py", "# a bar\n# baz b\n", [(1, "bar baz")]),
        ("a.py", "raise Refusal('No foo here')\n", [(1, "foo")]),
        ("a.py", "x = f'{y} foo'\n", [(1, "foo")]),
        ("a.py", "log.info('foo_left')\n", [(1, "foo")]),
        ("a.py", "log.info('foo')\n", []),
        ("a.py", "def test_a_foo_is_late(): ...\n", [(1, "foo")]),
        ("a.py", "x: Literal['foo'] = 'foo'  # noqa: foo\n", []),
        ("a.py", "x = 'a foo'  # prose: ignore\n", []),
        ("a.ts", "// a bar\n// baz\n", [(1, "bar baz")]),
        ("a.ts", "x = 'foo'; y = 'Foo'; z = 'a foo'", [(1, "Foo"), (1, "foo")]),
        ("a.ts", "import x from './foo bar-baz'", [(1, "foo")]),
        ("a.tsx", "x = <p class='foo'>\n  Foo\n</p>", [(2, "Foo")]),
        ("a.css", ".foo { } /* foo */", [(1, "foo")]),
        ("a.go", "// foo\n", [(1, "foo")]),
        (
            "Makefile",
            "foo: foo ## foo it\n\t@foo 'a # b' \"bar baz\"\n",
            [(1, "foo"), (2, "bar baz")],
        ),
        ("a.toml", "foo = 'foo'\nname = \"A foo\" # foo\n", [(2, "A foo"[2:]), (2, "foo")]),
        ("a.html", "<p class='foo'>a foo</p><script>foo</script>", [(1, "foo")]),
        ("a.json", '{"foo": "foo foo"}', []),
    ],
)
def test_prose_is_found_in_its_line(path: str, text: str, expected: list[tuple[int, str]]):
    assert lines(path, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a `foo` b",
        "a `multi\nline foo` b",
        "see https://foo.example/bar",
        "[x](docs/foo.md)",
        'the code "foo"',
        "```sh\nfoo\n```",
        "food, buffoon, foo_bar",
    ],
)
def test_code_urls_and_quoted_names_are_ignored(text: str):
    assert lines("a.md", text) == []


def test_an_apostrophe_is_not_a_quote():
    assert lines("a.md", "it's foo, isn't it") == [(1, "foo")]


def test_a_hit_names_the_better_words():
    (hit,) = prose.check_text("a.md", "x\ngone  off", TERMS)

    assert str(hit) == "a.md:2: use 'stale' instead of 'gone off'"


def test_the_word_list_is_in_the_form_of_vale():
    rule = yaml.safe_load(prose.TERMS.read_text())

    assert (rule["extends"], rule["ignorecase"]) == ("substitution", True)
    assert len(rule["swap"]) > 50


def test_every_listed_pattern_is_one_that_vale_takes():
    """A capturing group would shift the alternatives."""
    assert prose.terms().pattern.groups == len(prose.terms().better)
