// A server with SASL2, Bind 2 and FAST: who has signed in once comes back with a token, in the same stream, and nobody is asked.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hasSasl2 } from '../../servers/prosody.mjs';
import { networkTroubles, openEntry, readsAll, say, signIn } from './support/doings.js';
import { said, signInRaw } from './support/raw.js';
import { withServer } from './support/stage.js';

const count = (text: string, pattern: RegExp): number => text.match(new RegExp(pattern, 'g'))?.length ?? 0;
const byToken = /authenticating using FAST/;
const resumed = /mod_smacks resuming existing session/;

if (!hasSasl2()) it('SASL2 on Prosody', { skip: 'its community modules are not installed (Debian: prosody-modules)' }, () => {});
else
  withServer(
    'prosody',
    (stage) => {
      it('chromium: signs in, is cut off, is loaded anew, signs out', async (test) => {
        const { server } = stage();
        for (const name of ['ann', 'ben']) await server.register(name, 'tertulia');
        const ben = await signInRaw(test, server, 'ben@localhost');
        const person = await stage().launch('chromium');
        person.expect(...networkTroubles);
        await ben.say('ann@localhost', 'line-1');
        const desk = await signIn(person, stage(), 'ann@localhost');
        await openEntry(desk, 'Conversations', 'line-1');
        const heard = (line: string): Promise<unknown> => desk.view.until(() => Promise.resolve(said(ben.heard).includes(line)), `${line} to arrive`, 60_000);
        await say(desk, 'line-2');
        await heard('line-2');
        const before = server.log();
        assert.match(before, /Client requested new FAST token/);
        assert.match(before, /Resource bound: ann@localhost\/tertulia~/, 'by Bind 2');

        stage().cut();
        await desk.view.find('status', /Offline|Connecting/);
        await ben.say('ann@localhost', 'line-3');
        await say(desk, 'line-4');
        stage().mend();
        await heard('line-4');
        await readsAll(desk, /line-\d/, ['line-1', 'line-2', 'line-3', 'line-4']);
        const cut = server.log();
        assert.equal(count(cut, byToken), count(before, byToken) + 1);
        assert.equal(count(cut, resumed), count(before, resumed) + 1);

        await desk.page.reload();
        await ben.say('ann@localhost', 'line-5');
        await readsAll(desk, /line-\d/, ['line-1', 'line-2', 'line-3', 'line-4', 'line-5']);
        await say(desk, 'line-6');
        await heard('line-6');
        const loaded = server.log();
        assert.equal(count(loaded, byToken), count(cut, byToken) + 1);
        assert.equal(count(loaded, resumed), count(cut, resumed) + 1);
        assert.deepEqual(said(ben.heard), ['line-2', 'line-4', 'line-6']);
        assert.deepEqual(said(await ben.archive('ann@localhost')), ['line-1', 'line-2', 'line-3', 'line-4', 'line-5', 'line-6']);

        const { view } = desk;
        await view.click('button', /^Your profile/);
        await view.click('button', 'Sign out');
        await view.click('button', 'Sign out', { within: await view.find('dialog', 'Sign out') });
        await view.find('textbox', 'Password');
        const gone = server.log();
        assert.equal(count(gone, byToken), count(loaded, byToken) + 1, 'once more, to make the token worthless');
        assert.equal(count(gone, resumed), count(loaded, resumed));
        assert.doesNotMatch(gone, /[Tt]raceback/);
      });
    },
    { sasl2: true },
  );
