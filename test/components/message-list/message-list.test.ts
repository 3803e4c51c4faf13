import { expect } from '@open-wc/testing';
import { ChatError } from '../../../src/base/error.js';
import { html } from 'lit';
import type { MessageList } from '../../../components/message-list/message-list.js';
import { FakeClient } from '../../support/fake-client.js';
import { amelie, answerer, hostile, jonas, layla, lobby, type FakeData, type Line, type Script } from '../../support/fake-data.js';
import { button, find, findAll, frames, inSession, press, settle, until } from '../../support/view.js';

const long = (count: number, more: Partial<Script> = {}): FakeData => ({
  ...answerer,
  scripts: [{ jid: jonas, kind: 'chat', ...more, lines: Array.from({ length: count }, (_, index): Line => ({ from: index % 3 ? jonas : 'me', ago: (count - index) * 2, delivery: 'read', body: `Number ${index + 1}. ${'words '.repeat(index % 7)}` })) }],
});

async function show(client: FakeClient, jid = jonas): Promise<{ list: MessageList; log: HTMLElement }> {
  const session = await inSession(client, html`<tertulia-message-list jid="${jid}"></tertulia-message-list>`);
  const list = find<MessageList>(session, 'tertulia-message-list');
  await frames();
  await settle(list);
  return { list, log: find(list, '[role=log]') };
}
const articles = (list: Element): HTMLElement[] => findAll(list, '[role=article]');
const texts = (list: Element): string[] => articles(list).map((article) => article.querySelector('.body')?.textContent ?? '');
const bottom = (element: Element): number => element.getBoundingClientRect().bottom;

