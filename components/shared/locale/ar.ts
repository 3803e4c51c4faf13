import { counting } from './counting.js';
import type { ErrorWords, FailureWords, VisitorWords } from './en.js';
import { pick } from './pick.js';

const count = counting('ar');
type Forms = Readonly<Record<Intl.LDMLPluralRule, string>>;

const unreadForms: Forms = {
  zero: 'لا رسائل غير مقروءة',
  one: 'رسالة واحدة غير مقروءة',
  two: 'رسالتان غير مقروءتين',
  few: '# رسائل غير مقروءة',
  many: '# رسالة غير مقروءة',
  other: '# رسالة غير مقروءة',
};
const newForms: Forms = {
  zero: 'لا رسائل جديدة',
  one: 'رسالة جديدة',
  two: 'رسالتان جديدتان',
  few: '# رسائل جديدة',
  many: '# رسالة جديدة',
  other: '# رسالة جديدة',
};

const failures: FailureWords = {
  'item-not-found': 'هذا العنوان غير موجود.',
  'remote-server-not-found': 'تعذّر العثور على الخادم الآخر.',
  'remote-server-timeout': 'لم يُجب الخادم الآخر.',
  'recipient-unavailable': 'لا أحد متاح على هذا العنوان الآن.',
  'service-unavailable': 'هذا العنوان لا يقبل رسائل منك.',
  'subscription-required': 'هذا العنوان لا يقبل الرسائل إلا من جهات اتصاله.',
  forbidden: 'ليس لديك إذن بالكتابة هنا.',
  'not-allowed': 'ليس لديك إذن بالكتابة هنا.',
  'not-authorized': 'ليس لديك إذن بالكتابة هنا.',
  'not-acceptable': 'لم تعد في هذه الغرفة.',
  'registration-required': 'الكتابة هنا للأعضاء فقط.',
  gone: 'لم يعد هذا العنوان مستخدمًا.',
  redirect: 'لم يعد هذا العنوان مستخدمًا.',
  'internal-server-error': 'حدث خطأ لدى الطرف الآخر. حاول مجددًا لاحقًا.',
  'jid-malformed': 'هذا العنوان غير صالح.',
  'resource-constraint': 'الطرف الآخر لا يقبل مزيدًا من الرسائل الآن.',
  'policy-violation': 'الخادم لا يسمح بهذه الرسالة.',
  'too-large': 'الملف أكبر مما يقبله هذا الخادم.',
  upload: 'تعذّر رفع الملف.',
  unreadable: 'لم يعد هذا المتصفح قادرًا على قراءة الملف. أرفقه من جديد.',
  'unknown-fate': 'لم يعد ممكنًا معرفة ما إذا كانت هذه الرسالة قد وصلت. اسأل أو أرسلها مرة أخرى.',
  expired: 'طال انتظار الرسالة ولم تُرسل.',
};

const errors: ErrorWords = {
  offline: 'لا يوجد اتصال في الوقت الحالي.',
  timeout: 'لم يُجب الخادم في الوقت المناسب. حاول مرة أخرى.',
  'not-authorized': 'العنوان أو كلمة المرور غير صحيحة.',
  insecure: 'لا يوفّر هذا الخادم طريقة آمنة لتسجيل الدخول، فلم يُرسل إليه شيء.',
  'forged-server': 'لم يستطع الخادم إثبات هويته. لم تُرسل إليه كلمة مرورك.',
  unreachable: 'تعذّر الوصول إلى الخادم. تحقّق من الاتصال وحاول مرة أخرى.',
  'stream-error': 'أنهى الخادم الاتصال.',
  registration: 'تعذّر إنشاء حساب ضيف الآن. حاول مرة أخرى بعد دقيقة.',
  outdated: 'هذه الصفحة أقدم من صفحة أخرى مفتوحة. أعد تحميلها.',
  storage: 'لم يستطع هذا المتصفح حفظ المحادثة. أفرغ بعض المساحة أو غادر التصفح الخاص ثم حاول مرة أخرى.',
  invalid: 'هذا ليس عنوان XMPP صالحًا. يكون على شكل name@example.org.',
  refused: 'رفض الخادم هذا الطلب.',
};

