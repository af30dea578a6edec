"""What to do about a problem, in words for the person who mends it.

Lives here: one remedy for each rule; a column of the register may say its own.
Add here: the remedy of a new rule.
Stays out: finding problems (`contract`).
"""

from __future__ import annotations

from registry.model import Feed, Label

TYPES = {
    "date": Label(zh="改为真实日期，如 2015-09-01。", en="Give a real date, such as 2015-09-01."),
    "month": Label(zh="改为年月，如 2021-09。", en="Give a year and month, such as 2021-09."),
    "date_mdy": Label(
        zh="改为月/日/年，如 9/30/2025；须是真实存在的日期。", en="Give a real date, month first, such as 9/30/2025."
    ),
    "datetime": Label(
        zh="改为日期和时间，如 2025-10-14 16:00:00。", en="Give a date and time, such as 2025-10-14 16:00:00."
    ),
    "integer": Label(zh="改为整数。", en="Give a whole number."),
    "decimal": Label(zh="改为数字，用小数点，不带单位。", en="Give a number with a decimal point and no unit."),
    "boolean": Label(zh="改为是或否。", en="Give yes or no."),
    "id_number": Label(
        zh="核对证件，改为18位身份证号；校验位须相符。",
        en="Check it against the document and give all 18 characters; the check character must match.",
    ),
    "student_number": Label(
        zh="核对学籍系统，改为 G、J 或 L 加18位的学籍号。",
        en="Check it in the student registry and give G, J or L and 18 characters.",
    ),
    "school_code": Label(zh="改为10位学校标识码。", en="Give the school's code of 10 digits."),
    "uscc": Label(
        zh="改为18位统一社会信用代码；校验位须相符。",
        en="Give the credit code of 18 characters; the check character must match.",
    ),
    "area_code": Label(zh="改为6位行政区划代码。", en="Give the division code of 6 digits."),
    "phone": Label(zh="改为电话号码，至少5位数字。", en="Give a telephone number of 5 digits at least."),
    "run_time": Label(zh="改为分秒，如 3′45″；秒数须小于60。", en="Give minutes and seconds, such as 3′45″."),
}
RULES = {
    "filled": Label(zh="此项必填，请补上。", en="This must be filled in."),
    "range": Label(zh="数值超出允许范围，请核对。", en="The value is outside the allowed range: check it."),
    "code": Label(
        zh="不在选项之中，请改为系统规定的选项名称。", en="This is none of the options: use the name of one."
    ),
    "duplicate_key": Label(
        zh="同一编号出现两次而内容不同，请删去不对的一行。",
        en="The same key stands twice with different content: delete the wrong row.",
    ),
    "wrong_slice": Label(
        zh="此行不属于报送单位，请由所属单位报送。",
        en="This row is not of the unit that sent the file: let its own unit send it.",
    ),
    "id_truncated": Label(
        zh="号码被电子表格破坏（只保留15位或成为科学计数法），请在源系统以文本格式重新导出。",
        en="A spreadsheet has damaged the number (15 digits kept, or scientific notation): "
        "export it as text from the source.",
    ),
    "unknown_key": Label(
        zh="要删除的编号在库中没有，请核对编号，或确认此前已删除。",
        en="There is no row of this key to delete: check the key, or that it was deleted before.",
    ),
    "surplus_cells": Label(
        zh="此行单元格多于表头，可能是内容中有分隔符，请核对后重新导出。",
        en="This row has more cells than the header, perhaps a separator inside a text: export it again.",
    ),
}


def remedy(feed: Feed, rule: str, column: str) -> Label:
    """What to do about a value of a column that breaks a rule."""
    declared = next((c.remedy for c in feed.columns if c.name == column and c.remedy), None)
    if declared:
        return declared
    if rule.startswith("type_"):
        return TYPES[rule.removeprefix("type_")]
    return RULES[rule]
