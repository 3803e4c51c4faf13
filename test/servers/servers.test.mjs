// What the project takes for granted of its servers, asked of each over its WebSocket.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../servers/child.mjs';
import * as ejabberd from '../../servers/ejabberd.mjs';
import * as prosody from '../../servers/prosody.mjs';
import { mechanismsOf, open, signIn, signInAnonymously, signUp } from './wire.mjs';

const disco = 'http://jabber.org/protocol/disco';
/** @param {import('./element.js').Element} reply */
const featuresOf = (reply) => reply.getChild('query')?.getChildren('feature').map((feature) => feature.attrs.var ?? '') ?? [];
/** @param {number} pid */
const isAlive = (pid) => existsSync(`/proc/${pid}`);

for (const { name, start } of [{ name: 'prosody', start: prosody.start }, { name: 'ejabberd', start: ejabberd.start }]) {
  describe(name, { timeout: 120_000 }, () => {
    /** @type {string} */
    let dataDir;
    /** @type {import('../../servers/hosts.mjs').XmppServer} */
    let server;
    before(async () => {
      dataDir = mkdtempSync(join(tmpdir(), `tertulia-${name}-`));
      server = await start({ port: await freePort(), dataDir, guestRate: { max: 2, seconds: 10 } });
    });
    after(async () => {
      await server?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    });

    it('offers SCRAM-SHA-256, and accepts each account by it', async () => {
      const wire = await open(server.wsUrl, server.domain);
      assert.ok(mechanismsOf(wire.features).includes('SCRAM-SHA-256'), String(wire.features));
      await wire.close();
      for (const account of ['support', 'alice', 'bob']) {
        const signedIn = await signIn(server.wsUrl, `${account}@localhost`, 'tertulia');
        assert.match(signedIn.jid, new RegExp(`^${account}@localhost/.`));
        await signedIn.close();
      }
      await assert.rejects(signIn(server.wsUrl, 'alice@localhost', 'wrong'), /not-authorized/);
    });

    it('has what the account needs: archive, carbons, blocking, pubsub, resumption', async () => {
      const alice = await signIn(server.wsUrl, 'alice@localhost', 'tertulia');
      const own = featuresOf(await alice.iq('get', `<query xmlns="${disco}#info"/>`, 'alice@localhost'));
      const domain = featuresOf(await alice.iq('get', `<query xmlns="${disco}#info"/>`, 'localhost'));
      for (const feature of ['urn:xmpp:mam:2']) assert.ok(own.includes(feature), `${feature} in ${own.join(' ')}`);
      for (const feature of ['urn:xmpp:carbons:2', 'urn:xmpp:blocking', 'vcard-temp', 'urn:xmpp:ping']) assert.ok([...own, ...domain].includes(feature), `${feature} in ${domain.join(' ')}`);
      assert.ok(own.some((feature) => /pubsub.*publish/.test(feature)), `pubsub in ${own.join(' ')}`);
      alice.send('<enable xmlns="urn:xmpp:sm:3" resume="true"/>');
      const enabled = await alice.next((frame) => frame.is('enabled'));
      assert.equal(enabled.attrs.resume, 'true');
      assert.equal(Number(enabled.attrs.max ?? 600), 600);
      await alice.close();
    });

    it('carries a message from a guest to an account, and keeps it for both', async () => {
      assert.deepEqual(await signUp(server.wsUrl, server.guestDomain, 'visitor', 's3cret'), { offered: true, made: true, condition: undefined });
      const guest = await signIn(server.wsUrl, `visitor@${server.guestDomain}`, 's3cret');
      const support = await signIn(server.wsUrl, 'support@localhost', 'tertulia');
      support.send('<presence xmlns="jabber:client"/>');
      await support.next((frame) => frame.is('presence'));
      guest.send('<message xmlns="jabber:client" to="support@localhost" type="chat" id="m1"><body>Is it open?</body></message>');
      const got = await support.next((frame) => frame.is('message') && frame.getChildText('body') !== null);
      assert.equal(got.getChildText('body'), 'Is it open?');
      assert.equal(got.attrs.from, guest.jid);
      assert.ok(got.getChild('stanza-id', 'urn:xmpp:sid:0'), String(got));
      for (const wire of [guest, support]) {
        const end = wire.iq('set', '<query xmlns="urn:xmpp:mam:2" queryid="q"><set xmlns="http://jabber.org/protocol/rsm"><max>10</max></set></query>');
        const kept = await wire.next((frame) => frame.getChild('result', 'urn:xmpp:mam:2') !== undefined);
        assert.match(String(kept), /Is it open\?/);
        assert.equal((await end).attrs.type, 'result');
        await wire.close();
      }
    });

    it('lets guests sign up on their own host only, and not without end', async () => {
      const account = await signUp(server.wsUrl, server.domain, 'mallory', 'x');
      assert.equal(account.offered, false);
      assert.equal(account.made, false);
      const answers = [];
      for (let i = 0; i < 4; i += 1) answers.push((await signUp(server.wsUrl, server.guestDomain, `flood${i}`, 'x')).condition);
      assert.ok(answers.some((condition) => condition !== undefined), 'all four were let in');
    });

    it('lets an anonymous visitor in, who loses the address afterwards', async () => {
      const anonymous = await signInAnonymously(server.wsUrl, server.anonymousDomain);
      assert.match(anonymous.jid, /^[^@]+@anon\.localhost\/./);
      await anonymous.close();
    });

    it('has the room lobby, public, persistent, archived', async () => {
      const alice = await signIn(server.wsUrl, 'alice@localhost', 'tertulia');
      const items = await alice.iq('get', `<query xmlns="${disco}#items"/>`, server.roomsDomain);
      assert.ok(items.getChild('query')?.getChildren('item').some((item) => item.attrs.jid === 'lobby@rooms.localhost'), String(items));
      const features = featuresOf(await alice.iq('get', `<query xmlns="${disco}#info"/>`, 'lobby@rooms.localhost'));
      for (const feature of ['muc_public', 'muc_persistent', 'muc_open', 'muc_unmoderated', 'urn:xmpp:mam:2']) assert.ok(features.includes(feature), `${feature} in ${features.join(' ')}`);
      await alice.close();
    });

    it('lets accounts make rooms, and guests only join them', async () => {
      const join = '<x xmlns="http://jabber.org/protocol/muc"/>';
      const alice = await signIn(server.wsUrl, 'alice@localhost', 'tertulia');
      alice.send(`<presence xmlns="jabber:client" to="kitchen@rooms.localhost/alice">${join}</presence>`);
      const made = await alice.next((frame) => frame.is('presence') && frame.attrs.from === 'kitchen@rooms.localhost/alice');
      assert.ok(made.getChild('x', 'http://jabber.org/protocol/muc#user')?.getChildren('status').some((status) => status.attrs.code === '201'), String(made));
      const guest = await signInAnonymously(server.wsUrl, server.anonymousDomain);
      guest.send(`<presence xmlns="jabber:client" to="cellar@rooms.localhost/guest">${join}</presence>`);
      assert.equal((await guest.next((frame) => frame.is('presence') && String(frame.attrs.from).startsWith('cellar@'))).attrs.type, 'error');
      guest.send(`<presence xmlns="jabber:client" to="lobby@rooms.localhost/guest">${join}</presence>`);
      assert.equal((await guest.next((frame) => frame.is('presence') && frame.attrs.from === 'lobby@rooms.localhost/guest')).attrs.type, undefined);
      await alice.close();
      await guest.close();
    });

    it('takes a file and gives it back, to pages of any origin', async () => {
      const bob = await signIn(server.wsUrl, 'bob@localhost', 'tertulia');
      const reply = await bob.iq('get', '<request xmlns="urn:xmpp:http:upload:0" filename="note.txt" size="5" content-type="text/plain"/>', server.uploadDomain);
      await bob.close();
      const slot = reply.getChild('slot');
      const put = slot?.getChild('put');
      assert.ok(put, String(reply));
      const headers = Object.fromEntries(put.getChildren('header').map((header) => [header.attrs.name, header.getText()]));
      const { origin } = new URL(put.attrs.url ?? '');
      assert.equal(origin, server.httpUrl);
      const asked = await fetch(put.attrs.url ?? '', { method: 'OPTIONS', headers: { origin: 'https://chat.example', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' } });
      assert.match(asked.headers.get('access-control-allow-methods') ?? '', /PUT/);
      const sent = await fetch(put.attrs.url ?? '', { method: 'PUT', body: 'hello', headers: { 'content-type': 'text/plain', ...headers } });
      assert.equal(sent.status, 201);
      const read = await fetch(slot?.getChild('get')?.attrs.url ?? '', { headers: { origin: 'https://chat.example' } });
      assert.equal(await read.text(), 'hello');
      assert.ok(['*', 'https://chat.example'].includes(read.headers.get('access-control-allow-origin') ?? ''));
    });

    it('tells where its WebSocket is (XEP-0156)', async () => {
      const { links } = /** @type {{ links: { rel: string, href: string }[] }} */ (await (await fetch(`${server.httpUrl}/.well-known/host-meta.json`)).json());
      assert.deepEqual(links.filter(({ rel }) => rel === 'urn:xmpp:alt-connections:websocket').map(({ href }) => href), [server.wsUrl]);
      assert.match(await (await fetch(`${server.httpUrl}/.well-known/host-meta`)).text(), /urn:xmpp:alt-connections:websocket/);
    });

    it('answers for no other domain', async () => {
      const alice = await signIn(server.wsUrl, 'alice@localhost', 'tertulia');
      alice.send('<message xmlns="jabber:client" to="someone@example.org" type="chat" id="out"><body>hello</body></message>');
      const back = await alice.next((frame) => frame.is('message') && frame.attrs.id === 'out');
      assert.equal(back.attrs.type, 'error');
      await alice.close();
    });

    it('takes new accounts from the tests, and keeps them over a restart and a crash', async () => {
      await server.register('dora', 'pässword');
      await server.restart();
      await (await signIn(server.wsUrl, 'dora@localhost', 'pässword')).close();
      const { pid } = server;
      await server.kill();
      assert.equal(isAlive(pid), false);
      await server.start();
      await (await signIn(server.wsUrl, 'dora@localhost', 'pässword')).close();
    });

    it('says when its port is taken', async () => {
      await assert.rejects(start({ port: server.port, dataDir: join(dataDir, 'second') }), { code: 'EADDRINUSE' });
    });

    it('leaves no process when it is stopped', async () => {
      const { pid } = server;
      assert.equal(isAlive(pid), true);
      await server.stop();
      assert.equal(isAlive(pid), false);
      assert.equal((await server.exited).wanted, true);
    });

    it('ends with the process that started it, even when that is killed', async () => {
      const other = mkdtempSync(join(tmpdir(), `tertulia-${name}-`));
      const script = `import { start } from ${JSON.stringify(new URL(`../../servers/${name}.mjs`, import.meta.url).href)};
        const server = await start({ port: ${await freePort()}, dataDir: ${JSON.stringify(other)} });
        console.log(server.pid);
        setInterval(() => {}, 1000);`;
      const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      const pid = Number(String(await new Promise((resolve) => parent.stdout.once('data', resolve))));
      assert.equal(isAlive(pid), true);
      parent.kill('SIGKILL');
      await once(parent, 'exit');
      const end = Date.now() + 15_000;
      while (isAlive(pid) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(isAlive(pid), false);
      rmSync(other, { recursive: true, force: true });
    });
  });
}
