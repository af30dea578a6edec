-- The types of the register: how a delivered text is read, in one place for every room.
-- Each macro takes VARCHAR and gives the typed value, or NULL where the text is not of the type:
-- a value violates its type when clean(v) IS NOT NULL AND as_<type>(v) IS NULL.
--
-- Names are qualified, since callers work inside another database. Where a macro has two branches, the first
-- accepts what platforms mostly write, straight from the text; only the rest pays for cleaning. A lambda over a
-- list of one binds a value that is used several times, because DuckDB writes a macro's argument out at each use;
-- its body may not use the macro's own argument, which could be a column of the lambda's name.

-- Full-width signs, digits and letters to half width (the part of NFKC that exports need; DuckDB has NFC only).
-- In guarded steps, since translate() builds its table anew for every row: a text with punctuation alone, the commonest,
-- needs a short one.
create or replace macro memory.main.half_width(x) as (
    case
        when not regexp_matches(x, '[！-～￥﹐-﹫]') then x
        when not regexp_matches(x, '[＂-＇＊＋．０-９＜-＞＠-～￥﹐-﹫]') then translate(x, '，：（）；！？－／', ',:();!?-/')
        else translate(
            x,
            '，：（）；！？－／０１２３４５６７８９'
            'ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ＂＃＄％＆＇＊＋．＜＝＞＠［＼］＾＿｀｛｜｝～￥﹐﹒﹔﹕﹖﹗﹙﹚﹟﹠﹡﹢﹣﹤﹥﹦﹩﹪﹫',
            ',:();!?-/0123456789'
            'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"#$%&''*+.<=>@[\]^_`{|}~¥,.;:?!()#&*+-<>=$%@'
        )
    end
);

-- A text without what spreadsheets and pages leave in it: zero-width characters and _x000D_ go, line breaks, tabs
-- and odd spaces become a space; canonical forms are composed (NFC). The joiners U+200C and U+200D stay inside a text
-- of a script that spells with them (Arabic, Syriac, the scripts of India and Sri Lanka, Mongolian).
create or replace macro memory.main.visible(v) as (
    regexp_replace(
        case
            when regexp_matches(v, '[\x{0600}-\x{08FF}\x{0900}-\x{0DFF}\x{1820}-\x{18AA}]') then regexp_replace(
                nfc_normalize(v),
                '^(?:_x000[dD]_|[\x{00AD}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{FEFF}])+'
                '|(?:_x000[dD]_|[\x{00AD}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{FEFF}])+$'
                '|_x000[dD]_|[\x{00AD}\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{FEFF}]', '', 'g'
            )
            else regexp_replace(
                nfc_normalize(v),
                '_x000[dD]_|[\x{00AD}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{FEFF}]', '', 'g'
            )
        end,
        '\r\n|[\x00-\x1F\x7F\x{0085}\x{00A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]', ' ', 'g'
    )
);

