import type { ContactRow, PresenceView, SubscriptionRequestRow } from '../../src/model/contact.js';
import type { ConversationKind } from '../../src/model/conversation.js';
import type { Attachment, Invitation } from '../../src/model/fact.js';
import type { Delivery } from '../../src/model/message.js';
import type { OccupantView, RoomListing, RoomRow, RoomView } from '../../src/model/room.js';

/** One line of a script: who, what, and how long before now. */
export type Line = {
  /** `me`, a bare JID, or a nick in a room. */
  readonly from: string;
  readonly body?: string;
  /** Minutes before `now`. */
  readonly ago: number;
  readonly delivery?: Delivery;
  readonly failure?: { readonly condition: string; readonly text?: string };
  readonly attachments?: readonly Attachment[];
  readonly invitation?: Invitation;
};
export type ScriptedGap = { readonly gap: readonly Line[] };

export type Script = {
  readonly jid: string;
  readonly kind: ConversationKind;
  readonly lines: readonly (Line | ScriptedGap)[];
  readonly unread?: number;
  readonly draft?: string;
  /** More is on the server than can ever be fetched: `atStart` stays false. */
  readonly endless?: boolean;
};

export type FakeData = {
  readonly me: string;
  readonly contacts: readonly ContactRow[];
  readonly presence: Readonly<Record<string, PresenceView>>;
  readonly requests: readonly SubscriptionRequestRow[];
  readonly scripts: readonly Script[];
  readonly rooms: readonly RoomRow[];
  readonly roomViews: Readonly<Record<string, RoomView>>;
  readonly occupants: Readonly<Record<string, readonly OccupantView[]>>;
  readonly listings: readonly RoomListing[];
  /** Whose picture is published; drawn by the fake. */
  readonly pictures: readonly string[];
};

const day = 24 * 60;
const contact = (jid: string, name: string, groups: readonly string[] = [], subscription: ContactRow['subscription'] = 'both', asked = false): ContactRow => ({ jid, name, groups, subscription, asked });

export const support = 'support@localhost';
export const jonas = 'jonas@localhost';
export const amelie = 'amelie@localhost';
export const layla = 'layla@localhost';
export const visitor = 'g-7f3k2q@guests.localhost';
export const lobby = 'lobby@rooms.localhost';
export const design = 'design@rooms.localhost';

const withJonas: Script['lines'] = [
  { from: jonas, ago: 2 * day + 300, body: 'Morning! The proofs came back from the printer.' },
  { from: jonas, ago: 2 * day + 299, body: 'Colours are good, but the margin on page 14 is off by two millimetres.' },
  { from: 'me', ago: 2 * day + 290, delivery: 'read', body: 'Good eye. Can you send me a photo?' },
  { from: jonas, ago: 2 * day + 284, attachments: [{ url: 'https://upload.localhost/7d1/proof-14.png', name: 'proof-14.png', mediaType: 'image/png', size: 482_113, width: 1200, height: 800 }], body: 'https://upload.localhost/7d1/proof-14.png' },
  { from: 'me', ago: 2 * day + 270, delivery: 'read', body: 'I see it. I will move the grid and send a new file this afternoon.' },
  { from: 'me', ago: 2 * day + 80, delivery: 'read', attachments: [{ url: 'https://upload.localhost/9aa/catalogue-v7.pdf', name: 'catalogue-v7.pdf', mediaType: 'application/pdf', size: 8_214_002 }], body: 'https://upload.localhost/9aa/catalogue-v7.pdf' },
  { from: jonas, ago: 2 * day + 62, body: '🎉' },
  { from: jonas, ago: 2 * day + 61, body: 'Perfect. They print on Thursday: https://printer.example/jobs/4711?view=schedule (the second slot).' },
  { from: jonas, ago: day + 410, invitation: { room: design, inviter: jonas, reason: 'We plan the spring issue here.' }, body: '' },
  { from: 'me', ago: 46, delivery: 'read', body: 'Are you in the studio today?\nI would bring the samples along.' },
  { from: jonas, ago: 38, body: 'Yes, until four.' },
  { from: 'me', ago: 37, delivery: 'read', body: 'Great, see you at three then.' },
  { from: 'me', ago: 37, delivery: 'delivered', body: 'Coffee’s on me ☕' },
];

