"""Replies as models write them, labelled by hand with what they answer."""

from __future__ import annotations

import string
import unicodedata
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.prompts.words import LanguageWords, available_languages, language_words
from seahelm_lite.scoring.extraction import Reading, read_choice, read_member

ANIMALS = ("buaya darat", "ikan keli", "buaya tembaga", "ular sawa")


class Case(NamedTuple):
    name: str
    reply: str
    says: str
    """A letter, or the kind of a reading without an answer."""


def said(reading: Reading) -> str:
    return reading.kind if reading.index is None else string.ascii_uppercase[reading.index]


def each(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("reply", "says"), [pytest.param(c.reply, c.says, id=c.name) for c in cases])


# Table 3.2 of the scoring reference

ASKED_IN_MALAY = [
    Case("tag", "Jawapan: C", "C"),
    Case("all-bold-tag", "**Jawapan:** C", "C"),
    Case("bold-letter", "Jawapan: **C**", "C"),
    Case("quoted", '"Jawapan: C"', "C"),
    Case("bare", "C", "C"),
    Case("bare-with-stop", "C.", "C"),
    Case("lower-case-tag", "jawapan: C", "C"),
    Case("next-line", "Jawapan:\nC", "C"),
    Case("text-after", "Jawapan: C: teks", "C"),
    Case("bold-tag", "**Jawapan**: C", "C"),
    Case("round-brackets", "Jawapan: (C)", "C"),
    Case("square-brackets", "Jawapan: [C]", "C"),
    Case("code", "Jawapan: `C`", "C"),
    Case("full-width-colon", "Jawapan： C", "C"),
    Case("space-before-colon", "Jawapan : C", "C"),
    Case("dash", "Jawapan - C", "C"),
    Case("option-word", "Jawapan: Pilihan C", "C"),
    Case("tag-within", "Jawapan: Berdasarkan petikan, jawapan yang betul ialah C", "C"),
    Case("clause-before", "Jawapan: Dalam petikan, B", "B"),
    Case("words-before", "Jawapan: Baca petikan: C", "C"),
    Case("word-with-letters", "Jawapan: Cabang D", "D"),
    Case("copula", "Jawapan: Adalah C", "C"),
    Case("word-of-letters", "Jawapan: AB", "ambiguous"),
    Case("either-then-one", "Jawapan: A atau C? Saya fikir... Jawapan: C", "C"),
    Case("either", "Jawapan: A atau C", "ambiguous"),
    Case("choose", "Saya memilih B", "B"),
    Case("option-text", "Jawapan: buaya tembaga", "C"),
    Case("after-reasoning", "<think>… Jawapan: A …</think> Jawapan: C", "C"),
]

ASKED_IN_INDONESIAN = [
    Case("echoed-format", "Jawaban: ANSWER", "unparsed"),
    Case("echoed-format-then-answer", "Jawaban: ANSWER ... Jawaban: C", "C"),
    Case("both-of-them", "Jawaban: Keduanya", "unparsed"),
]


@each(ASKED_IN_MALAY)
def test_reference_table_asked_in_malay(reply: str, says: str) -> None:
    assert said(read_choice(reply, ANIMALS, language_words("ms"))) == says


@each(ASKED_IN_INDONESIAN)
def test_reference_table_asked_in_indonesian(reply: str, says: str) -> None:
    assert said(read_choice(reply, ANIMALS, language_words("id"))) == says


def test_reference_table_label_in_decomposed_vietnamese() -> None:
    labels = ("Sạch", "Công kích", "Thù ghét")
    reply = unicodedata.normalize("NFD", "Câu trả lời: Sạch")
    assert said(read_choice(reply, labels, language_words("vi"))) == "A"


@each(
    [
        Case("nothing", "", "unparsed"),
        Case("white-space", " \n ", "unparsed"),
        Case("refused", "Maaf, saya tidak dapat membantu dengan permintaan ini.", "refused"),
        Case("reasoning-cut-off", "<think>Mungkin A. Jawapan: A", "unclosed"),
    ]
)
def test_reference_table_no_answer_is_a_kind_of_its_own(reply: str, says: str) -> None:
    assert said(read_choice(reply, ANIMALS, language_words("ms"))) == says


# Ways to write an answer

