"""What the sample city is made of: places, names, the words its platforms use.

Lives here: pools of words, and the option names as the platforms export them.
Add here: another pool.
Stays out: how often each occurs; anything about a real place or person.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CITY_CODE = "329900"
CITY = "数源市"
AREAS = ("329901", "329902", "329903", "329904")
DISTRICTS = ("书院区", "学宫区", "文津县", "泮池县")

SURNAMES = tuple(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN_NAMES = tuple(
    "子梓宇浩雨欣涵轩怡佳思嘉俊诗晨一泽博文语若雅明睿心可天悦梦琪艺宸瑞铭逸书晓静婷雪云清朗远志成安宁和平乐颖慧敏芳华玉兰春秋"
    "山川海洋江河林森木青松柏竹梅荷菊辰星阳晴岚源知行正谦诚信达仁义礼"
)
MINORITY_FIRST = _words("阿依古丽 买合木提 古丽娜尔 艾力 阿迪力 迪丽努尔 叶尔兰 努尔兰 帕提古丽 热依汗")
MINORITY_LAST = _words("买买提 阿不都拉 吐尔逊 依明 赛买提 卡德尔 巴合提 木拉提 玉素甫 艾山")
MIDDLE_DOT = "·"

ETHNICITIES = ("汉族", "回族", "满族", "蒙古族", "苗族", "壮族", "土家族", "维吾尔族")
STREETS = _words("学府路 书院街 文昌路 崇文街 明伦路 尚德街 泮水路 藏书巷 春风路 桃李街 墨池巷 弦歌路")
SCHOOL_WORDS = _words(
    "文昌 崇文 明伦 尚德 致远 博雅 弘毅 知行 格物 笃学 启明 育英 树人 求是 日新 敬业 "
    "至善 怀德 思源 清源 立本 修远 景行 嘉言 润泽 凌云 青藤 望湖 临溪 松风 竹苑 桃李"
)

GRADES = (
    "",
    *_words("一年级 二年级 三年级 四年级 五年级 六年级 七年级 八年级 九年级 高一年级 高二年级 高三年级"),
)
SEXES = ("", "男", "女")
BOARDING = ("走读", "住校")
LEFT_BEHIND = ("非留守儿童", "单亲留守儿童", "双亲留守儿童")
DISABILITY = ("无", "视力残疾", "听力残疾", "肢体残疾")
HOUSEHOLD = ("非农业家庭户口", "农业家庭户口")
YES_NO = ("否", "是")
COMMUTE = ("步行", "自行车(含摩托、电动)", "公共交通", "家长接送", "校车")
TALENTS = ("", "书法", "足球", "合唱", "围棋", "编程", "绘画")
RELATIONS = ("父", "母")
POSITIONS = ("职员", "工人", "教师", "医生", "个体经营", "务农")

SCHOOL_TYPES = {
    "111": "幼儿园",
    "211": "小学",
    "218": "小学教学点",
    "311": "初级中学",
    "312": "九年一贯制学校",
    "341": "完全中学",
    "342": "高级中学",
    "365": "职业高中学校",
    "514": "其他特殊教育学校",
}
CLASS_TYPES = {
    "primary": "普通小学班",
    "junior": "普通初中班",
    "senior": "普通高中班",
    "vocational": "中等职业班",
    "special": "特殊教育班",
}
URBAN = ("主城区", "城乡结合区")
TOWN = ("镇中心区", "镇乡结合区")
RURAL = ("乡中心区", "村庄")

DEGREES = ("大学专科毕业", "大学本科毕业", "硕士研究生毕业", "博士研究生毕业")
TITLES = ("三级教师", "二级教师", "一级教师", "高级教师", "正高级教师")
POSTS = ("专任教师", "行政人员", "教辅人员", "工勤人员")
POLITICS = ("群众", "中国共产党党员", "中国民主同盟盟员")
PRIMARY_SUBJECTS = ("语文", "数学", "英语", "道德与法治", "科学", "体育与健康", "音乐", "美术", "信息科技")
SECONDARY_SUBJECTS = _words("语文 数学 英语 道德与法治 历史 地理 生物 物理 化学 体育与健康 音乐 美术 信息科技")

SUBJECT_CODES = {
    "道德与法治": "12",
    "语文": "13",
    "数学": "14",
    "科学": "15",
    "物理": "16",
    "化学": "17",
    "生物": "18",
    "地理": "20",
    "历史": "21",
    "体育与健康": "22",
    "音乐": "24",
    "美术": "25",
    "信息科技": "26",
    "英语": "41",
    "劳动": "62",
}
