"""The words of channels in all scripts, and what people type to find them."""

# ruff: noqa: RUF001 - letters that look like others

import pytest

from footlight.channels.words import MAX_WORDS, channel_words, terms_of


def is_found(term: str, title: str) -> bool:
    """Return whether a search finds a channel by its title, as `search` compares them."""
    words = channel_words("someone", title)
    terms = terms_of(term)
    return bool(terms) and all(any(word.startswith(term) for word in words) for term in terms)


@pytest.mark.parametrize(
    ("title", "terms"),
    [
        ("José en el Café", ["jose", "José", "JOSE\u0301", "cafe", "café", "CAFÉ", "jos"]),
        ("İstanbul geceleri", ["istanbul", "ISTANBUL", "İstanbul", "ıstanbul"]),
        ("DIYARBAKIR ışık", ["diyarbakır", "isik", "ışık", "IŞIK"]),
        ("Straße Łódź Ærø", ["strasse", "straße", "STRASSE", "lodz", "łódź", "aero", "ærø"]),
        ("Đà Nẵng phố cổ", ["da nang", "Đà", "pho co", "nẵng"]),
        ("Привет ёлка мой", ["елка", "ёлка", "ЁЛКА", "привет", "мой"]),
        ("Ελληνικά", ["ελληνικα", "ΕΛΛΗΝΙΚΆ"]),
        ("हिन्दी में खेल", ["हिन्दी", "खेल", "हिन", "में"]),
        ("বাংলা গান", ["বাংলা", "গান", "বাং"]),
        ("தமிழ் விளையாட்டு", ["தமிழ்", "விளை"]),
        ("مُحَمَّد أحمد", ["محمد", "احمد", "أحمد", "مـحمد"]),
        ("שָׁלוֹם", ["שלום"]),
        ("マリオカート実況プレイ", ["マリオ", "カート", "実況", "プレイ", "実況プレイ", "ﾏﾘｵ"]),
        ("マリオカート実況プレイ", ["マリオカート実況プレイ", "リオカート実況プレ"]),
        ("ガンダム", ["ガンダム", "ｶﾞﾝﾀﾞﾑ"]),
        ("原神直播中", ["原神", "直播", "播中", "原神直播"]),
        ("리그오브레전드", ["레전드", "리그", "오브레"]),
        ("เล่นเกม", ["เกม", "เล่น"]),
        ("第1回大会 Apex実況", ["第1回", "1回", "大会", "apex", "実況", "Ａｐｅｘ", "apex実況"]),
        ("C++ and C#", ["C++", "c#", "C", "c+"]),
        ("Don't stop, l'été", ["dont", "don't", "don’t", "ete", "été", "l'été", "lete"]),
        ("AC/DC Half-Life", ["acdc", "ac/dc", "ac", "dc", "halflife", "half life", "Half-Life"]),
        ("می‌خواهم", ["میخواهم", "می‌خواهم"]),
        ("ann", ["@ann", "#ann", "ann!"]),
    ],
)
def test_a_title_is_found_as_people_type_it(title: str, terms: list[str]) -> None:
    assert [term for term in terms if not is_found(term, title)] == []


@pytest.mark.parametrize(
    ("title", "terms"),
    [
        ("हिन्दी में खेल", ["खाना", "में खाना", "न"]),
        ("বাংলা গান", ["গল্প", "লা"]),
        ("தமிழ் விளையாட்டு", ["தம்", "மிழ்"]),
        ("ハンバーグ", ["バンハ", "ハング"]),
        ("カンタン", ["ガンダム", "ガン"]),
        ("мои", ["мой"]),
        ("C cleo", ["C++", "C#"]),
        ("C++", ["C#", "C+++"]),
        ("rock roll", ["rocknroll"]),
        ("don't", ["t"]),
        ("マリオカート", ["マリオテニス", "カ\u3099"]),
        ("第2回 1月", ["第1回"]),
        ("🎮 games", ["🎮"]),
    ],
)
def test_another_word_does_not_find_a_title(title: str, terms: list[str]) -> None:
    assert [term for term in terms if is_found(term, title)] == []


def test_a_long_title_without_spaces_has_limited_words() -> None:
    title = "".join(chr(0x4E00 + n) for n in range(140))
    words = channel_words("someone", title)
    assert len(words) == MAX_WORDS
    assert max(map(len, words)) == 8
    # A term that begins within the limit is found, however long it is.
    assert is_found(title[:45], title)
