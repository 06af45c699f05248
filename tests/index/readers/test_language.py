"""The language of a text: told by its code where that is sure, and not told where it is not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from index.readers.common.language import detect_language

SENTENCES = [
    ("en", "The council voted on Tuesday to close the town's only library."),
    ("en", "Scientists say the bridge will have to be rebuilt before the winter storms arrive."),
    ("de", "Der Stadtrat hat am Dienstag beschlossen, die einzige Bücherei zu schließen."),
    ("de", "Nach dem Regen standen viele Keller unter Wasser, und die Feuerwehr kam spät."),
    ("fr", "Le conseil municipal a voté mardi la fermeture de la seule bibliothèque."),
    ("fr", "Les pompiers ont travaillé toute la nuit pour sauver les maisons de la rive."),
    ("ru", "Городской совет во вторник проголосовал за закрытие единственной библиотеки."),
    ("ru", "Учёные считают, что мост придётся построить заново до наступления зимы."),
    ("ar", "صوت مجلس البلدة يوم الثلاثاء على إغلاق المكتبة الوحيدة في المدينة."),
    ("ar", "قال العلماء إن الجسر يجب أن يعاد بناؤه قبل حلول الشتاء."),
    ("zh", "市议会周二投票决定关闭镇上唯一的图书馆，结束了三年的争论。"),
    ("zh", "科學家表示，這座橋必須在冬天來臨之前重建完成。"),
    ("ja", "市議会は火曜日、町で唯一の図書館を閉鎖することを決めた。"),
    ("ja", "雨のあと多くの家の地下室が水につかり、消防隊は一晩中働いた。"),
    ("hi", "नगर परिषद ने मंगलवार को शहर के एकमात्र पुस्तकालय को बंद करने का फैसला किया।"),
    ("hi", "बारिश के बाद कई घरों में पानी भर गया और दमकलकर्मी पूरी रात काम करते रहे।"),
    ("tr", "Belediye meclisi salı günü kasabanın tek kütüphanesini kapatmaya karar verdi."),
    ("tr", "Yağmurdan sonra birçok evin bodrumunu su bastı ve itfaiye bütün gece çalıştı."),
    ("pl", "Rada miasta zdecydowała we wtorek o zamknięciu jedynej biblioteki w mieście."),
    ("pl", "Po deszczu wiele piwnic zostało zalanych, a strażacy pracowali całą noc."),
    ("es", "El ayuntamiento decidió el martes cerrar la única biblioteca del pueblo."),
    ("es", "Después de la lluvia muchos sótanos quedaron inundados toda la noche."),
    ("it", "Martedì il consiglio comunale ha deciso di chiudere l'unica biblioteca."),
    ("it", "Dopo la pioggia molte cantine erano allagate e i pompieri hanno lavorato."),
    ("pt", "Depois da chuva, muitas caves ficaram inundadas e os bombeiros trabalharam."),
    ("nl", "Na de regen stonden veel kelders onder water en werkte de brandweer door."),
    ("ko", "시의회는 화요일 마을의 유일한 도서관을 폐쇄하기로 결정했다."),
    ("uk", "Міська рада у вівторок проголосувала за закриття єдиної бібліотеки."),
    ("fa", "شورای شهر روز سه‌شنبه تصمیم گرفت تنها کتابخانهٔ شهر را ببندد."),
    ("sv", "Kommunfullmäktige beslutade i tisdags att stänga stadens enda bibliotek."),
]


@pytest.mark.parametrize(("code", "sentence"), SENTENCES)
def test_one_sentence(code: str, sentence: str) -> None:
    """A sentence is enough to tell its language."""
    assert detect_language(sentence) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bonjour !",
        "12345 6789 2024 | 100 | 200 — 300,000.00 — 1:45:22",
        "図書館",
        "x7 qqrzt wvkpf zzkwq qpwlx xxvvg ghjkz qqrtp bcdfg",
        "Quillon Marrowby Zogbert Ferrux Hollin",
        "\ud800 \udfff",
    ],
)
def test_too_little_to_tell(text: str) -> None:
    """A few letters, numbers, names or random signs have no language."""
    assert detect_language(text) is None


def test_a_short_text_of_signs_that_say_more() -> None:
    """What is too short in letters is enough in signs that stand for whole words."""
    assert detect_language("図書館は閉鎖された。") == "ja"


def test_most_of_a_text_counts() -> None:
    """Of a long text the beginning and the middle are looked at: a foreign motto does not count."""
    german, french = SENTENCES[2][1], SENTENCES[4][1]
    assert detect_language(f"{french}\n\n" + f"{german} " * 500) == "de"
    assert detect_language(f"{german} " * 90 + f"{french} " * 20) == "de"


def test_the_model_is_loaded_late() -> None:
    """The model is loaded when it is first asked, once, and nothing is unpickled for it."""
    code = (
        "import sys, pickle; from index.readers.common import language;"
        "assert 'py3langid' not in sys.modules;"
        "pickle.loads = pickle.load = pickle.Unpickler = None;"
        "assert language.detect_language('This is how the story of the pier ends.') == 'en';"
        "assert language._identifier() is language._identifier()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
