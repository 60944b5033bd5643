"""The word table counts docstrings, comments, and Markdown, but not strings or code."""

from tools.words import Count, count, table

SOURCES = [
    ("a.py", '"""Return it if told."""\nx = "if if if"  # where there is none\n'),  # prose: ignore
    ("web/a.ts", "// Nobody returns where it goes\nif (x) f('if')\n"),  # prose: ignore
    ("a.md", "If `if`.\n"),
]


def test_words_are_counted_by_area():
    counts = count(SOURCES)

    assert {area: counted.words for area, counted in counts.items()} == {
        "Python": 8,
        "web": 5,
        "docs": 2,
        "other": 0,
        "total": 15,
    }
    assert counts["Python"].hits == {
        "if": 1,
        "return(s)": 1,
        "tell/told": 1,
        "somebody/whoever/nobody": 0,
        "where, used for if": 1,
        "where, any use": 1,
    }
    assert counts["web"].hits["where, used for if"] == 0


def test_a_rate_is_per_ten_thousand_words():
    counted = Count()
    counted.add("if " * 3 + "x " * 997)

    assert counted.rate("if") == 30


def test_the_table_shows_both_revisions():
    rows = table(count(SOURCES), count(SOURCES[:1])).splitlines()

    assert rows[0].startswith("| per 10,000 words | Python | web |")
    assert rows[-1] == "| words in all | 8 → 8 | 0 → 5 | 0 → 2 | 0 → 0 | 8 → 15 |"