-- The standard form of characters that some systems write otherwise: radicals (⺀-⿕, as forms filled by input methods
-- have them; Unicode's EquivalentUnifiedIdeograph) and the private characters of old GBK fonts (U+E815-U+E864; Windows
-- code page 936 and GB 18030-2005). Compatibility ideographs (U+F900-U+FAFF) are composed by `visible` already.
create or replace macro memory.main.standard_characters(v) as (
    list_transform([v], lambda x: if(
        regexp_matches(x, '[\x{2E80}-\x{2FD5}\x{E815}-\x{E864}]'),
        translate(
            x,
            '⺁⺂⺃⺄⺅⺆⺈⺉⺊⺋⺌⺍⺎⺏⺐⺒⺓⺔⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺶⺹⺺⺻⺼⺾⺿⻀⻁⻂⻃⻄'
            '⻅⻆⻈⻉⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳⼀⼁⼂⼃⼄⼅⼆⼇⼈⼉⼊⼋⼌⼍⼎⼏⼐⼑'
            '⼒⼓⼔⼕⼖⼗⼘⼙⼚⼛⼜⼝⼞⼟⼠⼡⼢⼣⼤⼥⼦⼧⼨⼩⼪⼫⼬⼭⼮⼯⼰⼱⼲⼳⼴⼵⼶⼷⼸⼹⼺⼻⼼⼽⼾⼿⽀⽁⽂⽃⽄⽅⽆⽇⽈⽉⽊⽋⽌⽍'
            '⽎⽏⽐⽑⽒⽓⽔⽕⽖⽗⽘⽙⽚⽛⽜⽝⽞⽟⽠⽡⽢⽣⽤⽥⽦⽧⽨⽩⽪⽫⽬⽭⽮⽯⽰⽱⽲⽳⽴⽵⽶⽷⽸⽹⽺⽻⽼⽽⽾⽿⾀⾁⾂⾃⾄⾅⾆⾇⾈⾉'
            '⾊⾋⾌⾍⾎⾏⾐⾑⾒⾓⾔⾕⾖⾗⾘⾙⾚⾛⾜⾝⾞⾟⾠⾡⾢⾣⾤⾥⾦⾧⾨⾩⾪⾫⾬⾭⾮⾯⾰⾱⾲⾳⾴⾵⾶⾷⾸⾹⾺⾻⾼⾽⾾⾿⿀⿁⿂⿃⿄⿅'
            '⿆⿇⿈⿉⿊⿋⿌⿍⿎⿏⿐⿑⿒⿓⿔⿕'
            || array_to_string(list_transform(range(59413, 59493), lambda c: chr(c::integer)), ''),
            '厂乛乚乙亻冂刀刂卜㔾小小兀尣尢巳幺彑忄㣺扌攵旡日月歺母民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒㓁冗羊耂肀聿肉艹艹艹虎衤覀西'
            '见角讠贝车辶辶辶邑钅長镸长门阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀'
            '力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹'
            '殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮'
            '色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿'
            '麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠'
            '厂𠂇𠂉𠃌乙㑳㑇刀㔾龴㖞㘚㘎小㣺㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠牛𡗗龸疋䁖䅟竹䌷㓁羊⺷𢦏䎱䎬聿䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟'
            '䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻'
        ),
        x
    ))[1]
);

