import { expect } from '@open-wc/testing';
import { ChatError } from '../../src/base/error.js';
import type { ChatClient } from '../../src/client/chat-client.js';
import { openArchive } from '../../src/archive/archive.js';
import { busName, busVersion, type BusMessage } from '../../src/client/bus.js';
import { silentLog } from '../../src/base/log.js';
import { endAll, until } from '../engine/fixtures.js';
import { said } from '../engine/model-archive.js';
import { bodies, browser, JULIET, online } from './browser.js';

describe('client/create-chat-client', () => {
  const clients: ChatClient[] = [];
  const tab = (of: ReturnType<typeof browser>): ChatClient => {
    const client = of.page();
    clients.push(client);
    return client;
  };
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.forget(); // oxlint-disable-line no-await-in-loop
    await endAll();
  });

  it('does nothing before it is told to, and knows after a look that nobody is kept', async () => {
    const it = browser();
    const client = tab(it);
    expect(client.ready.value).to.equal(false);
    expect(client.session.value.status).to.equal('idle');
    expect(await client.resume('messenger')).to.equal(false);
    expect(client.ready.value).to.equal(true);
    expect(it.server.sockets).to.deep.equal([]);
    let error: unknown;
    await client.send(JULIET, { body: 'x' }).catch((thrown: unknown) => (error = thrown));
    expect((error as ChatError).code).to.equal('offline');
  });

  it('makes a guest, talks, and is the same guest with the same conversation after a reload', async () => {
    const it = browser();
    performance.clearMarks();
    const first = tab(it);
    await first.signIn({ mode: 'guest', nickname: 'Ana' });
    await online(first);
    expect(first.mode).to.equal('guest');
    await first.send(JULIET, { body: 'hello' });
    const timeline = first.timeline(JULIET);
    await until(() => bodies(timeline.items) === 'hello:sent', 'sent');
    it.server.deliver(said(`${JULIET}/x`, it.server.jid, 'welcome', { id: 'welcome-1', stanzaId: it.kept.add(JULIET, 'welcome', 'welcome-1') }));
    await until(() => first.unread.value === 1, 'unread');
    expect(first.conversations.value?.map(({ jid, unread }) => [jid, unread])).to.deep.equal([[JULIET, 1]]);
    await first.markRead(JULIET);
    await until(() => first.unread.value === 0, 'read');
    const marks = performance.getEntriesByType('mark').map(({ name }) => name);
    for (const name of ['connected', 'caught-up', 'sent', 'acked']) expect(marks).to.include(`tertulia:${name}`);
    await endAll();
    const again = tab(it);
    expect(await again.resume('guest:example.com')).to.equal(true);
    const shown = again.timeline(JULIET);
    await until(() => bodies(shown.items) === 'hello:sent welcome', 'the conversation, from the archive');
    expect(it.registered, 'one registration').to.deep.equal([it.me]);
  });

  it('lets a guest write before there is an account, which is made as soon as the server can be reached', async () => {
    const it = browser();
    it.registration.refusal = new ChatError('unreachable', 'no network');
    const client = tab(it);
    await client.signIn({ mode: 'guest' });
    await client.send(JULIET, { body: 'early' });
    const timeline = client.timeline(JULIET);
    await until(() => client.session.value.status === 'offline', 'offline');
    expect(bodies(timeline.items)).to.equal('early:sending');
    expect(it.accounts.rows.get('guest:example.com')?.unregistered).to.equal(true);
    // Another page goes on with the same.
    await endAll();
    const again = tab(it);
    expect(await again.resume('guest:example.com')).to.equal(true);
    const shown = again.timeline(JULIET);
    it.registration.refusal = undefined;
    await again.reconnect();
    await until(() => bodies(shown.items) === 'early:sent', 'sent');
    expect(new Set(it.registered)).to.deep.equal(new Set([it.me]));
    expect(it.accounts.rows.get('guest:example.com')).to.not.have.property('unregistered');
  });

  it('takes a name that is taken for its own, where the answer may have been lost', async () => {
    const it = browser();
    it.registration.lost = true;
    const client = tab(it);
    await client.signIn({ mode: 'guest' });
    await online(client);
    expect(it.registered.length).to.be.greaterThan(1);
    expect(new Set(it.registered).size).to.equal(1);
  });

  it('says that no account is made for a guest, keeps what was written, and tries again when asked to', async () => {
    const it = browser();
    it.registration.refusal = new ChatError('registration', 'closed', { condition: 'closed' });
    const client = tab(it);
    await client.signIn({ mode: 'guest' });
    const timeline = client.timeline(JULIET);
    await client.send(JULIET, { body: 'kept' });
    await until(() => client.session.value.status === 'refused', 'refused');
    expect(client.session.value.error?.code).to.equal('registration');
    expect(bodies(timeline.items)).to.equal('kept:sending');
    it.registration.refusal = undefined;
    await client.reconnect();
    await until(() => bodies(timeline.items) === 'kept:sent', 'sent');
  });

  it('makes a guest anew whom the server knows no more, once', async () => {
    const it = browser();
    it.accounts.rows.set('guest:example.com', { slot: 'guest:example.com', jid: 'guest-of-old@example.com', mode: 'guest', secret: 'of old' });
    const client = tab(it);
    expect(await client.resume('guest:example.com')).to.equal(true);
    await online(client);
    expect(it.me).to.equal('guest-of-old@example.com');
    expect(it.registered).to.deep.equal(['guest-of-old@example.com']);
    // Whom something else keeps out is not tried for ever.
    await endAll();
    it.server.password = 'another';
    const again = tab(it);
    await again.resume('guest:example.com');
    await until(() => again.session.value.status === 'refused' && it.registered.length === 2, 'refused');
    await until(() => again.session.value.status === 'refused' && !it.accounts.rows.get('guest:example.com')?.unregistered, 'refused again');
    expect(it.registered).to.have.lengthOf(2);
  });

  it('is one guest in two tabs that begin together, and none once signed out in the middle of it', async () => {
    const it = browser();
    let go = (): void => {};
    it.registration.held = new Promise((resolve) => (go = resolve));
    const [one, two] = [tab(it), tab(it)];
    await Promise.all([one.signIn({ mode: 'guest' }), two.signIn({ mode: 'guest' })]);
    expect(one.session.value.me).to.match(/^guest-[a-z0-9]{12}@example\.com$/);
    expect(two.session.value.me).to.equal(one.session.value.me);
    await one.signOut();
    go();
    await until(() => two.mode === undefined, 'the other tab');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(it.accounts.rows.size).to.equal(0);
  });

  it('lets a person in only with the right password, and keeps a key, never the password', async () => {
    const it = browser();
    const client = tab(it);
    let error: unknown;
    await client.signIn({ mode: 'login', credentials: { jid: it.me, password: 'wrong' } }).catch((thrown: unknown) => (error = thrown));
    expect((error as ChatError).code).to.equal('not-authorized');
    expect(client.mode).to.equal(undefined);
    expect(it.accounts.rows.size).to.equal(0);
    await client.signIn({ mode: 'login', credentials: { jid: it.me, password: it.server.password } });
    const row = it.accounts.rows.get('messenger');
    expect(row?.scram?.key.extractable).to.equal(false);
    expect(JSON.stringify(row)).to.not.contain(it.server.password);
    await client.signOut();
    expect(it.accounts.rows.size).to.equal(0);
    expect(client.session.value.status).to.equal('idle');
    expect(client.conversations.value).to.equal(undefined);
  });

  it('keeps two tabs in step, and signs out of both', async () => {
    const it = browser();
    const [one, two] = [tab(it), tab(it)];
    await one.signIn({ mode: 'guest' });
    await online(one);
    expect(await two.resume('guest:example.com')).to.equal(true);
    await online(two);
    expect(it.server.sockets.length).to.equal(1);
    const [here, there] = [one.timeline(JULIET), two.timeline(JULIET)];
    await two.send(JULIET, { body: 'from two' });
    await until(() => bodies(here.items) === 'from two:sent' && bodies(there.items) === 'from two:sent', 'both');
    await one.setDraft(JULIET, 'half a');
    await until(() => two.conversations.value?.[0]?.draft === 'half a', 'the draft');
    await one.signOut();
    await until(() => two.session.value.status === 'idle' && two.mode === undefined, 'the other tab');
    await two.resume('guest:example.com').then((found) => expect(found).to.equal(false));
  });

  it('says when every text that it was given is kept: a reload would take the rest with it', async () => {
    const client = tab(browser());
    await client.signIn({ mode: 'guest' });
    await online(client);
    const writing = Promise.all([client.setDraft(JULIET, 'half a thought'), client.setDraft('nurse@example.com', 'another')]);
    await client.textsKept();
    expect(client.conversations.value?.map(({ draft }) => draft)).to.have.members(['half a thought', 'another']);
    await writing;
  });

  it('steps back before a page of a newer build: says so, stops leading, and leaves what it is given in the outbox', async () => {
    const it = browser();
    const client = tab(it);
    await client.signIn({ mode: 'guest' });
    await online(client);
    const timeline = client.timeline(JULIET);
    await client.send(JULIET, { body: 'before' });
    await until(() => bodies(timeline.items) === 'before:sent', 'the first message');
    const name = `tertulia/${it.me}`;
    const newer = new BroadcastChannel(busName(name));
    const heard: unknown[] = [];
    newer.onmessage = ({ data }) => heard.push(data);
    newer.postMessage({ bus: busVersion + 1, message: { type: 'of another shape' } });
    await until(() => client.session.value.error?.code === 'outdated', 'the news');
    expect(client.session.value.status).to.equal('refused');
    // The newer build's engine gets the lock.
    await navigator.locks.request(name, async () => {});
    await client.send(JULIET, { body: 'after' });
    await until(() => bodies(timeline.items).endsWith('after:sending'), 'what was there stays, and what is written is kept');
    expect(it.server.stanzas.filter((stanza) => stanza.name === 'message')).to.have.lengthOf(1);
    await until(() => heard.some((data) => (data as { message: BusMessage }).message.type === 'call'), 'a word of ours, by which the newer one learns that there is something to send');
    let error: unknown;
    await client.findRooms().catch((thrown: unknown) => (error = thrown));
    expect((error as ChatError).code).to.equal('offline');
    newer.close();
  });

  it('sends what a page of an older build has put into the outbox', async () => {
    const it = browser();
    const client = tab(it);
    await client.signIn({ mode: 'guest' });
    await online(client);
    const archive = await openArchive({ name: `tertulia/${it.me}`, apply: {}, onPoke() {}, log: silentLog });
    await archive.enqueue({ conversation: JULIET, chatType: 'chat', sender: it.me, archive: it.me, body: 'of old' }, 'origin-of-old', Date.now());
    const older = new BroadcastChannel(busName(`tertulia/${it.me}`));
    older.postMessage({ bus: busVersion - 1, message: { type: 'tell', what: 'flush' } });
    await until(async () => (await archive.outbox()).length === 0, 'sent');
    expect(client.session.value.status, 'the newer one goes on').to.equal('online');
    older.close();
    archive.close();
  });

  it('takes what is written offline, refuses at once what needs the network', async () => {
    const it = browser();
    const client = tab(it);
    it.server.silent = true;
    await client.signIn({ mode: 'guest' });
    await client.send(JULIET, { body: 'later' });
    const timeline = client.timeline(JULIET);
    await until(() => bodies(timeline.items).endsWith('later:sending'), 'shown');
    await client.reconnect();
    await until(() => Boolean(it.server.socket), 'a socket');
    it.server.socket.cut();
    await until(() => client.session.value.status === 'offline', 'offline');
    let error: unknown;
    await client.findRooms().catch((thrown: unknown) => (error = thrown));
    expect((error as ChatError).code).to.equal('offline');
    it.server.silent = false;
    await client.reconnect();
    await until(() => bodies(timeline.items) === 'later:sent', 'delivered');
    expect(it.server.stanzas.filter((stanza) => stanza.name === 'message')).to.have.lengthOf(1);
  });

  it('forgets everything: the account, its databases, and the guest at the server', async () => {
    const it = browser();
    const client = tab(it);
    await client.signIn({ mode: 'guest' });
    await client.send(JULIET, { body: 'x' });
    await client.forget();
    expect(it.accounts.rows.size).to.equal(0);
    expect(it.unregistered).to.deep.equal([it.me]);
    expect((await indexedDB.databases()).some(({ name }) => name?.includes(it.me))).to.equal(false);
    expect(client.session.value.status).to.equal('idle');
  });

  it('forgets a guest whose account is just being made, also at the server', async () => {
    const it = browser();
    let go = (): void => {};
    it.registration.held = new Promise((resolve) => (go = resolve));
    const client = tab(it);
    await client.signIn({ mode: 'guest' });
    await until(() => it.registered.length === 1, 'the registration');
    const forgotten = client.forget();
    await new Promise((resolve) => setTimeout(resolve, 20));
    go();
    await forgotten;
    expect(it.unregistered).to.deep.equal(it.registered);
    expect(it.accounts.rows.size).to.equal(0);
  });

  it('purges the former user of a host\'s page before the next one is let in', async () => {
    const it = browser();
    const client = tab(it);
    it.accounts.rows.set('host:example.com', { slot: 'host:example.com', jid: 'former@example.com', mode: 'host' });
    const former = await openArchive({ name: 'tertulia/former@example.com', apply: {}, onPoke() {}, log: silentLog });
    await former.openConversation(JULIET, 'chat');
    await client.signIn({ mode: 'host', callback: async () => ({ jid: it.me, password: it.server.password }) });
    expect(client.session.value.status).to.equal('online');
    const now = await openArchive({ name: 'tertulia/former@example.com', apply: {}, onPoke() {}, log: silentLog });
    expect(await now.conversations()).to.deep.equal([]);
    await now.destroy();
  });

  it('keeps nothing of a person who is not to be remembered', async () => {
    const it = browser();
    const client = tab(it);
    await client.signIn({ mode: 'login', credentials: { jid: it.me, password: it.server.password }, remember: false });
    await online(client);
    await client.openConversation(JULIET, 'chat');
    expect(it.accounts.rows.size).to.equal(0);
    await client.signOut();
    expect((await indexedDB.databases()).some(({ name }) => name?.includes(it.me))).to.equal(false);
  });

  it('frozen by the browser, begins no read, which would hold up whoever writes; thawed, shows what it missed', async () => {
    const it = browser();
    const client = tab(it);
    await client.signIn({ mode: 'guest', nickname: 'Ana' });
    await online(client);
    const timeline = client.timeline(JULIET);
    await until(() => timeline.items !== undefined, 'the conversation');
    const { transaction } = IDBDatabase.prototype;
    document.dispatchEvent(new Event('freeze'));
    let begun = 0;
    IDBDatabase.prototype.transaction = function (this: IDBDatabase, stores, ...more) {
      // What the engine writes, in this very page, it writes with the outbox in its scope, or is a note.
      if (Array.isArray(stores) && stores.includes('messages') && !stores.includes('outbox')) begun += 1;
      return transaction.call(this, stores, ...more);
    } as typeof transaction;
    try {
      const other = tab(it);
      await other.resume('guest:example.com');
      const seen = other.timeline(JULIET);
      await until(() => seen.items !== undefined, 'the other tab');
      const before = begun;
      it.server.deliver(said(`${JULIET}/x`, it.server.jid, 'meanwhile', { id: 'meanwhile-1', stanzaId: it.kept.add(JULIET, 'meanwhile', 'meanwhile-1') }));
      await until(() => bodies(seen.items).includes('meanwhile') && other.unread.value === 1, 'it in the other tab');
      expect([bodies(timeline.items), client.unread.value, begun - before]).to.deep.equal(['', 0, 0]);
      document.dispatchEvent(new Event('resume'));
      await until(() => bodies(timeline.items).includes('meanwhile') && client.unread.value === 1, 'it in the frozen one');
    } finally {
      IDBDatabase.prototype.transaction = transaction;
      document.dispatchEvent(new Event('resume'));
    }
  });
});
