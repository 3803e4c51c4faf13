import { expect } from '@open-wc/testing';

describe('what is run when a page loads', () => {
  it('makes nothing of Intl: each of it takes milliseconds of the first paint', async () => {
    const made: string[] = [];
    const intl = Intl as unknown as Record<string, unknown>;
    const real = new Map<string, unknown>();
    for (const name of Object.getOwnPropertyNames(Intl)) {
      const value = intl[name];
      if (typeof value !== 'function' || !value.prototype) continue;
      real.set(name, value);
      intl[name] = new Proxy(value, {
        construct(target, args, anew) {
          made.push(name);
          return Reflect.construct(target, args, anew) as object;
        },
        get(target, key) {
          if (key === 'supportedLocalesOf') made.push(`${name}.supportedLocalesOf`);
          return Reflect.get(target, key) as unknown;
        },
      });
    }
    try {
      new Intl.Collator();
      expect(made.splice(0), 'it would be seen').to.deep.equal(['Collator']);
      const { loadLocale } = await import('../../../components/shared/locale/locale.js');
      await Promise.all([import('../../../src/chat.js'), import('../../../components/define-panel.js'), import('../../../components/messenger/define-start.js')]);
      loadLocale(['en-GB', 'en']);
      expect(made).to.deep.equal([]);
    } finally {
      for (const [name, value] of real) intl[name] = value;
    }
  });
});
