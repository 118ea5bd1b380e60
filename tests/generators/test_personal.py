"""Personal data and keys: what is found, what only looks like it, and the text without it."""

import random
import string
from collections.abc import Callable

import pytest

from generators.mask import mask
from generators.personal import KINDS, masked, personal
from generators.records import Problem, Sample

LETTERS = string.ascii_letters + string.digits
# No key stands in this file: each is drawn.
DRAW = random.Random(5)


def drawn(count: int, letters: str = LETTERS) -> str:
    return "".join(DRAW.choice(letters) for _ in range(count))


def checked(prefix: str, count: int) -> str:
    """Digits that the Luhn sum makes a card number."""
    digits = prefix + drawn(count - len(prefix) - 1, string.digits)
    total = sum(
        (int(d) * 2 - 9 * (int(d) > 4)) if place % 2 == 0 else int(d)
        for place, d in enumerate(reversed(digits))
    )
    return f"{digits}{-total % 10}"


def account() -> str:
    country, count = DRAW.choice([("DE", 18), ("GB", 18), ("FR", 23), ("NL", 14)])
    body = drawn(count, string.digits)
    letters = "".join(str(int(letter, 36)) for letter in country)
    plain = f"{country}{98 - int(body + letters + '00') % 97:02d}{body}"
    return DRAW.choice([plain, " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))])


def key() -> str:
    upper = string.ascii_uppercase + string.digits
    long = LETTERS + "-_"
    return DRAW.choice(
        [
            f"sk-{drawn(48)}",
            f"sk-proj-{drawn(100, long)}a",
            f"sk-ant-api03-{drawn(90, long)}a",
            f"hf_{drawn(34)}",
            f"ghp_{drawn(36)}",
            f"github_pat_{drawn(60)}",
            f"AKIA{drawn(16, upper)}",
            f"AIza{drawn(34, long)}a",
            f"xoxb-{drawn(12, string.digits)}-{drawn(24)}",
            f"eyJ{drawn(30)}.eyJ{drawn(80)}.{drawn(43)}",
            f"postgres://bob:{drawn(12)}@db.internal.net/x",
            f"-----BEGIN RSA PRIVATE KEY-----\n{drawn(300)}\n-----END RSA PRIVATE KEY-----",
        ]
    )


def address() -> str:
    letters = string.ascii_lowercase
    domain = DRAW.choice(["gmail.com", "qq.com", "mit.edu", "web.de", "mail.ru", "cs.ox.ac.uk"])
    return f"{drawn(6, letters)}{DRAW.choice('._-')}{drawn(5, letters)}@{domain}"


def telephone() -> str:
    area, local = DRAW.randint(201, 989), DRAW.randint(201, 499)
    return DRAW.choice(
        [
            f"({area}) {local}-{DRAW.randint(1000, 9999)}",
            f"{area}-{local}-{DRAW.randint(1000, 9999)}",
            f"phone {area}.{local}.{DRAW.randint(1000, 9999)}",
            f"+44 20 {drawn(4, '2345678')} {drawn(4, '23456789')}",
            f"+861{DRAW.choice('3589')}{drawn(9, '23456789')}",
            f"手机 1{DRAW.choice('3589')}{drawn(9, '23456789')}",
        ]
    )


def card() -> str:
    digits = checked(DRAW.choice(["4", "51", "55", "6011"]), 16)
    grouped = " ".join(digits[i : i + 4] for i in range(0, 16, 4))
    return DRAW.choice([grouped, grouped.replace(" ", "-"), f"card number {digits}"])


MADE: dict[str, Callable[[], str]] = {
    "secret": key,
    "email": address,
    "phone": telephone,
    "card": card,
    "iban": account,
    "ip": lambda: f"{DRAW.choice([23, 45, 81, 151, 212])}.{DRAW.randint(20, 250)}.3.87",
}


@pytest.mark.parametrize("kind", MADE)
def test_recall_on_made_data(kind: str) -> None:
    missed = []
    for _ in range(300):
        text = f"Please note that {MADE[kind]()} is mine."
        if kind not in {span.kind for span in personal(text)}:
            missed.append(text)
        assert personal(masked(text)) == (), text
    assert len(missed) <= 3, missed


NONE = [
    # made for examples
    "user@example.com, you@yourcompany.com, john.doe@gmail.com, a@b.test, noreply@github.com",
    "call (415) 555-0123 or 555-0100 or 123-456-7890",
    "192.168.0.1, 10.0.0.1, 127.0.0.1, 192.0.2.17, 8.8.8.8, 255.255.255.0, version 1.2.3.4",
    "cards 4242 4242 4242 4242 and 4111-1111-1111-1111",
    "GB82 WEST 1234 5698 7654 32 and DE89370400440532013000",
    "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, sk-your-api-key-goes-here-1234, AKIAIOSFODNN7EXAMPLE",
    "hf_" + "x" * 34,
    "postgres://user:password@localhost/db and https://x:$TOKEN@host",
    "SSN 123-45-6789",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    # long numbers that are numbers
    "5000000000000000 and 4539 is prime, 3.14159265358979323846",
    "2^64 = 18446744073709551616, 13800138000 ways, 4242424242424243",
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14",
    "1,234,567,890 and 12 345 678 901",
    "500-300-2000 = -1800",
    "+9166.01287 and (3.14) 159-2653",
    "from 2024-01-15 10:30:00 to 2024-02-15",
    "x = 415-867-5309 * 2",
    "12345678901234567890",
    "0.123.456.789",
    # code
    "@app.route('/'), W@x.shape, A@B.T, git@github.com:me/it.git, a @ b.to(device)",
    "task-force_of-the-2000s-and-the-1990s, risk-assessment-of-investment-portfolios",
]


@pytest.mark.parametrize("text", NONE)
def test_what_only_looks_like_it(text: str) -> None:
    assert personal(text) == ()
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("身份证 11010519491231002X", "id_number"),
        ("social security number 536-90-4399", "id_number"),
    ],
)
def test_identity_numbers(text: str, kind: str) -> None:
    assert [span.kind for span in personal(text)] == [kind]


