import { expect } from '@open-wc/testing';
import { ar } from '../../../components/shared/locale/ar.js';
import { arMessenger } from '../../../components/shared/locale/ar-messenger.js';
import { de } from '../../../components/shared/locale/de.js';
import { deMessenger } from '../../../components/shared/locale/de-messenger.js';
import { en } from '../../../components/shared/locale/en.js';
import { enMessenger } from '../../../components/shared/locale/en-messenger.js';
import { es } from '../../../components/shared/locale/es.js';
import { esMessenger } from '../../../components/shared/locale/es-messenger.js';
import type * as LocaleModule from '../../../components/shared/locale/locale.js';

const catalogues = { de: { ...de, ...deMessenger }, es: { ...es, ...esMessenger }, ar: { ...ar, ...arMessenger } };
const english = { ...en, ...enMessenger };
type Key = keyof typeof english;
const keys = Object.keys(english) as Key[];

const translations: LocaleModule.MessengerTranslations = { de: async () => deMessenger, es: async () => esMessenger, ar: async () => arMessenger };

let copies = 0;
/** A page that has just been loaded: nothing chosen, no messenger. */
function freshPage(): Promise<typeof LocaleModule> {
  copies += 1;
  return import(new URL(`../../../components/shared/locale/locale.ts?copy=${copies}`, import.meta.url).href) as Promise<typeof LocaleModule>;
}

/** What a key says, whatever it asks for. */
function say(words: Readonly<Record<Key, unknown>>, key: Key): string {
  const word = words[key];
  return typeof word === 'function' ? String((word as (...args: unknown[]) => unknown)(7, 'b', 'c')) : String(word);
}

// The same in several languages.
const international = new Set<Key>(['addressExample', 'newMessageFrom', 'chat', 'chats', 'online', 'offline', 'details', 'nickInRoom', 'typingNow', 'invisible', 'themeName', 'roleGroup', 'affiliation']);

for (const [tag, words] of Object.entries(catalogues)) {
  describe(`the words in ${tag}`, () => {
    it('are all there, and not in English', () => {
      expect(Object.keys(words).toSorted()).to.deep.equal([...keys].toSorted());
      for (const key of keys) {
        expect(typeof words[key], key).to.equal(typeof english[key]);
        expect(say(words, key).trim(), key).not.to.equal('');
        if (!international.has(key)) expect(say(words, key), key).not.to.equal(say(english, key));
      }
    });

    it('keep what they are told about', () => {
      expect(words.messagesWith('Ada')).to.include('Ada');
      expect(words.invitedYou('Ada', 'Lobby')).to.include('Ada').and.to.include('Lobby');
      expect(words.refusalWords('nickname-conflict', 'Lobby', 'Mira')).to.include('Lobby').and.to.include('Mira');
      expect(words.roomAddressHint('rooms.example.org')).to.include('rooms.example.org');
      expect(words.roomAddressHint('')).to.include('room@rooms.example.org');
      expect(words.newMessages(14)).to.include('14');
    });

    it('have words of their own for every reason, and one for those that nobody knows', () => {
      for (const condition of ['forbidden', 'too-large', 'expired']) expect(words.failureReason(condition)).not.to.equal(words.failureReason('?'));
      for (const code of ['offline', 'timeout', 'storage']) expect(words.errorWords(code)).not.to.equal(words.errorWords('?'));
      for (const code of ['full', 'banned', 'kicked']) expect(words.refusalTitle(code)).not.to.equal(words.refusalTitle('?'));
      expect(words.refusalTitle('?')).to.equal(words.refusalTitle('refused'));
      for (const theme of ['auto', 'light', 'dark']) expect([theme, english.themeName(theme)]).not.to.include(words.themeName(theme));
    });

    it('do not look for words in what every object has', () => {
      for (const code of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
        expect(words.failureReason(code)).to.equal(words.failureReason('?'));
        expect(words.errorWords(code)).to.equal(words.errorWords('?'));
        expect(words.refusalWords(code, 'a', 'b')).to.equal(words.refusalWords('refused', 'a', 'b'));
        expect(words.affiliation(code)).to.equal(code);
      }
    });
  });
}

