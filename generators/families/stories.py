"""Families that tell something: short programs and word problems."""

from generators.families.draw import Draft, Draw

_OTHER = {"a": "b", "b": "a"}


def program(draw: Draw, level: int) -> Draft:
    """The output of a short program, with a loop at the highest level."""
    values = {"a": draw.integer(2, 60), "b": draw.integer(2, 60)}
    lines = [f"{name} = {value}" for name, value in values.items()]
    steps = [draw.say("Run it line by line.", "逐行执行。"), *lines]
    body = [(draw.choice("ab"), draw.choice("+-*"), draw.integer(2, 9)) for _ in range(level + 1)]
    inner = [f"{name} = {_OTHER[name]} {sign} {number}" for name, sign, number in body]
    repeats = 1
    if level == 3:
        repeats = draw.integer(2, 4)
        lines.append(f"for _ in range({repeats}):")
        inner = [f"    {line}" for line in inner]
    lines += inner
    for _ in range(repeats):
        for name, sign, number in body:
            old = values[_OTHER[name]]
            new = {"+": old + number, "-": old - number, "*": old * number}[sign]
            steps.append(f"{name} = {old} {sign} {number} = {new}")
            values[name] = new
    lines.append("print(a + b)")
    total = values["a"] + values["b"]
    steps.append(f"{values['a']} + {values['b']} = {total}")
    code = "\n".join(lines)
    question = draw.wording(
        (f"What does this Python program print?\n{code}", f"下面的 Python 程序输出什么？\n{code}"),
        (f"Give the output of this program.\n{code}", f"写出这个程序的输出。\n{code}"),
    )
    return Draft(question, str(total), steps, domain="code")


_NAMES = [
    ("Mia", "小美"), ("Tom", "小明"), ("Ana", "安娜"), ("Li", "小李"), ("Omar", "小王"),
    ("Ruth", "小芳"),
]  # fmt: skip
_GOODS = [
    ("pencils", "支铅笔"), ("apples", "个苹果"), ("stamps", "张邮票"), ("tickets", "张票"),
    ("books", "本书"), ("cups", "个杯子"),
]  # fmt: skip


def story(draw: Draw, level: int) -> Draft:
    """Word problems of everyday life."""
    tell = draw.choice([[_boxes, _earnings], [_change, _saving], [_trains, _tank]][level - 1])
    return tell(draw)


def _boxes(draw: Draw) -> Draft:
    who, zh_who = draw.choice(_NAMES)
    what, zh_what = draw.choice(_GOODS)
    boxes, each = draw.integer(3, 40), draw.integer(6, 60)
    gone = draw.integer(1, boxes * each - 1)
    question = draw.say(
        f"{who} has {boxes} boxes with {each} {what} in each and gives away {gone} {what}. "
        f"How many {what} are left?",
        f"{zh_who}有 {boxes} 盒，每盒 {each} {zh_what}，送出 {gone} {zh_what}后还剩多少{zh_what}？",
    )
    steps = [
        draw.say("First count all of them.", "先求总数。"),
        f"{boxes} × {each} = {boxes * each}",
        draw.say("Then take away what is gone.", "再减去送出的。"),
        f"{boxes * each} - {gone} = {boxes * each - gone}",
    ]
    return Draft(question, str(boxes * each - gone), steps)


def _earnings(draw: Draw) -> Draft:
    who, zh_who = draw.choice(_NAMES)
    hours, wage, bonus = draw.integer(3, 60), draw.integer(11, 48), draw.integer(5, 150)
    question = draw.say(
        f"{who} works {hours} hours for {wage} dollars an hour and gets {bonus} dollars on top. "
        "How many dollars is that in all?",
        f"{zh_who}工作 {hours} 小时，每小时 {wage} 元，另得奖金 {bonus} 元，一共得到多少元？",
    )
    steps = [
        draw.say("The hours bring in:", "工时所得："),
        f"{hours} × {wage} = {hours * wage}",
        draw.say("With the bonus:", "加上奖金："),
        f"{hours * wage} + {bonus} = {hours * wage + bonus}",
    ]
    return Draft(question, str(hours * wage + bonus), steps)


