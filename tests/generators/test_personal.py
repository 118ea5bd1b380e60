"""Personal data and keys: what is found, what only looks like it, and the text without it."""

import random
import string
from base64 import b64encode
from collections.abc import Callable

import pytest

from generators.mask import mask
from generators.personal.data import KINDS, masked, personal
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
            f"aws_secret_access_key = 7b{drawn(37)}Q",
            f"glpat-{drawn(20)}",
            f"GOCSPX-{drawn(28)}",
            f"ya29.{drawn(60, long)}a",
            f"https://hooks.slack.com/services/T{drawn(9, upper)}/B{drawn(9, upper)}/{drawn(24)}",
            f"Authorization: Bearer 7b{drawn(40)}4",
            f"Authorization: Basic {b64encode(f'bob:K{drawn(12)}'.encode()).decode()}",
            f"DB_PASSWORD=4k{drawn(10)}7Z!",
            f'"password": "4k{drawn(10)}7Z!"',
            f"redis://:{drawn(14)}@cache.internal.net:6379",
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


# Programs, textbooks and puzzles are full of words and numbers that stand where secrets would.
NO_SECRETS = [
    "password = input()",
    'password="secret"',
    'password = getpass.getpass("Password: ")',
    'password = "P@ssw0rd123"',
    "password = hashlib.sha256(data).hexdigest()",
    "password=self.hashV2Value, password=row1.value2",
    "if password == stored_password2: pass",
    'password = "1337C0d3"',
    'assert strong(password = "IloveLe3tcode!")',
    "Here is your new password: aB3#fG7!kL9@.",
    "Password: <your password>, PASSWORD=$DB_PASS, password: ${{ secrets.PW }}",
    "Bearer {token}, Bearer YOUR_ACCESS_TOKEN_HERE1, Bearer certificates-of-deposit",
    "Authorization: Basic dXNlcjpwYXNz",
    "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY of AKIAIOSFODNN7EXAMPLE",
    "commit 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
    'secret_key = "2b7e151628aed2a6abf7158809cf4f3c"',
    "private key d = 0x1e99423a4ed27608a15a2616a2b0e9e52ced330ac530edcc32c8ffc6a526aedd",
    "postgresql://postgres:postgres@localhost:5432/db, postgresql://scott:tiger@localhost/test",
    "the token is the word behind the keyword, and its secret key is the sum of 3 and 4",
]
NO_PERSONS = [
    "version 12.44.3.25, Section 12.44.3.25, firmware v. 81.59.3.87",
    "The subnet of 200.10.57.20 has the mask 255.255.255.224.",
    "The host 145.22.7.9/20 is in which network?",
    "对于 145.22.7.9，子网掩码是多少？",
    "2001:db8::1:2:3:4, fe80::1:2:3:4, fd00:1:2:3:4:5:6:7, 3fff:1:2:3:4:5:6:7, ::1",
    "2001:0db8:85a3:0000:0000:8a2e:0370:7334, the network 81.59.3.0 and its broadcast 81.59.3.255",
    "2001:4860:4860::8888 and 2606:4700:4700::1111",
    "the prefix 2a02:8108:4c40::/48",
    "x[2000:3000:2], 2024:10:11:12, std::vector, 2:3 = 4:6, 2001::2",
]


@pytest.mark.parametrize("text", [*NO_SECRETS, *NO_PERSONS])
def test_what_programs_and_exercises_hold(text: str) -> None:
    assert personal(text) == ()


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("password = 'hT9$kLq2Wz7&'", "secret", "hT9$kLq2Wz7&"),
        ("my password is Vb6$nmQ2x, keep it", "secret", "Vb6$nmQ2x"),
        ("contraseña: Lp9!wRt3zK", "secret", "Lp9!wRt3zK"),
        ("db?user=bob&password=uR7_pq9LxA2&ssl=1", "secret", "uR7_pq9LxA2"),
        ("User Id=sa;Password=Yq8%tLm2pZ;", "secret", "Yq8%tLm2pZ"),
        ("api_key: 9b1c7e4f02d8a6b35c9e1f7d40a2b8c6", "secret", "9b1c7e4f02d8a6b35c9e1f7d40a2b8c6"),
        ("postgres://admin:hunter2@10.0.0.5/x", "secret", "hunter2"),
        ("2a02:8108:4c40:1f2a:9d3e:77ab:12:9e01", "ip", "2a02:8108:4c40:1f2a:9d3e:77ab:12:9e01"),
        ("by 2003:c1:7f12:ab00::4f1d today", "ip", "2003:c1:7f12:ab00::4f1d"),
        ("logged in from 81.59.3.87 at noon", "ip", "81.59.3.87"),
    ],
)  # fmt: skip
def test_what_stands_behind_its_name(text: str, kind: str, told: str) -> None:
    assert [(span.kind, text[span.start : span.end]) for span in personal(text)] == [(kind, told)]


def test_the_secret_of_an_aws_key_has_no_name() -> None:
    name, secret = f"AKIA{drawn(16, string.ascii_uppercase + '234567')}", f"7b{drawn(37)}Q"
    assert masked(f"{name}\n{secret}") == "[secret]\n[secret]"
    assert masked(f"{secret} alone") == f"{secret} alone"
    far = f"{name}{' far' * 200} {secret}"
    assert masked(far).endswith(secret)


@pytest.mark.parametrize("text", NONE)
def test_what_only_looks_like_it(text: str) -> None:
    assert personal(text) == ()
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("身份证 11010519491231002X", "id_number"),
        ("身份证号 11010519900307451X", "id_number"),
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
        "81.59.3.87 " * 50_000,
        "2a02:" * 200_000,
        "password = " * 100_000,
        "password:" + "aB3" * 300_000,
        "bearer " + "a1B" * 300_000,
    ],
)
def test_hostile_text_ends(text: str) -> None:
    masked(text)


@pytest.mark.parametrize("before", ["我的手机号是", "我的手机号是 ", "电话："])
def test_a_number_after_han_needs_no_blank(before: str) -> None:
    assert [span.kind for span in personal(f"{before}13957042816。")] == ["phone"]
