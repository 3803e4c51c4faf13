// Archives that answer as they like: what they say is shown at most as what it may be, and the session goes on.
import { expect } from '@open-wc/testing';
import type { Element } from '../../src/xmpp/element.js';
import { ModelServer, settle } from '../xmpp/model-server.js';
import { endAll, freshName, openPage, runEngine, timeline, until, type Page } from './fixtures.js';
import { ModelArchive, said } from './model-archive.js';

const ME = 'romeo@example.com';
const JULIET = 'juliet@example.com';
const DAY = 86_400_000;
const message = (body: string, more = ''): string => `<message xmlns='jabber:client' type='chat' from='${JULIET}/x' to='${ME}' id='id-of-${body}'><body>${body}</body>${more}</message>`;
const delay = (stamp: string): string => `<delay xmlns='urn:xmpp:delay' stamp='${stamp}'/>`;
const forwarded = (inner: string, at = delay('2026-01-01T00:00:00Z')): string => `<forwarded xmlns='urn:xmpp:forward:0'>${at}${inner}</forwarded>`;

type Item = { readonly id: string; readonly content: string; readonly from?: string; readonly queryId?: string };
type Answer = { readonly items: readonly Item[]; readonly fin?: string; readonly first?: string; readonly last?: string; readonly more?: readonly string[] };

