{# Problem lists: how long a closed entry is shown, and the rules in words. #}

{# SQL that is true for what is open, or was closed within the last 30 days. #}
{% macro open_or_closed_lately(closed) -%}
    ({{ closed }} is null or {{ closed }} > {{ night() }} - interval 30 day)
{%- endmacro %}

{# Whether the intake's table of problems says what a spoilt identifier may have been. #}
{% macro has_candidates() -%}
    {{ return(execute and 'candidate' in adapter.get_columns_in_relation(source('intake', 'problem')) | map(attribute='name')) }}
{%- endmacro %}

{# The rules as the person who mends reads them: (rule, zh, en). What to do about one stands with the rule. #}
{% macro rule_words() -%}
    {%- set words = {
        'type_text': ['不是文字', 'is no text'],
        'type_name': ['不是姓名', 'is no name'],
        'type_identifier': ['不是编号', 'is no identifier'],
        'type_date': ['不是日期', 'is no date'],
        'type_month': ['不是年月', 'is no year and month'],
        'type_datetime': ['不是日期和时间', 'is no date and time'],
        'type_integer': ['不是整数', 'is no whole number'],
        'type_decimal': ['不是数字', 'is no number'],
        'type_boolean': ['不是“是”或“否”', 'is neither yes nor no'],
        'type_id_number': ['身份证号有误', 'is no valid ID number'],
        'type_student_number': ['学籍号有误', 'is no valid student number'],
        'type_school_code': ['学校标识码有误', 'is no valid school code'],
        'type_uscc': ['统一社会信用代码有误', 'is no valid credit code'],
        'type_area_code': ['行政区划代码有误', 'is no division code'],
        'type_phone': ['电话号码有误', 'is no telephone number'],
        'type_run_time': ['不是分秒成绩', 'is no time in minutes and seconds'],
        'type_code': ['不在选项之中', 'is none of the options'],
        'filled': ['必填项为空', 'is blank and must be filled'],
        'type_date_mdy': ['不是月/日/年的日期', 'is no date as month/day/year'],
        'unknown_key': ['所删除的编号不存在', 'is a deletion of a key that is not there'],
        'other_school': ['班级属于另一所学校', 'is in a class of another school'],
        'range': ['超出允许范围', 'is outside the allowed range'],
        'code': ['不在选项之中', 'is none of the options'],
        'duplicate_key': ['同一编号重复而内容不同', 'has the key of another row and other content'],
        'wrong_slice': ['此行不属于报送单位', 'is not of the unit that sent the file'],
        'id_truncated': ['号码被电子表格破坏', 'is a number that a spreadsheet has damaged'],
        'surplus_cells': ['单元格多于表头', 'has more cells than the header'],
        'unknown_reference': ['所引用的记录不存在', 'refers to a record that is not there'],
        'other_grade': ['学生年级与班级年级不符', 'is in a class of another grade'],
        'other_role': ['注册身份与用户身份不符', 'is enrolled in a role the user does not have'],
        'unknown_person': ['学籍系统中没有此人', 'is known to no registry'],
        'suspicious_match': ['编号与姓名等不符', 'does not fit the person of this number'],
        'unsure_match': ['认不出是谁', 'is of nobody who can be told'],
        'in_two_schools': ['同一学籍号在两所学校', 'stands in two schools at once'],
        'unknown_school': ['学校代码库中没有该校', 'is in no list of schools'],
        'former_school': ['学校标识码已停用', 'is a code of a school that has ended'],
        'unassigned_school': ['分设后去向不明', 'went nobody knows where when its school was split'],
        'unknown_school_name': ['没有此名称的学校', 'is the name of no school'],
        'ambiguous_school_name': ['同名学校不止一所', 'is the name of several schools'],
        'unknown_class': ['班级名单中没有该班', 'is in no list of classes'],
        'difference': ['与数源不一致', 'differs from the owner'],
        'refused_file': ['文件被拒收', 'was refused whole'],
        'held_slice': ['报送被暂缓', 'is held back'],
    } -%}
    select
        said.rule,
        said.zh,
        said.en
    from (values
        {%- for rule, said in words.items() %}
        ('{{ rule }}', '{{ said[0] }}', '{{ said[1] }}'){{ "," if not loop.last }}
        {%- endfor %}
    ) as said (rule, zh, en)
{%- endmacro %}