FORMS_OF_AN_ANSWER = [
    Case("bracket-after", "C)", "C"),
    Case("bracketed-lower-case", "(c)", "C"),
    Case("lower-case-alone", "c", "C"),
    Case("full-width", "Ｃ：", "C"),
    Case("circled", "Ⓒ", "C"),
    Case("letter-and-sentence", "C. Haiwan ini hidup di sungai.", "C"),
    Case("letter-and-own-text", "C. buaya tembaga", "C"),
    Case("letter-and-own-text-in-brackets", "Jawapan: C (Buaya Tembaga).", "C"),
    Case("letter-and-text-of-another", "C. ikan keli", "ambiguous"),
    Case("tag-letter-and-text-of-another", "Jawapan: C. ikan keli", "ambiguous"),
    Case("text-alone", "Buaya tembaga.", "C"),
    Case("text-then-reason", "Jawapan: buaya tembaga, kerana ia berbisa.", "C"),
    Case("text-within-a-longer-phrase", "Jawapan: buaya tembaga muda", "unparsed"),
    Case("two-texts", "Jawapan: ikan keli, ular sawa", "ambiguous"),
    Case("json", '{"answer": "C"}', "C"),
    Case("json-in-code-block", '```json\n{"sebab": "Jawapan: A salah", "jawapan": "c"}\n```', "C"),
    Case("json-reason-last", '{"jawapan": "C", "sebab": "Jawapan: A tidak tepat"}', "C"),
    Case("json-with-text", '{"final_answer": "buaya tembaga"}', "C"),
    Case("python-dictionary", "{'answer': 'C'}", "C"),
    Case("tags-of-xml", "<answer>C</answer>", "C"),
    Case("boxed", "Oleh itu, $\\boxed{C}$.", "C"),
    Case("boxed-text", "\\[\\boxed{\\text{C}}\\]", "C"),
    Case("boxed-letter-and-text", "$\\boxed{\\text{C. buaya tembaga}}$", "C"),
    Case("table", "| Soalan | 1 |\n|---|---|\n| Jawapan | C |", "C"),
    Case("heading", "## Jawapan\n\nC", "C"),
    Case("mark-before", "✅ C", "C"),
    Case("first-line", "C\n\nAyat ketiga menyebut sungai itu.", "C"),
    Case("last-line", "Ayat ketiga menyebut sungai itu.\n\n**C**", "C"),
    Case("listed-options-then-letter", "A. buaya darat\nB. ikan keli\nC. buaya tembaga\nD. ular sawa\n\nC", "C"),
    Case("listed-options-only", "Jawapan:\nA. buaya darat\nB. ikan keli\nC. buaya tembaga\nD. ular sawa", "ambiguous"),
    Case("letter-before-its-tag", "C ialah jawapan yang betul.", "C"),
    Case("words-before-the-copula", "Jawapan yang paling tepat bagi soalan ini ialah C.", "C"),
    Case("english-tag", "The correct answer is option C.", "C"),
    Case("answer-outlives-the-explanation", "Jawapan: C\n\nJawapan A salah, begitu juga vitamin B.", "C"),
    Case("bare-line-before-the-explanation", "C\n\nJawapan A salah kerana tiada bukti.", "C"),
    Case("denied-then-stated", "Jawapan A salah. Jawapan C betul.", "C"),
    Case("explanation-that-names-another", "Jawapan: C\n\nPenjelasan: jawapan A kurang tepat.", "C"),
    Case("either-then-a-sentence", "Jawapan: A atau C? Jawapan yang lebih tepat bagi soalan ini ialah C.", "C"),
    Case("reason-with-another-and-its-text", "Jawapan: C kerana A (buaya darat) tidak sesuai", "C"),
    Case("changed-mind", "Jawapan: A. Tunggu, saya silap. Jawapan: C", "C"),
    Case("answer-before-unclosed-reasoning", "Jawapan: C <think>Betulkah", "C"),
    Case("reasoning-opened-in-prompt", "Mungkin A.</think>C", "C"),
    Case("control-token-left-behind", "C<|im_end|>", "C"),
    Case("reasoning-in-triangles", "◁think▷ Jawapan: A ◁/think▷ C", "C"),
    Case("reasoning-in-capitals", "[THINK]Jawapan: A, tetapi tunggu[/THINK]C", "C"),
    Case("reasoning-with-a-prefix", "<seed:think>Jawapan: A</seed:think>C", "C"),
    Case("channels", "<|channel|>analysis<|message|>Jawapan: A<|end|><|channel|>final<|message|>C", "C"),
    Case(
        "own-line-after-a-clause",
        "Haiwan yang dimaksudkan oleh ayat ini ialah:\n\nC. buaya tembaga\n\nIa bersisik.",
        "C",
    ),
    Case(
        "own-line-then-verdicts",
        "Haiwan yang dimaksudkan:\n\nC. buaya tembaga\n\nA. Tidak sesuai, hidup di darat.\nB. Tidak sesuai, ikan.",
        "C",
    ),
]

