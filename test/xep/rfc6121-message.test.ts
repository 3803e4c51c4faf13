import { expect } from '@open-wc/testing';
import { bodyOf, factBase, message, messageStanza } from '../../src/xep/rfc6121-message.js';
import { parse, expectXml } from '../support/xml.js';
import { example } from '../support/xep-examples.js';
import type { Whereabouts, Wrapper } from '../../src/xep/rfc6121-message.js';
import type { Fact } from '../../src/model/fact.js';
import type { MessageState } from '../../src/model/message.js';

const where: Whereabouts = {
  me: 'romeo@montague.example',
  server: 'montague.example',
  now: Date.UTC(2026, 0, 1),
  isRoom: (jid) => jid === 'coven@chat.example',
  ownNick: (room) => (room === 'coven@chat.example' ? 'romeo' : undefined),
  archives: (jid) => jid === 'romeo@montague.example' || jid === 'coven@chat.example',
};
const base = (xml: string, wrapper?: Wrapper, more: Partial<Whereabouts> = {}): ReturnType<typeof factBase> => factBase(parse(xml), { ...where, ...more }, wrapper);
function read(xml: string, wrapper?: Wrapper): Fact[] {
  const stanza = parse(xml);
  const found = factBase(stanza, where, wrapper);
  return found ? (message.read?.({ stanza, base: found, origin: 'live' }) ?? []) : [];
}

describe('xep/rfc6121-message: whose conversation', () => {
  it('files a contact\'s message under the bare JID, from whichever device', () => {
    expect(base("<message from='Juliet@Capulet.example/balcony' to='romeo@montague.example/garden' type='chat' id='m1'><body>hi</body></message>")).to.deep.equal({
      conversation: 'juliet@capulet.example', chatType: 'chat', sender: 'juliet@capulet.example', mine: false, at: where.now, archive: 'romeo@montague.example', messageId: 'm1',
    });
  });
  it('files a copy of what another device of ours sent under its recipient', () => {
    const copy = base("<message from='romeo@montague.example/home' to='juliet@capulet.example/balcony' type='chat'><body>hi</body></message>");
    expect(copy).to.include({ conversation: 'juliet@capulet.example', sender: 'romeo@montague.example', mine: true });
  });
  it('keeps a note to oneself in one\'s own conversation', () => {
    expect(base("<message from='romeo@montague.example/home' to='romeo@montague.example'><body>milk</body></message>")).to.include({ conversation: 'romeo@montague.example', mine: true });
  });
  it('takes a missing sender for the own account', () => {
    expect(base("<message to='romeo@montague.example/home'><body>x</body></message>")).to.include({ sender: 'romeo@montague.example' });
  });
  it('knows rooms, occupants and itself in them', () => {
    expect(base("<message from='coven@chat.example/Witch' type='groupchat'><body>x</body></message>")).to.include({ conversation: 'coven@chat.example', chatType: 'groupchat', sender: 'coven@chat.example/Witch', mine: false, archive: 'coven@chat.example' });
    expect(base("<message from='coven@chat.example/romeo' type='groupchat'><body>x</body></message>")).to.include({ mine: true });
  });
  it('files a private message under the occupant, its answer too', () => {
    expect(base("<message from='coven@chat.example/witch' to='romeo@montague.example/a' type='chat'><body>x</body></message>")).to.include({ conversation: 'coven@chat.example/witch', sender: 'coven@chat.example/witch', chatType: 'chat', archive: 'romeo@montague.example' });
    expect(base("<message from='romeo@montague.example/a' to='coven@chat.example/witch' type='chat'><body>x</body></message>")).to.include({ conversation: 'coven@chat.example/witch', sender: 'coven@chat.example/romeo', mine: true });
  });
  it('knows a private message of a room it has left by its mark, in history only', () => {
    const xml = "<message from='old@chat.example/witch' to='romeo@montague.example/a' type='chat'><body>x</body><x xmlns='http://jabber.org/protocol/muc#user'/></message>";
    expect(base(xml, { archive: 'romeo@montague.example', archiveId: '1' })).to.include({ conversation: 'old@chat.example/witch' });
    expect(base(xml)).to.include({ conversation: 'old@chat.example' });
  });
  it('keeps an address with a resource apart where a person has opened it', () => {
    expect(base("<message from='bot@b.example/echo'><body>x</body></message>", {}, { keeps: (jid) => jid === 'bot@b.example/echo' })).to.include({ conversation: 'bot@b.example/echo', sender: 'bot@b.example/echo' });
    expect(base("<message from='b.example'><body>x</body></message>")).to.include({ conversation: 'b.example' });
  });
  it('in a room\'s history believes the address the room shows more than the nick', () => {
    const xml = (jid: string): string => `<message from='coven@chat.example/romeo' type='groupchat'><body>x</body><x xmlns='http://jabber.org/protocol/muc#user'><item jid='${jid}'/></x></message>`;
    const page = { archive: 'coven@chat.example', archiveId: '7', at: 5 };
    expect(base(xml('other@x.example/a'), page)).to.include({ mine: false, archiveId: '7', at: 5 });
    expect(base(xml('romeo@montague.example/a'), page)).to.include({ mine: true });
  });
  it('hostile: groupchat from what is no room, room history in a foreign archive, no address', () => {
    expect(base("<message from='mallory@x.example/coven' type='groupchat'><body>x</body></message>")).to.equal(undefined);
    expect(base("<message from='coven@chat.example/w' type='groupchat'><body>x</body></message>", { archive: 'romeo@montague.example', archiveId: '1' })).to.equal(undefined);
    expect(base("<message from='juliet@capulet.example/w' to='romeo@montague.example' type='chat'><body>x</body></message>", { archive: 'coven@chat.example', archiveId: '1' })).to.equal(undefined);
    for (const from of ['', '@', '/x', 'a b@c']) expect(base(`<message from='${from}'><body>x</body></message>`), from).to.equal(undefined);
  });
});

