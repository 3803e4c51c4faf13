import { lazily } from '../../src/base/lazily.js';

const graphemes = lazily(() => new Intl.Segmenter(undefined, { granularity: 'grapheme' }));
const emoji = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3)/u;

/** A message of one to three emoji and nothing else, which is drawn large. */
export function isJumbo(body: string): boolean {
  const text = body.trim();
  if (text.length > 60 || !emoji.test(text)) return false;
  const signs = Array.from(graphemes().segment(text), ({ segment }) => segment).filter((segment) => segment.trim() !== '');
  return signs.length <= 3 && signs.every((sign) => emoji.test(sign));
}