NOT_AN_ANSWER = [
    Case("letter-beyond-the-options", "Jawapan: E", "unparsed"),
    Case("bare-letter-beyond-the-options", "F", "unparsed"),
    Case("letter-in-a-sentence", "Vitamin C penting untuk badan.", "unparsed"),
    Case("english-article", "The answer is a difficult one.", "unparsed"),
    Case("denied", "Jawapan: bukan A", "unparsed"),
    Case("not-chosen", "Saya tidak akan pilih B", "unparsed"),
    Case("wrong-answer-named", "A ialah jawapan yang salah.", "unparsed"),
    Case("compound-word", "Jawapan: C-section", "unparsed"),
    Case("abbreviation", "Jawapan: A.I.", "unparsed"),
    Case("after-a-hyphen", "Jawapan: hepatitis-C", "unparsed"),
    Case("tag-in-a-sentence", "Jawapan ini tentang kumpulan A.", "unparsed"),
    Case("apostrophe", "Jawapan: A's", "unparsed"),
    Case("and", "Jawapan: A dan C", "ambiguous"),
    Case("comma", "Jawapan: A, C", "ambiguous"),
    Case("slash", "Jawapan: A/C", "ambiguous"),
    Case("both-with-texts", "Jawapan: A (buaya darat) dan B (ikan keli)", "ambiguous"),
    Case("listed-on-one-line", "Jawapan: A. buaya darat B. ikan keli C. buaya tembaga D. ular sawa", "ambiguous"),
    Case("two-guesses", "Jawapan: Mungkin A, mungkin C", "ambiguous"),
    Case("perhaps-the-other", "Jawapan: A atau mungkin C", "ambiguous"),
    Case("echoed-list", "Jawab dengan satu huruf: A, B, C atau D", "ambiguous"),
    Case("bare-either", "A atau C", "ambiguous"),
    Case("first-and-last-line-differ", "A\nsebenarnya\nC", "ambiguous"),
    Case("refused-though-letters-stand-in-it", "Maaf, saya tidak dapat memilih antara A dan B.", "refused"),
    Case("refused-in-english", "I’m sorry, but I can’t help with that.", "refused"),
]


@each(FORMS_OF_AN_ANSWER)
def test_an_answer_is_read_however_it_is_written(reply: str, says: str) -> None:
    assert said(read_choice(reply, ANIMALS, language_words("ms"))) == says


@each(NOT_AN_ANSWER)
def test_what_settles_on_no_option_is_no_answer(reply: str, says: str) -> None:
    assert said(read_choice(reply, ANIMALS, language_words("ms"))) == says


# The options decide what their texts mean


def test_options_with_equal_texts_cannot_be_told_apart_by_text() -> None:
    words = language_words("ms")
    assert read_choice("Jawapan: Ikan.", ("ikan", "Ikan ", "ular"), words).kind == "ambiguous"
    assert read_choice("Jawapan: B. ikan", ("ikan", "ikan ", "ular"), words).index == 1


@pytest.mark.parametrize(("reply", "index"), [("Awak pergi?", 0), ("Awak pergi!", 1), ("Jawapan: awak pergi.", 2)])
def test_options_that_differ_in_punctuation_or_case_only_are_told_apart_by_it(reply: str, index: int) -> None:
    options = ("Awak pergi?", "Awak pergi!", "awak pergi.")
    assert read_choice(reply, options, language_words("ms")).index == index


@pytest.mark.parametrize("reply", ["Jawapan: Kekurangan vitamin C", "Jawapan: Ia berpunca daripada Vitamin C."])
def test_a_letter_of_an_option_text_is_not_the_letter_of_an_option(reply: str) -> None:
    options = ("vitamin C", "vitamin A", "vitamin D")
    assert read_choice(reply, options, language_words("ms")).kind == "unparsed"


def test_a_letter_is_meant_as_the_letter_that_was_asked_for() -> None:
    blood_groups = ("O", "A", "B", "AB")
    words = language_words("ms")
    assert [read_choice(reply, blood_groups, words).index for reply in ("A", "**A**", "Jawapan: A")] == [0, 0, 0]
    assert read_choice("Jawapan: AB", blood_groups, words).index == 3


def test_an_option_may_name_other_letters() -> None:
    options = ("I sahaja", "II sahaja", "III sahaja", "A dan C")
    words = language_words("ms")
    assert read_choice("Jawapan: A dan C", options, words).index == 3
    assert read_choice("Jawapan: D. A dan C", options, words).index == 3


@pytest.mark.parametrize(("reply", "index"), [("-3", 1), ("Jawapan: -3", 1), ("Jawapan: 3", 0), ("Jawapan: 3.5", 2)])
def test_signs_and_decimals_belong_to_numbers(reply: str, index: int) -> None:
    assert read_choice(reply, ("3", "-3", "3.5"), language_words("ms")).index == index