describe('xep/rfc6121-message: which id', () => {
  const xml = "<message from='juliet@capulet.example/a' to='romeo@montague.example' id='m1'><body>x</body><origin-id xmlns='urn:xmpp:sid:0' id='o1'/><stanza-id xmlns='urn:xmpp:sid:0' by='romeo@montague.example' id='s1'/></message>";
  it('takes the archive\'s id from who keeps one, and the sender\'s own beside it', () => {
    expect(base(xml)).to.include({ archiveId: 's1', originId: 'o1', messageId: 'm1' });
  });
  it('hostile: an id in the name of an account without an archive, and one inside of an archive\'s result', () => {
    expect(base(xml, {}, { archives: () => false })).to.include({ claimedId: 's1' }).and.not.have.property('archiveId');
    expect(base(xml)).to.not.have.property('claimedId');
    expect(base(xml, { archive: 'romeo@montague.example', archiveId: 'r1' })).to.not.have.property('claimedId');
    expect(base(xml, { archive: 'romeo@montague.example', archiveId: 'r1' })).to.include({ archiveId: 'r1' });
    expect(base(xml, { archive: 'romeo@montague.example' })).to.not.have.property('archiveId');
  });
});

describe('xep/rfc6121-message: when', () => {
  it('believes the own server and the room about the time', async () => {
    const offline = await example('0203', 'Receiving a Message Sent While Offline');
    expect(factBase(offline, { ...where, me: 'juliet@capulet.com', server: 'capulet.com' })?.at).to.equal(Date.UTC(2002, 8, 10, 23, 8, 25));
    const cached = await example('0203', 'Receiving Cached Messages');
    expect(factBase(cached, { ...where, isRoom: () => true })?.at).to.equal(Date.UTC(2002, 8, 10, 23, 5, 37));
  });
  it('hostile: a sender\'s own claim, and a far future', () => {
    expect(base("<message from='m@x.example/a'><body>x</body><delay xmlns='urn:xmpp:delay' from='m@x.example' stamp='2002-09-10T23:08:25Z'/></message>")?.at).to.equal(where.now);
    // Only the server says that it had kept something for us (XEP-0160).
    expect(base("<message from='m@x.example/a'><body>x</body><delay xmlns='urn:xmpp:delay' from='m@x.example' stamp='2002-09-10T23:08:25Z'/></message>")?.late).to.equal(undefined);
    expect(base("<message from='m@x.example/a'><body>x</body><delay xmlns='urn:xmpp:delay' from='montague.example' stamp='2002-09-10T23:08:25Z'/></message>")?.late).to.equal(true);
    expect(base("<message from='m@x.example/a'><body>x</body><delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25Z'/></message>")?.at).to.equal(where.now);
    expect(base("<message from='m@x.example/a'><body>x</body><delay xmlns='urn:xmpp:delay' from='montague.example' stamp='9999-09-10T23:08:25Z'/></message>")?.at).to.equal(where.now);
  });
});

