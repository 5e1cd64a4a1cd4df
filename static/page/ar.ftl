# ما تقوله صفحة العميل حول كلمات الاستبيان.

page-languages = اللغة
page-questions = { $count ->
    [one] سؤال واحد
    [two] سؤالان على الأكثر
    [few] { $count } أسئلة على الأكثر
   *[other] { $count } سؤالًا على الأكثر
}
page-progress = السؤال { $at } من { $most } على الأكثر
page-progress-last = السؤال الأخير
page-start = ابدأ
page-decline = لا، شكرًا
page-next = التالي
page-finish = إرسال
page-skip = تخطَّ هذا السؤال
page-optional = يمكنك تخطي هذا السؤال.
page-back = رجوع
page-go-on = متابعة
page-yes = نعم
page-no = لا
page-your-answer = إجابتك
page-no-answer = بلا إجابة
page-end = { $value }: { $meaning }
page-at-most-letters = { $count } حرفًا على الأكثر
page-error = لم يُرسل بعد
page-choose = نرجو اختيار إجابة ثم المتابعة.
page-write = نرجو كتابة إجابة ثم المتابعة.
page-too-long = في إجابتك { $got } حرفًا. نرجو اختصارها إلى { $most }.
page-not-an-answer = لا يمكن قبول هذه الإجابة. نرجو الاختيار من جديد.
page-strange-characters = في إجابتك رموز لا يمكن حفظها. نرجو كتابتها من جديد.
page-not-stored = تعذّر حفظ إجابتك الآن. نرجو إرسالها مرة أخرى.
page-not-sent-yet = لم يتم الإرسال بعد، وتُعاد المحاولة تلقائيًا.
page-kept = أُجيب عن هذا السؤال من قبل، وتبقى تلك الإجابة. أنت هنا الآن.
page-moved = تقدّم الاستبيان في هذه الأثناء. أنت هنا الآن.
page-read-only = أُجيب عن أسئلة لاحقة، لذلك تبقى هذه الإجابة كما هي.
page-thanks = شكرًا لك
page-close = يمكنك إغلاق هذه الصفحة الآن.
page-used = لقد أجبت عن هذا الاستبيان من قبل
page-declined = شكرًا لك على كل حال
page-declined-text = لن نسألك عن هذا مرة أخرى.
page-over = انتهى وقت هذا الاستبيان
page-over-text = لم تعد الإجابات تُقبل. شكرًا لاهتمامك.
page-unknown = لا يوجد استبيان هنا
page-unknown-text = نرجو التأكد من فتح الرابط كاملًا، فقد يكون مقطوعًا.
page-busy = لحظة من فضلك
page-busy-text = طُلبت صفحات كثيرة في وقت واحد. نرجو المحاولة مجددًا بعد ثوانٍ.
page-away = لحظة من فضلك
page-away-text = لا يمكن عرض الاستبيان الآن. ما أجبت عنه محفوظ؛ نرجو المحاولة مجددًا بعد لحظة.
page-again = حاول مجددًا