def test_the_longest_option_that_fits_is_meant() -> None:
    options = ("buaya", "buaya (tembaga)", "ikan")
    assert read_choice("Jawapan: buaya (tembaga).", options, language_words("ms")).index == 1


def test_punctuation_may_be_all_of_an_option() -> None:
    words = language_words("ms")
    assert read_choice("Jawapan: ?", (".", ",", "?"), words).index == 2
    assert read_choice("!", ("?", "ya"), words).kind == "unparsed"


def test_native_digits_match_ascii_digits() -> None:
    assert read_choice("คำตอบ: ๒๕๗๐", ("2569", "2570"), language_words("th")).index == 1


def test_an_option_may_begin_with_an_option_word() -> None:
    assert read_choice("Jawapan: Pilihan raya", ("raya", "pilihan raya"), language_words("ms")).index == 1


def test_an_option_may_have_several_lines() -> None:
    options = ("Pulau Pandan jauh ke tengah,\nGunung Daik bercabang tiga", "Buah cempedak di luar pagar")
    assert read_choice(f"Jawapan:\n{options[0]}", options, language_words("ms")).index == 0


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_only_letters_of_options_are_valid(count: int) -> None:
    options = [f"pilihan ke-{number}" for number in range(count)]
    replies = [read_choice(f"Jawapan: {letter}", options, language_words("ms")) for letter in "ABCDEF"]
    assert [reply.index for reply in replies] == [*range(count), *[None] * (6 - count)]


@pytest.mark.parametrize(
    ("code", "reply"),
    [
        pytest.param("th", "การ", id="thai-vowel-after"),
        pytest.param("th", "คำตอบ: ก็ดี", id="thai-mark-after"),
        pytest.param("th", "คำตอบ: นก", id="thai-letter-before"),
        pytest.param("th", "คำตอบ: ก2", id="thai-digit-after"),
        pytest.param("lo", "ຄຳຕອບ: ກິນ", id="lao"),
        pytest.param("my", "ကောင်း", id="burmese-vowel-after"),
        pytest.param("my", "အဖြေက", id="burmese-particle"),
        pytest.param("my", "အဖြေ: ကျောင်း", id="burmese-medial-after"),
        pytest.param("km", "ចម្លើយ៖ កុមារ", id="khmer"),
        pytest.param("km", "ចម្លើយ៖ ក្មេង", id="khmer-subscript-after"),
        pytest.param("ta", "பதில்: இது", id="tamil"),
        pytest.param("ta", "அம்மா", id="tamil-word"),
    ],
)
def test_a_native_letter_inside_a_word_is_no_answer(code: str, reply: str) -> None:
    assert read_choice(reply, ("1", "2", "3", "4"), language_words(code)).kind == "unparsed"


# Replies in every language

OPTIONS = {
    "ms": ANIMALS,
    "id": ("Gunung Merapi", "Danau Toba", "Pulau Komodo", "Candi Prambanan"),
    "th": ("แม่น้ำโขง", "แม่น้ำปิง", "แม่น้ำน่าน", "แม่น้ำมูล"),
    "vi": ("Hà Nội", "Huế", "Đà Nẵng", "Cần Thơ"),
    "fil": ("Luzon", "Visayas", "Mindanao", "Palawan"),
    "my": ("ရန်ကုန်", "မန္တလေး", "ပုဂံ", "မော်လမြိုင်"),
    "km": ("ភ្នំពេញ", "សៀមរាប", "បាត់ដំបង", "កំពត"),
    "lo": ("ວຽງຈັນ", "ຫຼວງພະບາງ", "ປາກເຊ", "ສະຫວັນນະເຂດ"),
    "ta": ("மதுரை", "சென்னை", "கோவை", "திருச்சி"),
    "en": ("the Mekong", "the Irrawaddy", "the Chao Phraya", "the Red River"),
}

