import { expect } from '@open-wc/testing';
import { silentLog } from '../../src/base/log.js';
import type { persistStorage as PersistStorage } from '../../src/client/persist.js';

/** A page of its own: it asks once. */
let pages = 0;
const page = async () => ((await import(`../../src/client/persist.ts?page=${(pages += 1)}`)) as { readonly persistStorage: typeof PersistStorage }).persistStorage;
const chromium = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('client/persist', () => {
  it('asks once a page, and not for what it has, and not where a person would be asked', async () => {
    for (const [userAgent, has, times] of [[chromium, false, 1], [chromium, true, 0], [firefox, false, 0]] as const) {
      // oxlint-disable no-await-in-loop -- one after the other
      const persistStorage = await page();
      let asked = 0;
      const storage = { persisted: async () => has, persist: async () => (asked += 1) > 0 };
      for (let n = 0; n < 3; n += 1) await persistStorage(silentLog, { storage, userAgent });
      expect(asked, `${userAgent}, ${has}`).to.equal(times);
      // oxlint-enable no-await-in-loop
    }
  });
  it('hostile: a browser without it, or that refuses, harms nothing', async () => {
    await (await page())(silentLog, { userAgent: chromium });
    await (await page())(silentLog, { storage: { persist: () => Promise.reject(new Error('no')) }, userAgent: chromium });
  });
});
