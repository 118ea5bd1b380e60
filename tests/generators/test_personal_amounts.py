"""Numbers and addresses that are personal by what stands beside them, and those that are not."""

import pytest

from generators.personal.data import personal


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Tel: 030 90182745", "phone"),
        ("Telefonnummer: 0171 8364520", "phone"),
        ("電話番号は03-3595-2111", "phone"),
        ("call me at 07911 845236", "phone"),
        ("john.smith1987@gmail.com", "email"),
        ("me@x.com", "email"),
        ("(415) 867 2671 M. Lee", "phone"),
        ("card 4539 1488 0343 6467 pieces", "card"),
    ],
)
def test_nearest_to_examples_and_amounts(text: str, kind: str) -> None:
    assert [span.kind for span in personal(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "call 07700 900123, tel. 020 7946 0958",
        "a@b.com, ann@a.org, jane.smith42@gmail.com",
        "the sum of 212-736-5000, the coordinates are (415) 555 2671",
        "It is (415) 867 2671 m, and +49 30 901820 units.",
        "order 4539 1488 0343 6467 pieces",
        "030 90182745 seeds; we call f on 0.30901827",
    ],
)
def test_examples_and_amounts(text: str) -> None:
    assert personal(text) == ()