/** Arabic: a visitor's words. */
export const ar: VisitorWords = {
  // Launcher and panel
  openChat: 'فتح المحادثة',
  closeChat: 'إغلاق المحادثة',
  withUnread: (label, unread) => `${label}، ${count(unread, unreadForms)}`,
  close: 'إغلاق',
  back: 'رجوع',
  cancel: 'إلغاء',
  save: 'حفظ',
  retry: 'إعادة المحاولة',
  more: 'خيارات أخرى',

  // Conversation
  messagesWith: (name) => `الرسائل مع ${name}`,
  message: 'رسالة',
  send: 'إرسال',
  attach: 'إرفاق ملف',
  removeFile: 'إزالة الملف',
  you: 'أنت',
  sending: 'جارٍ الإرسال',
  sent: 'أُرسلت',
  delivered: 'وصلت',
  read: 'قُرئت',
  failed: 'لم تُرسل',
  typing: (names) => `${names} يكتب الآن…`,
  typingMany: (names) => `${names} يكتبون الآن…`,
  typingNow: 'يكتب الآن…',
  newMessages: (n) => count(n, newForms),
  toEnd: 'الانتقال إلى أحدث رسالة',
  unreadFromHere: 'رسائل جديدة',
  gap: 'الرسائل الأقدم ليست هنا بعد',
  gapFailed: 'تعذر تحميلها. حاول مرة أخرى.',
  gapLost: 'لم يعد لدى الخادم ما قيل هنا',
  openGap: 'تحميل الرسائل الأقدم',
  loadingOlder: 'جارٍ تحميل الرسائل الأقدم',
  conversationStart: (name) => `هذه بداية محادثتك مع ${name}.`,
  roomStart: (name) => `هنا تبدأ غرفة ${name}.`,
  sayHello: 'اكتب الرسالة الأولى.',
  editAgain: 'تعديل وإعادة الإرسال',
  discard: 'حذف',
  fileTooLarge: (limit) => `هذا الملف كبير جدًا. يقبل الخادم ملفات حتى ${limit}.`,
  noUpload: 'هذا الخادم لا يقبل الملفات.',
  file: 'ملف',
  picture: 'صورة',
  download: (name) => `تنزيل ${name}`,
  showPicture: 'عرض الصورة',
  dropHere: 'أفلت الملف لإرفاقه',
  invitedYou: (who, room) => `يدعوك ${who} إلى غرفة ${room}.`,
  joinRoomButton: 'انضمام',
  notSent: 'لم تُرسل',
  showMore: 'عرض الكل',
  showLess: 'عرض أقل',
  failureReason: (condition) => pick(failures, condition, 'لم يقبل الخادم هذه الرسالة.'),
  uploading: (share) => `جارٍ الرفع، ${share}`,
  pictureFrom: (host) => `عرض الصورة من ${host}`,
  // Why nothing is kept, or why it was fetched again
  storageMended: 'فُقد ما كان محفوظًا في هذا المتصفح أو تلف. يجري جلب رسائلك من الخادم من جديد.',
  storageMemory: 'لا يستطيع هذا المتصفح حفظ الرسائل الآن. يمكنك متابعة القراءة والكتابة؛ وما لا يوجد إلا في هذه الصفحة يضيع عند إغلاقها.',
  storageNewer: 'استُخدم إصدار أحدث من هذه المحادثة في هذا المتصفح. أعد تحميل الصفحة. وحتى ذلك الحين لا يُحفظ شيء هنا.',
  noticed: 'حسنًا',
  couldNotSend: 'تعذّر حفظ الرسالة لإرسالها. نصّك ما زال هنا؛ حاول مرة أخرى.',
  newMessageFrom: (name, words) => `${name}: ${words}`,

  // Presence
  available: 'متاح',
  chatty: 'يسعده الحديث',
  away: 'بعيد',
  longAway: 'بعيد منذ مدة',
  busy: 'مشغول',
  notThere: 'غير متاح',

  // Connection
  online: 'متصل',
  connecting: 'جارٍ الاتصال',
  offline: 'غير متصل',
  offlineDetail: 'تُرسل الرسائل فور عودة الاتصال.',
  catchingUp: 'جارٍ جلب الجديد',
  refusedShort: 'تعذّر الاتصال',
  connectNow: 'اتصل الآن',

  // Panel
  chat: 'محادثة',
  startFailed: 'تعذّر بدء المحادثة',
  anonymousNote: 'أنت هنا من دون حساب: تنتهي هذه المحادثة عند إغلاق الصفحة.',
  guestNote: 'أنت هنا ضيف. يحتفظ هذا المتصفح بالمحادثة لزيارتك القادمة.',
  signInNeeded: 'سجّل الدخول لبدء المحادثة',
  signInNeededDetail: 'هذه المحادثة لمن سجّل الدخول في هذا الموقع. سجّل الدخول ثم عُد إلى هنا.',
  chatEnded: 'انتهت المحادثة',
  chatEndedDetail: 'لم يُحفظ منها شيء في هذا المتصفح.',
  startAgain: 'بدء محادثة جديدة',

  // Sign-in
  signIn: 'تسجيل الدخول',
  signingIn: 'جارٍ تسجيل الدخول…',
  address: 'عنوان XMPP',
  addressExample: 'name@example.org',
  password: 'كلمة المرور',
  showPassword: 'إظهار كلمة المرور',
  hidePassword: 'إخفاء كلمة المرور',
  staySignedIn: 'البقاء مسجّلًا على هذا الجهاز',
  addressNeeded: 'اكتب عنوان XMPP، مثل name@example.org.',
  passwordNeeded: 'اكتب كلمة المرور.',
  errorWords: (code) => pick(errors, code, 'حدث خطأ ما. حاول مرة أخرى.'),
};
