"""Families about the calendar: days of the week and days between dates."""

from datetime import date, timedelta

from generators.families.draw import Draft, Draw

_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_ZH_DAYS = ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"]
_MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip


def weekday(draw: Draw, level: int) -> Draft:
    """The day of the week some days later, or on another date."""
    if level == 1:
        today, later = draw.integer(0, 6), draw.integer(10, 2500)
        question = draw.wording(
            (
                f"Today is {_DAYS[today]}. What day of the week is it in {later} days?",
                f"今天是{_ZH_DAYS[today]}，再过 {later} 天是星期几？",
            ),
            (
                f"It is {later} days since a {_DAYS[today]}. What day of the week is it now?",
                f"某个{_ZH_DAYS[today]}之后又过了 {later} 天，那天是星期几？",
            ),
        )
        return Draft(
            question, _day(draw, today + later), _weeks(draw, today, later), "text", "general"
        )
    start = date(draw.integer(1950, 2049), 1, 1) + timedelta(draw.integer(0, 364))
    end = start + timedelta(draw.integer(20, 200 * level * level))
    question = draw.wording(
        (
            f"{_date(draw, start)} was a {_DAYS[start.weekday()]}. "
            f"What day of the week is {_date(draw, end)}?",
            f"{_date(draw, start)}是{_ZH_DAYS[start.weekday()]}，{_date(draw, end)}是星期几？",
        ),
        (
            f"What day of the week is {_date(draw, end)}, "
            f"if {_date(draw, start)} is a {_DAYS[start.weekday()]}?",
            f"如果{_date(draw, start)}是{_ZH_DAYS[start.weekday()]}，"
            f"那么{_date(draw, end)}是星期几？",
        ),
    )
    steps = _count(draw, start, end)
    steps += _weeks(draw, start.weekday(), (end - start).days)
    return Draft(question, _day(draw, end.weekday()), steps, "text", "general")


def days(draw: Draw, level: int) -> Draft:
    """The number of days between two dates."""
    start = date(draw.integer(1950, 2049), 1, 1) + timedelta(draw.integer(0, 364))
    end = start + timedelta(draw.integer(15, 200 * level * level))
    question = draw.wording(
        (
            f"How many days after {_date(draw, start)} is {_date(draw, end)}?",
            f"从{_date(draw, start)}到{_date(draw, end)}过了多少天？",
        ),
        (
            f"How many days pass from {_date(draw, start)} to {_date(draw, end)}?",
            f"{_date(draw, end)}是{_date(draw, start)}之后的第多少天？",
        ),
    )
    return Draft(question, str((end - start).days), _count(draw, start, end))


def _day(draw: Draw, number: int) -> str:
    return draw.say(_DAYS[number % 7], _ZH_DAYS[number % 7])


def _date(draw: Draw, day: date) -> str:
    english = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return draw.say(english, f"{day.year}年{day.month}月{day.day}日")


def _weeks(draw: Draw, today: int, later: int) -> list[str]:
    weeks, rest = divmod(later, 7)
    return [
        draw.say("Whole weeks change nothing.", "整周不改变星期。"),
        f"7 × {weeks} = {7 * weeks}",
        f"{later} - {7 * weeks} = {rest}",
        draw.say(f"Count on {rest} from {_DAYS[today]}.", f"从{_ZH_DAYS[today]}往后数 {rest} 天。"),
    ]


def _count(draw: Draw, start: date, end: date) -> list[str]:
    """Day of the year of both dates, and the years between."""
    steps, marks = [], []
    for day in (start, end):
        before = (day.replace(day=1) - date(day.year, 1, 1)).days
        steps.append(
            draw.say(
                f"Before the month of {_date(draw, day)}, {before} days of its year have passed.",
                f"在{_date(draw, day)}所在的月份之前，当年已过 {before} 天。",
            )
        )
        steps.append(f"{before} + {day.day} = {before + day.day}")
        marks.append(before + day.day)
    total = marks[1]
    for year in range(start.year, end.year):
        length = (date(year + 1, 1, 1) - date(year, 1, 1)).days
        steps.append(draw.say(f"The year {year} has {length} days.", f"{year} 年有 {length} 天。"))
        steps.append(f"{total} + {length} = {total + length}")
        total += length
    return [*steps, f"{total} - {marks[0]} = {total - marks[0]}"]
