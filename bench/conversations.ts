/** Conversations as people have them, made from a seed: the same one gives the same words, ids and times. */
import type { Fact } from '../src/model/fact.js';
import type { PageItem } from '../src/archive/archive-types.js';
import { seeded } from '../test/sim/random.js';

/** One message of an archive. `kind` is what it is besides words. */
export type Said = {
  readonly archiveId: string;
  readonly messageId: string;
  readonly mine: boolean;
  /** Milliseconds; servers keep whole seconds. */
  readonly at: number;
  readonly kind: 'text' | 'file' | 'reaction' | 'correction';
  readonly body: string;
  /** What a file, a reaction or a correction is about. */
  readonly about?: string;
};

export type Plot = {
  readonly me: string;
  readonly them: string;
  readonly count: number;
  readonly seed: number;
  /** When the last one was said, milliseconds. */
  readonly until: number;
  /** So many different words where they are Latin, made up and as rare as words are; a few real ones where absent. */
  readonly vocabulary?: number;
};

/** Words of several languages and scripts; those without spaces between words stand without them. */
const tongues = [
  { share: 0.55, gap: ' ', words: 'the a to and is it you we can order tea please today tomorrow maybe thanks yes no parcel arrived when how much does that cost colour green large small question about delivery address invoice sorry again really good morning see later meeting sounds fine will check with them back soon https://example.com/orders/4711'.split(' ') },
  { share: 0.15, gap: ' ', words: 'die der das und ist nicht wir können morgen vielleicht danke bitte Lieferung Rechnung Straßenbahnhaltestelle größer grün Frage Bestellung angekommen wann wie viel kostet guten Tag schöne Grüße'.split(' ') },
  { share: 0.1, gap: ' ', words: 'el la que y es no podemos mañana quizás gracias por favor pedido factura dirección cuándo cuánto cuesta buenos días niño señora ¿seguro? ¡claro!'.split(' ') },
  { share: 0.08, gap: ' ', words: 'مرحبا شكرا نعم لا غدا اليوم الطلب الفاتورة كم السعر متى يصل العنوان من فضلك حسنا أراك لاحقا'.split(' ') },
  { share: 0.07, gap: '', words: 'こんにちは ありがとう 明日 注文 届きました 値段 いくら ですか はい いいえ お茶 緑茶 住所 請求書 また後で'.split(' ') },
  { share: 0.05, gap: ' ', words: '👍 😂 🎉 🙏🏽 👨‍👩‍👧‍👦 ❤️ 🇪🇺 ok haha brb'.split(' ') },
] as const;

const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

/** How many words: mostly few, now and then a page (log-normal). */
function lengthOf(random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(400, Math.max(1, Math.round(Math.exp(1.8 + 0.9 * normal))));
}

/** Letters as often as in English, nearly. */
const letters = 'etaoinsrhldcumfpgwybvkxjqz';
const made = (random: () => number): string => Array.from({ length: 2 + Math.floor(random() * 10) }, () => letters[Math.floor(letters.length * random() ** 1.7)]!).join('');
/** The n-th word n times as rarely as the first (Zipf). */
const zipf = <T>(random: () => number, from: readonly T[]): T => from[Math.min(from.length - 1, Math.floor(Math.exp(random() * Math.log(from.length)) - 1))]!;

function wordsFrom(random: () => number, vocabulary: readonly string[]): string {
  let left = random();
  const tongue = tongues.find(({ share }) => (left -= share) < 0) ?? tongues[0];
  const own = tongues.indexOf(tongue) < 3 && vocabulary.length > 0;
  const words = Array.from({ length: lengthOf(random) }, () => (own ? zipf(random, vocabulary) : pick<string>(random, tongue.words)));
  return words.reduce((text, word, i) => text + (i === 0 ? '' : random() < 0.02 ? '\n' : tongue.gap) + word, '');
}

/** The conversation, oldest first. Archive ids are unique within an account. */
export function* conversation({ them, count, seed, until, vocabulary = 0 }: Omit<Plot, 'me'>): Generator<Said> {
  const random = seeded(seed);
  const words = Array.from({ length: vocabulary }, () => made(random));
  const stem = `${seed.toString(36)}-${them.split('@')[0]}`;
  // People talk in bursts: a minute between most messages, hours between some.
  const gaps = Array.from({ length: count }, () => (random() < 0.05 ? 3_600_000 * (1 + 10 * random()) : 2_000 + 60_000 * random()));
  let at = until - gaps.reduce((sum, gap) => sum + gap, 0);
  let mine = false;
  let last: Said | undefined;
  for (let i = 0; i < count; i += 1) {
    at += gaps[i]!;
    if (random() < 0.4) mine = !mine;
    const dice = random();
    const kind = dice < 0.02 ? 'file' : dice < 0.06 && last ? 'reaction' : dice < 0.08 && last?.mine === mine ? 'correction' : 'text';
    const name = `${stem}-${i.toString(36).padStart(5, '0')}`;
    const said: Said = {
      archiveId: `a-${name}`,
      messageId: `m-${name}`,
      mine,
      at: Math.floor(at / 1000) * 1000,
      kind,
      body: kind === 'reaction' ? pick(random, ['👍', '❤️', '😂']) : kind === 'file' ? `https://upload.localhost/share/${name}.pdf` : wordsFrom(random, words),
      ...(kind === 'text' ? {} : { about: kind === 'file' ? name : last!.messageId }),
    };
    if (kind === 'text') last = said;
    yield said;
  }
}

const escapes: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&apos;', '"': '&quot;', '\n': '&#10;', '\t': '&#9;' };
const escape = (text: string): string => text.replace(/[<>&'"\n\t]/g, (sign) => escapes[sign]!);

/** As a server keeps it: XEP-0066 with a file, XEP-0444 reactions, XEP-0308 corrections. One line. */
export function stanzaOf({ messageId, mine, kind, body, about = '' }: Said, { me, them }: Pick<Plot, 'me' | 'them'>): string {
  const [from, to] = mine ? [`${me}/phone`, them] : [`${them}/phone`, me];
  const words = `<body>${escape(body)}</body>`;
  const content = {
    text: words,
    file: `${words}<x xmlns='jabber:x:oob'><url>${escape(body)}</url></x>`,
    correction: `${words}<replace xmlns='urn:xmpp:message-correct:0' id='${about}'/>`,
    reaction: `<reactions xmlns='urn:xmpp:reactions:0' id='${about}'><reaction>${body}</reaction></reactions><store xmlns='urn:xmpp:hints'/>`,
  }[kind];
  return `<message xmlns='jabber:client' from='${from}' to='${to}' id='${messageId}' type='chat'>${content}<origin-id xmlns='urn:xmpp:sid:0' id='${messageId}'/></message>`;
}

/** As the engine reads it today: a correction is a message of its own, a reaction says nothing yet. */
export function itemOf(said: Said, { me, them }: Pick<Plot, 'me' | 'them'>): PageItem {
  const { archiveId, messageId, mine, at, kind, body } = said;
  const base = { conversation: them, chatType: 'chat', sender: mine ? me : them, mine, at, messageId, originId: messageId, archive: me, archiveId } as const;
  const facts: readonly Fact[] = kind === 'reaction' ? [] : kind === 'file' ? [{ ...base, kind: 'message', body: '', attachments: [{ url: body }] }] : [{ ...base, kind: 'message', body }];
  return { archiveId, facts };
}
