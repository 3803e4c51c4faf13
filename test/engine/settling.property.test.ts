import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import type { Archive } from '../../src/archive/archive-types.js';
import { openArchive } from '../../src/archive/archive.js';
import { ChatError } from '../../src/base/error.js';
import { silentLog } from '../../src/base/log.js';
import { CatchUp, type FetchPage } from '../../src/engine/catch-up.js';
import { Outbox } from '../../src/engine/outbox.js';
import type { Fact } from '../../src/model/fact.js';
import { messageStanza } from '../../src/xep/rfc6121-message.js';
import { TestClock, TestLive } from '../support/xep-context.js';
import { howOften } from '../support/property.js';

const ME = 'me@example.org';
const people = ['bob@example.org', 'carol@example.org'] as const;
type Stored = { id: string; with: string; body: string; originId?: string };

/** What a server does with a message: takes it and says so, takes it and dies, or dies before it has taken it. */
type Fate = 'acked' | 'kept' | 'lost';

/** A server with an archive of short pages, which may be purged; and what it has ever taken. */
class Server {
  archive: Stored[] = [];
  readonly taken: Stored[] = [];
  purged = false;
  #next = 0;

  take(with_: string, body: string, originId?: string): Stored {
    const stored = { id: `a${(this.#next++ * 7919) % 10_007}`, with: with_, body, ...(originId === undefined ? {} : { originId }) };
    this.archive.push(stored);
    this.taken.push(stored);
    return stored;
  }
  purge(count: number): void {
    this.purged ||= count > 0;
    this.archive.splice(0, count);
  }
}

const factOf = ({ id, with: conversation, body, originId }: Stored): Fact<'message'> =>
  ({ kind: 'message', conversation, chatType: 'chat', sender: originId ? ME : conversation, mine: originId !== undefined, at: 1, archive: ME, archiveId: id, body, messageId: originId ?? `message-of-${body}`, ...(originId === undefined ? {} : { originId }) });

class Life {
  readonly server = new Server();
  readonly archive: Archive;
  online = false;
  #catchUp!: CatchUp;
  #outbox!: Outbox;
  #fates: Fate[] = [];
  #fetches = Infinity;
  #count = 0;
  readonly #clock: TestClock;

  constructor(archive: Archive, clock: TestClock) {
    this.archive = archive;
    this.#clock = clock;
    this.crash();
  }

