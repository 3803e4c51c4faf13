import { lazily } from '../../src/base/lazily.js';

const graphemes = lazily(() => new Intl.Segmenter(undefined, { granularity: 'grapheme' }));
const letter = /[\p{L}\p{N}]/u;

function first(word: string): string {
  const start = word.search(letter);
  if (start < 0) return '';
  // Most names: nothing is put onto such a letter.
  const plain = /^[a-z\d](?=[\x20-\x7e]|$)/i.exec(word.slice(start, start + 2))?.[0];
  const grapheme = plain ?? graphemes().segment(word.slice(start, start + 32)).containing(0)?.segment;
  // Stacked marks on one letter draw over everything around it.
  return (grapheme ?? '').normalize('NFC').slice(0, 4).toLocaleUpperCase();
}

/** One or two letters for a name: of the first word and the last. Empty where the name has no letter. */
export function initials(name: string): string {
  const words = name.slice(0, 200).trim().split(/[\s._-]+/u).map(first).filter(Boolean);
  const [one = ''] = words;
  const last = words.length > 1 ? words.at(-1)! : '';
  // Scripts without capitals and with joined letters (Arabic, Devanagari, Han) read better with one.
  return /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]+$/u.test(one + last) ? one + last : one;
}