REPLIES = {
    "ms": [
        Case("polite", "Jawapan yang tepat ialah B. Terima kasih!", "B"),
        Case("reason", "Jawapannya D kerana ular sawa tidak berbisa.", "D"),
        Case("steps", "1. Baca petikan.\n2. Cari haiwan.\n\nJawapan akhir: A", "A"),
        Case("choice", "Saya akan memilih pilihan C.", "C"),
        Case("right-choice", "Pilihan yang betul ialah D.", "D"),
        Case("letter-word", "Huruf B", "B"),
        Case("option-word-lower-case", "Jawapan: pilihan (a)", "A"),
        Case("text-with-letter", "**B) ikan keli**", "B"),
        Case("text-in-capitals", "JAWAPAN: ULAR SAWA", "D"),
        Case("both", "Jawapan: A dan B kedua-duanya betul", "ambiguous"),
        Case("unsure", "Saya kurang pasti tentang soalan ini.", "unparsed"),
        Case("refusal", "Saya minta maaf, tetapi saya tidak boleh menjawab soalan ini.", "refused"),
    ],
    "id": [
        Case("tag", "Jawaban: B", "B"),
        Case("copula", "Jawaban yang benar adalah C.", "C"),
        Case("longest-tag", "Jawaban yang paling tepat adalah **D. Candi Prambanan**", "D"),
        Case("tag-twice", "Jawaban: jawaban yang tepat adalah opsi A", "A"),
        Case("key", "Kunci jawaban: (B)", "B"),
        Case("namely", "Jawabannya yaitu C, karena komodo hidup di sana.", "C"),
        Case("choose", "Saya memilih opsi D karena ada candinya.", "D"),
        Case("right-option", "Opsi yang benar adalah A", "A"),
        Case("text", "Danau Toba", "B"),
        Case("explained-away", "Jawaban: C\n\nOpsi A salah, opsi B salah.", "C"),
        Case("either", "Jawaban: B atau C", "ambiguous"),
        Case("refusal", "Maaf, saya tidak bisa membantu.", "refused"),
    ],
    "th": [
        Case("tag", "คำตอบ: B", "B"),
        Case("native-letter", "คำตอบ: ข", "B"),
        Case("native-with-stop", "ค.", "C"),
        Case("item-word", "ตอบข้อ ก", "A"),
        Case("copula", "คำตอบที่ถูกต้องคือ ง. แม่น้ำมูล", "D"),
        Case("polite", "คำตอบคือ C ครับ", "C"),
        Case("joined-to-thai", "คำตอบคือCครับ", "C"),
        Case("choose", "ผมเลือกข้อ ค เพราะอยู่ทางเหนือ", "C"),
        Case("answer-key", "เฉลย ก", "A"),
        Case("text", "แม่น้ำปิง", "B"),
        Case("letter-before-its-tag", "ข คือคำตอบที่ถูกต้อง", "B"),
        Case("am-in-two-characters", "ค\u0e4d\u0e32ตอบ: A", "A"),
        Case("either", "คำตอบ: ก หรือ ข", "ambiguous"),
        Case("denied-then-stated", "คำตอบ ก ไม่ถูกต้อง คำตอบที่ถูกต้องคือ ง", "D"),
        Case("refusal", "ขออภัยครับ ผมไม่สามารถตอบคำถามนี้ได้", "refused"),
    ],
    "vi": [
        Case("tag", "Câu trả lời: B", "B"),
        Case("key", "Đáp án: C. Đà Nẵng", "C"),
        Case("copula-in-tag", "Đáp án đúng là D vì nằm ở miền Tây.", "D"),
        Case("option-word", "Đáp án là phương án A.", "A"),
        Case("choose", "Tôi chọn đáp án B.", "B"),
        Case("choice", "Lựa chọn của tôi: C", "C"),
        Case("letter-before-its-tag", "C là đáp án đúng.", "C"),
        Case("text", "Huế", "B"),
        Case("text-decomposed", unicodedata.normalize("NFD", "Đáp án: Cần Thơ"), "D"),
        Case("wrong-then-right", "Đáp án A sai. Đáp án C đúng.", "C"),
        Case("other-answer-in-the-reason", "Đáp án đúng là C vì đáp án A nói về biển.", "C"),
        Case("sentence-item", "Trả lời: câu d", "D"),
        Case("both", "Đáp án: A và B", "ambiguous"),
        Case("wrong-only", "A là đáp án sai.", "unparsed"),
        Case("refusal", "Xin lỗi, nhưng tôi không thể trả lời câu hỏi này.", "refused"),
    ],
    "fil": [
        Case("tag", "Sagot: B", "B"),
        Case("copula", "Ang tamang sagot ay C.", "C"),
        Case("copula-and-colon", "Ang sagot ko ay: (D)", "D"),
        Case("letter-before-its-tag", "B ang tamang sagot.", "B"),
        Case("letter-word", "Titik A", "A"),
        Case("linked-letter-word", "Ang sagot ay letrang C.", "C"),
        Case("choose", "Pinipili ko ang D dahil isla ito.", "D"),
        Case("text", "Mindanao.", "C"),
        Case("text-after-tag", "Huling sagot: Visayas", "B"),
        Case("either", "Sagot: A o B", "ambiguous"),
        Case("both", "Sagot: A at B", "ambiguous"),
        Case("not-that-one", "Hindi A ang tamang sagot.", "unparsed"),
        Case("refusal", "Paumanhin, hindi ko masasagot ang tanong na iyan.", "refused"),
    ],
    "my": [
        Case("tag-with-dash", "အဖြေ-က", "A"),
        Case("tag-with-colon", "အဖြေ: ခ", "B"),
        Case("bare", "ဂ", "C"),
        Case("bare-with-stop", "ဃ။", "D"),
        Case("latin", "အဖြေ: C", "C"),
        Case("particle-and-latin", "အဖြေက C ဖြစ်ပါတယ်။", "C"),
        Case("particle-and-native", "အဖြေမှန်မှာ ခ ဖြစ်သည်။", "B"),
        Case("latin-before-a-particle", "အဖြေ - C က မှန်ပါတယ်။", "C"),
        Case("right-answer", "မှန်ကန်သောအဖြေ - (ဂ)", "C"),
        Case("letter-and-text", "ခ) မန္တလေး", "B"),
        Case("text", "အဖြေ - ပုဂံ", "C"),
        Case("option-word", "ရွေးချယ်မှု ဃ", "D"),
        Case("choose", "ကျွန်တော်ရွေးချယ်တာက ဂ", "C"),
        Case("either", "အဖြေ- က သို့မဟုတ် ခ", "ambiguous"),
        Case("words-of-the-first-letter", "ကျေးဇူးတင်ပါတယ်", "unparsed"),
        Case("refusal", "တောင်းပန်ပါတယ်၊ ကျွန်တော် မဖြေနိုင်ပါ။", "refused"),
    ],
    "km": [
        Case("tag", "ចម្លើយ៖ B", "B"),
        Case("native-letter", "ចម្លើយ៖ គ", "C"),
        Case("ascii-colon", "ចម្លើយ: ក។", "A"),
        Case("copula", "ចម្លើយត្រឹមត្រូវគឺ ឃ", "D"),
        Case("copula-and-latin", "ចម្លើយគឺ C ព្រោះវានៅខាងលិច។", "C"),
        Case("letter-and-text", "ខ. សៀមរាប", "B"),
        Case("text", "ភ្នំពេញ", "A"),
        Case("text-with-zero-width-space", "ចម្លើយ៖ បាត់\u200bដំបង", "C"),
        Case("option-word", "ជម្រើស ឃ", "D"),
        Case("choose", "ខ្ញុំជ្រើសរើស ខ", "B"),
        Case("either", "ចម្លើយ៖ ក ឬ ខ", "ambiguous"),
        Case("both", "ចម្លើយ៖ A និង C", "ambiguous"),
        Case("refusal", "សូមអភ័យទោស ខ្ញុំមិនអាចឆ្លើយបានទេ។", "refused"),
    ],
    "lo": [
        Case("tag", "ຄຳຕອບ: B", "B"),
        Case("am-in-two-characters", "ຄ\u0ecd\u0eb2ຕອບ: C", "C"),
        Case("native-letter", "ຄຳຕອບ: ຂ", "B"),
        Case("copula", "ຄຳຕອບທີ່ຖືກຕ້ອງແມ່ນ ຄ", "C"),
        Case("copula-and-latin", "ຄຳຕອບແມ່ນ D ເພາະຢູ່ພາກໃຕ້.", "D"),
        Case("item-word", "ຕອບ ຂໍ້ ກ", "A"),
        Case("letter-and-text", "ງ. ສະຫວັນນະເຂດ", "D"),
        Case("text", "ຫຼວງພະບາງ", "B"),
        Case("choose", "ຂ້ອຍເລືອກ ຄ", "C"),
        Case("right-item", "ຂໍ້ທີ່ຖືກຕ້ອງແມ່ນ A", "A"),
        Case("either", "ຄຳຕອບ: ກ ຫຼື ຂ", "ambiguous"),
        Case("refusal", "ຂໍອະໄພ, ຂ້ອຍບໍ່ສາມາດຊ່ວຍໄດ້.", "refused"),
    ],
    "ta": [
        Case("tag", "பதில்: B", "B"),
        Case("native-letter", "விடை: (இ)", "C"),
        Case("native-letter-and-text", "ஆ) சென்னை", "B"),
        Case("verb-at-the-end", "சரியான விடை C ஆகும்.", "C"),
        Case("copula", "சரியான பதில் என்பது D.", "D"),
        Case("option-word", "விருப்பம் A", "A"),
        Case("choose", "நான் தேர்ந்தெடுப்பது B", "B"),
        Case("choice", "என் தேர்வு: ஈ", "D"),
        Case("final", "இறுதி விடை - C", "C"),
        Case("text", "மதுரை.", "A"),
        Case("either", "பதில்: A அல்லது C", "ambiguous"),
        Case("both", "விடை: C மற்றும் D", "ambiguous"),
        Case("refusal", "மன்னிக்கவும், என்னால் இதற்குப் பதிலளிக்க முடியாது.", "refused"),
    ],
    "en": [
        Case("tag", "Answer: B", "B"),
        Case("sentence", "The answer is (C).", "C"),
        Case("longer-sentence", "The correct answer to this question is option D.", "D"),
        Case("reason", "The best answer is A because the passage says so.", "A"),
        Case("final", "Let us compare A and B.\n\n**Final answer:** B", "B"),
        Case("choose", "I would choose option C.", "C"),
        Case("my-choice", "My choice is d.", "D"),
        Case("letter-before-its-tag", "B is the correct answer.", "B"),
        Case("text", "The Irrawaddy", "B"),
        Case("text-in-a-sentence", "The answer is the Red River.", "D"),
        Case("article-after-a-comma", "Answer: C, a river in Thailand", "C"),
        Case("article", "The answer is a river in Thailand.", "unparsed"),
        Case("not-that-one", "The answer is not A.", "unparsed"),
        Case("either", "Answer: A or B", "ambiguous"),
        Case("refusal", "I cannot answer that question.", "refused"),
    ],
}


