import { expect } from '@open-wc/testing';
import { findIn, fold, readQuery, termsOf } from '../../src/archive/search-text.js';

const marked = (text: string, words: string): string | undefined => {
  const spans = findIn(text, readQuery(words));
  return spans?.toReversed().reduce((shown, [from, to]) => `${shown.slice(0, from)}[${shown.slice(from, to)}]${shown.slice(to)}`, text);
};

describe('words of a text', () => {
  it('case, accents, ligatures and forms are the same', () => {
    for (const [text, words, shown] of [
      ['Schöne GRÜSSE, Straße', 'schone strasse', '[Schöne] GRÜSSE, [Straße]'],
      ['Οδυσσεύς', 'ΟΔΥΣΣΕΎΣ', '[Οδυσσεύς]'],
      ['İstanbul ve ısı', 'istanbul isi', '[İstanbul] ve [ısı]'],
      ['e\u0301te\u0301 ﬁn', 'ete fin', '[e\u0301te\u0301] [ﬁn]'],
      ['ｆｕｌｌ width', 'full', '[ｆｕｌｌ] width'],
      ['مُحَمَّـــد', 'محمد', '[مُحَمَّـــد]'],
      ['الأحد', 'الاحد', '[الأحد]'],
      ['שָׁלוֹם', 'שלום', '[שָׁלוֹם]'],
    ] as const) expect(marked(text, words), text).to.equal(shown);
  });

  it('by their beginnings, all of them, in any order', () => {
    expect(marked('Hello, world of words', 'wor hel')).to.equal('[Hel]lo, [wor]ld of [wor]ds');
    expect(marked('Hello world', 'hello moon')).to.equal(undefined);
    expect(marked('Hello world', 'ello')).to.equal(undefined);
    expect(marked("don't", "don't")).to.equal("[don]'[t]");
    expect(marked('see example.com/a_b', 'COM a_b')).to.equal('see example.[com]/[a_b]');
    expect(marked('한국어를', '하')).to.equal('[한]국어를');
  });

  it('in scripts without spaces wherever they stand', () => {
    expect(marked('請求書をまた後で送ります', '請求')).to.equal('[請求]書をまた後で送ります');
    expect(marked('緑茶とお茶', '茶')).to.equal('緑[茶]とお[茶]');
    expect(marked('請とえ求', '請求')).to.equal(undefined);
    expect(marked('ขอบคุณมากครับ', 'มาก')).to.equal('ขอบคุณ[มาก]ครับ');
    expect(marked('你好hello世界', 'hel 世')).to.equal('你好[hel]lo[世]界');
  });

  it('signs that nobody sees are none; pictures are words', () => {
    expect(marked('pass\u200bword\u00ad \u202eabc', 'password abc')).to.equal('[pass\u200bword\u00ad] \u202e[abc]');
    expect(marked('👍🏽 yes 👨‍👩‍👧', '👍 👧')).to.equal('[👍]🏽 yes 👨‍👩‍[👧]');
    expect(marked('🇪🇺', '🇪🇺')).to.equal('[🇪🇺]');
    expect(readQuery(' \u200b,.!').wanted).to.deep.equal([]);
  });

  it('what is asked is among what is kept, wherever the words are found', () => {
    const texts = ['Schöne Grüße', '請求書をまた', 'مُحَمَّد', 'ขอบคุณมาก', 'x'.repeat(100), '👍🏽', `${'a'.repeat(23)}𝒷c`, 'がき', '한국어'];
    for (const text of texts) {
      const folded = fold(text);
      for (let end = 1; end <= folded.length; end += 1) {
        const query = readQuery(folded.slice(0, end));
        if (!findIn(text, query)) continue;
        const terms = [...termsOf(text)];
        for (const { term, prefix } of query.lookups) expect(terms.some((kept) => (prefix ? kept.startsWith(term) : kept === term)), `${term} of ${text}`).to.equal(true);
      }
    }
  });

  it('a text of one endless word is kept as its beginning', () => {
    expect([...termsOf('a'.repeat(65_536))]).to.deep.equal(['a'.repeat(24)]);
    expect(marked(`${'a'.repeat(30)}b`, `${'a'.repeat(30)}c`)).to.equal(undefined);
    expect(termsOf('\u200b'.repeat(65_536)).size).to.equal(0);
  });
});
