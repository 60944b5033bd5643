"""The scanner finds comments, strings, and JSX text, and nothing else."""

import pytest

from tools.scanner import Piece, scan, scan_css


def read(text: str, *, jsx: bool = False, regexes: bool = True) -> list[tuple[str, int, str]]:
    return [(p.kind, p.line, p.text.strip()) for p in scan(text, jsx=jsx, regexes=regexes)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 'x y' // z", [("string", 1, "x y"), ("comment", 1, "z")]),
        ("/** one\n * two\n */\nf()", [("comment", 1, "one\n two")]),
        ("'it\\'s' + \"a // b\"", [("string", 1, "it's"), ("string", 1, "a // b")]),
        (
            "x = `a ${b ? 'c' : `d`} e`",
            [("string", 1, "c"), ("string", 1, "d"), ("string", 1, "a … e")],
        ),
        ("x = /['\"`]/.test('a')", [("string", 1, "a")]),
        ("x = a / b / 'c'", [("string", 1, "c")]),
        ('return /[/"]/g.exec(s)', []),
        ("'https://a.example/b'", [("string", 1, "https://a.example/b")]),
        ("if (a < b) f('c') // d > e", [("string", 1, "c"), ("comment", 1, "d > e")]),
    ],
)
def test_strings_and_comments_are_read_in_order(text: str, expected: list[tuple[str, int, str]]):
    assert sorted(read(text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = <p>Don't stop</p>", [("string", 1, "Don't stop")]),
        (
            "x = (\n  <p\n    title=\"A b\" // c\n  >\n    {f('d')} e\n  </p>\n)",
            [("string", 3, "A b"), ("comment", 3, "c"), ("string", 5, "d"), ("string", 5, "e")],
        ),
        ("x = <><A.B c={<d />} /> t</>", [("string", 1, "t")]),
        ("x = a ? <p>b</p> : <i>c</i>", [("string", 1, "b"), ("string", 1, "c")]),
        ("x = <p>{/* no text */}</p>", [("comment", 1, "no text")]),
        ("const f = <T,>(a: T) => 'b'", [("string", 1, "b")]),
        ("const a = useState<string>('b')", [("string", 1, "b")]),
        ("return <p>a &amp; b</p>", [("string", 1, "a & b")]),
        ("x = a < b && 'c'", [("string", 1, "c")]),
        ("x = y && <open; z = 'c'", [("string", 1, "c")]),
    ],
)
def test_jsx_text_and_attributes_are_strings(text: str, expected: list[tuple[str, int, str]]):
    assert sorted(read(text, jsx=True)) == sorted(expected)


def test_go_has_raw_strings_and_no_regular_expressions():
    text = "x := a /b/ 2 // c\ny := `d ${e}\\`\n"

    assert read(text, regexes=False) == [("comment", 1, "c"), ("string", 2, "d ${e}\\")]


def test_a_placeholder_without_an_end_is_no_error():
    assert read("`a ${b") == []


def test_a_style_sheet_has_comments():
    text = "/* one\n * two */\n.a-label { content: 'x' } /* three */"

    assert list(scan_css(text)) == [
        Piece("comment", 1, 0, " one\n two ", own_line=True),
        Piece("comment", 3, 26, " three ", own_line=False),
    ]
