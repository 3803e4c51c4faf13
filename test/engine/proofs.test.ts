// What makes a message "Sent", and what is kept of it in which order.
import { expect } from '@open-wc/testing';
import { openArchive } from '../../src/archive/archive.js';
import { silentLog } from '../../src/base/log.js';
import { applyTable } from '../../src/engine/apply-table.js';
import { modules } from '../../src/xep/index.js';
import type { FastState } from '../../src/xmpp/connection-types.js';
import type { SmState } from '../../src/xep/0198-kept-state.js';
import { ModelServer, settle } from '../xmpp/model-server.js';
import { endAll, freshName, openPage, runEngine, timeline, until } from './fixtures.js';
import { ModelArchive } from './model-archive.js';

const JULIET = 'juliet@example.com';
const draft = (body: string) => ({ conversation: JULIET, chatType: 'chat', sender: 'romeo@example.com', archive: 'romeo@example.com', body }) as const;
const sasl2 = () => import('../../src/xep/0388-sasl2.js');

describe('engine: proofs', () => {
  afterEach(endAll);

  it('a server without stream management and without an archive: what it answers after a message is its proof', async () => {
    const server = new ModelServer({ management: 'none' });
    const name = freshName();
    const own = await openPage(name);
    await own.archive.enqueue(draft('one'), 'origin-id-1', Date.now());
    runEngine(server, name);
    await until(async () => (await timeline(own.archive, JULIET)).endsWith('one:sent'), 'one to be sent');
    const order = server.stanzas.map(({ name: what, attrs }) => attrs['id'] === 'origin-id-1' ? 'the message' : what);
    expect(order.indexOf('the message')).to.be.below(order.lastIndexOf('iq'));
    // The server takes it and dies: without an answer nothing is said to be sent.
    server.onStanza = () => {};
    await own.archive.enqueue(draft('two'), 'origin-id-2', Date.now());
    await own.line.call('flush');
    await until(() => server.stanzas.some(({ attrs }) => attrs['id'] === 'origin-id-2'), 'two to be there');
    await until(() => server.stanzas.at(-1)?.getChild('ping') !== undefined, 'a question');
    expect(await timeline(own.archive, JULIET)).to.match(/one:sent two:(?!sent)/);
  });

  it('what the server has leaves the outbox before it leaves the kept stream: at no moment is it in neither and not sent', async () => {
    const seen: string[] = [];
    const inFlight = (): boolean => seen.includes('held, inflight');
    const server: ModelServer = new ModelServer({ intercept: (element) => element.is('r') && !inFlight() });
    // It is not to be found there, or that would be the proof.
    new ModelArchive(server).keeps = false;
    const name = freshName();
    const page = await openPage(name);
    runEngine(server, name, {
      openArchive: async (database, onPoke) => {
        const archive = await openArchive({ name: database, apply: applyTable(modules), onPoke, log: silentLog });
        return {
          ...archive,
          async markSent(...args: Parameters<typeof archive.markSent>) {
            // A slow disk.
            await settle(200);
            return archive.markSent(...args);
          },
          async setNote(...args: Parameters<typeof archive.setNote>) {
            const [key, value] = args;
            await archive.setNote(...args);
            if (key !== 'sm' || value === undefined) return;
            const held = (value as SmState).queue.some(({ xml }) => xml.includes('origin-id-1'));
            const row = (await archive.outbox()).find(({ originId }) => originId === 'origin-id-1');
            seen.push(`${held ? 'held' : 'not held'}, ${row?.state ?? 'sent'}`);
          },
        } as typeof archive;
      },
    });
    await until(() => page.status() === 'online', 'online');
    await page.archive.enqueue(draft('one'), 'origin-id-1', Date.now());
    await page.line.call('flush');
    await until(inFlight, 'it to be on its way');
    server.socket.push(`<a xmlns='urn:xmpp:sm:3' h='${server.received}'/>`);
    await until(async () => (await timeline(page.archive, JULIET)) === 'one:sent', 'one to be sent');
    await until(() => seen.at(-1) === 'not held, sent', 'the last save');
    const sent = seen.slice(seen.indexOf('held, inflight'));
    expect(sent.filter((state) => state === 'not held, inflight')).to.deep.equal([]);
  });

  it('the token is kept beside the archive, as a key nobody can read, and lets the next engine in with the stream', async () => {
    const server = new ModelServer({ sasl2: { bind: true, sm: true, fast: true } });
    new ModelArchive(server);
    const name = freshName();
    const page = await openPage(name);
    const first = runEngine(server, name, { sasl2 });
    await until(() => page.status() === 'online' && !page.replica.get('session', '')?.catchingUp, 'online');
    const kept = await page.archive.note<FastState>('fast');
    expect(kept?.token?.key).to.be.instanceOf(CryptoKey);
    expect(kept?.token?.key.extractable).to.equal(false);
    expect(server.stanzas.some((stanza) => stanza.getChild('enable', 'urn:xmpp:carbons:2')), 'carbons came with the binding').to.equal(false);
    await first.close();
    runEngine(server, name, { sasl2 });
    await until(() => server.sockets.length === 2 && page.status() === 'online', 'the next one');
    const [asked] = server.socket.sent('authenticate');
    expect(asked?.attrs['mechanism']).to.equal('HT-SHA-256-NONE');
    expect(asked?.getChild('resume')).to.not.equal(undefined);
    expect(server.socket.trips).to.be.at.least(2);
    expect(server.socket.sent('presence'), 'nobody sees us come and go').to.deep.equal([]);
    await page.line.call('signOut');
    await until(async () => (await page.archive.note<FastState>('fast')) === undefined, 'the token to be forgotten');
    expect(server.token).to.equal(undefined);
  });
});
