import { expect } from '@open-wc/testing';
import { openDB } from 'idb';
import { keepIn } from '../../src/archive/open-database.js';
import type { ChatError } from '../../src/base/error.js';
import { openChannel } from '../../src/client/channel.js';
import type { ChatClient } from '../../src/client/chat-client.js';
import { systemClock } from '../../src/base/clock.js';
import { endAll, until } from '../engine/fixtures.js';
import { bodies, browser, JULIET, online } from './browser.js';

/** The disk takes nothing more until it is emptied. */
function fillDisk(): () => void {
  const { add, put } = IDBObjectStore.prototype;
  const full = (): never => {
    throw new DOMException('no room', 'QuotaExceededError');
  };
  Object.assign(IDBObjectStore.prototype, { add: full, put: full });
  return () => void Object.assign(IDBObjectStore.prototype, { add, put });
}

describe('client: storage that fails', () => {
  const clients: ChatClient[] = [];
  const undo: (() => void)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0)) step();
    for (const client of clients.splice(0)) await client.forget(); // oxlint-disable-line no-await-in-loop
    keepIn();
    await endAll();
  });

  /** Holds all of a database up, as somebody does who was stopped in the middle of a write; how that one goes on. */
  async function holdUp(name: string): Promise<() => void> {
    const database = await openDB(name);
    const tx = database.transaction([...database.objectStoreNames], 'readwrite');
    let held = true;
    const go = async (): Promise<void> => {
      while (held) await tx.objectStore('counters').get('row'); // oxlint-disable-line no-await-in-loop
      database.close();
    };
    await tx.objectStore('counters').get('row');
    void go();
    return () => (held = false);
  }

  type World = ReturnType<typeof browser> & { readonly client: ChatClient; readonly name: string; shown(): string };
  /** A guest with a message in the server's archive; signed in, or not yet. */
  async function world(signsIn = true, clock = systemClock): Promise<World> {
    const it = browser(clock);
    it.kept.add(JULIET, 'hello');
    it.accounts.rows.set('guest:example.com', { slot: 'guest:example.com', jid: it.me, mode: 'guest', secret: it.server.password });
    const client = it.page();
    clients.push(client);
    let timeline: ReturnType<ChatClient['timeline']> | undefined;
    const name = `tertulia/${it.me}`;
    const made: World = { ...it, client, name, shown: () => bodies((timeline ??= client.timeline(JULIET)).items).replace(/^\| /, '') };
    if (!signsIn) return made;
    expect(await client.resume('guest:example.com')).to.equal(true);
    await online(client);
    await until(() => made.shown() === 'hello', 'the first message');
    return made;
  }
  /** What the page shows from now on, of a conversation opened again. */
  const again = (client: ChatClient): (() => string) => {
    const timeline = client.timeline(JULIET);
    return () => bodies(timeline.items).replace(/^\| /, '');
  };

  it('of a newer build: is left as it is; its person is told, reads what the server has, and writes', async () => {
    const it = await world(false);
    const newer = await openDB(it.name, 1000, { upgrade: (database) => void database.createObjectStore('of-tomorrow') });
    newer.close();
    expect(await it.client.resume('guest:example.com')).to.equal(true);
    await online(it.client);
    expect(it.client.storage.value).to.equal('newer');
    const shown = again(it.client);
    await until(() => shown() === 'hello', 'what the server has');
    await it.client.send(JULIET, { body: 'mine' });
    await until(() => shown() === 'hello mine:sent', 'what is shown');
    const still = await openDB(it.name);
    expect([still.version, ...still.objectStoreNames]).to.deep.equal([1000, 'of-tomorrow']);
    still.close();
    it.client.storageNoticed();
    expect(it.client.storage.value).to.equal(undefined);
  });

  it('upgraded by a newer build in mid-session: the page goes on without it', async () => {
    const it = await world();
    (await openDB(it.name, 1000, { upgrade() {} })).close();
    await until(() => it.client.storage.value === 'newer', 'the notice');
    await online(it.client);
    const shown = again(it.client);
    await until(() => shown() === 'hello', 'what the server has');
    await it.client.send(JULIET, { body: 'mine' });
    await until(() => shown() === 'hello mine:sent', 'what is shown');
  });

  it('deleted under us: made anew, and filled from the server', async () => {
    const it = await world();
    it.accounts.rows.clear();
    indexedDB.deleteDatabase(it.name);
    await until(() => it.client.storage.value === 'mended', 'the notice');
    await online(it.client);
    const shown = again(it.client);
    await until(() => shown() === 'hello', 'what the server has');
    await it.client.send(JULIET, { body: 'mine' });
    await until(() => shown() === 'hello mine:sent', 'what is shown');
    expect((await indexedDB.databases()).map(({ name }) => name)).to.include(it.name);
    expect(it.accounts.rows.get('guest:example.com')?.secret, 'who has no other home is kept again').to.equal(it.server.password);
  });

  it('deleted under us: who was signed in stays so, drafts and rooms are taken along, and what is written meanwhile waits', async () => {
    const it = await world();
    const room = { jid: 'tea@rooms.example.com', nick: 'Me', autojoin: true, bookmarked: false };
    await it.client.setDraft(JULIET, 'half a sent');
    // As the leader does when it has entered one.
    const disk = await openDB(it.name);
    await disk.put('rooms', room);
    disk.close();
    const leader = openChannel(it.name);
    leader.post({ type: 'poke', pokes: [{ kind: 'shelf', shelf: 'rooms' }] });
    leader.close();
    await until(() => it.client.rooms.value.length === 1, 'the room');
    const seen = new Set<string>();
    const look = (): void => void seen.add(`${it.client.mode} ${it.client.session.value.me}`);
    undo.push(it.client.session.subscribe(look), it.client.conversations.subscribe(look));
    const open = it.client.timeline(JULIET);
    let told = false;
    undo.push(open.subscribe(() => (told ||= open.closed)));
    await until(() => bodies(open.items).includes('hello'), 'the window');
    expect(open.closed).to.equal(false);
    indexedDB.deleteDatabase(it.name);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(bodies(open.items), 'can be read on').to.include('hello');
    await Promise.all([it.client.send(JULIET, { body: 'meanwhile' }), it.client.setDraft('nurse@example.com', 'another')]);
    expect(it.client.storage.value).to.equal('mended');
    await until(() => told, 'the window says that it is to be opened anew');
    const shown = again(it.client);
    await until(() => shown() === 'hello meanwhile:sent', () => `what is shown: ${shown()}`);
    expect(onServer(it)).to.deep.equal(['hello', 'meanwhile']);
    const drafts = Object.fromEntries((it.client.conversations.value ?? []).map(({ jid, draft }) => [jid, draft]));
    expect(drafts).to.include({ [JULIET]: 'half a sent', 'nurse@example.com': 'another' });
    expect(Array.from(seen), 'never signed out').to.deep.equal([`guest ${it.me}`]);
    expect(it.client.rooms.value).to.deep.equal([room]);
  });

  const onServer = (it: World): (string | undefined)[] => it.kept.messages.map(({ message }) => /<body>(.*)<\/body>/.exec(message)?.[1]);

  /** What was written is copied a moment later: the leader comes first. */
  const inMemory = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200));

  it('deleted under us with something unsent: it is written again from memory, and goes out once, whatever had become of it', async () => {
    const it = await world();
    // The server gets the first and says nothing; it gets nothing of the second.
    const take = it.server.onStanza;
    it.server.onStanza = (stanza, socket) => {
      take(stanza, socket);
      if (stanza.name === 'message') socket.dead = true;
    };
    await it.client.send(JULIET, { body: 'there' });
    await until(() => onServer(it).includes('there'), 'the first');
    await it.client.send(JULIET, { body: 'not there' });
    await it.client.send(JULIET, { body: 'failed' });
    const last = it.client.timeline(JULIET);
    await until(() => bodies(last.items).includes('failed:sending'), 'all of them');
    await inMemory();
    it.server.onStanza = take;
    it.server.id = 'another stream';
    indexedDB.deleteDatabase(it.name);
    await until(() => it.client.storage.value === 'mended', 'the notice');
    await online(it.client);
    const shown = again(it.client);
    await until(() => shown() === 'hello there:sent not there:sent failed:sent', () => `what is shown: ${shown()}`);
    expect(onServer(it)).to.deep.equal(['hello', 'there', 'not there', 'failed']);
  });

  it('deleted under two tabs with something unsent: it is put back by one of them', async () => {
    const it = await world();
    const other = it.page();
    clients.push(other);
    await other.resume('guest:example.com');
    await online(other);
    // Nothing arrives any more.
    it.server.socket.dead = true;
    it.server.id = 'another stream';
    await it.client.send(JULIET, { body: 'mine' });
    await other.send(JULIET, { body: 'its' });
    const both = [it.client.timeline(JULIET), other.timeline(JULIET)];
    await until(() => both.every(({ items }) => bodies(items).endsWith('mine:sending its:sending')), 'both in both');
    await inMemory();
    indexedDB.deleteDatabase(it.name);
    await until(() => [it.client, other].every(({ storage }) => storage.value === 'mended'), 'the notice in both');
    await Promise.all([it.client, other].map(online));
    const [here, there] = [again(it.client), again(other)];
    await until(() => [here, there].every((shown) => shown() === 'hello mine:sent its:sent'), () => `what is shown: ${here()} and ${there()}`);
    expect(onServer(it)).to.deep.equal(['hello', 'mine', 'its']);
  });

  it('deleted because another tab signed out: stays so, and nobody is told of a fault', async () => {
    const it = await world();
    const other = it.page();
    clients.push(other);
    await other.resume('guest:example.com');
    await other.signOut();
    await until(() => it.client.session.value.status === 'idle', 'the end');
    expect(it.client.storage.value).to.equal(undefined);
    expect((await indexedDB.databases()).map(({ name }) => name)).to.not.include(it.name);
  });

  for (const [what, damage] of [
    ['messages that are gone', (database) => database.clear('messages')],
    ['a counter that would give ids out again', (database) => database.clear('counters')],
    ['rows of another shape', (database) => database.put('conversations', { jid: 'x@y', lastAt: 'never' })],
  ] as readonly (readonly [string, (database: Awaited<ReturnType<typeof openDB>>) => unknown])[]) {
    it(`damaged (${what}): made anew; what was not sent yet is saved, and goes out once`, async () => {
      const it = await world();
      await it.client.signOut();
      // Written offline, in an earlier life.
      it.accounts.rows.set('guest:example.com', { slot: 'guest:example.com', jid: it.me, mode: 'guest', secret: it.server.password });
      const earlier = it.page();
      clients.push(earlier);
      it.server.silent = true;
      await earlier.resume('guest:example.com');
      await earlier.send(JULIET, { body: 'unsent' });
      await endAll();
      const database = await openDB(it.name);
      await damage(database);
      database.close();
      it.server.silent = false;
      const client = it.page();
      clients.push(client);
      await client.resume('guest:example.com');
      // The page of the earlier life is still there: one of the two mends it.
      await until(() => [client, earlier].some(({ storage }) => storage.value === 'mended'), 'the notice');
      await online(client);
      const shown = again(client);
      await until(() => shown() === 'hello unsent:sent', 'what is shown');
      expect(it.kept.messages.map(({ message }) => /<body>(.*)<\/body>/.exec(message)?.[1])).to.deep.equal(['hello', 'unsent']);
    });
  }

  it('full: what could not be kept is said to its writer, who goes on in memory; nothing shown as sent was not', async () => {
    const it = await world();
    await it.client.send(JULIET, { body: 'before' });
    await until(() => it.shown() === 'hello before:sent', 'the message');
    undo.push(fillDisk());
    let error: unknown;
    await it.client.send(JULIET, { body: 'too much' }).catch((thrown: unknown) => (error = thrown));
    expect((error as ChatError).code).to.equal('storage');
    await until(() => it.client.storage.value === 'memory', 'the notice');
    await online(it.client);
    const shown = again(it.client);
    await until(() => shown() === 'hello before:sent', 'what is shown');
    await it.client.send(JULIET, { body: 'too much' });
    await until(() => shown() === 'hello before:sent too much:sent', 'what is shown');
    expect(it.kept.messages.filter(({ message }) => message.includes('too much'))).to.have.length(1);
  });

  it('full while something arrives: it is not acknowledged, and comes again where there is room', async () => {
    const it = await world();
    undo.push(fillDisk());
    it.kept.add(JULIET, 'more');
    it.server.deliver(it.kept.messages.at(-1)!.message);
    await until(() => it.client.storage.value === 'memory', 'the notice');
    await online(it.client);
    const shown = again(it.client);
    await until(() => shown() === 'hello more', 'what is shown');
  });

  it('held up by a leader that was stopped in the middle of a write: its successor goes on in memory, soon; what was written is in the composer, and nowhere else', async () => {
    let haste = 1;
    const it = await world(false, { now: () => Date.now(), after: (ms, run) => systemClock.after(ms / haste, run) });
    // Of the leader nothing is left but what it holds: the lock, and the disk.
    await new Promise<void>((stopped) => void navigator.locks.request(it.name, () => (stopped(), new Promise(() => {}))).catch(() => undefined));
    expect(await it.client.resume('guest:example.com')).to.equal(true);
    const goOn = await holdUp(it.name);
    haste = 8;
    let error: unknown;
    it.client.send(JULIET, { body: 'in vain' }).catch((thrown: unknown) => (error = thrown));
    await until(() => it.client.storage.value === 'memory', 'the notice');
    await online(it.client);
    expect((error as ChatError).code).to.equal('storage');
    const shown = again(it.client);
    await until(() => shown() === 'hello', 'what the server has');
    await until(() => it.client.conversations.value?.some(({ draft }) => draft === 'in vain') === true, 'the text');
    await it.client.send(JULIET, { body: 'in vain' });
    await until(() => shown() === 'hello in vain:sent', 'what is shown');
    goOn();
    const disk = await openDB(it.name);
    expect(await disk.getAll('outbox')).to.deep.equal([]);
    disk.close();
  });
});