@pytest.mark.parametrize(
    ("code", "reply", "says"),
    [pytest.param(code, c.reply, c.says, id=f"{code}-{c.name}") for code, cases in REPLIES.items() for c in cases],
)
def test_replies_read_as_people_read_them(code: str, reply: str, says: str) -> None:
    assert said(read_choice(reply, OPTIONS[code], language_words(code))) == says


def test_every_language_has_ten_labelled_replies() -> None:
    assert all(len(cases) >= 10 for cases in REPLIES.values())


# Properties

LANGUAGES = [language_words(code) for code in available_languages()]
each_reply = pytest.mark.parametrize(
    ("code", "reply"),
    [
        pytest.param(code, case.reply, id=f"{code}-{case.name}")
        for code, cases in (*REPLIES.items(), ("ms", FORMS_OF_AN_ANSWER), ("ms", NOT_AN_ANSWER))
        for case in cases
    ],
)
WRAPPINGS = (
    "**{}**", "*{}*", "__{}__", "_{}_", "`{}`", "~~{}~~", "> {}", "# {}", "- {}", "```\n{}\n```", "<b>{}</b>", '"{}"',
    "{}\n---",
)  # fmt: skip
FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def letters_of(words: LanguageWords) -> list[tuple[str, ...]]:
    return [words.letters, *words.other_letters, tuple("ABCDEF")]


