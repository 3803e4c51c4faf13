import { expect } from '@open-wc/testing';
import type { Archive } from '../../src/archive/archive-types.js';
import { openArchive } from '../../src/archive/archive.js';
import { ChatError } from '../../src/base/error.js';
import { silentLog } from '../../src/base/log.js';
import { CatchUp, pageSize, type FetchPage } from '../../src/engine/catch-up.js';
import type { Fact } from '../../src/model/fact.js';
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

  grow(to: number): void {
    for (let n = (this.messages.at(-1) ?? 0) + 1; n <= to; n += 1) this.messages.push(n);
  }

  readonly fetch: FetchPage = async (_archive, ask, origin) => {
    const name = 'after' in ask ? `>${ask.after}` : `<${ask.before}`;
    this.asked.push(name);
    this.before(name);
    const edge = 'after' in ask ? ask.after : ask.before;
    if (edge !== '' && !this.messages.some((n) => idOf(n) === edge)) throw new ChatError('refused', 'gone', { condition: 'item-not-found' });
    const found = this.messages.filter((n) => ('after' in ask ? idOf(n) > edge : edge === '' || idOf(n) < edge));
    const page = 'after' in ask ? found.slice(0, ask.max) : found.slice(-ask.max);
    const items = page.map((n) => ({ archiveId: idOf(n), facts: [said(n, idOf(n))] }));
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
    return { archive, committed, catchUp: new CatchUp({ archive, log: silentLog, fetch: model.fetch, committed: (some) => committed.push(...some) }) };
  };
  const numbers = (from: number, to: number): string => Array.from({ length: to - from + 1 }, (_, i) => from + i).join(' ');
  const always = () => true;
  afterEach(async () => {
    await Promise.all(archives.splice(0).map((archive) => archive.destroy()));
  });

  it('takes the newest page first of an archive never seen, then some more for a start; only the newest page is news', async () => {
    const model = new Model();
    model.grow(1000);
    const { archive, catchUp } = await open(model);
    expect(await catchUp.now(ME)).to.deep.equal({ proven: true });
    expect(await timeline(archive, BOB)).to.equal(`| ${numbers(901, 1000)}`);
    expect(await catchUp.fill(ME, true, always)).to.deep.equal({ proven: true });
    expect(await timeline(archive, BOB)).to.equal(`| ${numbers(501, 1000)}`);
    expect(model.origins).to.deep.equal(['catch-up', 'history', 'history', 'history', 'history']);
    const pages = model.asked.length;
    await catchUp.fill(ME, true, always);
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
    expect(await timeline(archive, BOB)).to.equal('| 1 251');
    expect(await catchUp.older(ME, BOB, -1, false)).to.deep.equal({ more: false });
    expect(await timeline(archive, BOB)).to.equal(`1 | ${numbers(152, 251)}`);
    expect(model.asked).to.deep.equal(['<', `<${idOf(1)}`]);
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
    expect(await catchUp.now(ME)).to.deep.equal({ proven: true });
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 150));
    expect(model.asked.at(-1)).to.equal(`>${idOf(100)}`);
    expect(await archive.runs(ME)).to.have.lengthOf(1);
  });

  it('goes forward from the cursor, a page at a time, and only asks once when there is nothing new', async () => {
    const model = new Model();
    model.grow(10);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    model.grow(260);
    model.asked.length = 0;
    expect(await catchUp.now(ME)).to.deep.equal({ proven: true });
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 260));
    expect(model.asked).to.deep.equal([`>${idOf(10)}`, `>${idOf(110)}`, `>${idOf(210)}`]);
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
    expect(await catchUp.now(ME), 'the hole is not proven').to.deep.equal({ proven: false });
    expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 510)} | ${numbers(1401, 1500)}`);
    expect(await catchUp.now(ME), 'nor is it afterwards, though nothing is new').to.deep.equal({ proven: false });
    expect(await catchUp.fill(ME, true, always)).to.deep.equal({ proven: true });
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 1500));
    expect(await catchUp.now(ME)).to.deep.equal({ proven: true });
  });

  it('can be interrupted anywhere, and takes up where it was', async () => {
    const model = new Model();
    model.grow(10);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    model.grow(1500);
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
        if ((await catchUp.fill(ME, true, always)).proven) break;
      } catch (error) {
        expect((error as ChatError).code).to.equal('offline');
      }
      // oxlint-disable-next-line no-await-in-loop -- at no time is anything out of order or shown as joined that is not
      const shown = (await timeline(archive, BOB)).split(' | ').flatMap((run) => [run.split(' ').map(Number)]);
      for (const run of shown) expect(run).to.deep.equal(Array.from({ length: run.length }, (_, i) => run[0]! + i));
    }
    expect(breaks).to.be.greaterThan(10);
    expect(await timeline(archive, BOB)).to.equal(numbers(1, 1500));
  });

  it('keeps what it has, and a gap, when the server no longer knows the cursor (XEP-0313 §4.3.2)', async () => {
    const model = new Model();
    model.grow(50);
    const { archive, catchUp } = await open(model);
    await catchUp.now(ME);
    model.grow(400);
    model.messages.splice(0, 200);
    expect(await catchUp.now(ME)).to.deep.equal({ proven: false });
    expect(await timeline(archive, BOB)).to.equal(`${numbers(1, 50)} | ${numbers(301, 400)}`);
    await catchUp.fill(ME, true, always);
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
    const lying = new CatchUp({ archive, log: silentLog, fetch: endless, committed() {} });
    let error: unknown;
    await lying.now(ME).catch((thrown: unknown) => (error = thrown));
    expect((error as ChatError).code).to.equal('protocol');
    expect(asked).to.equal(1);
    model.grow(20);
    model.stable = false;
    expect(await catchUp.now(ME)).to.deep.equal({ proven: false });
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
    expect(model.asked.slice(1)).to.deep.equal([`<${idOf(151)}`, `<${idOf(51)}`]);
    expect(pageSize).to.equal(100);
  });
});