  /** The page is gone; what comes next knows only what is on the disk. */
  crash(): void {
    this.online = false;
    this.#catchUp = new CatchUp({ archive: this.archive, log: silentLog, fetch: this.#fetch, takesSince: () => false, committed() {} });
    this.#outbox = new Outbox({
      archive: this.archive, clock: this.#clock, live: new TestLive(), log: silentLog,
      online: () => this.online,
      joined: () => true, limit: () => undefined, look: () => {},
      compose: (row) => messageStanza({ to: row.conversation, chatType: 'chat', id: row.originId, body: row.body }),
      send: (row) => {
        if (!this.online) throw new ChatError('offline', 'gone');
        const fate = this.#fates.shift() ?? 'acked';
        if (fate !== 'lost') this.server.take(row.conversation, row.body, row.originId);
        if (fate === 'acked') this.#acks.push(row.originId);
        else this.online = false;
      },
      upload: async () => Promise.reject(new ChatError('offline', 'none')),
    });
  }
  #acks: string[] = [];
  readonly #blind = new Set<string>();

  readonly #fetch: FetchPage = async (_archive, ask) => {
    if (!this.online) throw new ChatError('offline', 'gone');
    if (this.#fetches-- <= 0) {
      this.online = false;
      throw new ChatError('offline', 'cut');
    }
    const all = this.server.archive;
    const edge = 'after' in ask ? ask.after : ask.before;
    const at = all.findIndex(({ id }) => id === edge);
    if (edge !== '' && at < 0) throw new ChatError('refused', 'gone', { condition: 'item-not-found' });
    const found = ('after' in ask ? all.slice(at + 1) : edge === '' ? all : all.slice(0, at)).filter((stored) => ask.with === undefined || stored.with === ask.with);
    const page = 'after' in ask ? found.slice(0, 3) : found.slice(-3);
    return { items: page.map((stored) => ({ archiveId: stored.id, facts: [factOf(stored)] })), incomings: [], complete: page.length === found.length, stable: true };
  };

  async write(who: string): Promise<void> {
    const body = `own-${this.#count++}`;
    await this.archive.enqueue({ conversation: who, chatType: 'chat', sender: ME, archive: ME, body }, `origin-of-${body}`, 1);
  }
  /** Written while there is a connection: kept and sent in one step, where nothing waits. */
  async say(who: string, fate: Fate): Promise<void> {
    const body = `own-${this.#count++}`;
    await this.#sending([fate], body, async () => {
      await this.#outbox.send({ conversation: who, chatType: 'chat', sender: ME, archive: ME, body }, `origin-of-${body}`, this.#clock.now());
      await this.#outbox.flush();
    });
  }
  async noise(who: string, count: number, heard: boolean): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      const stored = this.server.take(who, `noise-${this.#count++}`);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      if (heard && this.online) await this.archive.append([[factOf(stored)]]);
    }
  }
  async connect(): Promise<void> {
    this.online = true;
    this.#catchUp.streamLost();
    this.#catchUp.begin(ME, false);
    await this.#outbox.streamLost();
  }
  async flush(fates: readonly Fate[]): Promise<void> {
    await this.#sending(fates, undefined, async () => this.#outbox.flush());
  }
  async #sending(fates: readonly Fate[], written: string | undefined, send: () => Promise<void>): Promise<void> {
    this.#fates = [...fates];
    if (!(await this.archive.runs(ME)).some(({ toId }) => toId !== undefined)) for (const body of [...(await this.archive.outbox()).map((row) => row.body), ...(written === undefined ? [] : [written])]) this.#blind.add(body);
    await send();
    const acks = this.#acks.splice(0);
    if (acks.length > 0) await this.archive.markSent(acks);
    this.#fates = [];
  }
  /** What a session does, cut after some answers. */
  async catchUp(answers: number): Promise<void> {
    if (!this.online) return;
    this.#fetches = answers;
    try {
      const rows = await this.#outbox.doubtful(() => true);
      if (await this.#catchUp.now(ME)) await this.#outbox.settle(rows, (row) => this.#catchUp.lookFor(ME, row));
    } catch (error) {
      expect((error as ChatError).code).to.equal('offline');
    } finally {
      this.#fetches = Infinity;
    }
    const acks = this.#acks.splice(0);
    if (acks.length > 0) await this.archive.markSent(acks);
  }
  async fill(): Promise<boolean> {
    return this.online && this.#catchUp.fill(ME, true);
  }
  async older(who: string): Promise<void> {
    if (!this.online) return;
    const gap = (await this.archive.window(who, {}, 1000)).find((entry) => entry.kind === 'gap');
    if (gap?.kind === 'gap' && !gap.lost) await this.#catchUp.older(ME, who, gap.segment, false);
  }
  /** A copy of what we sent comes back: from another session, or as a carbon. */
  async echo(): Promise<void> {
    const own = this.server.taken.findLast(({ originId }) => originId !== undefined);
    if (own && this.online) await this.archive.append([[factOf(own)]]);
  }

  /** Not of what went out before any item of the archive was seen: no id tells that it is gone, and so it goes out again. */
  async purge(count: number): Promise<void> {
    if ((await this.archive.outbox()).every(({ body }) => !this.#blind.has(body))) this.server.purge(count);
  }

  async check(): Promise<void> {
    const bodies = this.server.taken.map(({ body }) => body);
    expect(bodies, 'nothing twice').to.have.lengthOf(new Set(bodies).size);
    for (const who of people) {
      // oxlint-disable-next-line no-await-in-loop -- one conversation after the other
      for (const entry of await this.archive.window(who, {}, 1000)) {
        if (entry.kind === 'gap' || !entry.row.mine) continue;
        const { body, delivery, failure } = entry.row.state;
        if (delivery === 'sent' || delivery === undefined) expect(bodies, `${body} is shown as sent`).to.include(body);
        if (delivery === 'failed') expect([failure?.condition, this.server.purged], body).to.deep.equal(['unknown-fate', true]);
      }
    }
  }

  async finish(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      // oxlint-disable no-await-in-loop -- one after the other
      await this.connect();
      await this.catchUp(Infinity);
      while (await this.fill());
      await this.flush([]);
      await this.check();
      // oxlint-enable no-await-in-loop
    }
    const left = await this.archive.outbox();
    expect(left.every(({ state }) => state === 'failed'), 'nothing is left waiting').to.equal(true);
    const given = new Set(left.map(({ body }) => body));
    const bodies = this.server.taken.flatMap(({ body, originId }) => (originId === undefined ? [] : [body]));
    for (let i = 0; i < this.#count; i += 1) {
      const body = `own-${i}`;
      const written = (await Promise.all(people.map(async (who) => this.archive.window(who, {}, 1000)))).flat().some((entry) => entry.kind === 'message' && entry.row.state.body === body); // oxlint-disable-line no-await-in-loop
      if (written && !given.has(body)) expect(bodies, 'nothing lost').to.include(body);
    }
  }
}

const who = fc.constantFrom(...people);
const step = fc.oneof(
  { weight: 4, arbitrary: who.map((person) => ({ name: `write ${person}`, run: (life: Life) => life.write(person) })) },
  { weight: 4, arbitrary: fc.tuple(who, fc.constantFrom<Fate>('acked', 'kept', 'lost')).map(([person, fate]) => ({ name: `say ${person}, ${fate}`, run: (life: Life) => life.say(person, fate) })) },
  { weight: 4, arbitrary: fc.tuple(who, fc.integer({ min: 1, max: 8 }), fc.boolean()).map(([person, count, heard]) => ({ name: `${count} of ${person}${heard ? ', heard' : ''}`, run: (life: Life) => life.noise(person, count, heard) })) },
  { weight: 4, arbitrary: fc.constant({ name: 'connect', run: (life: Life) => life.connect() }) },
  { weight: 4, arbitrary: fc.array(fc.constantFrom<Fate>('acked', 'kept', 'lost'), { minLength: 1, maxLength: 3 }).map((fates) => ({ name: `flush ${fates.join()}`, run: (life: Life) => life.flush(fates) })) },
  { weight: 4, arbitrary: fc.oneof(fc.constant(Infinity), fc.integer({ min: 0, max: 4 })).map((answers) => ({ name: `catch up, ${answers} answers`, run: (life: Life) => life.catchUp(answers) })) },
  { weight: 2, arbitrary: fc.constant({ name: 'fill', run: async (life: Life) => void (await life.fill()) }) },
  { weight: 1, arbitrary: who.map((person) => ({ name: `older of ${person}`, run: (life: Life) => life.older(person) })) },
  { weight: 1, arbitrary: fc.constant({ name: 'echo', run: (life: Life) => life.echo() }) },
  { weight: 1, arbitrary: fc.constant({ name: 'crash', run: async (life: Life) => life.crash() }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }).map((count) => ({ name: `purge ${count}`, run: (life: Life) => life.purge(count) })) },
);

const { patience, ...often } = howOften(25);

describe('what becomes of own messages', () => {
  it('each is with the server once, whatever is acknowledged, lost, echoed, archived, purged or cut; and no state says what is not so', async function () {
    this.timeout(patience);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), async (steps) => {
        const clock = new TestClock();
        const archive = await openArchive({ name: `tertulia/test-${crypto.randomUUID()}`, apply: {}, onPoke() {}, clock, log: silentLog });
        const life = new Life(archive, clock);
        try {
          for (const { run } of steps) {
            await run(life);
            await life.check();
          }
          await life.finish();
        } finally {
          await archive.destroy();
        }
      }),
      often,
    );
  });
});