-- The text as a person meant it: visible, half width, without outer blanks and without the apostrophe that forces
-- text in a cell ('t Hooft keeps his). Blank is NULL; a placeholder such as `-` or `无` is a value.
-- The first branch is a text that is clean as it is: ASCII, Han and Chinese punctuation.
create or replace macro memory.main.clean(v) as (
    case
        when v is null then null
        when
            regexp_full_match(v, '[!-&(-~㐀-䶿一-鿿“《](?:[ -~·‘-”—…、-】㐀-䶿一-鿿]*[!-~‘-”…、-】㐀-䶿一-鿿])?')
            and not contains(v, '_x000') then v
        else list_transform(
            list_transform(
                [if(regexp_matches(v, '[^ -~·‘-”—…、-】㐀-䶿一-鿿！-～]|_x000'), memory.main.visible(v), v)],
                lambda n: trim(memory.main.half_width(n))
            ),
            lambda c: case
                when starts_with(c, '''') then nullif(trim(regexp_replace(c, '^''+([^a-z'']|[a-z][^ -]|[a-z]?$)', '\1')), '')
                when c <> '' then c
            end
        )[1]
    end
);

create or replace macro memory.main.as_text(v) as (memory.main.clean(v));

-- A person's name: standard characters, no blanks between Han characters; the dots of a transcribed name are all U+00B7.
-- Each replacement runs twice, because neighbours overlap (阿 不 都).
create or replace macro memory.main.as_name(v) as (
    case when regexp_full_match(v, '[㐀-䶿一-鿿·]+') then v else list_transform(
        [memory.main.standard_characters(memory.main.clean(v))],
        lambda x: if(
            regexp_matches(x, '[ .•・‧∙⋅･●▪◦․᛫⸱⸰⸳ꞏ。｡˙﹒]'),
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        regexp_replace(x, '(\p{Han})(?: *[.•・‧∙⋅･●▪◦․᛫⸱⸰⸳ꞏ。｡˙﹒] *| +· *|· +)(\p{Han})', '\1·\2', 'g'),
                        '(\p{Han})(?: *[.•・‧∙⋅･●▪◦․᛫⸱⸰⸳ꞏ。｡˙﹒] *| +· *|· +)(\p{Han})', '\1·\2', 'g'
                    ),
                    '(\p{Han}) +(\p{Han})', '\1\2', 'g'
                ),
                '(\p{Han}) +(\p{Han})', '\1\2', 'g'
            ),
            x
        )
    )[1] end
);

-- The form in which two names are compared: lower case, without blanks, dots, hyphens, apostrophes and joiners.
create or replace macro memory.main.name_key(v) as (
    case when regexp_full_match(v, '[㐀-䶿一-鿿]+') then v
        else list_transform(
            [lower(regexp_replace(memory.main.as_name(v), '[\s·.''’‐-–\x{200C}\x{200D}-]', '', 'g'))],
            lambda x: nullif(x, '')
        )[1] end
);

-- A text without what stands around a name: 李明 of 李明（1）班, of 李明老师工作室.
create or replace macro memory.main.bare_text(v) as (
    regexp_replace(
        regexp_replace(v, '[\d\p{P}\p{S}\p{Z}]', '', 'g'), '(?:年级|班级|班|组|队|社|级|家|的|老师|同学|工作室)+$', ''
    )
);

-- The beginnings of all names that a text may hold: its parts of three and four characters, and the first four of a name
-- that it may be as a whole.
create or replace macro memory.main.name_grams(v) as (
    list_transform([memory.main.as_name(v)], lambda x: list_distinct(
        [left(x, 4), left(memory.main.bare_text(x), 4)]
        || list_transform(range(1, length(x) - 1), lambda i: substr(x, i, 4))
        || list_transform(range(1, length(x) - 1), lambda i: substr(x, i, 3))
    ))[1]
);

-- Whether a name is one by which somebody is known anywhere: of three Han characters at least, or of several words. One
-- that ends like the name of a class is none: a column has slipped.
create or replace macro memory.main.is_full_name(person) as (
    regexp_full_match(person, '\p{Han}{3,}') and not regexp_matches(person, '(?:年级|班|组)$')
    or length(person) > 5 and regexp_matches(person, '\p{L}[ ·]\p{L}')
);

-- Whether a text holds a person's name: it is one, less what stands around it, or has a full one within. A shorter name,
-- which may be a word (向阳班), counts as a whole and for people of the same place alone; a public text as a whole alone,
-- since schools are called after people (陶行知小学).
create or replace macro memory.main.holds_name(v, person, is_public, is_near) as (
    list_transform([memory.main.as_name(v)], lambda x: case
        when not contains(x, person) or not regexp_matches(person, '\p{L}.*\p{L}') then false
        when memory.main.is_full_name(person) then not is_public or person in (x, memory.main.bare_text(x))
        else is_near and person in (x, memory.main.bare_text(x))
    end)[1]
);

-- Whether `a` is `b` with one character more. Names of up to four characters, nearly all, are compared without a loop.
create or replace macro memory.main.has_one_more(a, b) as (
    case
        when length(a) <> length(b) + 1 then false
        when length(a) <= 4 then
            substr(a, 2) = b or left(a, 1) || substr(a, 3) = b or left(a, 2) || substr(a, 4) = b or left(a, 3) = b
        else len(list_filter(range(1, length(a) + 1), lambda i: left(a, i - 1) || substr(a, i + 1) = b)) > 0
    end
);

-- Edits between two names as `name_key` gives them: 0, 1, or 2 for more. By characters; levenshtein() counts bytes, of
-- which a character has four at most.
create or replace macro memory.main.name_edits(a, b) as (
    case
        when a is null or b is null then null
        when a = b then 0
        when levenshtein(a, b) > 4 then 2
        when length(a) <> length(b)
            then if(memory.main.has_one_more(a, b) or memory.main.has_one_more(b, a), 1, 2)
        when length(a) <= 4 then if(
            cast(substr(a, 1, 1) <> substr(b, 1, 1) as integer) + cast(substr(a, 2, 1) <> substr(b, 2, 1) as integer)
            + cast(substr(a, 3, 1) <> substr(b, 3, 1) as integer) + cast(substr(a, 4, 1) <> substr(b, 4, 1) as integer) = 1,
            1, 2
        )
        else if(len(list_filter(range(1, length(a) + 1), lambda i: substr(a, i, 1) <> substr(b, i, 1))) = 1, 1, 2)
    end
);

-- An opaque identifier, as written. 2.02501E+13 is one that a spreadsheet destroyed.
create or replace macro memory.main.as_identifier(v) as (
    case
        when regexp_full_match(v, '[0-9A-Za-z-]+') then v
        else list_transform(
            [memory.main.clean(v)],
            lambda x: if(regexp_full_match(x, '\d(?:\.\d+)?[eE]\+\d+'), null, x)
        )[1]
    end
);

-- The date in a clean text: 20150901, 2015-9-1, 2015.09.01, 2015/9/1, 2015年9月1日, the same before a time of day,
-- and the spreadsheet's serial of five digits (42248 = 2015-09-01, day 0 is 1899-12-30). A year has four digits,
-- from 1000 to 2999.
create or replace macro memory.main.date_in(x) as (
    case
        when regexp_full_match(x, '[2-6]\d{4}') then
            if(x between '20000' and '60000', date '1899-12-30' + try_cast(x as integer), null)
        else try_cast(
            regexp_replace(
                x,
                '(?s)^([12]\d{3})(?:(\d{2})(\d{2})|[-./年](\d{1,2})[-./月](\d{1,2})日?)(?:[T ]+\d{1,2}:\d{2}.*)?$|^.*$',
                '\1-\2\4-\3\5'
            ) as date
        )
    end
);

create or replace macro memory.main.as_date(v) as (
    coalesce(
        case
            when v >= '1' and v < '3' and v like '____-__-__' then try_cast(v as date)
            when v >= '1' and v < '3' and strlen(v) = 8 then try_strptime(v, '%Y%m%d')::date
        end,
        list_transform([memory.main.clean(v)], lambda x: memory.main.date_in(x))[1]
    )
);

-- A date that American systems write with the month first: 7/1/2017 is the first of July, also before a time of day.
-- The other forms of a date are read too. A contract that says `date` reads none of these: 7/1 may be January.
create or replace macro memory.main.as_date_mdy(v) as (
    list_transform(
        [memory.main.clean(v)],
        lambda x: coalesce(
            try_cast(
                regexp_replace(
                    x, '(?s)^(\d{1,2})[/-](\d{1,2})[/-]([12]\d{3})(?:[T ]+\d{1,2}:\d{2}.*)?$|^.*$', '\3-\1-\2'
                ) as date
            ),
            memory.main.date_in(x)
        )
    )[1]
);

-- The first day of a month: 201509, 2015-09, 2015.9, 2015/9, 2015年9月, or any form of a date.
-- 2015.1 is not a month: as a number it is also 2015.10 with its zero lost.
create or replace macro memory.main.as_month(v) as (
    list_transform(
        [memory.main.clean(v)],
        lambda x: case
            when regexp_full_match(x, '\d{4}\.1') then null
            when regexp_full_match(x, '[12]\d{3}(?:\d{2}|[-./年]\d{1,2}月?)') then
                try_cast(regexp_replace(x, '^(\d{4})[-./年]?(\d{1,2})月?$', '\1-\2-01') as date)
            else date_trunc('month', memory.main.date_in(x))::date
        end
    )[1]
);

-- The instant in a clean text with a zone (Z, +08:00, +0800), in China Standard Time: UTC+8, no summer time.
create or replace macro memory.main.zoned_time_in(x) as (
    make_timestamp(
        epoch_us(
            try_cast(
                regexp_replace(
                    x,
                    '(?s)^([12]\d{3}-\d{2}-\d{2})[T ]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}:?\d{2})$|^.*$',
                    '\1 \2\3'
                ) as timestamptz
            )
        ) + 8 * 3600000000
    )
);

-- A date with a time of day, in local time; one with a zone is moved to China Standard Time. A date alone is its
-- midnight; 20251014163000 is what files of fixed width write.
create or replace macro memory.main.as_datetime(v) as (
    coalesce(
        case
            when v >= '1' and v < '3' and v like '____-__-__ __:__:__' then try_cast(v as timestamp)
        end,
        list_transform(
            [memory.main.clean(v)],
            lambda x: case
                when regexp_full_match(x, '[12]\d{13}') then try_strptime(x, '%Y%m%d%H%M%S')
                when not contains(x, ':') then memory.main.date_in(x)::timestamp
                when regexp_full_match(x, '.*[0-9 ](?:Z|[+-]\d{2}:?\d{2})') then memory.main.zoned_time_in(x)
                else try_cast(
                    regexp_replace(
                        x,
                        '(?s)^([12]\d{3})(?:(\d{2})(\d{2})|[-./年](\d{1,2})[-./月](\d{1,2})日?)[T ]+'
                        '(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)$|^.*$',
                        '\1-\2\4-\3\5 \6'
                    ) as timestamp
                )
            end
        )[1]
    )
);

-- A whole number, also as a spreadsheet writes it (6.0).
create or replace macro memory.main.as_integer(v) as (
    case
        when try_cast(v as bigint)::varchar = v then try_cast(v as bigint)
        else list_transform(
            [memory.main.clean(v)],
            lambda x: if(regexp_full_match(x, '[+-]?\d{1,18}(?:\.0+)?'), try_cast(split_part(x, '.', 1) as bigint), null)
        )[1]
    end
);

-- A number with a decimal point: no thousands separators, no exponent.
create or replace macro memory.main.as_decimal(v) as (
    case
        when try_cast(v as bigint)::varchar = v then try_cast(v as double)
        else list_transform(
            [memory.main.clean(v)],
            lambda x: if(regexp_full_match(x, '[+-]?(?:\d+(?:\.\d+)?|\.\d+)'), try_cast(x as double), null)
        )[1]
    end
);

-- A number of a system that writes other signs, with a decimal point and no thousands: `form` is the regular expression
-- of its numbers, `signs` the decimal sign and then those that part thousands. NULL where it is no such number.
create or replace macro memory.main.plain_number(v, form, signs) as (
    list_transform(
        [memory.main.clean(v)], lambda x: if(regexp_full_match(x, form), translate(x, signs, '.'), null)
    )[1]
);

-- The seconds of a run written in minutes and seconds: 3′45″, 3'45, 3:45, 3分45秒, and the number 3.45. A number has
-- lost its last zero: 3.5 is 3′50″, 3 is 3′00″. Seconds from 60 on are no time. A spreadsheet that was given 3:45
-- takes it for hours and shows 03:45:00; one that was given 0:03:45 shows 00:03:45.
create or replace macro memory.main.as_run_time(v) as (
    list_transform(
        [regexp_extract(
            regexp_replace(memory.main.clean(v), '^(?:00?:(\d{1,2}:\d{2})|(\d{1,2}:\d{2}):00)$', '\1\2'),
            '^(\d{1,2})(?:(?:[′''’:]|分) ?([0-5]?\d)(?:″|"|”|''''|′′|’’|秒)?|\.([0-5]\d?)|(?:[′''’]|分(?:钟|整)?)?)$',
            ['minutes', 'seconds', 'decimals']
        )],
        lambda t: if(
            t.minutes = '', null,
            t.minutes::integer * 60 + coalesce(nullif(t.seconds, ''), rpad(nullif(t.decimals, ''), 2, '0'), '0')::integer
        )
    )[1]
);