const withAmelie: Script['lines'] = [
  { gap: Array.from({ length: 40 }, (_, i): Line => ({ from: i % 3 ? amelie : 'me', ago: 40 * day - i * 30, delivery: 'read', body: `Encore une note de l’été dernier, numéro ${i + 1}.` })) },
  { from: amelie, ago: 3 * day + 50, body: 'Salut ! Est-ce que tu as reçu les textes pour la rubrique « Ateliers » ?' },
  { from: 'me', ago: 3 * day + 40, delivery: 'delivered', body: 'Oui, merci, tout est là. Je relis ce soir.' },
  { from: amelie, ago: 95, body: 'J’ai encore trouvé une faute page 3 😅' },
  { from: amelie, ago: 94, body: 'Et le lien vers l’exposition ne marche pas.' },
  { from: amelie, ago: 12, body: 'Tu me rappelles quand tu peux ?' },
];

const withLayla: Script['lines'] = [
  { from: layla, ago: day + 95, body: 'مرحبا! هل وصلت الطلبية الجديدة من الورق؟' },
  { from: 'me', ago: day + 90, delivery: 'read', body: 'نعم، وصلت صباح اليوم. الجودة ممتازة.' },
  { from: layla, ago: day + 88, body: 'رائع، سأمر غدًا في الساعة 10:30 لأرى العينات.' },
  { from: 'me', ago: day + 85, delivery: 'read', body: 'أهلًا وسهلًا، أنتظرك.' },
];

const withVisitor: Script['lines'] = [
  { from: visitor, ago: 9, body: 'Hello, is the oak table also available in 180 cm?' },
  { from: visitor, ago: 4, body: 'And how long is delivery to Bergen?' },
];

const inLobby: Script['lines'] = [
  { from: 'Jonas', ago: 130, body: 'Welcome everybody, the open hour starts at five.' },
  { from: 'Amélie', ago: 122, body: 'J’y serai !' },
  { from: 'Amélie', ago: 121, body: 'Qui apporte le projecteur ?' },
  { from: 'me', ago: 118, delivery: 'sent', body: 'I have one. It needs a long cable though.' },
  { from: 'Tomasz', ago: 60, body: 'There is a ten metre one in the cupboard next to the door, behind the paper rolls.' },
  { from: 'ليلى', ago: 31, body: 'سأحضر القهوة' },
  { from: 'Jonas', ago: 3, body: 'You are the best.' },
];

