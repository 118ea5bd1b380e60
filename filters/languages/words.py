"""Function words of languages that share a script: they tell most prose without a detector.

A third to a half of running prose is function words, and languages share few of them. They are
common knowledge of each language's grammar (articles, pronouns, prepositions, auxiliaries), not
taken from a corpus. Upper case and accents do not matter.
"""

FUNCTION_WORDS: dict[str, str] = {
    "en": """the of and to in is that it for on with as at by from this be are was were not or an
        have has had he she they we you his her their our your its my me him them us but if
        then so which who what when where how why there here can could will would should may
        might must do does did done been being than these those into over under between about
        after before because since while until all any each every both some no nor only also
        such more most other same one two now just up out down off through during again very
        too much many few own per whether however therefore thus hence don isn doesn didn ll
        ve re still well another else something""",
    "de": """der die das und ist nicht ein eine einen einem einer eines den dem des im in zu von
        mit auf für an als auch es sich er sie wir ihr ich du man sind war waren wird werden
        wurde hat haben hatte bei aus nach über unter um am zum zur vom beim durch gegen ohne
        aber oder wenn dass daß weil dann also noch nur so wie was wer wo sein seine ihre
        ihrer diese dieser dieses diesem kann können muss müssen soll keine kein mehr sehr vor
        bis zwischen nun hier da doch schon alle jede jeder jedes ihm ihn ihnen uns mir mich
        während wieder""",
    "fr": """le la les un une des de du et est dans en à au aux que qui quoi dont où pour pas ne ce
        cette ces cet il elle ils elles on nous vous je tu se sa son ses leur leurs mon ma mes
        par sur avec sans sous plus mais ou donc car ni si comme être sont était étaient a ont
        avait avoir fait été tout tous toute toutes y l d c s n j m qu aussi bien très même
        entre après avant depuis alors ainsi chaque deux peut doit ici là cela ça quand""",
    "es": """el la los las un una unos unas de del y e o u en a al que qué quien como cómo cuando
        donde por para con sin sobre entre hasta desde no ni es son fue fueron era eran ser
        está están estaba ha han había hay se su sus lo le les me te nos mi tu yo él ella
        ellos ellas esto esta este estos estas eso ese esa más pero si sí porque también muy
        ya todo todos toda todas cada otro otra puede pueden debe tiene tienen entonces así
        ahora según tras dos""",
    "it": """il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai agli
        alle da dal dalla dai dalle in nel nella nei nelle con su sul sulla per tra fra e ed o
        ma se che chi cui non è sono era erano essere ha hanno aveva avere ho si ci vi ne mi
        ti lui lei loro noi voi io suo sua suoi questo questa questi queste quello quella più
        come quando dove perché anche quindi ogni tutto tutti due può deve stato stata già
        ancora molto dopo prima""",
    "pt": """o a os as um uma uns umas de do da dos das em no na nos nas por pelo pela pelos pelas
        para com sem sobre entre até desde e ou mas se que quem qual como quando onde não nem
        é são foi foram era eram ser está estão estava tem têm tinha há seu sua seus suas ele
        ela eles elas eu nós você isso isto este esta esse essa aquele mais muito também já só
        cada todo todos toda todas pode podem deve então assim agora porque ao à aos às lhe me
        dois""",
    "nl": """de het een en van in is dat op te zijn met voor niet aan er die om ook als dan bij
        door naar uit over maar of wordt worden werd was waren heeft hebben had hij zij ze we
        wij je jij ik hun haar hem ons mijn dit deze wat wie waar hoe geen nog meer tot kan
        kunnen moet zal zou onder tussen na tegen zonder omdat want dus nu al alle elk elke
        zich zelf toen twee""",
    "sv": """och att det som en ett är på för med av till den de inte om han hon vi ni jag du men
        var har hade kan ska skulle från vid efter så när där här hur vad vem eller än också
        bara nu sig sin sitt sina dem deras vår detta denna dessa alla varje mellan under över
        utan mot mycket mer mest blir blev vara varit måste två eftersom""",
    "da": """og at det som en et er på for med af til den de ikke om han hun vi i jeg du men var
        har havde kan skal skulle fra ved efter så når hvor her hvordan hvad hvem eller end
        også kun nu sig sin sit sine dem deres vores dette denne disse alle hver mellem under
        over uden mod meget mere mest bliver blev være været må to fordi nogle blive""",
    "no": """og at det som en et er på for med av til den de ikke om han hun vi jeg du men var har
        hadde kan skal skulle fra ved etter så når hvor her hvordan hva hvem eller enn også
        bare nå seg sin sitt sine dem deres vår dette denne disse alle hver mellom under over
        uten mot mye mer mest blir ble være vært må to fordi noen bli ei ikkje eg""",
    "fi": """ja on ei että se ne hän he me te minä sinä oli olivat ovat olla ollut en et eivät kun
        jos niin mutta tai myös vain kuin joka jotka jonka jossa mitä mikä missä miten tämä
        tämän nämä sen sitä siitä siinä hänen heidän kanssa mukaan jälkeen ennen kaikki voi
        voidaan pitää vielä jo nyt sitten koska sekä noin yli kaksi ole""",
    "pl": """i w na z ze do nie się że to jest są był była było były być a ale lub albo oraz o od
        po za przez przy dla pod nad bez jak co kto gdy gdzie który która które których jego
        jej ich ten ta te tego tej tych tym już tylko także też może można ma mają on ona oni
        my wy ja więc ponieważ czy każdy wszystkie bardzo dwa jeszcze niż między""",
    "cs": """a v na z ze do ne se že to je jsou byl byla bylo byly být ale nebo o od po za přes při
        pro pod nad bez jak co kdo když kde který která které jeho její jejich ten ta ty toho
        této těch tím už jen také může má mají on ona oni my vy já tedy protože každý všechny
        velmi dva ještě než mezi s k ve jako si tak podle jsem""",
    "sk": """a v na z zo do nie sa že to je sú bol bola bolo boli byť ale alebo o od po za cez pri
        pre pod nad bez ako čo kto keď kde ktorý ktorá ktoré jeho jej ich ten tá tie toho
        tejto tých tým už len tiež môže má majú on ona oni my vy ja teda pretože každý všetky
        veľmi dva ešte než medzi s k vo si tak podľa som aj""",
    "sl": """in v na z s za do ne se da je so bil bila bilo bili biti ali pa po pri od iz o ki ko
        kot kaj kdo kje kako njegov njen njihov ta to te tega tej teh tem že samo tudi lahko
        ima imajo on ona oni mi vi jaz torej ker vsak vsi zelo dva še med bo ni brez pred tako
        sem""",
    "hr": """i u na s sa za do ne se da je su bio bila bilo bili biti ali ili a po pri od iz o koji
        koja koje kao što tko gdje kako njegov njezin njihov taj to te toga ovaj ova ovo već
        samo također može ima imaju on ona oni mi vi ja dakle jer svaki svi vrlo dva još među
        će nije bez prije tako sam kada""",
    "ro": """și în de la cu pe nu că este sunt era erau fi fost un o unei unui din pentru prin sau
        dar dacă care ce cine când unde cum mai foarte după înainte între fără despre său sa
        săi lui ei lor el ea ele noi voi eu acest această aceste acesta acel are au avea poate
        trebuie toate tot fiecare doar deci astfel al ale ai a s își se""",
    "hu": """a az és hogy nem is egy van volt voltak lesz meg el ki de ha mert csak már még mint
        vagy ez ezt azt ezek azok ő ők mi ti én te aki ami amely akik amelyek ahol amikor
        hogyan után előtt között alatt szerint által minden nagyon több kell lehet így akkor
        most sem pedig két be fel le sok ezért""",
    "tr": """ve bir bu da de için ile olarak olan oldu olduğu olduğunu ne ki o daha çok en gibi
        kadar sonra önce ama veya ya değil var yok her şey şu biz siz ben sen onlar onun bunun
        ise mi mı mu mü göre tarafından arasında üzerinde iki ancak çünkü eğer tüm bütün kendi
        hem hiç nasıl nerede zaman ederek eden""",
    "vi": """và của là có trong được cho không các một những này đó với đã để khi từ người về như
        tại ra vào ở cũng nhiều nhưng đến nếu thì mà bị do theo trên hai sẽ phải rằng nên vì
        hoặc rất chỉ sau trước mỗi tất cả tôi bạn chúng ta họ ông bà anh""",
    "id": """yang dan di ke dari untuk dengan pada ini itu tidak adalah dalam akan oleh juga atau
        sebagai telah sudah bisa dapat ada karena saya kami kita mereka dia ia anda tetapi
        namun jika maka seperti lebih antara setelah sebelum saat ketika semua setiap hanya
        bahwa bukan masih lagi para satu dua tersebut secara harus""",
    "tl": """ang ng sa na mga ay at ni si kay hindi ito iyon ako ikaw siya kami tayo sila ko mo
        niya namin natin nila may wala kung dahil para pero o din rin lang pa ba nang mas
        lahat bawat kanyang kanilang isang ayon upang habang""",
    "sw": """na ya wa kwa ni katika la za cha vya kuwa hii hiyo huo huu hizo hao wao yeye mimi sisi
        lakini au kama hivyo pia tu baada kabla kila wote yote zote si sio hakuna kuna ili
        alikuwa ilikuwa walikuwa""",
    "lt": """ir yra kad į iš su ne kaip bet ar o tai jis ji jie mes jūs aš tu jo jos jų šis ši tas
        ta buvo būti bus apie po prie nuo iki per už ant tik jau dar taip pat arba nes jei
        kuris kuri kurie labai visi du tarp""",
    "lv": """un ir ka uz no ar ne kā bet vai tas tā viņš viņa viņi mēs jūs es tu šis šī tie bija
        būt būs par pēc pie līdz caur tikai jau vēl arī jo ja kurš kura kas ļoti visi divi
        starp nav lai gan""",
    "et": """ja on ei et see ta nad me te ma oli olid olla kui aga või ka ning mis kes kus kuidas
        selle seda tema nende pärast enne kõik võib peab veel juba nüüd siis sest kaks üle oma
        ole mitte vaid nagu""",
    "ca": """el la els les un una uns unes de del dels i o en a al als que qui com quan on per amb
        sense sobre entre fins des no ni és són va van era eren ser està ha han havia hi es
        seu seva seus seves li ho aquest aquesta aquests això més però si perquè també molt ja
        tot tots cada altre pot llavors així ara segons dos""",
    "sq": """dhe në e të i një për me nga që është janë ishte ishin nuk më si kjo ky këto ai ajo
        ata ne ju unë por ose edhe se kur ku çfarë kush pas para mes mbi pa do mund duhet ka
        kanë kishte gjithë çdo vetëm tij saj tyre së""",
    "af": """die en van in is dat nie het te op vir met wat as ook om aan deur uit oor maar of word
        was hy sy ons hulle ek jy hierdie daardie sal kan moet nog net meer toe by tot want
        omdat tussen na sonder alle elke""",
    "so": """iyo ee ka ku u oo la waa in ay ah uu kale leh ama waxa waxaa waxay soo si ayaa ayay
        aan wax lagu laga loo sida markii isaga iyada iyaga badan""",
    "cy": """y yr a ac o i yn ar mae oedd wedi ei eu am gan gyda bod nid fel ond neu hefyd hwn hon
        hyn fe nad os pan sydd yw roedd bydd cael un dau rhwng""",
    "ru": """и в на не что с по это как но за из у от о к для до же бы так все он она они мы вы я
        ты его ее их был была было были быть есть или если то чтобы при после перед между без
        под над только уже еще также может можно нет да который которая которые которых этот
        эта эти этого том тем мой наш ваш себя свой себе со во об а ли чем когда где потому
        поэтому два""",
    "uk": """і в на не що з по це як але за із у від о до для ж би так усі він вона вони ми ви я ти
        його її їх був була було були бути є або якщо то щоб при після перед між без під над
        тільки вже ще також може можна немає який яка які яких цей ця ці цього та й зі коли де
        тому бо два""",
    "bg": """и в на не че с по това как но за из от до да са се ще той тя те ние вие аз ти го я ги
        беше бяха бъде има е или ако то при след преди между без под над само вече още също
        може няма който която които този тази тези към със във като когато къде защото ли два""",
    "mk": """и во на не дека со по тоа како но за од до да се ќе тој таа тие ние вие јас ти го ја
        ги беше беа биде има е или ако то при пред меѓу без под над само веќе уште исто може
        нема кој која кои овој оваа овие кон кога каде бидејќи два""",
    "ar": """في من على إلى أن عن مع هذا هذه ذلك تلك التي الذي الذين هو هي هم نحن أنت أنا كان كانت
        يكون لا لم لن ما قد كل بعد قبل بين حتى إذا أو ثم لكن غير عند حيث كما أي إن به له لها""",
    "fa": """و در به از که این آن را با است برای یک تا بر هم می نمی های شده بود شد خود او ما شما
        آنها من یا اما اگر هر همه باید بین پس نیز چه کرد دارد هستند کند""",
    "ur": """کے کی کا میں ہے اور سے کو نے پر کہ یہ وہ ہیں تھا تھی تھے ایک بھی نہیں جو اس ان ہو گیا
        کر لیے تو ساتھ بعد ہی یا اگر لیکن کیا ہم آپ""",
    "hi": """के की का में है और से को ने पर कि यह वह हैं था थी थे एक भी नहीं जो इस उस हो गया कर लिए
        तो साथ बाद ही या अगर लेकिन क्या हम आप इन उन अपने""",
    "mr": """आणि आहे या च्या मध्ये तो ती ते हे ही हा आहेत होता होती होते एक पण नाही जो असे केली
        केले करून साठी तर सह नंतर किंवा काय आपण त्या त्याने""",
    "ne": """र को मा छ यो त्यो हो छन् थियो थिए एक पनि छैन जो यस उनी लागि भने साथ पछि वा यदि तर के
        हामी तपाईं गरेको भएको गर्न ले लाई बाट""",
}