def _change(draw: Draw) -> Draft:
    who, zh_who = draw.choice(_NAMES)
    (one, zh_one), (two, zh_two) = draw.shuffled(_GOODS)[:2]
    many, few, dear, cheap = (draw.integer(2, 15) for _ in range(4))
    first, second = many * dear, few * cheap
    paid = (first + second) // 50 * 50 + 50
    question = draw.say(
        f"{who} buys {many} {one} at {dear} dollars each and {few} {two} at {cheap} dollars each, "
        f"and pays with {paid} dollars. How many dollars of change are due?",
        f"{zh_who}买了 {many} {zh_one}，单价 {dear} 元，又买了 {few} {zh_two}，单价 {cheap} 元，"
        f"付了 {paid} 元，应找回多少元？",
    )
    steps = [
        draw.say("The cost of both goods:", "两种商品的花费："),
        f"{many} × {dear} = {first}",
        f"{few} × {cheap} = {second}",
        f"{first} + {second} = {first + second}",
        draw.say("Take it from what was paid.", "从所付的钱中减去。"),
        f"{paid} - {first + second} = {paid - first - second}",
    ]
    return Draft(question, str(paid - first - second), steps)


def _saving(draw: Draw) -> Draft:
    who, zh_who = draw.choice(_NAMES)
    start, weekly, weeks = draw.integer(5, 95), draw.integer(6, 35), draw.integer(4, 40)
    goal = start + weekly * weeks
    question = draw.say(
        f"{who} has {start} dollars and saves {weekly} dollars a week. "
        f"After how many weeks are there {goal} dollars?",
        f"{zh_who}有 {start} 元，每周存 {weekly} 元，多少周后有 {goal} 元？",
    )
    steps = [
        draw.say("What is missing:", "还差："),
        f"{goal} - {start} = {goal - start}",
        draw.say("Divide by the weekly amount.", "除以每周存的钱。"),
        f"{goal - start} ÷ {weekly} = {weeks}",
    ]
    return Draft(question, str(weeks), steps)


def _trains(draw: Draw) -> Draft:
    slow, fast, hours = draw.integer(41, 89), draw.integer(90, 160), draw.integer(2, 12)
    apart = (slow + fast) * hours
    question = draw.say(
        f"Two trains start towards each other from towns {apart} km apart, at {slow} km/h and "
        f"{fast} km/h. How many kilometres has the slower one gone when they meet?",
        f"两列火车从相距 {apart} 千米的两地相向而行，时速分别为 {slow} 千米和 {fast} 千米。"
        "相遇时较慢的火车行驶了多少千米？",
    )
    steps = [
        draw.say("Together they close the gap at:", "两车的速度之和："),
        f"{slow} + {fast} = {slow + fast}",
        draw.say("They meet after so many hours:", "相遇所需的小时数："),
        f"{apart} ÷ {slow + fast} = {hours}",
        draw.say("The slower one has gone:", "较慢的火车行驶了："),
        f"{slow} × {hours} = {slow * hours}",
    ]
    return Draft(question, str(slow * hours), steps)


def _tank(draw: Draw) -> Draft:
    out = draw.integer(3, 40)
    inflow, minutes, held = out + draw.integer(2, 40), draw.integer(5, 60), draw.integer(10, 300)
    full = held + (inflow - out) * minutes
    question = draw.say(
        f"A tank of {full} litres holds {held} litres. {inflow} litres flow in each minute and "
        f"{out} litres flow out. After how many minutes is it full?",
        f"水箱容量 {full} 升，现有 {held} 升。每分钟流入 {inflow} 升，流出 {out} 升，"
        "多少分钟后水箱满？",
    )
    steps = [
        draw.say("The tank gains each minute:", "每分钟增加："),
        f"{inflow} - {out} = {inflow - out}",
        draw.say("What is missing:", "还差："),
        f"{full} - {held} = {full - held}",
        draw.say("Divide.", "相除。"),
        f"{full - held} ÷ {inflow - out} = {minutes}",
    ]
    return Draft(question, str(minutes), steps)
