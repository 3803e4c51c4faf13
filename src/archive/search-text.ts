/** Text as it is searched: without case, marks and invisible signs, and in words. The same rules for what is kept and what is asked. */

/**
 * Marks that writers may leave out: accents, Hebrew and Arabic vowels, the Arabic kashida, variation selectors. Vowel
 * signs of other scripts are letters to their readers. And whatever nobody sees.
 */
const dropped = new RegExp(String.raw`[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe00-\ufe0f\ufe20-\ufe2f\p{Cf}]`, 'gu');
const plain = /^[ -~\s]*$/;
const folded = new Map<string, string>();
/** Signs kept in mind: more than any conversation uses, fewer than there are. */
const manySigns = 4_096;

/** A sign of its own: so that each folded unit is known to stand for one, and may be shown. Upper case first, for ß and ς. */
function foldSign(sign: string): string {
  const known = folded.get(sign);
  if (known !== undefined) return known;
  const made = sign.normalize('NFKD').replace(dropped, '').toUpperCase().toLowerCase().normalize('NFKD').replace(dropped, '');
  if (folded.size >= manySigns) folded.clear();
  folded.set(sign, made);
  return made;
}

export function fold(text: string): string {
  if (plain.test(text)) return text.toLowerCase();
  let out = '';
  for (const sign of text) out += foldSign(sign);
  return out;
}

/** Written without spaces between words, so that a word is whatever part of a stretch is asked for. */
const spaceless = String.raw`\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}`;
const letters = String.raw`\p{L}\p{M}\p{N}`;
const pieces = new RegExp(String.raw`(?:(?=[${letters}])[${spaceless}])+|(?:(?![${spaceless}])[${letters}_])+|\p{Extended_Pictographic}|\p{RI}{2}`, 'gu');
const startsSpaceless = new RegExp(`^[${spaceless}]`, 'u');

/** Of a longer word only so much is kept: the message itself says the rest. */
const longest = 24;
const cut = (word: string): string => {
  if (word.length <= longest) return word;
  const last = word.charCodeAt(longest - 1);
  return word.slice(0, last >= 0xd800 && last < 0xdc00 ? longest - 1 : longest);
};

/** What of a text is kept in the index: the beginnings of its words; of a stretch without spaces each sign with the next. */
export function termsOf(text: string): Set<string> {
  const terms = new Set<string>();
  for (const [piece] of fold(text).matchAll(pieces)) {
    if (!startsSpaceless.test(piece)) terms.add(cut(piece));
    else for (const term of pairsOf(piece)) terms.add(term);
  }
  return terms;
}

function pairsOf(stretch: string): string[] {
  const signs = Array.from(stretch);
  return signs.map((sign, i) => sign + (signs[i + 1] ?? ''));
}

/** One word of what is asked for, and what of it the index can answer. */
type Wanted = { readonly text: string; readonly anywhere: boolean };
/** A term of the index; with `prefix` all that begin so. */
export type Lookup = { readonly term: string; readonly prefix: boolean };
export type Query = { readonly wanted: readonly Wanted[]; readonly lookups: readonly Lookup[] };

/** More words than this are no search; the rest is left out. */
const manyWords = 32;

export function readQuery(words: string): Query {
  // So much of a text that was pasted by mistake.
  const found = new Set(Array.from(fold(words.slice(0, 4_096)).matchAll(pieces), ([piece]) => piece));
  const wanted = Array.from(found, (text): Wanted => ({ text, anywhere: startsSpaceless.test(text) })).slice(0, manyWords);
  const lookups = wanted.flatMap(({ text, anywhere }): Lookup[] => {
    if (!anywhere) return [{ term: cut(text), prefix: true }];
    const pairs = pairsOf(text);
    return pairs.length === 1 ? [{ term: text, prefix: true }] : pairs.slice(0, -1).map((term) => ({ term, prefix: false }));
  });
  return { wanted, lookups };
}

/** Where a text has all of the words; `undefined` where it has not. Words are found by their beginnings. */
export function findIn(text: string, { wanted }: Query): (readonly [number, number])[] | undefined {
  const searched = fold(text);
  const spans: [number, number][] = [];
  const missing = new Set(wanted);
  for (const { 0: piece, index } of searched.matchAll(pieces)) {
    for (const each of wanted) {
      for (let at = piece.indexOf(each.text); at === 0 || (at > 0 && each.anywhere); at = piece.indexOf(each.text, at + each.text.length)) {
        missing.delete(each);
        spans.push([index + at, index + at + each.text.length]);
      }
    }
  }
  if (missing.size > 0) return undefined;
  return joined(searched.length === text.length && plain.test(text) ? spans : unfolded(text, spans));
}

/** From where they are in the folded text to where they are in the text itself. */
function unfolded(text: string, spans: readonly (readonly [number, number])[]): [number, number][] {
  const origins: number[] = [];
  let at = 0;
  for (const sign of text) {
    for (let i = foldSign(sign).length; i > 0; i -= 1) origins.push(at);
    at += sign.length;
  }
  return spans.map(([from, to]) => {
    let end = to;
    // Half of what one sign became is shown as all of it.
    while (end < origins.length && origins[end] === origins[end - 1]) end += 1;
    return [origins[from]!, origins[end] ?? text.length];
  });
}

function joined(spans: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const out: [number, number][] = [];
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = out.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}