describe('message-list', () => {
  it('is a log with a name, its messages articles named by speaker and time', async () => {
    const client = new FakeClient();
    const { list, log } = await show(client);
    expect(log.getAttribute('aria-label')).to.equal('Messages with Jonas Lindqvist');
    const [first] = articles(list);
    expect(first!.getAttribute('aria-label')).to.match(/^Jonas Lindqvist, \d/);
    expect(first!.textContent).to.contain('The proofs came back');
    expect(articles(list).some((article) => article.getAttribute('aria-label')!.startsWith('You, '))).to.equal(true);
  });

  it('says how far a message of one’s own has come', async () => {
    const client = new FakeClient();
    const { list } = await show(client);
    const state = (): string => articles(list).at(-1)!.querySelector('.meta')!.textContent!;
    for (const [delivery, word] of [['sending', 'Sending'], ['sent', 'Sent'], ['delivered', 'Delivered'], ['read', 'Read']] as const) {
      client.deliver(jonas, client.lastMessage(jonas)!.id, { delivery });
      await settle(list);
      expect(state()).to.contain(word);
    }
    const drawn = (): string | null => articles(list).at(-1)!.querySelector('.meta svg path')!.getAttribute('d');
    const read = drawn();
    client.deliver(jonas, client.lastMessage(jonas)!.id, { delivery: 'delivered' });
    await settle(list);
    expect(drawn(), 'not by colour alone').to.not.equal(read);
  });

  it('says why a message failed, and lets it be tried again, edited or deleted', async () => {
    const client = new FakeClient();
    const { list } = await show(client);
    const { id } = client.lastMessage(jonas)!;
    client.deliver(jonas, id, { delivery: 'failed', failure: { condition: 'forbidden' } });
    await settle(list);
    const last = articles(list).at(-1)!;
    expect(last.textContent).to.contain('Failed').and.to.contain('You may not write here.');
    let edited = 0;
    list.addEventListener('tertulia-edit-message', (event) => (edited = event.row.id));
    button(last, 'Edit and send again').click();
    expect(edited).to.equal(id);
    button(last, 'Try again').click();
    expect(client.called('retry')).to.deep.equal([[id]]);
    button(last, 'Delete').click();
    expect(client.called('discard')).to.deep.equal([[id]]);
  });

  it('shows skeletons until the archive has answered, then the beginning', async () => {
    const client = new FakeClient();
    let answer = (): void => {};
    client.latency = () => new Promise((resolve) => (answer = resolve));
    const { list, log } = await show(client, 'dad@example.org');
    expect(log.getAttribute('aria-busy')).to.equal('true');
    expect(findAll(list, '.skeletons')).to.have.length(1);
    answer();
    await settle(list);
    expect(log.getAttribute('aria-busy')).to.equal('false');
    expect(log.textContent).to.contain('This is the beginning of your conversation with Dad.').and.to.contain('Write the first message.');
  });

  it('draws the line before what is unread, and keeps it while one reads', async () => {
    const client = new FakeClient();
    const { list } = await show(client, amelie);
    const line = find(list, '.unread');
    const next = (line.nextElementSibling as HTMLElement).textContent;
    expect(next).to.contain('une faute page 3');
    client.receive(amelie, { from: amelie, body: 'Tu es là ?' });
    await settle(list);
    expect(findAll(list, '.unread')).to.have.length(1);
  });

  const said = (count: number, what: string): Line[] => Array.from({ length: count }, (_, index) => ({ from: jonas, ago: 1000 - index, body: `${what} ${index + 1}` }));
  const withLines = (lines: Script['lines']): FakeClient => new FakeClient({ data: { ...answerer, scripts: [{ jid: jonas, kind: 'chat', lines }] } });

  it('opens a gap at the top by coming near it, as any older messages', async () => {
    const { list } = await show(withLines([{ gap: said(3, 'Old') }, ...said(1, 'New')]));
    await until(() => articles(list).length === 4);
    expect(texts(list)).to.deep.equal(['Old 1', 'Old 2', 'Old 3', 'New 1']);
    expect(findAll(list, '.gap')).to.have.length(0);
  });

  it('opens a gap between messages by its button', async () => {
    const { list } = await show(withLines([...said(2, 'Old'), { gap: said(3, 'Hidden') }, ...said(1, 'New')]));
    expect(texts(list)).to.deep.equal(['Old 1', 'Old 2', 'New 1']);
    button(list, 'Load earlier messages').click();
    await until(() => articles(list).length === 6);
    expect(texts(list)).to.deep.equal(['Old 1', 'Old 2', 'Hidden 1', 'Hidden 2', 'Hidden 3', 'New 1']);
    expect(findAll(list, '.gap')).to.have.length(0);
  });

  it('says when a gap could not be opened, keeps the keyboard where it is, and takes it along when the gap is gone', async () => {
    const client = withLines([...said(2, 'Old'), { gap: said(3, 'Hidden') }, ...said(1, 'New')]);
    let offline = true;
    const open = client.timeline.bind(client);
    client.timeline = (jid) => {
      const timeline = open(jid);
      const load = timeline.openGap.bind(timeline);
      timeline.openGap = async (segment) => (offline ? Promise.reject(new ChatError('offline', 'no connection')) : load(segment));
      return timeline;
    };
    const { list } = await show(client);
    const load = button(list, 'Load earlier messages');
    load.focus();
    load.click();
    await until(() => findAll(list, '.gap p')[0]?.textContent === 'They could not be fetched. Try again.');
    expect(findAll(list, '[aria-live=polite]')[0]!.textContent).to.equal('They could not be fetched. Try again.');
    expect(list.shadowRoot!.activeElement).to.equal(load);
    offline = false;
    load.click();
    await until(() => articles(list).length === 6);
    await until(() => list.shadowRoot!.activeElement?.getAttribute('role') === 'log');
  });

  it('follows what arrives while at the end', async () => {
    const client = new FakeClient({ data: long(60) });
    const { list, log } = await show(client);
    client.receive(jonas, { from: jonas, body: 'the newest '.repeat(60) });
    await settle(list);
    await frames();
    expect(Math.abs(log.scrollTop)).to.be.below(2);
    expect(bottom(articles(list).at(-1)!)).to.be.at.most(bottom(log) + 1);
    expect(findAll(list, '.to-end')).to.have.length(0);
  });

  it('stays where one reads, counts what is new, and goes to the end by a button', async () => {
    const client = new FakeClient({ data: long(120) });
    const { list, log } = await show(client);
    log.scrollTop = -700;
    await frames();
    await settle(list);
    const seen = articles(list).find((article) => bottom(article) > log.getBoundingClientRect().top + 60)!;
    const where = bottom(seen);
    for (let n = 0; n < 3; n++) client.receive(jonas, { from: jonas, body: `new ${n} ${'words '.repeat(40)}` });
    await settle(list);
    await frames();
    expect(Math.abs(bottom(seen) - where)).to.be.below(2);
    const go = find<HTMLButtonElement>(list, '.to-end');
    expect(go.getAttribute('aria-label')).to.contain('3 new messages');
    go.click();
    await until(() => Math.abs(log.scrollTop) < 2);
    await settle(list);
    expect(findAll(list, '.to-end')).to.have.length(0);
  });

  it('is after a reload where it was, however far up; another tab begins at the newest message', async () => {
    const client = new FakeClient({ data: long(300) });
    const { list, log } = await show(client);
    for (let pages = 0; pages < 3; pages += 1) {
      log.scrollTop = -(log.scrollHeight - log.clientHeight) + 200;
      const before = texts(list)[0];
      await until(() => texts(list)[0] !== before); // oxlint-disable-line no-await-in-loop
      await settle(list); // oxlint-disable-line no-await-in-loop
    }
    await frames();
    const seen = (of: MessageList, box: HTMLElement): [string | null | undefined, number] => {
      const edge = box.getBoundingClientRect().top;
      const first = articles(of).find((article) => article.getBoundingClientRect().bottom > edge);
      return [first?.querySelector('.body')?.textContent, Math.round((first?.getBoundingClientRect().top ?? 0) - edge)];
    };
    const [words, offset] = seen(list, log);
    dispatchEvent(new PageTransitionEvent('pagehide'));
    // The page is gone, and comes back with what the tab has kept.
    const again = await show(client);
    await until(() => seen(again.list, again.log)[0] === words);
    expect(Math.abs(seen(again.list, again.log)[1] - offset)).to.be.below(3);
    expect(client.called('markRead')).to.deep.equal([]);
    // Another tab has kept nothing; nor has one that was at the end.
    const other = await show(client);
    expect(texts(other.list).at(-1)).to.contain('Number 300.');
    expect(Math.abs(other.log.scrollTop)).to.be.below(2);
    for (const one of [list, again.list]) one.remove();
    dispatchEvent(new PageTransitionEvent('pagehide'));
    expect(sessionStorage.getItem('tertulia:place')).to.equal(null);
  });

  it('hostile: what a tab has kept may be anything', async () => {
    for (const kept of ['{', '7', 'null', '{"jid":1}', JSON.stringify({ jid: jonas, row: 'x', offset: 0 }), JSON.stringify({ jid: jonas, row: 123456789, offset: 1e308 })]) {
      sessionStorage.setItem('tertulia:place', kept);
      const { list, log } = await show(new FakeClient({ data: long(100) })); // oxlint-disable-line no-await-in-loop
      expect(texts(list).at(-1), kept).to.contain('Number 100.');
      expect(Math.abs(log.scrollTop), kept).to.be.below(2);
      expect(sessionStorage.getItem('tertulia:place'), kept).to.equal(null);
    }
  });

  it('goes to the end for what one writes oneself', async () => {
    const client = new FakeClient({ data: long(120) });
    const { list, log } = await show(client);
    log.scrollTop = -900;
    await frames();
    await settle(list);
    await client.send(jonas, { body: 'mine' });
    await until(() => Math.abs(log.scrollTop) < 2);
    expect(texts(list).at(-1)).to.equal('mine');
  });

  it('loads older messages near the top and keeps its place', async () => {
    const client = new FakeClient({ data: long(300) });
    const { list, log } = await show(client);
    const before = articles(list).length;
    const top = texts(list)[0];
    log.scrollTop = -(log.scrollHeight - log.clientHeight) + 300;
    const anchor = articles(list).find((article) => bottom(article) > log.getBoundingClientRect().top + 10)!;
    const where = bottom(anchor);
    await frames();
    await until(() => articles(list).length > before);
    await frames();
    expect(texts(list)[0]).not.to.equal(top);
    expect(Math.abs(bottom(anchor) - where)).to.be.below(2);
  });

  it('keeps its place when the far end of the window is dropped, and finds the way back', async () => {
    const client = new FakeClient({ data: long(600) });
    const { list, log } = await show(client);
    for (let page = 0; page < 6; page++) {
      const first = texts(list)[0];
      log.scrollTop = -(log.scrollHeight - log.clientHeight) + 200;
      const anchor = articles(list).find((article) => bottom(article) > log.getBoundingClientRect().top + 10)!;
      const where = bottom(anchor);
      await until(() => texts(list)[0] !== first);
      await frames();
      expect(Math.abs(bottom(anchor) - where), `page ${page}`).to.be.below(2);
      expect(articles(list).length).to.be.at.most(200);
    }
    expect(texts(list)).not.to.include('Number 600. words words words words ');
    client.receive(jonas, { from: jonas, body: 'far below' });
    await settle(list);
    find<HTMLButtonElement>(list, '.to-end').click();
    await until(() => texts(list).at(-1) === 'far below' && Math.abs(log.scrollTop) < 2);
  });

  it('reads nothing while nobody moves, wherever one is', async () => {
    const client = new FakeClient({ data: long(600) });
    const { list, log } = await show(client);
    const [timeline] = client.timelines;
    let reads = 0;
    for (const load of ['loadOlder', 'loadNewer'] as const) {
      const read = timeline![load].bind(timeline);
      timeline![load] = () => {
        reads += 1;
        return read();
      };
    }
    for (let page = 0; page < 12; page += 1) {
      log.scrollTop -= 1500;
      for (let turn = 0; turn < 8; turn += 1) await frames(); // oxlint-disable-line no-await-in-loop
      const before = reads;
      const rows = texts(list);
      for (let turn = 0; turn < 4; turn += 1) await frames(); // oxlint-disable-line no-await-in-loop
      expect([reads, texts(list)], `page ${page}`).to.deep.equal([before, rows]);
    }
    expect(reads).to.be.above(3);
    expect(articles(list).length).to.be.below(170);
  });

  it('marks as read what is looked at, once, and nothing while read further up', async () => {
    const client = new FakeClient({ data: long(120, { unread: 2 }) });
    const { list, log } = await show(client);
    window.focus();
    await until(() => client.called('markRead').length > 0);
    expect(client.called('markRead')).to.deep.equal([[jonas]]);
    log.scrollTop = -900;
    await frames();
    await settle(list);
    client.receive(jonas, { from: jonas, body: 'unseen' });
    await settle(list);
    await frames();
    expect(client.called('markRead')).to.have.length(1);
    log.scrollTop = 0;
    await until(() => client.called('markRead').length === 2);
  });

  it('counts and announces what arrives before a message that waits to be sent', async () => {
    const client = new FakeClient({ data: long(120) });
    const { list, log } = await show(client);
    await client.send(jonas, { body: 'waiting' });
    await settle(list);
    log.scrollTop = -900;
    await frames();
    await settle(list);
    client.receive(jonas, { from: jonas, body: 'in between' });
    await settle(list);
    expect(texts(list).slice(-2)).to.deep.equal(['in between', 'waiting']);
    expect(find(list, '.to-end').getAttribute('aria-label')).to.contain('1 new message');
    expect(find(list, '[aria-live=polite]').textContent).to.contain('in between');
  });

  it('draws the unread line and marks as read also when the counts come after the messages', async () => {
    const client = new FakeClient();
    const rows = client.conversations.value;
    client.conversations.set(undefined);
    const { list } = await show(client, amelie);
    window.focus();
    expect(findAll(list, '.unread')).to.have.length(0);
    client.conversations.set(rows);
    await settle(list);
    expect(findAll(list, '.unread')).to.have.length(1);
    await until(() => client.called('markRead').length === 1);
  });

  it('announces what arrives and not what is loaded', async () => {
    const client = new FakeClient({ data: long(120) });
    const { list, log } = await show(client);
    expect(log.getAttribute('aria-live')).to.equal('off');
    const region = find(list, '[aria-live=polite]');
    expect(region.textContent).to.equal('');
    client.receive(jonas, { from: jonas, body: 'hello there' });
    await settle(list);
    expect(region.textContent).to.equal('Jonas Lindqvist: hello there');
  });

  it('names who speaks in a room, and how each is drawn is theirs', async () => {
    const client = new FakeClient();
    const { list } = await show(client, lobby);
    expect(articles(list)[0]!.getAttribute('aria-label')).to.match(/^Jonas, /);
    expect(find(list, '.sender').textContent).to.equal('Jonas');
  });

  it('shows who is typing', async () => {
    const client = new FakeClient();
    const { list } = await show(client);
    expect(findAll(list, '.typing')).to.have.length(0);
    client.setTypists(jonas, [jonas]);
    await settle(list);
    expect(findAll(list, '.typing')).to.have.length(1);
  });

  it('takes each line’s direction from its words', async () => {
    const { list } = await show(new FakeClient(), layla);
    const body = find(list, '.body');
    expect(body.getAttribute('dir')).to.equal('auto');
    expect(getComputedStyle(body).direction).to.equal('rtl');
  });

  it('shows hostile strings as text and nothing else', async () => {
    for (const [index, body] of hostile.entries()) {
      const lines: Line[] = [
        { from: jonas, ago: 4, body },
        { from: jonas, ago: 3, body: '', attachments: [{ url: body, name: body, mediaType: index % 2 ? body : 'image/png', width: -1, height: Number.NaN }] },
        { from: jonas, ago: 2, body: '', invitation: { room: body, inviter: body, reason: body } },
        { from: 'me', ago: 1, body: 'x', delivery: 'failed', failure: { condition: body, text: body } },
      ];
      const contacts = [{ jid: jonas, name: body, groups: [], subscription: 'both' as const, asked: false }];
      const { list } = await show(new FakeClient({ data: { ...answerer, contacts, scripts: [{ jid: jonas, kind: 'chat', lines }] } }));
      harmless(list);
      if (body.length < 1000) expect(texts(list)[0]).to.equal(body);
      list.remove();
    }
  });

  function harmless(list: MessageList): void {
    expect((window as { __owned?: unknown }).__owned).to.equal(undefined);
    expect(findAll(list, 'script, iframe, img[src=x], svg[onload], style')).to.have.length(0);
    for (const link of findAll<HTMLAnchorElement>(list, 'a')) {
      expect(link.href).to.match(/^(https?|mailto|tel|xmpp):/);
      expect(link.rel).to.equal('noopener noreferrer ugc');
      expect(Array.from(link.attributes, ({ name }) => name).filter((name) => name.startsWith('on'))).to.deep.equal([]);
    }
    // Nothing is wider than its list.
    for (const article of articles(list)) expect(article.scrollWidth, article.textContent!.slice(0, 80)).to.be.at.most(list.clientWidth);
  }

  it('shortens what would fill the screen, and shows all on request', async () => {
    const client = new FakeClient();
    client.receive(jonas, { from: jonas, body: 'y'.repeat(9000) });
    const { list } = await show(client);
    expect(texts(list).at(-1)!.length).to.be.below(3000);
    button(list, 'Show all').click();
    await settle(list);
    expect(texts(list).at(-1)!.length).to.equal(9000);
  });

  it('takes up an invitation', async () => {
    const client = new FakeClient();
    const { list } = await show(client);
    let went: unknown;
    list.addEventListener('tertulia-navigate', (event) => (went = event.route));
    button(list, 'Join').click();
    await settle(list);
    expect(went).to.deep.equal({ view: 'room', jid: 'design@rooms.localhost' });
  });

  it('closes its window when it goes, and opens another for another conversation', async () => {
    const client = new FakeClient();
    const { list } = await show(client);
    expect(client.timelines).to.have.length(1);
    list.jid = layla;
    await settle(list);
    expect(client.timelines.map(({ closed }) => closed)).to.deep.equal([true, false]);
    expect(find(list, '[role=log]').getAttribute('aria-label')).to.contain('ليلى');
    list.remove();
    expect(client.timelines.every(({ closed }) => closed)).to.equal(true);
  });

  it('opens its window anew when the account was opened anew under it', async () => {
    const client = new FakeClient();
    const { list } = await show(client);
    client.timelines[0]!.close();
    await settle(list);
    expect(client.timelines.map(({ closed }) => closed)).to.deep.equal([true, false]);
    expect(articles(list).length).to.be.greaterThan(0);
  });

  it('waits for somebody to sign in', async () => {
    const client = new FakeClient({ mode: undefined });
    const { list } = await show(client);
    expect(client.timelines).to.have.length(0);
    await client.signIn({ mode: 'login' });
    await settle(list);
    expect(articles(list).length).to.be.above(5);
  });

  /** How often it has been drawn since. */
  function drawings(list: MessageList): () => number {
    let times = 0;
    list.addController({ hostUpdated: () => void (times += 1) });
    return () => times;
  }
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve(); // oxlint-disable-line no-await-in-loop
  };

  it('paints what fills the screen first, more above it afterwards, and nothing moves', async () => {
    performance.clearMarks();
    const client = new FakeClient({ data: long(300) });
    const session = await inSession(client, html`<tertulia-message-list jid="${jonas}"></tertulia-message-list>`);
    const list = find<MessageList>(session, 'tertulia-message-list');
    const log = find(list, '[role=log]');
    const painted = (): PerformanceMark | undefined => (performance.getEntriesByName('tertulia:conversation-painted') as PerformanceMark[])[0];
    const held = client.timelines[0]!.items!.length;
    await until(() => painted() !== undefined);
    const { messages } = painted()!.detail as { messages: number };
    expect(messages).to.be.below(held);
    expect(log.scrollHeight).to.be.above(log.clientHeight);
    const last = articles(list).at(-1)!;
    const where = bottom(last);
    await until(() => articles(list).length > messages);
    for (let turn = 0; turn < 10; turn += 1) await frames(); // oxlint-disable-line no-await-in-loop
    expect(bottom(last)).to.equal(where);
    expect(log.getAttribute('aria-busy')).to.equal('false');
    // No more than one may soon look at: the rest is in memory.
    expect(articles(list).length).to.be.below(100);
  });

  it('draws what comes within a frame together', async () => {
    const client = new FakeClient({ data: long(60) });
    const { list } = await show(client);
    for (let turn = 0; turn < 10; turn += 1) await frames(); // oxlint-disable-line no-await-in-loop
    await new Promise((resolve) => setTimeout(resolve));
    const times = drawings(list);
    for (let n = 0; n < 5; n += 1) {
      client.receive(jonas, { from: jonas, body: `burst ${n}` });
      await turns(); // oxlint-disable-line no-await-in-loop
    }
    expect(times(), 'the first at once').to.equal(1);
    await until(() => texts(list).at(-1) === 'burst 4');
    // And once more at most, where what came has left room to fill.
    expect(times()).to.be.at.most(3);
  });

  it('draws the sign of a key first, but what Enter sends at once; a hidden page waits for no frame', async () => {
    const client = new FakeClient({ data: long(60) });
    const { list } = await show(client);
    const calm = async (): Promise<void> => {
      for (let turn = 0; turn < 10; turn += 1) await frames(); // oxlint-disable-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve));
    };
    await calm();
    press(list, 'a');
    client.receive(jonas, { from: jonas, body: 'while one types' });
    await turns();
    expect(texts(list).at(-1)).to.not.equal('while one types');
    await until(() => texts(list).at(-1) === 'while one types');
    await calm();
    press(list, 'Enter');
    client.receive(jonas, { from: jonas, body: 'with Enter' });
    await turns();
    expect(texts(list).at(-1)).to.equal('with Enter');
    await calm();
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
    try {
      press(list, 'a');
      client.receive(jonas, { from: jonas, body: 'while nobody looks' });
      await turns();
      expect(texts(list).at(-1)).to.equal('while nobody looks');
    } finally {
      delete (document as { hidden?: boolean }).hidden;
    }
  });

  it('tells when it was asked and when it was painted', async () => {
    performance.clearMarks();
    await show(new FakeClient(), layla);
    const mark = (name: string): PerformanceMark | undefined => (performance.getEntriesByName(name) as PerformanceMark[]).find(({ detail }) => detail.jid === layla);
    await until(() => mark('tertulia:conversation-painted') !== undefined);
    const painted = mark('tertulia:conversation-painted')!;
    expect(painted.detail).to.deep.equal({ jid: layla, messages: 4 });
    expect(mark('tertulia:conversation-open')!.startTime).to.be.at.most(painted.startTime);
  });
});