-- The form under which a code set knows a text: lower case, the name alone of an option with its number (`1-走读`,
-- `01、走读`, `汉族|01`, `回族(03)`, `1|男`), a bare code without a spreadsheet's .0, no blank before 年级, 级, 届 or 班.
-- registry.written.code_key does the same in Python, where words are written in standard characters.
create or replace macro memory.main.code_key(v) as (
    case when regexp_full_match(v, '[㐀-䶿一-鿿]+|\d+') then v else regexp_replace(
        regexp_replace(
            regexp_replace(
                lower(memory.main.standard_characters(memory.main.clean(v))),
                '^(\d+)\.0+$|(\d) +(年级|[年级届班])', '\1\2\3'
            ),
            '^(?:\d{1,8} ?[-–—−_|/、,.:=] ?|[(\[【]\d{1,8}[)\]】] ?|\d{1,8}[)\]】] ?)([^\d\s].*)$'
            '|^\d{1,8} +([㐀-䶿一-鿿].*)$'
            '|^[a-z] ?[、:] ?([^\d\s].*)$'
            '|^[a-z] ?[-–—−_.|] ?([㐀-䶿一-鿿].*)$|^[a-z](?: [-–—−_] |[.|] ?)([a-z]{3}.*)$',
            '\1\2\3\4\5'
        ),
        '^(.*[^\d\s|].*?) ?\| ?[a-z]{0,4}\d[0-9a-z.-]*$|^(.*(?:[㐀-䶿一-鿿]|[a-z]{3}).*?) ?\| ?[a-z]{1,2}$'
        '|^(.*(?:[㐀-䶿一-鿿]|[a-z]{2}).*?) ?(?:[(\[【<](?:\d{1,8}|[a-z])[)\]】>])$'
        '|^(.*[㐀-䶿一-鿿])(?: ?[-–—−_:=,、/] ?| +)\d{1,8}$',
        '\1\2\3\4'
    ) end
);

