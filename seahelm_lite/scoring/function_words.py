"""Function words of the languages of the region that are written in Latin letters.

Collected by us from grammars and frequency lists, standard and everyday register together, and not reviewed by native
speakers. What matters is that they are frequent and that languages differ in them; a word may stand in several lists.
Accents that many writers leave out (Sundanese é) stand both ways.
"""

from __future__ import annotations

from collections.abc import Mapping

_LISTS = {
    # Indonesian and Malay together: they share nearly all of these, and a short text is often good in both.
    "id": """
    yang dan di ke dari daripada dengan untuk pada kepada dalam ini itu adalah ialah tidak tak akan oleh sebagai
    juga karena kerana telah sudah dapat bisa boleh atau ada adanya mereka saya aku anda kamu kami kita dia ia
    beliau lebih sangat seperti secara bahwa bahawa para hanya sahaja saja saat ketika namun tetapi tapi jika kalau
    maka antara setelah selepas sebelum sebuah seorang seekor suatu sesuatu tersebut menjadi harus perlu masih lagi
    belum bukan jangan apa apakah siapa bagaimana mengapa kenapa kapan bila banyak beberapa semua setiap satu dua
    tiga orang hari tahun agar supaya serta hingga sampai tentang mengenai terhadap melalui merupakan dilakukan
    memiliki mempunyai melakukan berbagai pelbagai manakala sehingga selama sementara sekarang kini mana
    ingin mau mahu baik baru besar tanpa hal cara lain lainnya sendiri sama begitu agak paling kurang nggak gak
    enggak banget aja udah kayak sih dong deh yg gue lo kok nih bikin pakai sama-sama orang-orang anak-anak
    silakan mohon terima kasih berikut lagipula sebab meskipun walaupun bagi
    """,
    "jv": """
    sing lan ing saka seka soko sak kanthi kanggo kango iku kuwi iki karo uga bisa isa iso amarga amargo merga mergo
    wis wes dadi ana ono kaya koyo marang dening yaiku utawa nanging ning menyang nang supaya yen nek kang ingkang
    banget aku kowe sampeyan dheweke deweke wong saben babagan bab luwih luweh akeh apa opo sapa sopo kepriye piye
    kudu arep durung isih ijik nalika kabeh kabèh liyane liya siji loro rong telu taun dina dino padha podo duwe
    nduwe nganggo manawa menawa uwis mung tansah wae ae maneh mesthi mesti ora gak punika menika saking dhateng
    datheng kaliyan sampun mboten boten inggih kula panjenengan wonten saged dados kangge tiyang amargi utawi
    nggawe digawe ngandika karepe kasebut antarane sawise sadurunge sawetara sajrone saiki biyen neng ngono ngene
    mangan turu mlaku tuku ngomong ngerti weruh awake rega regane sithik setithik cilik gedhe apik elek becik
    bocah lanang wadon jeneng jenenge aja banjur terus njur marai wektu awit tumrap nduweni kalebu mula
    mulane miturut sanajan senajan tanpa kadhang katon ngenani
    """,
    "su": """
    nu anu jeung sareng sarta teu henteu dina ka ti tina kana pikeun keur jang éta eta ieu nyaéta nyaeta kalayan aya
    ku oge ogé tapi lamun upami mun bisa tiasa geus parantos entos urang abdi kuring anjeun anjeunna manéhna manehna
    maranéhna aranjeunna jalma jelema sabab lantaran margi saperti sapertos siga hiji dua opat poé poe loba seueur
    leuwih langkung kudu kedah bakal nuju mangrupa mangrupakeun mangrupikeun atawa atanapi salaku antara antawis
    sabada saatos sanggeus ngan ngaliwatan mah téh teh atuh pisan kabéh kabeh sadaya unggal waktu naon naha saha
    kumaha iraha dimana nepi dugi deui euy maneh manéh kitu kieu lain sanés sanes waé wae séjén sejen lianna
    boga gaduh ngagaduhan milih nyieun ngadamel jadi janten gedé gede leutik alit alus saé sae goréng budak
    taun baheula ayeuna isuk peuting sapoé jero luar luhur handap ulah entong hayang hoyong palay dahar tuang
    ngeunaan ngagunakeun sababaraha salila salami nya na ari da mani sok pas teuing matak kungsi jaba tempat
    tempatna hargana rasana sababna tos tuluy teras lajeng ayana
    """,
    "fil": """
    ang ng sa mga na at ay para ito iyon hindi may kung ni si isang isa nang mula bilang rin din ko mo niya namin
    natin nila siya sila kanila kanyang kaniyang kanilang ako ikaw ka kami tayo kayo po ba pa lang lamang dahil
    upang ngunit subalit pero o kapag habang sina nina kay kina kasama maaari maaaring dapat tungkol iyong ating
    aming doon dito dyan ano anong sino paano bakit saan kailan marami maraming bawat lahat ibang iba pang mayroon
    mayroong meron wala walang puwede pwede puwedeng gamit sana nito niyan noon ngayon iyan yung kaya pagkatapos
    bago matapos ayon gaya tulad katulad kaysa nasa pag kapwa mas pinaka muli muna naman kasi nga talaga gusto
    kailangan kailangang huwag wag tao taong araw oras taon mabuti maganda malaki bagong unang dalawang tatlong
    loob labas ilan ilang anumang sinuman bagaman hanggang simula pati tila sapagkat
    """,
    "ceb": """
    ang sa mga nga og ug ni si kini kana dili alang kay usa kon kung ko mo nako nimo niya iya iyang ilang sila siya
    kita kami kamo ikaw ako akong imong among atong gikan ngadto aduna adunay duna walay wala mao usab pinaagi tanan
    matag bisan unsa unsay kinsa ngano nganong diin kanus-a niini niana niadto mahimo mahimong kinahanglan apan
    tungod aron samtang o dinhi didto karon unya lang ra gyud jud man pud kaayo daghan daghang tawo adlaw tuig
    sama bag-o dako gamay maayo lain laing katungod human atubangan tali kaniya kanila kanako namo nila ninyo
    nato ba pa na bahin pag sulod gawas ilalom ibabaw
    """,
    "vi": """
    và là của có không được cho trong các những một người này đó để khi đã sẽ từ như về trên đến ra vào cũng nhưng
    hoặc nếu thì mà tôi bạn chúng họ anh chị em nhiều rất hơn nhất năm ngày làm phải cần nên vì tại bởi do theo giữa
    sau trước với bị việc đang lại còn chỉ đi nó mình ông bà hai ba nhà nước thể hay cùng nào gì đây vẫn mới điều
    sự cách bằng qua cả nữa rằng ở tất mọi mỗi số thành lên tới xuống đều hãy sao ai đâu bao
    """,
    "en": """
    the of and to in is that for it with as was on are be by this have not or from at an a but they his her you your
    we she he which their has had were been will would can could should what when who how why if about there one all
    more also than into other some our its it's do does did no so up out may any these those i i'm my me him them us
    just like only over most such then now after before because while through where between both each few many much
    very too here am being having during under again own same don't can't isn't let get make new time people
    """,
}

FUNCTION_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in _LISTS.items()
}
"""By language (BCP-47), in lower case."""
