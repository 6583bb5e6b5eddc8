"""Good and bad replies to every kind of instruction, in the languages of the region. All written for this test."""

from __future__ import annotations

from typing import Any

import pytest

from seahelm_lite.errors import RowError
from seahelm_lite.records import Document
from seahelm_lite.scoring.instructions.registry import (
    INSTRUCTIONS,
    answer_language,
    follows_all,
    misuse,
    refuse_misused_checks,
    unfollowable,
)
from seahelm_lite.scoring.written import MEASURES


def check(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


REPEAT = check("combination:repeat_prompt", prompt_to_repeat="Ibu kota Laos apa?")
TWO = check("combination:two_responses")
PLACES = check("detectable_content:number_placeholders", num_placeholders=2)
PS = check("detectable_content:postscript", postscript_marker="P.S.")
PPS = check("detectable_content:postscript", postscript_marker="P.P.S.")
THAI_PS = check("detectable_content:postscript", postscript_marker="ป.ล.")
ONE_OF = check(
    "detectable_format:constrained_response", phrases=["Jawabanku ya.", "Jawabanku ora.", "Jawabanku mungkin."]
)
THAI_ONE_OF = check("detectable_format:constrained_response", phrases=["คำตอบคือใช่", "คำตอบคือไม่"])
JSON = check("detectable_format:json_format")
SECTIONS = check("detectable_format:multiple_sections", section_title="BAGIAN", num_sections=2)
THAI_SECTIONS = check("detectable_format:multiple_sections", section_title="ส่วน", num_sections=2)
BULLETS = check("detectable_format:number_bullet_lists", num_bullets=2)
HIGHLIGHTS = check("detectable_format:number_highlighted_sections", num_highlights=2)
TITLE = check("detectable_format:title")
WORDS_IN = check("keywords:existence", keywords=["sungai", "festival"])
WORDS_OUT = check("keywords:forbidden_words", forbidden_words=["bisa", "naik"])
THAI_WORDS_OUT = check("keywords:forbidden_words", forbidden_words=["โลก"])
OFTEN = check("keywords:frequency", keyword="sepupu", relation="at least", frequency=2)
SELDOM = check("keywords:frequency", keyword="buổi sáng", relation="less than", frequency=2)
NUMBER = check("keywords:number_frequency", number="3", relation="exactly", frequency=2)
IN_THAI = check("language:response_language", response_language="th")
PARAGRAPHS = check("length_constraints:number_paragraphs", num_paragraphs=2)
MANY_SENTENCES = check("length_constraints:number_sentences", relation="at least", num_sentences=3)
FEW_SENTENCES = check("length_constraints:number_sentences", relation="less than", num_sentences=3)
MANY_WORDS = check("length_constraints:number_words", relation="at least", num_words=4)
FEW_WORDS = check("length_constraints:number_words", relation="less than", num_words=4)
ENDS = check("startend:end_checker", end_phrase="Ada lagi yang bisa dibantu?")
THAI_ENDS = check("startend:end_checker", end_phrase="มีอะไรให้ช่วยอีกไหม")
BEGINS = check("startend:first_word", first_word="ito")
VIETNAMESE_BEGINS = check("startend:first_word", first_word="tóm tắt")
THAI_BEGINS = check("startend:first_word", first_word="สรุป")
HORSE = check("startend:first_word", first_word="kuda")
QUOTED = check("startend:quotation")

FOLLOWED = [
    (REPEAT, "Ibu kota Laos apa? Vientiane."),
    (REPEAT, " ibu kota  Laos\napa?\n\nVientiane."),
    (TWO, "Ya.\n******\nTidak."),
    (TWO, "******\nOo.\n******\nHindi.\n******"),
    (PLACES, "Kepada [nama], di [alamat]."),
    (PLACES, "เรียน [ชื่อ] ที่ [ที่อยู่]"),
    (PLACES, "[x] Undang [Xenia] ke [tempat]."),
    (PS, "Sekian.\n\nP.S. Jangan lupa payung."),
    (PS, "Cukup. **p. s.** Aja lali payung."),
    (PPS, "Cekap.\nP.P.S Ulah hilap."),
    (PPS, "Hết. P.S. Một. P.P.S. Hai."),
    (THAI_PS, "ลาก่อน\nป.ล.อย่าลืมร่ม"),
    (THAI_PS, "ลาก่อน\nป. ล. อย่าลืมร่ม"),
    (ONE_OF, "Mikir dhisik. Jawabanku\nora."),
    (ONE_OF, '"Jawabanku ya."'),
    (THAI_ONE_OF, "คำตอบคือใช่"),
    (THAI_ONE_OF, "คำตอบคือไม่ เพราะไกล"),
    (THAI_ONE_OF, "คำตอบคือใช่ครับ"),
    (JSON, '{"ยินดี": ["มาก", 1]}'),
    (JSON, '```json\n[{"a": "b"}]\n```'),
    (JSON, "```\n{}\n```"),
    (SECTIONS, "BAGIAN 1\nAwal.\n\n**BAGIAN 2**\nAkhir."),
    (SECTIONS, "# BAGIAN I: Awal\n# BAGIAN II: Akhir"),
    (THAI_SECTIONS, "ส่วน ๑\nต้น\nส่วน ๒\nปลาย"),
    (THAI_SECTIONS, "ส่วนที่ 1\nต้น\nส่วนที่ 2\nปลาย\n(กลับไปดูส่วนที่ 1)"),
    (BULLETS, "Dua:\n* satu\n* dua"),
    (BULLETS, "Hai:\n- một\n- **hai**\n\n---\n* * *\n"),
    (HIGHLIGHTS, "Ini *penting*, ini **juga**."),
    (HIGHLIGHTS, "* a *สำคัญ*\n* b *มาก*"),
    (HIGHLIGHTS, "คำ*สำคัญ*มากและ**นี่**ด้วย"),
    (HIGHLIGHTS, "(*Catatan*nya) 2*3*4 = **24**."),
    (TITLE, "<<Puisi Hujan>>\nTik tik tik."),
    (TITLE, "**<< ชื่อเรื่อง >>**"),
    (WORDS_IN, "Sungai itu indah; ada festivalnya."),
    (WORDS_OUT, "Kebisaan menaiki sepeda."),
    (THAI_WORDS_OUT, "อากาศร้อน"),
    (OFTEN, "Sepupuku dan sepupumu."),
    (SELDOM, "Buổi sáng đi chợ, buổi chiều về."),
    (SELDOM, "Không có."),
    (NUMBER, "3 hari, ke-3, 13, 3.5 dan 2,300."),
    (NUMBER, "๓ วัน กับ 3 คืน ปี ๒๐๓๐"),
    (IN_THAI, "หนังสือเล่มนี้ดีมาก"),
    (PARAGRAPHS, "Satu.\n\n***\n\nDua."),
    (PARAGRAPHS, "***\nIsa.\n***\nDalawa.\n***"),
    (MANY_SENTENCES, "Satu. *** Dua. *** Tiga."),
    (MANY_SENTENCES, "หนึ่ง***สอง***สาม"),
    (FEW_SENTENCES, "Một câu thôi."),
    (FEW_SENTENCES, "Siji. *** Loro, p. 3 lan Dr. Tomo."),
    (MANY_WORDS, "anak-anak makan 3,5 kilogram."),
    (FEW_WORDS, "Anak-anak makan - nasi!"),
    (ENDS, "Begitulah. Ada lagi yang bisa dibantu?"),
    (ENDS, '"Begitu. **ada lagi yang\nbisa dibantu?**"'),
    (THAI_ENDS, "เท่านี้ครับ มีอะไรให้ช่วยอีกไหม"),
    (BEGINS, "Ito ang sagot."),
    (BEGINS, '**"ito"**, sabi niya.'),
    (VIETNAMESE_BEGINS, "TÓM TẮT: hạt giống."),
    (VIETNAMESE_BEGINS, "To\u0301m ta\u0306\u0301t: hạt giống."),
    (THAI_BEGINS, "สรุปว่าใช้ได้"),
    (HORSE, "Kuda - haiwan yang laju."),
    (HORSE, "Kuda, bukan kuda-kuda."),
    (QUOTED, '"Ya, bagus."'),
    (QUOTED, "“ดีมาก”"),
    (QUOTED, '"Kata orang, "sabar itu indah.""'),
    (QUOTED, '"Dia kata \\"tidak\\" lalu pergi."'),
    (QUOTED, "“เขาพูดว่า“ไม่”แล้วไป”"),
    (QUOTED, "„Ya, bagus.“"),
]

NOT_FOLLOWED = [
    (REPEAT, "Pertanyaan: Ibu kota Laos apa? Vientiane."),
    (REPEAT, "Ibu kota Laos itu apa? Vientiane."),
    (REPEAT, "Ibu kota Laos apa?"),
    (TWO, "Ya.\n******\nTidak.\n******\nMungkin."),
    (TWO, "Ya.\n*****\nTidak."),
    (TWO, "Ya.\n******\n ya."),
    (TWO, "Ya.\n******\n\n******\nTidak."),
    (PLACES, "Kepada [nama], lihat [peta](https://example.org), [ ] dan []."),
    (PS, "Jangan lupa payung."),
    (PS, "Sekian.\nP.P.S. Jangan lupa."),
    (PS, "Sekian. P.S."),
    (PPS, "Sekian.\nP.S. Jangan lupa."),
    (THAI_PS, "ลาก่อน ปล่อยไป"),
    (ONE_OF, "Jawabanku: ora."),
    (ONE_OF, "Jawabanku ya. Eh, Jawabanku ora."),
    (ONE_OF, "Jawabanku ora ngerti."),
    (THAI_ONE_OF, "คำตอบคือไม่แน่ใจ"),
    (JSON, 'Ini dia: {"a": 1}'),
    (JSON, '{"a": 1} Semoga membantu!'),
    (JSON, '{"a": NaN}'),
    (JSON, '"satu"'),
    (JSON, "[" * 100_000),
    (SECTIONS, "BAGIAN 1\nAwal."),
    (SECTIONS, "Bagian 1\nAwal.\nBagian 2\nAkhir."),
    (PLACES, "[ ] beli telur\n[x] beli beras\n[ X ] beli gula"),
    (SECTIONS, "BAGIAN 1\nBAGIAN 2\nBAGIAN 3"),
    (SECTIONS, "BAGIAN X\nAwal.\nBAGIAN X\nAkhir."),
    (SECTIONS, "Ada BAGIAN 1 dan BAGIAN 2."),
    (THAI_SECTIONS, "ส่วนแรก\nต้น\nส่วนท้าย\nปลาย"),
    (BULLETS, "1. satu\n2. dua"),
    (BULLETS, "* satu\n* dua\n  * tiga"),
    (BULLETS, "*satu* dan\n*dua*"),
    (HIGHLIGHTS, "Ini *penting*.\n* butir *\n* lagi *"),
    (HIGHLIGHTS, "2 * 3 * 4 dan ****"),
    (HIGHLIGHTS, "2*3*4*5*6 = 720"),
    (HIGHLIGHTS, "Luas = p*l, isi = p*l*t, (2)*3*4"),
    (TITLE, "<<>>\nTanpa judul"),
    (TITLE, "<Judul>"),
    (WORDS_IN, "Sungai itu indah."),
    (WORDS_OUT, "Saya bisa."),
    (WORDS_OUT, "Ia NAIK."),
    (THAI_WORDS_OUT, "ภาวะโลกร้อน"),
    (OFTEN, "Sepupuku saja."),
    (SELDOM, "Buổi sáng một, buo\u0302\u0309i sa\u0301ng hai."),
    (NUMBER, "3 hari dan 33 malam."),
    (NUMBER, "H\u2083O\u00b3: 3"),
    (IN_THAI, "This book is very good, and you should read it."),
    (PARAGRAPHS, "Satu.\n\nDua."),
    (PARAGRAPHS, "Satu.\n***\n***\nDua."),
    (PARAGRAPHS, "Satu.\n******\nDua."),
    (MANY_SENTENCES, "Satu. Dua. Tiga. Empat."),
    (FEW_SENTENCES, "Satu. *** Dua. *** Tiga."),
    (FEW_SENTENCES, "Satu kalimat. Dua kalimat. Tiga kalimat."),
    (FEW_SENTENCES, "တစ်။ နှစ်။"),
    (MANY_WORDS, "Anak-anak makan - nasi!"),
    (FEW_WORDS, "satu dua tiga empat"),
    (ENDS, "Ada lagi yang bisa dibantu? Terima kasih."),
    (THAI_ENDS, "มีอะไรให้ช่วยอีกไหม บอกได้เลย"),
    (BEGINS, "Itong sagot."),
    (BEGINS, "Ang sagot ay ito."),
    (VIETNAMESE_BEGINS, "Bản tóm tắt: hạt giống."),
    (THAI_BEGINS, "ขอสรุปว่าใช้ได้"),
    (HORSE, "kuda-kuda"),
    (HORSE, "Kuda\u2011kuda atap itu kuat."),
    (QUOTED, '"Ya", bagus.'),
    (QUOTED, '"Halo" kata dia, "apa kabar"'),
    (QUOTED, "“Halo” kata dia, “apa kabar”"),
    (QUOTED, "„Halo“ kata dia, „apa kabar“"),
    (QUOTED, '"Satu."\n\n"Dua."'),
    (QUOTED, "'Ya.'"),
    (QUOTED, '""'),
    (TWO, "  "),
    (WORDS_OUT, ""),
]


@pytest.mark.parametrize(("asked", "reply"), FOLLOWED)
def test_a_reply_that_follows_its_instruction_is_taken(asked: dict[str, Any], reply: str) -> None:
    assert follows_all(reply, [asked])


@pytest.mark.parametrize(("asked", "reply"), NOT_FOLLOWED)
def test_a_reply_that_does_not_is_refused(asked: dict[str, Any], reply: str) -> None:
    assert not follows_all(reply, [asked])


def test_every_instruction_has_replies_of_both_kinds() -> None:
    assert {asked["name"] for asked, _ in FOLLOWED} == {asked["name"] for asked, _ in NOT_FOLLOWED} == set(INSTRUCTIONS)


def test_every_instruction_of_an_item_must_be_followed() -> None:
    assert follows_all("Sungai dan festival.", [WORDS_IN, MANY_SENTENCES]) is False
    assert follows_all("Sungai. *** Lembah. *** Festival.", [WORDS_IN, MANY_SENTENCES])


def test_the_headline_wants_the_language_of_the_item_as_well() -> None:
    fields = {"checks": [BULLETS], "language": "jv"}
    javanese = "Iki loro sing kudu sampeyan ngerti:\n* siji lan sijine\n* loro sing apik banget"
    indonesian = "Ini dua hal yang harus kamu ketahui:\n* satu yang pertama\n* dua yang sangat bagus"
    assert [MEASURES[name](javanese, fields) for name in ("instr_acc", "instr_lang_acc")] == [1.0, 1.0]
    assert [MEASURES[name](indonesian, fields) for name in ("instr_acc", "instr_lang_acc")] == [1.0, 0.0]


def test_an_instruction_on_the_language_comes_before_the_language_of_the_item() -> None:
    assert answer_language([IN_THAI], "id") == "th"
    fields = {"checks": [IN_THAI], "language": "id"}
    assert MEASURES["instr_lang_acc"]("หนังสือเล่มนี้ดีมาก", fields) == 1.0
    assert MEASURES["instr_lang_acc"]("Buku ini sangat bagus dan menarik.", fields) == 0.0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("title", "a check is an object"),
        ({"name": "title"}, "a check is an object"),
        (check("detectable_format:titel"), "there is no instruction 'detectable_format:titel'"),
        (check("detectable_format:title", n=1), "takes the arguments none"),
        (check("keywords:frequency", keyword="a", frequency=1), "takes the arguments relation, keyword, frequency"),
        (check("keywords:existence", keywords=[]), r"keywords is \[\]"),
        (check("keywords:existence", keywords="kata"), "keywords is 'kata'"),
        (check("startend:first_word", first_word=" "), "first_word is ' '"),
        (check("detectable_format:number_bullet_lists", num_bullets=0), "num_bullets is 0"),
        (check("detectable_format:number_bullet_lists", num_bullets=True), "num_bullets is True"),
        (check("keywords:frequency", keyword="a", frequency=1, relation="about"), "the relation 'about' is none of"),
        (check("language:response_language", response_language="tlh"), "in 'tlh' cannot be told"),
    ],
)
def test_a_check_that_cannot_be_applied_is_refused_before_a_model_is_asked(wrong: Any, told: str) -> None:
    document = Document(id="a.jsonl#7", fields={"checks": [wrong]}, cluster="")
    with pytest.raises(RowError, match=told) as error:
        refuse_misused_checks([document])
    assert (error.value.where, error.value.rule) == ("a.jsonl#7", "checks")


def test_checks_of_the_tests_can_be_applied() -> None:
    assert [fault for asked, _ in [*FOLLOWED, *NOT_FOLLOWED] for fault in misuse(asked)] == []


def test_nobody_can_follow_what_the_item_does_not_say() -> None:
    assert unfollowable(ENDS, "id", "Akhiri dengan: ada lagi yang bisa dibantu?") == []
    assert unfollowable(ENDS, "id", "Akhiri dengan salam.") == [
        "the item does not name the end_phrase 'Ada lagi yang bisa dibantu?'"
    ]
    # Whether the marker's last full stop was meant to end the sentence as well cannot be told.
    assert unfollowable(check("startend:first_word", first_word="dll."), "id", "Mulai dengan dll") == []


@pytest.mark.parametrize("language", ["th", "lo", "km", "my"])
def test_words_are_not_counted_where_no_space_parts_them(language: str) -> None:
    assert unfollowable(MANY_WORDS, language, "") == [f"words are counted, between which {language} has no spaces"]
    assert unfollowable(MANY_WORDS, "vi", "") == []