-- Yes or no, also as an option: 1-是, 是|1, 否(0), 1.0, a tick or a cross. Outside a lambda DuckDB would make a join of
-- `in`.
create or replace macro memory.main.as_boolean(v) as (
    list_transform(
        [if(list_contains(['是', '否', '1', '0', 'true', 'false'], v), v, memory.main.code_key(v))],
        lambda x: case
            when x in ('是', '1', 'true', 't', 'y', 'yes', '√', '✓', '✔', '☑', '书面', '有') then true
            when x in ('否', '0', 'false', 'f', 'n', 'no', '×', '✗', '✘', '☒', '非书面', '无') then false
        end
    )[1]
);

-- Whether 17 digits and a check character close under ISO 7064 MOD 11-2 (GB 11643-1999): the digits weigh
-- 2^17 ... 2^1, the sum modulo 11 picks the check character. With n their number and n // 10^k its heads, the sum is
-- 2 * (n - 8 * (n//10 + 2 n//100 + 4 n//1000 ...)), which needs no cutting of the text.
create or replace macro memory.main.closes_mod_11_2(head, last) as (
    last = substr(
        '10X98765432',
        list_transform(
            [try_cast(head as bigint)],
            lambda n: 1 + 2 * (n - 8 * (
                n // 10 + 2 * (n // 100) + 4 * (n // 1000) + 8 * (n // 10000)
                + 16 * (n // 100000) + 32 * (n // 1000000) + 64 * (n // 10000000)
                + 128 * (n // 100000000) + 256 * (n // 1000000000) + 512 * (n // 10000000000)
                + 1024 * (n // 100000000000) + 2048 * (n // 1000000000000)
                + 4096 * (n // 10000000000000) + 8192 * (n // 100000000000000)
                + 16384 * (n // 1000000000000000) + 32768 * (n // 10000000000000000)
            )) % 11
        )[1],
        1
    )
);

-- A clean citizen identification number: a real date of birth (29 February only in leap years), and it closes.
create or replace macro memory.main.id_number_in(x) as (
    if(
        regexp_full_match(
            x,
            '[1-9]\d{5}(?:'
            '(?:18|19|20)\d\d(?:(?:0[13578]|1[02])(?:0[1-9]|[12]\d|3[01])'
            '|(?:0[469]|11)(?:0[1-9]|[12]\d|30)|02(?:0[1-9]|1\d|2[0-8]))'
            '|(?:(?:18|19|20)(?:0[48]|[2468][048]|[13579][26])|2000)0229'
            ')\d{3}[\dX]'
        ) and memory.main.closes_mod_11_2(left(x, 17), right(x, 1)),
        x, null
    )
);

-- A citizen identification number (GB 11643-1999), its X upper case. Whether a spreadsheet cut it to ...000 is the
-- reader's matter: 9.1% of those still close.
create or replace macro memory.main.as_id_number(v) as (
    list_transform(
        [if(regexp_full_match(v, '\d{17}[\dX]'), v, upper(memory.main.clean(v)))],
        lambda x: memory.main.id_number_in(x)
    )[1]
);

-- The number of a document that bears a citizen identification number, or of a permit of permanent residence before
-- 2023: three letters and twelve digits.
create or replace macro memory.main.as_identity_document(v) as (
    list_transform(
        [if(regexp_full_match(v, '\d{17}[\dX]'), v, upper(memory.main.clean(v)))],
        lambda x: if(regexp_full_match(x, '[A-Z]{3}\d{12}'), x, memory.main.id_number_in(x))
    )[1]
);

-- A clean student number: G and a citizen identification number; J or L and 18 characters that only look alike.
create or replace macro memory.main.student_number_in(x) as (
    case
        when regexp_full_match(
            x,
            'G[1-9]\d{5}(?:'
            '(?:18|19|20)\d\d(?:(?:0[13578]|1[02])(?:0[1-9]|[12]\d|3[01])'
            '|(?:0[469]|11)(?:0[1-9]|[12]\d|30)|02(?:0[1-9]|1\d|2[0-8]))'
            '|(?:(?:18|19|20)(?:0[48]|[2468][048]|[13579][26])|2000)0229'
            ')\d{3}[\dX]'
        ) then if(memory.main.closes_mod_11_2(substr(x, 2, 17), right(x, 1)), x, null)
        when regexp_full_match(x, '[JL]\d{17}[\dX]') then x
    end
);

create or replace macro memory.main.as_student_number(v) as (
    list_transform(
        [if(regexp_full_match(v, '[GJL]\d{17}[\dX]'), v, upper(memory.main.clean(v)))],
        lambda x: memory.main.student_number_in(x)
    )[1]
);

-- A school (institution) code: a category of 《学校(机构)代码管理办法》, a province, six digits. It has no check digit.
create or replace macro memory.main.as_school_code(v) as (
    list_transform(
        [memory.main.clean(v)],
        lambda x: if(regexp_full_match(x, '(?:11|2[12]|3[1-7]|4[12]|51|9[1-3])[1-8]\d{7}'), x, null)
    )[1]
);

-- A unified social credit code (GB 32100-2015): values by position in the alphabet, weights 3^i modulo 31.
create or replace macro memory.main.as_uscc(v) as (
    list_transform(
        [upper(memory.main.clean(v))],
        lambda x: if(
            regexp_full_match(x, '[0-9A-HJ-NPQRTUWXY]{18}')
            and (
                list_sum(list_transform(
                    [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1],
                    lambda w, i: w * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', x[i]) - 1)
                )) % 31
            ) = 0,
            x, null
        )
    )[1]
);

-- A division code of GB/T 2260: six digits. Codes that were abandoned stay valid, so no list is asked.
create or replace macro memory.main.as_area_code(v) as (
    list_transform([memory.main.clean(v)], lambda x: if(regexp_full_match(x, '[1-9]\d{5}'), x, null))[1]
);

-- Whether a clean text is one telephone number: of five digits at least.
create or replace macro memory.main.is_phone(x) as (
    regexp_full_match(x, '[0-9xX+(). -]+') and length(regexp_replace(x, '[^0-9]', '', 'g')) between 5 and 20
);

-- The numbers of a cell that holds several, or words beside them: 13800000000/13900000000, 父13800000000母13900000000,
-- 0513-88888888转801 (as x801).
create or replace macro memory.main.phones_in(x) as (
    list_transform(
        list_filter(
            string_split_regex(
                regexp_replace(
                    regexp_replace(
                        regexp_replace(x, '\([^\d]*\)', ' ', 'g'),
                        '(\d) ?(?:转|分机|[eE][xX][tT]\.?) ?(\d)', '\1x\2', 'g'
                    ),
                    '(1\d{10}|\d{3,4}-\d{7,8})[\p{Han}: ]+([\d+(])', '\1;\2', 'g'
                ),
                '[/、;,|]|\\'
            ),
            lambda part: trim(part) <> ''
        ),
        lambda part: regexp_replace(part, '^[^\d+(]+|[^\d]+$', '', 'g')
    )
);

-- A telephone number as written; several are parted by `; `. A spreadsheet's .0 is none of its digits.
create or replace macro memory.main.as_phone(v) as (
    list_transform(
        [regexp_replace(memory.main.clean(v), '^(\d{7,})\.0$', '\1')],
        lambda x: if(
            memory.main.is_phone(x) and not regexp_matches(x, '\d{7,} +\d{7,}'),
            x,
            list_transform(
                [memory.main.phones_in(x)],
                lambda parts: if(
                    len(parts) > 0 and len(list_filter(parts, lambda part: not memory.main.is_phone(part))) = 0,
                    array_to_string(parts, '; '), null
                )
            )[1]
        )
    )[1]
);

-- Whether two cells of telephone numbers say the same: all numbers of one are among the other's, by their digits.
create or replace macro memory.main.same_phones(a, b) as (
    list_transform(
        [
            list_transform(
                [a, b],
                lambda said: list_transform(
                    string_split(said, '; '),
                    lambda part: regexp_replace(part, '^ *(?:[+]|00)86|[^0-9]', '', 'g')
                )
            )
        ],
        lambda sides: list_has_all(sides[1], sides[2]) or list_has_all(sides[2], sides[1])
    )[1]
);

-- Chinese numerals in a text as digits: 五年级十二班 is 5年级12班.
create or replace macro memory.main.arabic_numerals(x) as (
    if(
        regexp_matches(x, '[一二三四五六七八九十]'),
        replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(translate(x, '一二三四五六七八九', '123456789'), '(\d)十(\d)', '\1\2', 'g'),
                    '(\d)十', '\10', 'g'
                ),
                '十(\d)', '1\1', 'g'
            ),
            '十', '10'
        ),
        x
    )
);

-- The form in which the names of a class are compared: grade|number where a name says both (五年级1班, 五(1)班, 5.1班,
-- 五年一班, 初二(3)班, 501班), else the name without blanks, brackets and 班. 初 begins after grade 6, 高 after grade 9.
create or replace macro memory.main.small_number(v) as (
    if(
        regexp_full_match(v, '[0-9]{1,2}|[一二三四五六七八九]|[一二三四五六七八九]?十[一二三四五六七八九]?'),
        cast(memory.main.arabic_numerals(v) as integer), null
    )
);

create or replace macro memory.main.class_of_grade(said) as (
    (memory.main.small_number(said.grade) + case said.stage when '初' then 6 when '高' then 9 else 0 end) || '|'
    || coalesce(cast(memory.main.small_number(said.number) as varchar), said.number)
);

create or replace macro memory.main.class_key(v) as (
    list_transform(
        list_transform(
            list_transform(
                [regexp_replace(
                    translate(lower(memory.main.clean(v)), '①②③④⑤⑥⑦⑧⑨', '123456789'), '[ 　_\[\]{}【】〔〕“”"'']', '', 'g'
                )],
                lambda x: {
                    'name': x,
                    'said': regexp_extract(
                        x,
                        '^(小|初|高)?(?:学|中)?(十[一二]?|[一二三四五六七八九]|1[0-2]|0?[1-9])'
                        || '(?:年级|年|级|[-.()·、/])+第?\(?(\d{1,2}|[一二三四五六七八九十]{1,3}|[a-z])\)?班?$',
                        ['stage', 'grade', 'number']
                    ),
                    'short': regexp_extract(
                        x,
                        '^(小|初|高)?(?:学|中)?([一二三四五六七八九]|1[0-2]|[1-9])\(?(\d{2}|\d|[一二三四五六七八九十]{1,3})\)?班?$',
                        ['stage', 'grade', 'number']
                    )
                }
            ),
            lambda y: {
                'name': y.name,
                'said': case
                    when y.said.grade <> '' then y.said
                    when regexp_matches(y.name, '^(小|初|高|[一二三四五六七八九])') and y.short.grade <> ''
                        or regexp_full_match(y.name, '(1[0-2]|[1-9])\d{2}班') then y.short
                end
            }
        ),
        lambda z: if(
            z.said is null,
            nullif(regexp_replace(z.name, '[()]|班$', '', 'g'), ''),
            memory.main.class_of_grade(z.said)
        )
    )[1]
);

-- Why a cell that was delivered says nothing, as the rule's name, or NULL: a character of which half is lost (U+FFFD);
-- an error value of a spreadsheet in any language (#N/A, #REF!, #DIV/0!, #NV, #¡VALOR!, Err:502), also ####, a number
-- wider than its column; a formula that no program has calculated, before which the reader of the workbook puts a
-- U+2060 (where a person has written =1+1 as a text, it is one). The guards are cheap: a night has millions of cells
-- and next to no such one.
create or replace macro memory.main.unread_cell(v) as (
    case
        when v is null then null
        when contains(v, '�') then 'damaged_character'
        when v >= '$' and v < 'Err:' or v >= 'Err;' and v < '⁠' or v > '⁡' then null
        when starts_with(v, '⁠=') then 'formula_without_value'
        when regexp_full_match(v, '\s*(?:#(?:N/[AD]|NV|GETTING_DATA|[¡¿]?[\p{Lu}/0]+[!?])|##+|Err:\d{3})\s*') then 'cell_error'
    end
);

-- A grade as its code set knows it, without what stands beside it: 三年级（2023级）, 七年级(初中), 小学部三年级.
create or replace macro memory.main.grade_key(v) as (
    regexp_replace(
        memory.main.code_key(v), '\((?:小学|初中|高中|(?:20)?\d\d级)部?\)$|^(?:小学|初中|高中)部[-·]?', '', 'g'
    )
);

-- A grade that only the school can tell: 初一 to 初四 (j1 to j4, after the school's own primary years), 预初 (p), and the
-- year of entry (2021级, 21级: y2021). NULL for any other.
create or replace macro memory.main.relative_grade(v) as (
    list_transform(
        list_transform([memory.main.grade_key(v)], lambda g: memory.main.arabic_numerals(g)),
        lambda x: case
            when regexp_full_match(x, '初中?[1-4](?:年级)?') then 'j' || regexp_extract(x, '[1-4]')
            when regexp_full_match(x, '预初(?:年级)?|预备(?:班|年级)|初中预备(?:班|年级)') then 'p'
            when regexp_full_match(x, '(?:20)?\d\d级') then 'y20' || regexp_extract(x, '(\d\d)级', 1)
        end
    )[1]
);
