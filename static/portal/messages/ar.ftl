# كلمات البوابة.

overview = نظرة عامة
system = النظام
users = المستخدمون
audit = سجل التدقيق
account = حسابي
pages = الصفحات
menu = القائمة
skip = انتقل إلى الصفحة
sign-out = تسجيل الخروج
loading = جارٍ التحميل…
try-again = حاول مرة أخرى
cancel = إلغاء
close = إغلاق
never = أبدًا
nothing-here = لا توجد صفحة كهذه
nothing-here-text = قد يكون العنوان مكتوبًا خطأ، أو نُقلت الصفحة.
no-right = دورك لا يشمل هذه الصفحة. يمكن للمسؤول أن يمنحك دورًا آخر.
to-overview = إلى النظرة العامة
error-unreachable = هذه العقدة لا تستجيب. تحقق من شبكتك أو حاول بعد قليل: قد تكون عقدة أخرى تتولى العمل.
error-unknown = حدث خطأ في الخادم، وسجله يبيّن السبب؛ حاول مرة أخرى.

role-admin = مسؤول
role-manager = مدير
role-supervisor = مشرف
role-viewer = مطّلع
role-admin-text = يعتني بالنظام ومستخدميه، ويمكنه فعل كل شيء.
role-manager-text = يملك الاستبيانات ويرى جميع النتائج والنظام.
role-supervisor-text = يرى نتائج فرقه، بعد تعريف الفرق.
role-viewer-text = يرى النتائج.

no-surveys = لا يوجد استبيان بعد
no-surveys-next = استورد استبيانًا بالأمر «aftercall survey import FILE --publish» ثم فعّله على خدمة بالأمر «aftercall survey activate».
period = من { $from } إلى { $until } مقارنةً بالأيام السبعة السابقة. تبدأ الأيام عند منتصف الليل بتوقيت { $zone }.
active-on = نشط: { $service }
paused-on = متوقف مؤقتًا: { $service }
not-active = غير نشط
no-answers = لا إجابات في هذه الأيام.
too-few = الإجابات أقل من أن تعطي نتيجة: { $n } من { $min }.
answers = { $n ->
    [one] من إجابة واحدة
    [two] من إجابتين
    [few] من { $n } إجابات
   *[other] من { $n } إجابة
}
measure-csat = راضون
measure-nps = صافي نقاط الترويج
measure-ces = جهد العميل، المتوسط
measure-mean = المتوسط
measure-yes = قالوا نعم
trend-same = كما في الأيام السبعة السابقة تقريبًا
trend-up = أكثر بمقدار { $by } من الأيام السبعة السابقة
trend-down = أقل بمقدار { $by } من الأيام السبعة السابقة
no-trend = لا شيء للمقارنة في الأيام السبعة السابقة.
offered = عُرضت
started = بدأت
completed = اكتملت
version = الإصدار
never-published = لم يُنشر قط

