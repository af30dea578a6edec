"""Files that are not what they should be: each is refused in one sentence that names the place."""

from __future__ import annotations

from pathlib import Path

import pytest

import registry


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(registry.RegisterError, match="is not a directory; give the directory that holds"):
        registry.load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "name", ["bureau.yml", "calendar.yml", "exams.yml", "stages.csv", "codes/standards.yml"]
)
def test_a_missing_file_is_refused_by_name(draft, name):
    (draft.directory / name).unlink()
    assert draft.refusal().endswith(f"{name} is missing; a register needs it.")


def test_a_key_given_twice_is_refused_with_its_line(draft):
    draft.change("bureau.yml", "id: shuyuan_city\n", "id: shuyuan_city\nid: other_city\n")
    assert (
        draft.refusal() == "bureau.yml, line 4: the key `id` stands twice in one mapping; correct it there."
    )


def test_a_key_given_twice_in_one_column_is_refused(draft):
    draft.change("sources/exams.yml", "{name: name, headers", "{name: name, name: names, headers")
    assert "the key `name` stands twice" in draft.refusal()


def test_yaml_that_does_not_parse_is_refused_with_its_line(draft):
    draft.append("bureau.yml", "areas: [\n")
    assert draft.refusal().startswith("bureau.yml, line ")


def test_an_unknown_field_is_refused_with_its_element(draft):
    draft.change("elements/student.yml", "  sensitivity: L3", "  sensitivty: L3")
    sentence = draft.refusal()
    assert sentence.startswith("elements/student.yml: element `student.number`, field `sensiti")


def test_a_value_outside_its_list_is_refused_with_the_list(draft):
    draft.change("elements/student.yml", "sensitivity: L3", "sensitivity: L9")
    assert draft.refusal() == (
        "elements/student.yml: element `student.number`, field `sensitivity` must be one of "
        "'L1', 'L2', 'L3', 'L4' or 'L5', not `L9`."
    )


def test_a_wrong_column_is_refused_with_feed_and_column(draft):
    draft.change("sources/exams.yml", "headers: [姓名], type: name", "headers: [姓名], type: nom")
    sentence = draft.refusal()
    assert sentence.startswith(
        "sources/exams.yml: feed `exams/results`, column `name`, field `type` must be one of"
    )


def test_a_number_where_text_belongs_is_refused_with_the_cure(draft):
    draft.change("bureau.yml", '{code: "329901"', "{code: 329901")
    assert draft.refusal() == "bureau.yml: area `329901`, field `code` must be text; put it in quotes."


def test_a_source_in_a_file_of_another_name_is_refused(draft):
    (draft.directory / "sources/exams.yml").rename(draft.directory / "sources/marks.yml")
    assert draft.refusal() == "sources/marks.yml: the source is `exams`; call the file sources/exams.yml."


def test_a_file_that_would_be_overlooked_is_refused(draft):
    (draft.directory / "elements/student.yml").rename(draft.directory / "elements/student.yaml")
    assert draft.refusal() == "elements/student.yaml would not be read; it must be `elements/<name>.yml`."


def test_an_empty_file_is_refused(draft):
    (draft.directory / "calendar.yml").write_text("")
    assert draft.refusal().startswith("calendar.yml: the file must be a mapping of fields")


def test_elements_that_are_no_list_are_refused(draft):
    (draft.directory / "elements/class.yml").write_text("class.name: {}\n")
    assert (
        draft.refusal()
        == "elements/class.yml: the file must be a list of elements, each beginning with `- `."
    )


def test_a_code_set_with_a_wrong_header_is_refused(draft):
    draft.change("codes/sex.csv", "code,label_zh", "kode,label_zh")
    assert draft.refusal().startswith(
        "codes/sex.csv: the first line must be `code,label_zh,label_en,aliases,source`"
    )


def test_a_code_line_with_too_many_cells_is_refused_with_its_number(draft):
    draft.append("codes/sex.csv", "3,a,b,c,d,e\n")
    assert draft.refusal().startswith("codes/sex.csv, line 6: there are 6 cells where 5 belong")


def test_a_file_that_is_not_utf_8_is_refused(draft):
    (draft.directory / "codes/sex.csv").write_bytes("code,label_zh\n1,男性".encode("gb18030"))
    assert draft.refusal() == "codes/sex.csv: the file is not UTF-8; save it as UTF-8."


def test_a_file_with_a_byte_order_mark_is_read(draft):
    path = draft.directory / "codes/sex.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert draft.load().code_sets


def test_a_code_set_without_a_standard_is_refused(draft):
    draft.change("codes/standards.yml", "sex:", "gender:")
    assert draft.refusal().startswith("codes/standards.yml: code set `sex` has no standard")


def test_a_standard_without_a_code_set_is_refused(draft):
    draft.append("codes/standards.yml", "colour: ISO 3664\n")
    assert draft.refusal() == "codes/standards.yml: code set `colour` has no file codes/colour.csv; add one."
