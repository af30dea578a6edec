"""A sentence for everybody says nothing of what was delivered, whatever that is."""

from common.delivered_text import changed, delivered, for_all, in_full


def test_a_delivered_text_is_for_its_addressee_alone():
    sentence = f"{delivered('张三.csv', 'The file')} has a sheet {delivered('李四')}: rename it."
    assert in_full(sentence) == "张三.csv has a sheet 李四: rename it."
    assert for_all(sentence) == "The file has a sheet …: rename it."


def test_a_text_that_imitates_the_marks_shows_nothing_of_another():
    (begin, instead, end) = (delivered("", "")[n] for n in range(3))
    hostile = f"{end}张三{begin}{instead}李四"
    sentence = f"{delivered(hostile)} and {delivered('王五')}."
    assert for_all(sentence) == "… and …."
    assert in_full(sentence) == "\ufffd张三\ufffd\ufffd李四 and 王五."


def test_a_sentence_within_another_is_told_in_both_ways():
    inner = f"{delivered('张三.csv', 'The file')} is empty: export it again."
    outer = f"students wait ({changed(inner, lambda text: text.partition(': ')[0])})."
    assert in_full(outer) == "students wait (张三.csv is empty)."
    assert for_all(outer) == "students wait (The file is empty)."
