import { expect } from '@open-wc/testing';
import type { Archive } from '../../src/archive/archive-types.js';
import { openArchive } from '../../src/archive/archive.js';
import { ChatError } from '../../src/base/error.js';
import { silentLog } from '../../src/base/log.js';
import { applyTable } from '../../src/engine/apply-table.js';
import { Inbox } from '../../src/engine/inbox.js';
import type { Incoming } from '../../src/xep/module.js';
import { modules } from '../../src/xep/index.js';
import { factBase } from '../../src/xep/rfc6121-message.js';
import { fakeContext, TestClock } from '../support/xep-context.js';
import { parseAll } from '../support/xml.js';
import { freshName, timeline, until } from './fixtures.js';
import { said } from './model-archive.js';

const ME = 'romeo@montague.example';
const FULL = `${ME}/garden`;
const JULIET = 'juliet@capulet.example';

describe('engine/inbox', () => {
  let archive: Archive;
  let commits = 0;
  let seen: Incoming[] = [];
  let iqs: string[] = [];
  let inbox: Inbox;
  let clock: TestClock;
  let archives = [ME];
  const disk: { refuses: Error[]; durability: 'strict' | 'relaxed' | undefined } = { refuses: [], durability: undefined };
  beforeEach(async () => {
    commits = 0;
    seen = [];
    iqs = [];
    archive = await openArchive({ name: freshName(), apply: applyTable(modules), onPoke: () => void (commits += 1), log: silentLog });
    const ctx = fakeContext({ jid: FULL, modules });
    clock = new TestClock();
    archives = [ME];
    disk.refuses = [];
    inbox = new Inbox({
      archive: { ...archive, append: async (...args) => {
        const refusal = disk.refuses.shift();
        if (refusal) throw refusal;
        disk.durability = args[1];
        return archive.append(...args);
      } },
      clock,
      modules,
      keeps: (jid) => archives.includes(jid),
      ctx: () => ctx,
      log: silentLog,
      base: (stanza, found) => factBase(stanza, { me: ME, server: 'montague.example', now: 0, isRoom: () => false, ownNick: () => undefined, archives: (jid) => jid === ME }, found),
      iq: (stanza) => iqs.push(stanza.attrs.id ?? ''),
      committed: (incomings) => {
        // What is reacted to is in the archive already.
        seen.push(...incomings);
      },
    });
  });
  afterEach(() => archive.destroy());
  const take = (...stanzas: string[]): Promise<void> => inbox.handle(stanzas.flatMap(parseAll));
  const carbon = (kind: 'sent' | 'received', inner: string, from = ME): string =>
    `<message xmlns='jabber:client' from='${from}' to='${FULL}'><${kind} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded></${kind}></message>`;

  it('commits a batch in one transaction, in the order it came', async () => {
    await take(...['one', 'two', 'three'].map((body) => said(`${JULIET}/balcony`, FULL, body, { id: body })), "<iq xmlns='jabber:client' type='get' id='q'/>", "<presence xmlns='jabber:client' from='juliet@capulet.example/balcony'/>");
    expect(await timeline(archive, JULIET)).to.equal('| one two three');
    expect(commits).to.equal(1);
    expect(iqs).to.deep.equal(['q']);
    expect(seen).to.have.lengthOf(3);
  });

  it('takes carbons apart: what another device of ours sent stands as ours, with the other side', async () => {
    await take(carbon('sent', said(`${ME}/phone`, JULIET, 'from my phone', { id: 'c1' })), carbon('received', said(`${JULIET}/balcony`, `${ME}/phone`, 'to my phone', { id: 'c2' })));
    expect(await timeline(archive, JULIET)).to.equal('| from my phone:sent to my phone');
  });

  it('hostile: forged carbons and forged archive results write nothing', async () => {
    const forged = said(JULIET, FULL, 'forged', { id: 'f' });
    await take(
      carbon('received', forged, 'mallory@example.net/x'),
      carbon('received', forged, `${ME}/phone`),
      carbon('sent', said(`${ME}/x`, JULIET, 'forged', { id: 'f2' }), 'montague.example'),
      carbon('received', carbon('received', forged)),
      `<message xmlns='jabber:client' from='${ME}' to='${FULL}'><result xmlns='urn:xmpp:mam:2' queryid='guessed' id='1'><forwarded xmlns='urn:xmpp:forward:0'>${forged}</forwarded></result></message>`,
      `<message xmlns='jabber:client' from='mallory@example.net' to='${FULL}'><forwarded xmlns='urn:xmpp:forward:0'>${forged}</forwarded></message>`,
      "<message xmlns='jabber:client' from='@' type='chat'><body>no sender</body></message>",
      said('room@rooms.example/nick', FULL, 'not our room', { type: 'groupchat' }),
    );
    expect(await archive.conversations()).to.deep.equal([]);
    expect(commits).to.equal(0);
  });

  it('hostile: trusts an archive\'s id in a live stanza only from the archive itself (XEP-0359 §6)', async () => {
    await take(said(`${JULIET}/b`, FULL, 'ours', { id: 'x1', stanzaId: 'true', by: ME }), said(`${JULIET}/b`, FULL, 'theirs', { id: 'x2', stanzaId: 'false', by: 'capulet.example' }));
    const rows = (await archive.window(JULIET, {}, 10)).flatMap((item) => (item.kind === 'message' ? [item.row.archiveId] : []));
    expect(rows).to.deep.equal(['true', undefined]);
  });

  const refusal = (name: string): ChatError => new ChatError('storage', name, { cause: new DOMException('x', name) });

  it('asks a failing disk again, and counts a batch as handled only when it is there', async () => {
    disk.refuses = [refusal('AbortError'), refusal('QuotaExceededError')];
    let handled = false;
    const taking = take(said(`${JULIET}/b`, FULL, 'late', { id: 'late' })).then(() => (handled = true));
    for (const ms of [250, 1_000]) {
      await until(() => clock.pending > 0, 'it waits');
      expect(handled).to.equal(false);
      expect(commits).to.equal(0);
      clock.advance(ms);
    }
    await taking;
    expect(await timeline(archive, JULIET)).to.equal('| late');
    expect(inbox.poisoned).to.equal(0);
  });

  it('hands a batch back that the disk does not take: nothing of it is shown, reacted to, or counted', async () => {
    disk.refuses = [1, 2, 3, 4].map(() => refusal('QuotaExceededError'));
    let error: unknown;
    const taking = take(said(`${JULIET}/b`, FULL, 'one', { id: 'one' }), said(`${JULIET}/b`, FULL, 'two', { id: 'two' })).catch((thrown: unknown) => (error = thrown));
    for (const ms of [250, 1_000, 3_000]) {
      await until(() => clock.pending > 0, 'it waits');
      clock.advance(ms);
    }
    await taking;
    expect(error).to.include({ code: 'storage' });
    expect(commits).to.equal(0);
    expect(seen).to.deep.equal([]);
    expect(inbox.poisoned).to.equal(0);
  });

  it('hostile: what no disk would take is skipped, and takes nothing with it', async () => {
    disk.refuses = [refusal('DataCloneError'), refusal('DataCloneError')];
    await take(said(`${JULIET}/b`, FULL, 'bad', { id: 'bad' }), said(`${JULIET}/b`, FULL, 'good', { id: 'good' }));
    expect(await timeline(archive, JULIET)).to.equal('| good');
    expect(inbox.poisoned).to.equal(1);
  });

  it('waits for the disk where no archive could hand it out again', async () => {
    await take(said(`${JULIET}/b`, FULL, 'kept', { id: 'k' }));
    expect(disk.durability).to.equal('relaxed');
    archives = [];
    await take(said(`${JULIET}/b`, FULL, 'nowhere else', { id: 'n' }));
    expect(disk.durability).to.equal('strict');
  });

  it('counts a stanza that breaks a module, and keeps the others', async () => {
    const before = inbox.poisoned;
    const bad = parseAll(said(JULIET, FULL, 'x'))[0]!;
    Object.defineProperty(bad, 'attrs', { get() { throw new Error('asked to'); } });
    await inbox.handle([bad, ...parseAll(said(`${JULIET}/b`, FULL, 'good', { id: 'g' }))]);
    expect(inbox.poisoned).to.equal(before + 1);
    expect(await timeline(archive, JULIET)).to.equal('| good');
  });
});