@given(st.sampled_from(LANGUAGES), st.integers(2, 6), st.data())
def test_every_letter_after_every_label_reads_back(words: LanguageWords, count: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, count - 1))
    letter = data.draw(st.sampled_from(letters_of(words)))[index]
    options = [f"{words.text} {number}" for number in range(count)]
    reply = data.draw(st.sampled_from([f"{words.answer}: {letter}", f"{words.answer}{words.colon} {letter}.", letter]))
    assert read_choice(reply, options, words).index == index


@given(st.sampled_from(LANGUAGES), st.data())
def test_every_letter_after_every_phrase_of_a_language_reads_back(words: LanguageWords, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, 3))
    letter = data.draw(st.sampled_from(letters_of(words)))[index]
    phrase = data.draw(st.sampled_from([*words.answer_tags, *words.choose_phrases]))
    between = data.draw(st.sampled_from(["", *words.option_words, *words.copulas]))
    assert read_choice(f"{phrase} {between} {letter}", ("1", "2", "3", "4"), words).index == index


@pytest.mark.parametrize("wording", [1, 2, 3])
@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.code)
def test_an_echoed_instruction_is_no_answer_and_hides_none(words: LanguageWords, wording: int) -> None:
    label = f"{words.answer}{words.colon}"
    for count in range(2, len(words.letters) + 1):
        options = [f"{words.text} {number}" for number in range(count)]
        echo = words.letter_instruction(wording).replace("{letters}", words.letters_phrase(count))
        bare = echo.rstrip(".។။")
        for reply in (echo, bare, f"{echo}\n{label}", f"{bare}\n\n{label}\n", f"{label} {echo}", f"**{echo}**"):
            assert read_choice(reply, options, words).kind in ("unparsed", "ambiguous"), reply
        for index, letter in enumerate(words.letters[:count]):
            for reply in (f"{echo}\n{label} {letter}", f"{echo} {label} {letter}", f"{bare}\n{letter}"):
                assert read_choice(reply, options, words).index == index, reply