/** Somebody who answers visitors in the messenger: contacts, rooms, several languages. */
export const answerer: FakeData = {
  me: support,
  contacts: [
    contact(jonas, 'Jonas Lindqvist', ['Studio']),
    contact(amelie, 'Amélie Fournier', ['Studio', 'Texts']),
    contact(layla, 'ليلى حداد', ['Suppliers']),
    contact('tomasz@localhost', 'Tomasz Wójcik', ['Studio']),
    contact('misaki@example.net', '田中 美咲', ['Suppliers'], 'to'),
    contact('printer.example', 'Print shop', ['Suppliers'], 'none', true),
    contact('dad@example.org', 'Dad'),
  ],
  presence: {
    [jonas]: { show: 'available', status: 'In the studio until four', resources: 2 },
    [amelie]: { show: 'away', resources: 1 },
    'tomasz@localhost': { show: 'dnd', status: 'Varnishing. Please ring.', resources: 1 },
    'misaki@example.net': { show: 'xa', resources: 1 },
    [visitor]: { show: 'available', resources: 1 },
  },
  requests: [{ jid: 'noor@example.org', at: Date.UTC(2026, 4, 3, 9, 20), nickname: 'Noor', text: 'We met at the book fair.' }],
  scripts: [
    { jid: visitor, kind: 'chat', lines: withVisitor, unread: 2 },
    { jid: lobby, kind: 'room', lines: inLobby, unread: 1 },
    { jid: amelie, kind: 'chat', lines: withAmelie, unread: 3 },
    { jid: jonas, kind: 'chat', lines: withJonas },
    { jid: layla, kind: 'chat', lines: withLayla, draft: 'هل تحتاجين' },
    { jid: 'tomasz@localhost', kind: 'chat', lines: [{ from: 'me', ago: 6 * day, delivery: 'delivered', attachments: [{ url: 'https://upload.localhost/5/plan.pdf', name: 'plan.pdf', size: 90_000 }], body: 'https://upload.localhost/5/plan.pdf' }] },
  ],
  rooms: [
    { jid: lobby, name: 'Lobby', nick: 'Mira', autojoin: true, bookmarked: true, subject: 'Open hour on Thursday at five. Bring somebody along.' },
    { jid: design, name: 'Spring issue', nick: 'Mira', autojoin: false, bookmarked: true },
  ],
  roomViews: {
    [lobby]: { state: 'joined', nick: 'Mira', role: 'moderator', affiliation: 'admin', name: 'Lobby', subject: 'Open hour on Thursday at five. Bring somebody along.', occupants: 6 },
  },
  occupants: {
    [lobby]: [
      { nick: 'Mira', role: 'moderator', affiliation: 'admin', show: 'available', jid: support },
      { nick: 'Jonas', role: 'moderator', affiliation: 'owner', show: 'available', jid: jonas },
      { nick: 'Amélie', role: 'participant', affiliation: 'member', show: 'away' },
      { nick: 'Tomasz', role: 'participant', affiliation: 'member', show: 'dnd', status: 'Varnishing' },
      { nick: 'ليلى', role: 'participant', affiliation: 'none', show: 'available' },
      { nick: 'visitor-88', role: 'visitor', affiliation: 'none', show: 'xa' },
    ],
  },
  listings: [
    { jid: lobby, name: 'Lobby', occupants: 6 },
    { jid: design, name: 'Spring issue', occupants: 3 },
    { jid: 'bookbinders@rooms.localhost', name: 'Bookbinders', occupants: 41 },
    { jid: 'members@rooms.localhost', name: 'Members only' },
    { jid: 'a-room-nobody-named@rooms.localhost' },
  ],
  pictures: [amelie],
};

/** A visitor of the shop, as the widget sees it. */
export const guest: FakeData = {
  me: visitor,
  contacts: [],
  presence: { [support]: { show: 'available', status: 'We answer within minutes', resources: 1 } },
  requests: [],
  scripts: [
    {
      jid: support,
      kind: 'chat',
      lines: [
        { from: 'me', ago: day + 64, delivery: 'read', body: 'Hi! Do you also make the Fjord shelf in walnut?' },
        { from: support, ago: day + 61, body: 'Hello and welcome! Yes, in walnut and in smoked oak.' },
        { from: support, ago: day + 60, body: 'Here is the walnut one:\nhttps://shop.example/shelves/fjord-walnut' },
        { from: 'me', ago: day + 58, delivery: 'read', body: 'Lovely, thank you!' },
        { from: 'me', ago: 6, delivery: 'read', body: 'One more thing: would it fit a wall that is 2,14 m wide?' },
        { from: support, ago: 4, body: 'It would. The wide one measures 198 cm, so there are 8 cm left on each side.' },
        { from: support, ago: 4, body: '👍' },
        { from: 'me', ago: 1, delivery: 'delivered', body: 'Then I’ll take it.' },
      ],
    },
  ],
  rooms: [],
  roomViews: {},
  occupants: {},
  listings: answerer.listings,
  pictures: [],
};

/** Nobody yet, nothing yet. */
export const newcomer: FakeData = { ...guest, scripts: [] };

/** Strings that want to be something else than text. */
export const hostile: readonly string[] = [
  '<img src=x onerror="window.__owned=1">',
  '<script>window.__owned=1</script>',
  '"><svg/onload=window.__owned=1>',
  'javascript:window.__owned=1',
  ' java\tscript:window.__owned=1',
  'data:text/html,<script>window.__owned=1</script>',
  'vbscript:msgbox(1)',
  'https://example.org/"onmouseover="window.__owned=1',
  'https://bank.example@evil.example/',
  '${window.__owned=1} {{window.__owned=1}}',
  '\u202egpj.exe\u202c \u0000\u0007 \ufeff',
  `Z${'\u0301\u0302\u0303'.repeat(300)}algo`,
  'x'.repeat(20_000),
  '</style></textarea></title><iframe srcdoc="<script>parent.__owned=1</script>">',
];