describe('xep/rfc6121-message: what was said', () => {
  it('reads a body as a message and nothing else', () => {
    expect(read("<message from='j@x.example/a'><body>hi</body><html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'><b>ho</b></body></html></message>").map((fact) => [fact.kind, 'body' in fact && fact.body])).to.deep.equal([['message', 'hi']]);
    for (const silent of [
      "<message from='j@x.example/a'/>",
      "<message from='j@x.example/a'><body>  \n</body></message>",
      "<message from='j@x.example/a'><body xmlns='urn:else'>hi</body></message>",
      "<message from='coven@chat.example/w' type='groupchat'><subject>fire</subject></message>",
      "<message from='ads@x.example' type='headline'><body>buy</body></message>",
      "<message from='coven@chat.example' to='r@x.example'><body>come</body><x xmlns='http://jabber.org/protocol/muc#user'><invite from='a@b'/></x></message>",
    ]) expect(read(silent), silent).to.deep.equal([]);
    expect(read("<message from='montague.example' type='headline'><body>down at ten</body></message>")).to.have.lengthOf(1);
  });
  it('picks the body in the reader\'s language, else the one without', () => {
    const stanza = parse("<message><body xml:lang='cs'>ahoj</body><body>hello</body><body xml:lang='de-AT'>servus</body></message>");
    expect(bodyOf(stanza, ['de-DE', 'cs'])).to.equal('servus');
    expect(bodyOf(stanza, ['cs'])).to.equal('ahoj');
    expect(bodyOf(stanza, ['fr'])).to.equal('hello');
  });
  it('reads a bounce as the failure of what bounced', () => {
    const xml = "<message from='juliet@capulet.example' to='romeo@montague.example/a' type='error' id='m9'><body>hi</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>gone</text></error></message>";
    const [fact] = read(xml);
    expect(fact).to.include({ kind: 'failure', target: 'm9', condition: 'service-unavailable', text: 'gone', conversation: 'juliet@capulet.example', mine: false });
    expect(read(xml.replace("id='m9'", ''))).to.deep.equal([]);
    expect(read("<message from='j@x.example/a' type='error' id='r1'><received xmlns='urn:xmpp:receipts' id='m1'/><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")).to.deep.equal([]);
    expect(read("<message from='coven@chat.example' type='error' id='m3'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")[0]).to.include({ conversation: 'coven@chat.example', chatType: 'groupchat', condition: 'forbidden' });
  });
  it('reads the bounce of a whole message, chat state and all, for some servers send it back as it was', () => {
    const facts = read("<message from='juliet@capulet.example' type='error' id='m9'><body>x</body><active xmlns='http://jabber.org/protocol/chatstates'/><markable xmlns='urn:xmpp:chat-markers:0'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
    expect(facts.map(({ kind }) => kind)).to.deep.equal(['failure']);
  });

  it('folds a failure, but not over a device that took it', () => {
    const fact = read("<message from='j@x.example/a' type='error' id='m9'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")[0] as Fact<'failure'>;
    const state: MessageState = { body: 'x', attachments: [], delivery: 'sent' };
    message.apply?.failure?.(state, fact);
    expect(state).to.deep.include({ delivery: 'failed', failure: { condition: 'gone' } });
    const delivered: MessageState = { body: 'x', attachments: [], delivery: 'delivered' };
    message.apply?.failure?.(delivered, fact);
    expect(delivered.delivery).to.equal('delivered');
    const theirs: MessageState = { body: 'x', attachments: [] };
    message.apply?.failure?.(theirs, fact);
    expect(theirs).to.deep.equal({ body: 'x', attachments: [] });
  });
  it('writes a message', () => {
    expectXml(messageStanza({ to: 'j@x.example', chatType: 'chat', id: 'o1', body: 'a < b' }), "<message to='j@x.example' type='chat' id='o1'><body>a &lt; b</body></message>");
  });
});