describe('engine: an archive that answers as it likes', () => {
  afterEach(endAll);

  /** Answers each query of the account's archive by the next of these, then that nothing is left. */
  async function run(...answers: Answer[]): Promise<{ readonly server: ModelServer; readonly page: Page; readonly asked: () => number }> {
    const server = new ModelServer();
    new ModelArchive(server);
    const take = server.onStanza;
    let asked = 0;
    server.onStanza = (stanza, socket) => {
      const query: Element | undefined = stanza.name === 'iq' ? stanza.getChild('query', 'urn:xmpp:mam:2') : undefined;
      if (!query) return take(stanza, socket);
      asked += 1;
      const { items, fin = "complete='true'", first, last, more = [] } = answers.shift() ?? { items: [] };
      for (const { id, content, from = ME, queryId = query.attrs['queryid'] } of items) server.deliver(`<message xmlns='jabber:client' from='${from}' to='${server.jid}'><result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='${id}'>${content}</result></message>`);
      const set = items.length > 0 ? `<first index='18446744073709551616'>${first ?? items[0]!.id}</first><last>${last ?? items.at(-1)!.id}</last>` : '';
      const reply = `<iq xmlns='jabber:client' type='result' id='${stanza.attrs['id']}' from='${ME}' to='${server.jid}'><fin xmlns='urn:xmpp:mam:2' ${fin}><set xmlns='http://jabber.org/protocol/rsm'>${set}<count>-99999999999999999999</count></set></fin></iq>`;
      server.deliver(reply, ...more.map((one) => one.replace('REPLY', reply)));
    };
    const name = freshName();
    const page = await openPage(name);
    runEngine(server, name);
    return { server, page, asked: () => asked };
  }
  const caughtUp = async ({ page }: { readonly page: Page }): Promise<void> => until(() => page.status() === 'online' && page.replica.get('session', '')?.catchingUp === false, 'caught up');
  const times = async (page: Page): Promise<number[]> => (await page.archive.window(JULIET, {}, 100)).flatMap((item) => (item.kind === 'message' ? [item.row.at] : []));

  it('two messages in one, none, one in another, another namespace: they count for the cursor and say nothing', async () => {
    const inside = message('outer', forwarded(message('inner')));
    const it = await run({
      items: [
        { id: 's1', content: forwarded(message('a')) },
        { id: 's2', content: forwarded(message('b') + message('c')) },
        { id: 's3', content: forwarded(message('d')) + forwarded(message('e')) },
        { id: 's4', content: '' },
        { id: 's5', content: forwarded('') },
        { id: 's6', content: forwarded(message('f').replace('jabber:client', 'jabber:server')) },
        { id: 's7', content: forwarded("<iq xmlns='jabber:client' type='set'><body>g</body></iq>") },
        { id: 's8', content: forwarded(`<message xmlns='jabber:client' from='${ME}' to='${ME}'><result xmlns='urn:xmpp:mam:2' id='x'>${forwarded(message('h'))}</result></message>`) },
        { id: 's9', content: forwarded(inside) },
        { id: 's10', content: forwarded(message('z')) },
      ],
    });
    await caughtUp(it);
    expect(await timeline(it.page.archive, JULIET)).to.equal('a outer z');
    expect((await it.page.archive.runs(ME)).at(-1)?.toId).to.equal('s10');
    expect(it.server.wrong).to.equal(undefined);
  });

  it('times that are none, before the beginning, of the year 9999: order is the archive’s, and nothing is ahead of now', async () => {
    const stamps = ['', delay(''), delay('yesterday'), delay('9999-12-31T23:59:59Z'), delay('-271821-04-20T00:00:00Z'), delay('1969-01-01T00:00:00Z'), delay('2026-02-31T25:61:61Z'), delay('2020-05-05T05:05:05Z')];
    const it = await run({ items: stamps.map((at, n) => ({ id: `s${n}`, content: forwarded(message(String(n)), at) })) });
    await caughtUp(it);
    expect(await timeline(it.page.archive, JULIET)).to.equal('0 1 2 3 4 5 6 7');
    const shown = await times(it.page);
    expect(shown.every((at) => Number.isFinite(at) && at > 0 && at < Date.now() + DAY), shown.join()).to.equal(true);
    expect(shown[7]).to.equal(Date.UTC(2020, 4, 5, 5, 5, 5));
    expect((await it.page.archive.conversation(JULIET))!.lastAt).to.be.at.most(Date.now());
  });

  it('results nobody asked for, of another query, from somebody else, after the end, and the end twice', async () => {
    const forged = (from: string, queryId: string, id: string): string => `<message xmlns='jabber:client' from='${from}' to='${ME}/r'><result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='${id}'>${forwarded(message(`forged-${id}`))}</result></message>`;
    const it = await run({
      items: [
        { id: 's1', content: forwarded(message('a')) },
        { id: 'f1', content: forwarded(message('forged')), from: 'mallory@example.net/x' },
        { id: 'f2', content: forwarded(message('forged')), from: 'example.com' },
        { id: 'f3', content: forwarded(message('forged')), queryId: 'guessed' },
        { id: 's2', content: forwarded(message('b')) },
      ],
      more: [forged(ME, 'guessed', 'f4'), forged('mallory@example.net', 'guessed', 'f5'), 'REPLY', 'REPLY', `<message xmlns='jabber:client' from='${ME}' to='${ME}/r'><fin xmlns='urn:xmpp:mam:2' complete='true'/></message>`],
    });
    await caughtUp(it);
    it.server.deliver(forged(ME, 'guessed', 'f6'));
    it.server.deliver(said(`${JULIET}/x`, it.server.jid, 'live', { id: 'id-of-live' }));
    await until(async () => (await timeline(it.page.archive, JULIET)) === 'a b live', 'what is true');
    await until(() => it.server.unconfirmed.length === 0, 'all of it counted');
    expect(it.server.wrong).to.equal(undefined);
  });

  it('the same id with other content, in a later page and within one: it stays what it was', async () => {
    const it = await run(
      { items: [{ id: 's1', content: forwarded(message('a')) }, { id: 's2', content: forwarded(message('b')) }, { id: 's2', content: forwarded(message('changed')) }] },
      { items: [{ id: 's1', content: forwarded(message('other')) }, { id: 's3', content: forwarded(message('c')) }] },
    );
    await caughtUp(it);
    expect(await timeline(it.page.archive, JULIET)).to.equal('a b c');
    const ids = (await it.page.archive.window(JULIET, {}, 100)).flatMap((item) => (item.kind === 'message' ? [item.row.archiveId] : []));
    expect(ids).to.deep.equal(['s1', 's2', 's3']);
  });

  it('items against their own order, and a first and last that are not theirs', async () => {
    const it = await run({ items: ['s9', 's2', 's5'].map((id) => ({ id, content: forwarded(message(id)) })), first: 's5', last: 's2' });
    await caughtUp(it);
    expect(await timeline(it.page.archive, JULIET), 'as they were sent').to.equal('s9 s2 s5');
  });

  it('an id of a megabyte, a page longer than was asked for, a last item that never comes: what is live goes on', async () => {
    const long = 'x'.repeat(1_000_000);
    for (const answer of [
      { items: [{ id: long, content: forwarded(message('a')) }] },
      { items: Array.from({ length: 150 }, (_, n) => ({ id: `s${n}`, content: forwarded(message(String(n))) })) },
      { items: [{ id: 's1', content: forwarded(message('a')) }], last: 'never' },
    ] satisfies Answer[]) {
      // oxlint-disable no-await-in-loop -- one after the other
      const it = await run(answer);
      await until(() => it.asked() >= 1 && it.page.status() === 'online', 'the question');
      it.server.deliver(said(`${JULIET}/x`, it.server.jid, 'live', { id: 'id-of-live' }));
      await until(async () => (await timeline(it.page.archive, JULIET)).endsWith('live'), 'what is live');
      expect(await timeline(it.page.archive, JULIET), 'behind a gap that shows').to.equal('| live');
      await settle();
      expect((await it.page.archive.runs(ME)).every(({ toId, startReached }) => toId === undefined && !startReached), 'no cursor, no beginning').to.equal(true);
      await endAll();
      // oxlint-enable no-await-in-loop
    }
  });
});