def test_identity_numbers_need_their_check_digit() -> None:
    assert personal("110105194912310021") == ()
    assert personal("it is 536-90-4399 apart") == ()


def test_places_and_placeholders() -> None:
    text = "Write to ann.lee@mit.edu or ann@cs.ox.ac.uk, (212) 867-4410."
    found = [(text[span.start : span.end], span.kind) for span in personal(text)]
    assert found == [
        ("ann.lee@mit.edu", "email"),
        ("ann@cs.ox.ac.uk", "email"),
        ("(212) 867-4410", "phone"),
    ]
    assert masked(text) == "Write to [email] or [email], [phone]."
    assert masked(text, ("phone",)) == "Write to ann.lee@mit.edu or ann@cs.ox.ac.uk, [phone]."
    assert masked(text, given="ask ann@cs.ox.ac.uk") == (
        "Write to [email] or ann@cs.ox.ac.uk, [phone]."
    )


def test_mask_makes_a_sample_only_where_there_is_something() -> None:
    problem = Problem("p", "Who is bob.ray@mit.edu?")
    plain = Sample("s", problem, "He is bob.ray@mit.edu.", "Bob.")
    assert list(mask(plain)) == []
    leaking = Sample("s", problem, "He is bob.ray@mit.edu, or ann.lee@mit.edu?", "(212) 867-4410")
    assert list(mask(leaking)) == [("He is bob.ray@mit.edu, or [email]?", "[phone]")]
    assert list(mask(leaking, kinds=["phone"])) == [(leaking.reasoning, "[phone]")]
    assert list(mask(leaking, kinds=["card"])) == []


def test_masking_twice_changes_nothing() -> None:
    pieces = [made for _ in range(40) for made in (DRAW.choice(list(MADE.values()))(), " and ")]
    once = masked("".join(pieces))
    assert once != "".join(pieces)
    assert masked(once) == once
    assert all(f"[{kind}]" in once for kind in MADE)
    assert set(MADE) < set(KINDS)


@pytest.mark.parametrize(
    "text",
    [
        "eyJ" * 300_000,
        "a@" * 300_000,
        "a." * 300_000 + "@b.com",
        "@" + "a." * 300_000,
        "1-" * 300_000,
        "(1" * 300_000,
        "AB12 3456 " * 100_000,
        "sk-" * 300_000,
        "-----BEGIN PRIVATE KEY-----" * 30_000,
        "://a:" * 200_000,
        "1.2." * 200_000,
    ],
)
def test_hostile_text_ends(text: str) -> None:
    masked(text)


@pytest.mark.parametrize("before", ["我的手机号是", "我的手机号是 ", "电话："])
def test_a_number_after_han_needs_no_blank(before: str) -> None:
    assert [span.kind for span in personal(f"{before}13957042816。")] == ["phone"]
