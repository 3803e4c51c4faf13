import { lazily } from '../../../src/base/lazily.js';
import { en, type Messages, type VisitorWords } from './en.js';
import type { MessengerWords } from './en-messenger.js';

/** A language: its words, its direction, its formats. */
export type Locale = {
  /** BCP 47. */
  readonly tag: string;
  readonly dir: 'ltr' | 'rtl';
  readonly text: Messages;
  /** 14:05 */
  time(at: number): string;
  /** Today, Yesterday, or a date; for the separators between days. */
  day(at: number, now: number): string;
  /** 14:05, Yesterday, Mon, 3 May: as short as it can be and still be clear, for lists. */
  short(at: number, now: number): string;
  /** For a machine-checked full date and time, as a title. */
  full(at: number): string;
  bytes(size: number): string;
  number(value: number): string;
  list(items: readonly string[]): string;
};

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);
const daysBetween = (at: number, now: number): number => Math.round((midnight(now) - midnight(at)) / 86_400_000);

function make(tag: string, text: Messages): Locale {
  const dates = (options: Intl.DateTimeFormatOptions): ((at: number) => string) => {
    const format = lazily(() => new Intl.DateTimeFormat(tag, options));
    return (at) => format().format(at);
  };
  const time = dates({ hour: 'numeric', minute: '2-digit' });
  const date = dates({ weekday: 'long', day: 'numeric', month: 'long' });
  const dateYear = dates({ day: 'numeric', month: 'long', year: 'numeric' });
  const weekday = dates({ weekday: 'short' });
  const shortDate = dates({ day: 'numeric', month: 'short' });
  const shortYear = dates({ day: 'numeric', month: 'numeric', year: '2-digit' });
  const number = lazily(() => new Intl.NumberFormat(tag));
  const list = lazily(() => new Intl.ListFormat(tag, { type: 'conjunction' }));
  const relative = lazily(() => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }));
  const capital = (words: string): string => words.charAt(0).toLocaleUpperCase(tag) + words.slice(1);
  const sameYear = (at: number, now: number): boolean => new Date(at).getFullYear() === new Date(now).getFullYear();
  return {
    tag,
    dir: /^(ar|fa|he|ur|ug|yi|dv|ps)\b/.test(tag) ? 'rtl' : 'ltr',
    text,
    time,
    day(at, now) {
      const days = daysBetween(at, now);
      if (days === 0 || days === 1) return capital(relative().format(-days, 'day'));
      return (sameYear(at, now) ? date : dateYear)(at);
    },
    short(at, now) {
      const days = daysBetween(at, now);
      if (days <= 0) return time(at);
      if (days === 1) return capital(relative().format(-1, 'day'));
      if (days < 7) return weekday(at);
      return (sameYear(at, now) ? shortDate : shortYear)(at);
    },
    full: dates({ dateStyle: 'full', timeStyle: 'short' }),
    bytes(size) {
      const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
      const power = Math.min(units.length - 1, size < 1000 ? 0 : Math.floor(Math.log10(size) / 3));
      return new Intl.NumberFormat(tag, { style: 'unit', unit: units[power] ?? 'byte', unitDisplay: 'short', maximumFractionDigits: power > 1 ? 1 : 0 }).format(size / 1000 ** power);
    },
    number: (value) => number().format(value),
    list: (items) => list().format(items),
  };
}

// Each language is a chunk of its own.
const translations = {
  de: () => import('./de.js').then(({ de }) => de),
  es: () => import('./es.js').then(({ es }) => es),
  ar: () => import('./ar.js').then(({ ar }) => ar),
} satisfies Record<string, () => Promise<VisitorWords>>;
type Translation = keyof typeof translations;
export type MessengerTranslations = Readonly<Record<Translation, () => Promise<MessengerWords>>>;

/** The languages there are words in, as tags. */
export const languages: readonly string[] = ['en', ...Object.keys(translations)];

const words = { ...en } as Messages;
export const english: Locale = make('en', words);

const texts = new Map<Translation, Promise<Messages>>();
let messenger: MessengerTranslations | undefined;

/**
 * Adds the messenger's words to every language that is spoken already, and to those that are chosen from now on.
 * English has them when this returns, the others when it resolves. What cannot be fetched is said in English.
 */
export async function addMessengerWords(inEnglish: MessengerWords, others: MessengerTranslations): Promise<void> {
  Object.assign(words, inEnglish);
  messenger = others;
  await Promise.allSettled([...texts].map(async ([language, text]) => Object.assign(await text, await others[language]())));
}

async function fetchText(language: Translation): Promise<Messages> {
  const parts = await Promise.all([translations[language](), messenger?.[language]()]);
  return Object.assign(Object.create(words) as Messages, ...parts) as Messages;
}

function textIn(language: Translation): Promise<Messages> {
  let text = texts.get(language);
  if (!text) texts.set(language, (text = fetchText(language)));
  return text;
}

/**
 * The best language for a list of wishes (BCP 47 tags, best first), English where none is known or its words cannot be
 * fetched. Formats follow the whole tag (`en-GB`), words its language. At once where nothing has to be fetched: what is
 * drawn first need not be drawn again.
 */
export function loadLocale(wishes: readonly string[]): Locale | Promise<Locale> {
  for (const wish of wishes) {
    const tag = canonical(wish);
    const language = tag.split('-')[0] ?? '';
    if (!languages.includes(language)) continue;
    if (language !== 'en') return inLanguage(tag, language as Translation);
    return tag === 'en' ? english : make(tag, words);
  }
  return english;
}

async function inLanguage(tag: string, language: Translation): Promise<Locale> {
  try {
    return make(tag, await textIn(language));
  } catch {
    // The next wish for it asks the network again.
    texts.delete(language);
    return english;
  }
}

/** Whether the browser has formats for it is not asked: that alone takes longer than all the rest that is done for a language. */
function canonical(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? '';
  } catch {
    return ''; // not a BCP 47 tag
  }
}
