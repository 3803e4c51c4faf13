import { expect } from '@open-wc/testing';
import type { Archive } from '../../src/archive/archive-types.js';
import { openArchive } from '../../src/archive/archive.js';
import { ChatError } from '../../src/base/error.js';
import { silentLog } from '../../src/base/log.js';
import { CatchUp, pageSize, type FetchPage } from '../../src/engine/catch-up.js';
import type { Fact } from '../../src/model/fact.js';
import type { OutboxRow } from '../../src/model/message.js';
import type { Incoming, Origin } from '../../src/xep/module.js';
import { freshName, timeline } from './fixtures.js';

const ME = 'me@example.org';
const BOB = 'bob@example.org';
const idOf = (n: number): string => `s${String(n).padStart(5, '0')}`;

const said = (n: number, archiveId?: string): Fact<'message'> =>
  ({ kind: 'message', conversation: BOB, chatType: 'chat', sender: BOB, mine: false, at: n, messageId: `message-${n}`, archive: ME, body: String(n), ...(archiveId === undefined ? {} : { archiveId }) });

/** The archive of a server: messages numbered from 1, all of one conversation. */
class Model {
  readonly messages: number[] = [];
  readonly asked: string[] = [];
  readonly origins: Origin[] = [];
  /** Called before each answer; may throw. */
  before: (ask: string) => void = () => {};
  stable = true;
  takesSince = false;
  /** What some of them say. */
  readonly own = new Map<number, Fact<'message'>>();

  grow(to: number): void {
    for (let n = (this.messages.at(-1) ?? 0) + 1; n <= to; n += 1) this.messages.push(n);
  }

  readonly fetch: FetchPage = async (_archive, ask, origin) => {
    const since = 'before' in ask ? (ask.since ?? '') : '';
    const name = 'after' in ask ? `>${ask.after}` : `${since}<${ask.before}`;
    this.asked.push(name);
    this.before(name);
    const edge = 'after' in ask ? ask.after : ask.before;
    const gone = (id: string): boolean => id !== '' && !this.messages.some((n) => idOf(n) === id);
    if (gone(edge) || gone(since)) throw new ChatError('refused', 'gone', { condition: 'item-not-found' });
    const found = this.messages.filter((n) => ('after' in ask ? idOf(n) > edge : (edge === '' || idOf(n) < edge) && idOf(n) > since));
    const page = 'after' in ask ? found.slice(0, ask.max) : found.slice(-ask.max);
    const items = page.map((n) => ({ archiveId: idOf(n), facts: [this.own.get(n) ?? said(n, idOf(n))] }));
    this.origins.push(origin);
    return { items, incomings: [], complete: page.length === found.length, stable: this.stable };
  };
}