@each_reply
def test_markdown_around_a_reply_changes_nothing(code: str, reply: str) -> None:
    words = language_words(code)
    readings = {wrapped: said(read_choice(wrapped.format(reply), OPTIONS[code], words)) for wrapped in WRAPPINGS}
    assert readings == dict.fromkeys(WRAPPINGS, said(read_choice(reply, OPTIONS[code], words)))


@each_reply
def test_unicode_forms_of_a_reply_read_alike(code: str, reply: str) -> None:
    words = language_words(code)
    readings = {form: said(read_choice(unicodedata.normalize(form, reply), OPTIONS[code], words)) for form in FORMS}
    assert readings == dict.fromkeys(FORMS, said(read_choice(reply, OPTIONS[code], words)))


WORDS_WITHOUT_LETTERS = st.text("ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ0123456789éนດမ", min_size=2, max_size=6)
SIGNS = st.sampled_from([":", "-", ".", ",", "\n", "(", ")", "**", "`", "{", "}", '"', "\\boxed{", "<", ">", "|", "$"])


@given(st.sampled_from(LANGUAGES), st.data())
def test_text_without_letters_or_options_never_answers(words: LanguageWords, data: st.DataObject) -> None:
    leads = [*words.answer_tags, *words.option_words, *words.copulas, *words.turns, *words.choose_phrases]
    phrases = st.sampled_from([*leads, *words.numbering, *words.polite, *words.articles])
    pieces = data.draw(st.lists(st.one_of(WORDS_WITHOUT_LETTERS, SIGNS, phrases), max_size=12))
    assert read_choice(" ".join(pieces), OPTIONS.get(words.code, ANIMALS), words).kind == "unparsed"


@given(st.sampled_from(LANGUAGES), st.text())
def test_any_text_at_all_reads_without_fault(words: LanguageWords, text: str) -> None:
    reading = read_choice(text, ("1", "2"), words)
    assert (reading.index is not None) == (reading.kind == "answer")


REPEATED = (
    "<think>", "Jawapan: ", "jawapan A ", "Jawapan: A ", "A ", "A, ", "A ialah jawapan ", "saya pilih A ", "pilihan (",
    "ikan keli, ", "A. ikan keli ", "bukan ", "ialah A ", "*", "_", "{", "(", "[a", "$", "$a", "-", " ", "\n", "'",
    "<b", "\\boxed", "| ", "A\n", "a", "Oleh itu, ", "jadi A ", "ialah ikan keli. ", "pilihan nombor ", "✅ ", "maaf ",
    "A. ikan keli ✅\n", "A atau ",
)  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("before", ["", "Jawapan: ", "Jawapan: x ", "Saya pilih "])
@pytest.mark.parametrize("piece", REPEATED)
def test_a_reply_that_repeats_itself_is_read_in_linear_time(before: str, piece: str) -> None:
    read_choice(before + piece * 10_000, ANIMALS, language_words("ms"))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("before", ["x", "Jawapan: pilihan 2"])
@pytest.mark.parametrize("gap", [" ", "\n"])
def test_a_gap_inside_a_reply_is_read_in_linear_time(before: str, gap: str) -> None:
    assert read_choice(before + gap * 100_000 + "x", ANIMALS, language_words("ms")).kind in ("answer", "unparsed")


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        ('{"key": "b"}', 1),
        ('Because of this. {"reason": "a", "key": "B"} Done.', 1),
        ('{"key": b}', 1),
        ("{'key': 'b'}", 1),
        ("{“key”: “b”}", 1),
        ('{\\"key\\": \\"b\\"}', 1),
        ('{"key": ["b"]}', 1),
        ('{"key": "dua"}', 1),
        ('{"key": null} No: {"key": "b"}', 1),
        ('{"key": "b"} Again: {"key": "b"}', 1),
        ('<think>{"key": "a"}</think>{"key": "b"}', 1),
        ('{"key": "a"} No: {"key": "b"}', "ambiguous"),
        ('{"key": "a"} No: {"key": "b, c"}', "ambiguous"),
        ('{"key": ["a", "b"]}', "ambiguous"),
        ('{"key": null}', "unparsed"),
        ('{"key": "e"}', "unparsed"),
        ('{"key": 2}', "unparsed"),
        ('{"keyless": "b"}', None),
        ('{"other_key": "b"}', None),
        ("The key is b.", None),
    ],
)
def test_a_declared_json_member_names_the_option_however_it_is_quoted(reply: str, read: int | str | None) -> None:
    reading = read_member(reply, "key", ("satu", "dua", "tiga", "empat"), language_words("ms"))
    assert (None if reading is None else reading.kind if reading.index is None else reading.index) == read