REASONING_WORDS: dict[str, str] = {
    "en": """find number numbers equal equals total sum answer let now wait okay ok yes given think
        check know need want make makes made see say says use using case problem question
        right left way another else going go get gets got actually maybe first second next
        last step means also even odd like""",
}
"""Words of every chain of thought that are no grammar: they too say that a text is English."""

TASK_WORDS: dict[str, str] = {
    "en": """integrate differentiate factor factorise factorize rewrite sketch graph plot show state
        verify list count name derive estimate reduce expand round divide multiply add subtract""",
    "de": """berechne berechnen bestimme bestimmen zeige zeigen löse lösen vereinfache finde
        beweise faktorisiere wieviel wieviele gib ermittle""",
    "fr": """calculer calculez résoudre résolvez trouver trouvez déterminer déterminez montrer
        montrez démontrer simplifier simplifiez factoriser combien évaluer""",
    "es": """calcula calcular calcule resolver encontrar determina determinar simplifica halla
        hallar halle resuelve resuelva encuentra encuentre demuestra demuestre factoriza evalúa
        cuánto cuánta cuántos cuántas cuál simplifique""",
    "it": """calcolare calcola risolvi risolvere trova trovare determina determinare semplifica
        semplificare dimostra dimostrare quanto quanti quanta quante scomponi""",
    "pt": """calcula calcular calcule resolver encontrar determina determinar simplifica resolva
        encontre demonstre fatore quanto quantos quantas simplifique ache""",
    "nl": "bereken bepaal vereenvoudig ontbind hoeveel bewijs",
    "sv": "beräkna bestäm förenkla lös bevisa hur många",
    "pl": "oblicz rozwiąż znajdź wyznacz udowodnij uprość ile wykaż",
    "tr": "hesapla hesaplayın çöz çözün bulun kanıtla kaç kaçtır sadeleştir",
    "id": "hitung hitunglah tentukan selesaikan buktikan berapa sederhanakan",
    "vi": "tính giải tìm chứng rút gọn bao nhiêu",
}
"""What tasks of mathematics begin with: a short question has no function words beside them."""