describe('engine/catch-up', () => {
  const archives: Archive[] = [];
  const open = async (model: Model): Promise<{ archive: Archive; catchUp: CatchUp; committed: Incoming[] }> => {
    const archive = await openArchive({ name: freshName(), apply: {}, onPoke() {}, log: silentLog });
    archives.push(archive);
    const committed: Incoming[] = [];
    return { archive, committed, catchUp: new CatchUp({ archive, log: silentLog, fetch: model.fetch, takesSince: () => model.takesSince, committed: (some) => committed.push(...some) }) };
  };
  const numbers = (from: number, to: number): string => Array.from({ length: to - from + 1 }, (_, i) => from + i).join(' ');
  /** As the session does it: page after page until nothing is left to fetch. */
  const fill = async (catchUp: CatchUp): Promise<void> => {
    while (await catchUp.fill(ME, true)); // oxlint-disable-line no-await-in-loop
  };
  afterEach(async () => {
    await Promise.all(archives.splice(0).map((archive) => archive.destroy()));
  });

  it('takes the newest page first of an archive never seen, then some more for a start; only the newest page is news', async () => {
    const model = new Model();
    model.grow(1000);
    const { archive, catchUp } = await open(model);
    expect(await catchUp.now(ME)).to.equal(true);
    expect(await timeline(archive, BOB)).to.equal(`| ${numbers(901, 1000)}`);
    await fill(catchUp);
    expect(await timeline(archive, BOB)).to.equal(`| ${numbers(501, 1000)}`);
    expect(model.origins).to.deep.equal(['catch-up', 'history', 'history', 'history', 'history']);
    const pages = model.asked.length;
    await fill(catchUp);
    expect(model.asked.length, 'the start is made once').to.equal(pages);
  });

  it('keeps what this session has heard behind the hole, what an earlier one has heard before it', async () => {
    const model = new Model();
    model.grow(1000);
    const { archive, catchUp } = await open(model);
    await archive.append([[said(7, 's00007')]]);
    catchUp.begin(ME, false);
    // The archive never gets it.
    await archive.append([[said(5000)]]);
    catchUp.begin(ME, true);
    await catchUp.now(ME);
    expect(await timeline(archive, BOB)).to.equal(`| 7 | ${numbers(901, 1000)} 5000`);
    catchUp.begin(ME, false);
    await catchUp.now(ME);
    expect(await timeline(archive, BOB)).to.equal(`| 7 | ${numbers(901, 1000)} 5000`);
  });

  it('catches up before it asks for history from the end, where what was missed meets what was heard', async () => {
    const model = new Model();
    const { archive, catchUp } = await open(model);
    model.grow(1);
    await archive.append([[said(1, idOf(1))]]);
    model.grow(250);
    catchUp.begin(ME, false);
    model.grow(251);
    await archive.append([[said(251, idOf(251))]]);
    expect(await timeline(archive, BOB), 'live at once, after a gap that shows').to.equal('| 1 | 251');
    expect(await catchUp.older(ME, BOB, -1, false)).to.deep.equal({ more: false });
    expect(await timeline(archive, BOB)).to.equal(`1 | ${numbers(152, 251)}`);
    expect(model.asked, 'and one ahead, for whoever closes the hole').to.deep.equal(['<', `<${idOf(152)}`, `<${idOf(1)}`]);
  });

  it('opens a gap from its older side as well: what comes next is there first, until both sides meet', async () => {
    const model = new Model();
    const { archive, catchUp } = await open(model);
    model.grow(5);
    await catchUp.now(ME);
    model.grow(400);
    catchUp.streamLost();
    catchUp.begin(ME, false);
    // Many more than a page are missing: the newest are here, and a gap.
    await catchUp.now(ME);
    const gapOf = async (): Promise<number> => {
      const gap = (await archive.window(BOB, {}, 10_000)).find((item) => item.kind === 'gap');
      return gap?.kind === 'gap' ? gap.segment : NaN;
    };
    expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 105)} | ${numbers(301, 400)}`);
    model.asked.length = 0;
    expect(await catchUp.newer(ME, BOB, await gapOf(), false)).to.deep.equal({ more: true });
    expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 205)} | ${numbers(301, 400)}`);
    await catchUp.older(ME, BOB, await gapOf(), false);
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 400));
    expect(model.asked).to.deep.equal([`>${idOf(105)}`, `<${idOf(301)}`]);
    // The runs are still to be joined: what the pages of the whole archive bring is here already.
    await fill(catchUp);
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 400));
  });

  it('opens a gap from its newer side where the archive no longer knows the older one, or there is none', async () => {
    const model = new Model();
    const { archive, catchUp } = await open(model);
    model.grow(300);
    await catchUp.now(ME);
    const [first] = await archive.window(BOB, {}, 10_000);
    expect(first).to.include({ kind: 'gap' });
    model.asked.length = 0;
    await catchUp.newer(ME, BOB, first?.kind === 'gap' ? first.segment : NaN, false);
    expect(await timeline(archive, BOB)).to.equal(`| ${numbers(101, 300)}`);
    expect(model.asked).to.deep.equal([`<${idOf(201)}`]);
  });

  it('has caught up in its own session only: one of a lost stream says nothing', async () => {
    const model = new Model();
    model.grow(1);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    await catchUp.older(ME, 'carol@example.org', -1, false);
    expect(model.asked.splice(0), 'caught up already').to.deep.equal(['<', '<']);
    catchUp.streamLost();
    await catchUp.older(ME, 'dave@example.org', -1, false);
    expect(model.asked).to.deep.equal([`>${idOf(1)}`, '<']);
    expect(await timeline(archive, BOB)).to.equal('1');
  });

  it('remembers of an empty archive that it was read from its beginning', async () => {
    const model = new Model();
    const { archive, catchUp } = await open(model);
    for (let session = 0; session < 3; session += 1) await catchUp.now(ME); // oxlint-disable-line no-await-in-loop
    expect(await archive.runs(ME)).to.have.lengthOf(1);
    model.grow(150);
    expect(await catchUp.now(ME)).to.equal(true);
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 150));
    expect(model.asked.slice(-2)).to.deep.equal(['>', '<']);
    expect(await archive.runs(ME)).to.have.lengthOf(1);
  });

  it('goes forward from the cursor; where that is not all, the newest page is next; asks only once when there is nothing new', async () => {
    const model = new Model();
    model.grow(10);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    model.grow(260);
    model.asked.length = 0;
    expect(await catchUp.now(ME)).to.equal(true);
    expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 110)} | ${numbers(161, 260)}`);
    await fill(catchUp);
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 260));
    expect(model.asked).to.deep.equal([`>${idOf(10)}`, '<', `<${idOf(161)}`]);
    model.asked.length = 0;
    await catchUp.now(ME);
    expect(model.asked).to.deep.equal([`>${idOf(260)}`]);
  });

  it('after a long absence shows the newest first, and closes the hole behind it', async () => {
    const model = new Model();
    model.grow(10);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    model.grow(1500);
    model.asked.length = 0;
    await catchUp.now(ME);
    expect(model.asked.slice(0, 2), 'the newest is there with the second answer').to.deep.equal([`>${idOf(10)}`, '<']);
    expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 110)} | ${numbers(1401, 1500)}`);
    await catchUp.now(ME);
    expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 110)} | ${numbers(1401, 1500)}`);
    await fill(catchUp);
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 1500));
  });

  for (const since of [false, true]) it(`can be interrupted anywhere, and takes up where it was${since ? ', also where the newest is asked for first' : ''}`, async () => {
    const model = new Model();
    model.takesSince = since;
    model.grow(10);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    model.grow(900);
    // The connection breaks at every single query, once.
    const seen = new Set<string>();
    let breaks = 0;
    model.before = (ask) => {
      if (seen.has(ask)) return;
      seen.add(ask);
      breaks += 1;
      throw new ChatError('offline', 'cut');
    };
    for (let tries = 0; tries < 60; tries += 1) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- session after session
        await catchUp.now(ME);
        // oxlint-disable-next-line no-await-in-loop -- session after session
        await fill(catchUp);
        break;
      } catch (error) {
        expect((error as ChatError).code).to.equal('offline');
      }
      // oxlint-disable-next-line no-await-in-loop -- at no time is anything out of order or shown as joined that is not
      const shown = (await timeline(archive, BOB)).split(' | ').flatMap((run) => [run.split(' ').map(Number)]);
      for (const run of shown) expect(run).to.deep.equal(Array.from({ length: run.length }, (_, i) => run[0]! + i));
    }
    expect(breaks).to.be.greaterThan(7);
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 900));
  });

  describe('where an archive can be asked for the newest of what lies after the cursor', () => {
    const away = async (to: number): Promise<{ model: Model; archive: Archive; catchUp: CatchUp }> => {
      const model = new Model();
      model.takesSince = true;
      model.grow(10);
      const { archive, catchUp } = await open(model);
      await catchUp.now(ME);
      catchUp.streamLost();
      model.grow(to);
      model.asked.length = 0;
      return { model, archive, catchUp };
    };

    it('asks one question where little was missed, and settles as a page forward does', async () => {
      const { model, archive, catchUp } = await away(60);
      await archive.append([[said(5000)]]);
      expect(await catchUp.now(ME)).to.equal(true);
      expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 60)} 5000`);
      await fill(catchUp);
      expect(model.asked).to.deep.equal([`${idOf(10)}<`]);
      expect(await catchUp.now(ME)).to.equal(true);
      expect(model.asked.slice(1), 'nothing new').to.deep.equal([`${idOf(60)}<`]);
      expect(await archive.runs(ME)).to.have.lengthOf(1);
    });

    it('has the newest with the first answer where much was missed, and each page before it is asked for while one is written', async () => {
      const { model, archive, catchUp } = await away(460);
      await catchUp.now(ME);
      expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 10)} | ${numbers(361, 460)}`);
      expect(model.asked).to.deep.equal([`${idOf(10)}<`, `<${idOf(361)}`]);
      await catchUp.fill(ME, true);
      expect(model.asked.slice(2), 'ahead').to.deep.equal([`<${idOf(261)}`]);
      await fill(catchUp);
      expect(await timeline(archive, BOB)).to.equal(numbers(1, 460));
      expect((await archive.conversation(BOB))?.unread, 'also what came with the hole').to.equal(460);
      expect(model.asked.slice(3), 'and none in vain').to.deep.equal([`<${idOf(161)}`, `<${idOf(61)}`]);
    });

    it('takes an item that is not found for a cursor that is gone', async () => {
      const { model, archive, catchUp } = await away(400);
      model.messages.splice(0, 200);
      await catchUp.now(ME);
      expect(model.asked.slice(0, 2)).to.deep.equal([`${idOf(10)}<`, '<']);
      expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 10)} | ${numbers(301, 400)}`);
      await fill(catchUp);
      expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 10)} | ${numbers(201, 400)}`);
    });

    it('hostile: one that refuses the question, or answers another one, is asked as any other', async () => {
      for (const how of ['refuses', 'ignores'] as const) {
        // oxlint-disable no-await-in-loop -- one after the other
        const { model, archive } = await away(60);
        const lying: FetchPage = (of, ask, origin) => {
          if (!('before' in ask) || ask.since === undefined) return model.fetch(of, ask, origin);
          if (how === 'refuses') return Promise.reject(new ChatError('refused', 'what?', { condition: 'bad-request' }));
          return model.fetch(of, { before: ask.before, max: ask.max }, origin);
        };
        const catchUp = new CatchUp({ archive, log: silentLog, fetch: lying, takesSince: () => true, committed() {} });
        expect(await catchUp.now(ME)).to.equal(true);
        expect(await timeline(archive, BOB), how).to.equal(numbers(1, 60));
        model.asked.length = 0;
        model.grow(70);
        await catchUp.now(ME);
        expect(model.asked, 'not tried again').to.deep.equal([`>${idOf(60)}`]);
        expect(await timeline(archive, BOB)).to.equal(numbers(1, 70));
        // oxlint-enable no-await-in-loop
      }
    });
  });

  it('keeps what it has, and a gap, when the server no longer knows the cursor (XEP-0313 §4.3.2)', async () => {
    const model = new Model();
    model.grow(50);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    model.grow(400);
    model.messages.splice(0, 200);
    await catchUp.now(ME);
    expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 50)} | ${numbers(301, 400)}`);
    await fill(catchUp);
    expect((await timeline(archive, BOB)).replaceAll(' | ', ' ')).to.equal(`${numbers(1, 50)} ${numbers(201, 400)}`);
  });

  it('hostile: a server that never comes to an end is left alone, and an unstable page closes nothing', async () => {
    const model = new Model();
    model.grow(10);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    let asked = 0;
    const endless: FetchPage = async () => {
      asked += 1;
      return { items: [], incomings: [], complete: false, stable: true };
    };
    const lying = new CatchUp({ archive, log: silentLog, fetch: endless, takesSince: () => false, committed() {} });
    let error: unknown;
    await lying.now(ME).catch((thrown: unknown) => (error = thrown));
    expect((error as ChatError).code).to.equal('protocol');
    expect(asked).to.equal(1);
    model.grow(20);
    model.stable = false;
    expect(await catchUp.now(ME), 'to be asked again').to.equal(false);
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 20));
  });

  it('fetches a conversation\'s history before its first segment until nothing is missing', async () => {
    const model = new Model();
    model.grow(250);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    expect(await timeline(archive, BOB)).to.equal(`| ${numbers(151, 250)}`);
    const [gap] = await archive.window(BOB, {}, 1000);
    if (gap?.kind !== 'gap') throw new Error('a gap expected');
    expect(await catchUp.older(ME, BOB, gap.segment, false)).to.deep.equal({ more: true });
    expect(await catchUp.older(ME, BOB, gap.segment, false)).to.deep.equal({ more: false });
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 250));
    expect(model.asked.slice(1), 'the first of them ahead, of all conversations').to.deep.equal([`<${idOf(151)}`, `<${idOf(151)}`, `<${idOf(51)}`]);
    expect(pageSize).to.equal(100);
  });

  describe('an own message of unknown fate', () => {
    const own = (n: number, origin: string): Fact<'message'> => ({ ...said(n, idOf(n)), sender: ME, mine: true, messageId: origin, originId: origin, body: `own ${n}` });
    /** Puts a message on the wire, and loses the stream. */
    const losing = async (archive: Archive, origin: string): Promise<OutboxRow> => {
      await archive.enqueue({ conversation: BOB, chatType: 'chat', sender: ME, archive: ME, body: origin }, origin, 1);
      const row = (await archive.outbox()).find((one) => one.originId === origin)!;
      await archive.setOutboxState(row.id, 'inflight');
      await archive.setOutboxState(row.id, 'unknown');
      return (await archive.outbox()).find((one) => one.originId === origin)!;
    };

    it('is looked for in every hole since it went out, not only in the newest', async () => {
      const model = new Model();
      model.grow(10);
      const { archive, catchUp } = await open(model);
      await catchUp.now(ME);
      const row = await losing(archive, 'origin-of-mine');
      model.grow(200);
      model.own.set(150, own(150, 'origin-of-mine'));
      // Two long absences in which no hole was closed: it is in the deeper one.
      for (const to of [1000, 2000]) {
        model.grow(to);
        catchUp.streamLost();
        // oxlint-disable-next-line no-await-in-loop -- one absence after the other
        await catchUp.now(ME);
      }
      expect((await archive.runs(ME)).filter(({ joined }) => !joined), 'two holes').to.have.lengthOf(3);
      // Only the newest is closed.
      model.asked.length = 0;
      while ((await archive.runs(ME)).at(-2)?.joined === false) await catchUp.fill(ME, true); // oxlint-disable-line no-await-in-loop
      expect(await archive.outbox()).to.have.lengthOf(1);
      model.asked.length = 0;
      expect(await catchUp.lookFor(ME, row)).to.equal('found');
      expect(model.asked, 'after the end of what was known when it went out').to.deep.equal([`>${idOf(110)}`]);
      await fill(catchUp);
      expect(await archive.outbox(), 'the page that has it takes it out').to.deep.equal([]);
    });

    it('is absent when all since it went out was looked at, and only then', async () => {
      const model = new Model();
      model.grow(10);
      const { archive, catchUp } = await open(model);
      await catchUp.now(ME);
      const row = await losing(archive, 'origin-of-mine');
      model.grow(1000);
      catchUp.streamLost();
      await catchUp.now(ME);
      model.asked.length = 0;
      expect(await catchUp.lookFor(ME, row)).to.equal('absent');
      expect(model.asked.length, 'page after page').to.equal(9);
      await fill(catchUp);
      model.asked.length = 0;
      expect(await catchUp.lookFor(ME, row)).to.equal('absent');
      expect(model.asked, 'it is all here').to.deep.equal([]);
    });

    it('may be anywhere where nothing was known when it went out', async () => {
      const model = new Model();
      const { archive, catchUp } = await open(model);
      const row = await losing(archive, 'origin-of-mine');
      model.grow(300);
      model.own.set(5, own(5, 'origin-of-mine'));
      await catchUp.now(ME);
      expect(await catchUp.lookFor(ME, row)).to.equal('found');
    });

    it('is lost where the archive no longer reaches back to when it went out: nobody can tell', async () => {
      for (const size of [30, 400]) {
        const model = new Model();
        model.grow(10);
        // oxlint-disable no-await-in-loop -- one archive after the other
        const { archive, catchUp } = await open(model);
        await catchUp.now(ME);
        const row = await losing(archive, 'origin-of-mine');
        // Purged; or the room was destroyed, and made again under its name: no id of before is known.
        model.grow(10 + size);
        model.messages.splice(0, 15);
        catchUp.streamLost();
        await catchUp.now(ME);
        expect(await catchUp.lookFor(ME, row)).to.equal('lost');
        await fill(catchUp);
        expect(await catchUp.lookFor(ME, row)).to.equal('lost');
        expect(await timeline(archive, BOB), 'what is gone shows').to.equal(`${numbers(1, 10)} | ${numbers(16, 10 + size)} origin-of-mine:sending`);
        // oxlint-enable no-await-in-loop
      }
    });

    it('stays unknown while the archive is changing, or has no end', async () => {
      const model = new Model();
      model.grow(10);
      const { archive, catchUp } = await open(model);
      await catchUp.now(ME);
      const row = await losing(archive, 'origin-of-mine');
      model.grow(1000);
      await catchUp.now(ME);
      model.stable = false;
      let error: unknown;
      await catchUp.lookFor(ME, row).catch((thrown: unknown) => (error = thrown));
      expect((error as ChatError).code).to.equal('protocol');
    });
  });

  it('goes on with the newest page first after an interruption, and with the hole behind it, though somebody scrolls meanwhile', async () => {
    const model = new Model();
    model.grow(10);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    model.grow(1000);
    catchUp.streamLost();
    await catchUp.now(ME);
    await catchUp.fill(ME, true);
    const at = (await archive.runs(ME)).at(-1)!.fromId;
    expect(at).to.equal(idOf(801));
    // Another life.
    const next = new CatchUp({ archive, log: silentLog, fetch: model.fetch, takesSince: () => false, committed() {} });
    model.grow(1010);
    await next.now(ME);
    expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 110)} | ${numbers(801, 1010)}`);
    model.asked.length = 0;
    await Promise.all([fill(next), next.older(ME, BOB, 1, false), next.older(ME, BOB, 1, false)]);
    expect(model.asked[0]).to.equal(`<${idOf(801)}`);
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 1010));
  });

  it('shows that something may be missing between what two sessions have heard, neither of which had caught up', async () => {
    const model = new Model();
    model.grow(10);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    const hear = async (n: number): Promise<void> => {
      model.grow(n);
      await archive.append([[said(n, idOf(n))]]);
    };
    await hear(11);
    for (const n of [20, 30]) {
      // oxlint-disable no-await-in-loop -- one session after the other
      catchUp.streamLost();
      model.grow(n - 1);
      catchUp.begin(ME, false);
      await hear(n);
      await hear(n + 1);
      // oxlint-enable no-await-in-loop
    }
    expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 11)} | 20 21 | 30 31`);
    const window = await archive.window(BOB, {}, 1);
    expect(window.map(({ kind }) => kind), 'also where a window begins').to.deep.equal(['message']);
    expect((await archive.window(BOB, {}, 2)).map(({ kind }) => kind)).to.deep.equal(['gap', 'message', 'message']);
    // A resumed stream has heard all since it began, in whichever engine.
    const next = new CatchUp({ archive, log: silentLog, fetch: model.fetch, takesSince: () => false, committed() {} });
    next.begin(ME, true);
    await hear(32);
    expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 11)} | 20 21 | 30 31 32`);
    // Too much to be fetched at once: it stays as honest as it was.
    model.grow(1000);
    await next.now(ME);
    expect((await timeline(archive, BOB)).split(' | ')).to.deep.equal([numbers(1, 110), numbers(901, 1000)]);
    await fill(next);
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 1000));
  });

  it('opens a gap between what sessions have heard by catching up', async () => {
    const model = new Model();
    model.grow(10);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    catchUp.streamLost();
    model.grow(20);
    catchUp.begin(ME, false);
    await archive.append([[said(20, idOf(20))]]);
    const gap = (await archive.window(BOB, {}, 100)).find((entry) => entry.kind === 'gap');
    expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 10)} | 20`);
    await catchUp.older(ME, BOB, gap?.kind === 'gap' ? gap.segment : 0, false);
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 20));
  });

  it('takes what comes between the question and the first delivery for missed until it has asked again', async () => {
    const model = new Model();
    model.grow(10);
    const { archive, catchUp } = await open(model);
    catchUp.begin(ME, false, true);
    await catchUp.now(ME);
    // Nobody is told of 11.
    model.grow(12);
    await archive.append([[said(12, idOf(12))]]);
    expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 10)} | 12`);
    catchUp.hears(ME);
    await catchUp.now(ME);
    model.grow(13);
    await archive.append([[said(13, idOf(13))]]);
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 13));
  });

  it('has nothing to show as missed where there is no archive', async () => {
    const { archive, catchUp } = await open(new Model());
    catchUp.begin(ME, false);
    await archive.append([[said(1)]]);
    catchUp.begin(ME, false);
    await archive.append([[said(2)]]);
    expect(await timeline(archive, BOB)).to.equal('| 1 | 2');
    await archive.hearsAll(ME);
    expect(await timeline(archive, BOB)).to.equal('| 1 2');
  });

  it('hostile: pages that hold the item they lie beyond, come again, or come to no end move no cursor back and close nothing', async () => {
    const model = new Model();
    model.grow(100);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    model.grow(700);
    await catchUp.now(ME);
    const before = JSON.stringify([await archive.runs(ME), await timeline(archive, BOB)]);
    const page = (from: number, to: number, complete: boolean) => ({ items: Array.from({ length: to - from + 1 }, (_, i) => ({ archiveId: idOf(from + i), facts: [said(from + i, idOf(from + i))] })), incomings: [], complete, stable: true });
    const lies = [page(700, 720, true), page(601, 700, false), page(590, 601, true), page(601, 601, true)];
    for (const lie of lies) {
      for (const ask of ['now', 'fill'] as const) {
        const edge = ask === 'now' ? idOf(700) : idOf(601);
        if (!lie.items.some(({ archiveId }) => archiveId === edge)) continue;
        const lying = new CatchUp({ archive, log: silentLog, fetch: async () => lie, takesSince: () => false, committed() {} });
        let error: unknown;
        // oxlint-disable-next-line no-await-in-loop -- one lie after the other
        await (ask === 'now' ? lying.now(ME) : lying.fill(ME, true)).catch((thrown: unknown) => (error = thrown));
        expect((error as ChatError).code).to.equal('protocol');
      }
    }
    expect(JSON.stringify([await archive.runs(ME), await timeline(archive, BOB)])).to.equal(before);
    await fill(catchUp);
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 700));
  });

  it('goes on with a room that was destroyed and made again under its name, and asks nobody for what is gone', async () => {
    const model = new Model();
    model.grow(400);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    model.messages.splice(0);
    for (let n = 1001; n <= 1005; n += 1) model.messages.push(n);
    catchUp.streamLost();
    await catchUp.now(ME);
    expect(await timeline(archive, BOB), 'and says so').to.equal(`${numbers(301, 400)} | ${numbers(1001, 1005)}`);
    expect((await archive.window(BOB, {}, 1000)).filter(({ kind }) => kind === 'gap')).to.deep.equal([{ kind: 'gap', segment: 1, lost: true }]);
    // History from an id of before: nothing is left there.
    const other = await open(model);
    await other.archive.appendPage({ kind: 'latest', archive: ME, items: [{ archiveId: idOf(7), facts: [said(7, idOf(7))] }], complete: false });
    expect(await timeline(other.archive, BOB)).to.equal('| 7');
    await other.catchUp.older(ME, BOB, 0, false);
    expect(await timeline(other.archive, BOB)).to.equal('7');
  });
});