describe('counts', () => {
  it('are said as each language says them', () => {
    expect([1, 2].map(en.newMessages)).to.deep.equal(['1 new message', '2 new messages']);
    expect([0, 1, 2].map(de.newMessages)).to.deep.equal(['0 neue Nachrichten', '1 neue Nachricht', '2 neue Nachrichten']);
    expect([1, 2, 1_000_000].map(esMessenger.requestCount)).to.deep.equal(['1 solicitud', '2 solicitudes', '1000000 de solicitudes']);
  });

  it('have six forms in Arabic', () => {
    expect([0, 1, 2, 3, 10, 11, 99, 100, 102, 103].map(arMessenger.devices)).to.deep.equal([
      'لا أجهزة', 'جهاز واحد', 'جهازان', '3 أجهزة', '10 أجهزة', '11 جهازًا', '99 جهازًا', '100 جهاز', '102 جهاز', '103 أجهزة',
    ]);
  });
});

describe('choosing a language', () => {
  it('takes the first wish that there are words for, with the formats of the whole tag', async () => {
    const { loadLocale } = await freshPage();
    const locale = await loadLocale(['no such tag', 'fy', 'de-AT', 'es']);
    expect(locale.tag).to.equal('de-AT');
    expect(locale.dir).to.equal('ltr');
    expect(locale.text.send).to.equal('Senden');
    const british = await loadLocale(['en-GB']);
    expect(british.text.send).to.equal('Send');
    expect(british.time(new Date(2024, 0, 1, 14, 5).getTime())).to.equal('14:05');
  });

  it('writes Arabic from the right', async () => {
    const { loadLocale } = await freshPage();
    expect((await loadLocale(['ar'])).dir).to.equal('rtl');
    expect((await loadLocale(['ar-EG'])).dir).to.equal('rtl');
  });

  it('is English where nothing is known', async () => {
    const { english: fallback, loadLocale } = await freshPage();
    expect(await loadLocale(['toString', '', 'fy'])).to.equal(fallback);
    expect(await loadLocale([])).to.equal(fallback);
  });

  for (const tag of Object.keys(catalogues) as (keyof typeof catalogues)[]) {
    const complete = (text: object): void => {
      for (const key of keys) expect((text as Record<string, unknown>)[key], key).to.equal(catalogues[tag][key]);
    };

    it(`${tag} before the messenger is fetched: complete when its words have come`, async () => {
      const { addMessengerWords, loadLocale } = await freshPage();
      const { text } = await loadLocale([tag]);
      expect(text.contacts).to.equal(undefined);
      await addMessengerWords(enMessenger, translations);
      complete(text);
    });

    it(`${tag} after the messenger is fetched: complete at once`, async () => {
      const { addMessengerWords, loadLocale } = await freshPage();
      await addMessengerWords(enMessenger, translations);
      complete((await loadLocale([tag])).text);
    });

    it(`${tag} while the messenger is fetched, in either order`, async () => {
      for (const first of ['locale', 'messenger']) {
        const { addMessengerWords, loadLocale } = await freshPage();
        const before = first === 'locale' ? loadLocale([tag]) : undefined;
        const added = addMessengerWords(enMessenger, translations);
        const locale = await (before ?? loadLocale([tag]));
        await added;
        complete(locale.text);
      }
    });
  }

  it('regions share the words of their language', async () => {
    const { addMessengerWords, loadLocale } = await freshPage();
    const [austrian, swiss] = [await loadLocale(['de-AT']), await loadLocale(['de-CH'])];
    await addMessengerWords(enMessenger, translations);
    expect(austrian.text.contacts).to.equal('Kontakte');
    expect(swiss.text.contacts).to.equal('Kontakte');
  });

  it('says in English what could not be fetched', async () => {
    const { addMessengerWords, loadLocale } = await freshPage();
    const { text } = await loadLocale(['de']);
    await addMessengerWords(enMessenger, { ...translations, de: () => Promise.reject(new TypeError('offline')) });
    expect(text.send).to.equal('Senden');
    expect(text.contacts).to.equal('Contacts');
  });

  it('asks again for words that could not be fetched', async () => {
    const { addMessengerWords, english: fallback, loadLocale } = await freshPage();
    let online = false;
    await addMessengerWords(enMessenger, { ...translations, de: () => (online ? Promise.resolve(deMessenger) : Promise.reject(new TypeError('offline'))) });
    expect(await loadLocale(['de'])).to.equal(fallback);
    online = true;
    expect((await loadLocale(['de'])).text.contacts).to.equal('Kontakte');
  });
});