node-is = العقدة { $node }
health-ok = سليمة
health-degraded = تحتاج إلى نظرة
health-down = لا تخدم
health-ok-text = كل شيء يعمل، والمتصلون يُخدَمون.
health-degraded-text = المتصلون يُخدَمون، لكن شيئًا ما ليس كما ينبغي.
health-down-text = لا تستطيع هذه العقدة خدمة المتصلين الآن. إن وُجدت عقدة أخرى فهم يصلون إليها.
no-cluster = لا يمكن قراءة ما تقوله العقد عن نفسها:
spool-away-text = قاعدة البيانات غير متاحة. ما يقوله المتصلون محفوظ على هذه العقدة ويُخزَّن عند عودتها.
spool-returning-text = عادت قاعدة البيانات، ويُخزَّن الآن ما حُفظ على هذه العقدة.
picture-of = ما تراه يعود إلى { $ago }.
up-for = تعمل منذ
up-since = تعمل منذ
database = قاعدة البيانات
database-ok = تستجيب خلال { $ms } مللي ثانية
database-bad = لا تقبل الإجابات
spool = المخزن المؤقت
no-spool = لا يوجد
spool-empty = فارغ
spool-holds = { $entries ->
    [one] مدخل واحد، { $size }
    [two] مدخلان، { $size }
    [few] { $entries } مدخلات، { $size }
   *[other] { $entries } مدخلًا، { $size }
}
virtual-ip = العنوان الافتراضي
no-vip = لا يوجد
vip-holds = لديها
vip-standby = مستعدة لأخذه
vip-unfit = لا تستطيع أخذه الآن
vip-trouble = مشكلة
nodes = العقد
node = العقدة
seen = شوهدت
ago = قبل { $span }
of = { $part } من { $whole }
clock = الساعة
cpu = المعالج
memory = الذاكرة
disk-free = القرص الحر
gone = غائبة
leases = عقود الإيجار
lease = العقد
lease-janitor = التنظيف
lease-sms-sender = إرسال الرسائل القصيرة
lease-stats-synchronizer = مزامنة الإحصاءات
held-by = لدى
nobody = لا أحد
since = منذ
ends-in = ينتهي خلال
epoch = الحقبة
children-of = ما يعمل على { $node }
child = الجزء
state = الحالة
state-running = يعمل
state-starting = يبدأ
state-restarting = يعاد تشغيله
state-backing-off = ينتظر إعادة التشغيل
state-hung = معلّق
state-stopping = يتوقف
state-stopped = متوقف
restarts = مرات إعادة التشغيل
last-cause = آخر نهاية

user-name = اسم المستخدم
display-name = الاسم
role = الدور
last-signed-in = آخر تسجيل دخول
actions = الإجراءات
add-user = إضافة مستخدم
change-role = تغيير الدور
new-link = رابط جديد
lock = قفل
unlock = فتح القفل
user-active = نشط
user-invited = بلا كلمة مرور بعد
user-locked = مقفل
name-rule = من 2 إلى 64 من الحروف a إلى z والأرقام و . _ - @ +
new-link-text = يحصل { $name } على رابط جديد لتعيين كلمة مرور. الكلمة الحالية تعمل حتى ذلك الحين.
lock-text = لن يستطيع { $name } تسجيل الدخول بعد الآن، وتنتهي جميع جلساته فورًا.
unlock-text = يستطيع { $name } تسجيل الدخول مجددًا بكلمة المرور نفسها.
link-made = سلّم هذا الرابط
link-text = يعيّن { $name } كلمة مرور بهذا الرابط مرة واحدة حتى { $until }. لا يظهر إلا الآن: سلّمه بطريقة لا يقرؤها غيره.
copy = نسخ الرابط
copied = تم النسخ.

audit-text = من فعل ماذا، والأحدث أولًا. لا يستطيع أحد تغيير هذا السجل.
audit-empty = لم يحدث شيء بعد
load-more = عرض الأقدم
what-changed = ما الذي تغيّر
unknown-person = شخص ما
action-user-added = أضاف المستخدم
action-user-link-made = أنشأ رابطًا لتعيين كلمة مرور
action-password-set = عيّن كلمة المرور
action-user-locked = قفل حساب
action-user-unlocked = فتح قفل حساب
action-role-changed = غيّر دور
action-language-chosen = اختار لغة
action-signed-in = سجّل الدخول
action-signed-out = سجّل الخروج
action-session-ended = أنهى جلسة أخرى
action-sign-in-refused = أعطى كلمات مرور خاطئة كثيرة

you = أنت
language = اللغة
theme = الألوان
theme-system = كما في النظام
theme-light = فاتحة
theme-dark = داكنة
change-password = تغيير كلمة المرور
current-password = كلمة المرور الحالية
new-password = كلمة المرور الجديدة
repeat-password = الكلمة نفسها مرة أخرى
password-rule = 12 حرفًا على الأقل؛ أربع كلمات لا صلة بينها خيار جيد.
passwords-differ = كلمتا المرور غير متطابقتين.
password-changed = تغيّرت كلمة مرورك، وانتهت جلساتك الأخرى.
sessions = أين سجّلت الدخول
sessions-text = أنهِ الجلسة التي لا تعرفها ثم غيّر كلمة مرورك.
browser = المتصفح
unknown-browser = متصفح غير معروف
address = العنوان
last-used = آخر استخدام
this-session = هذه
end-session = إنهاء
