import { expect } from '@open-wc/testing';
import { carbons, copiesArrive, keepFromCarbons } from '../../src/xep/0280-carbons.js';
import { ChatError } from '../../src/base/error.js';
import { fakeContext, settled } from '../support/xep-context.js';
import { example, exampleXml } from '../support/xep-examples.js';
import { canonical, expectXml, parse } from '../support/xml.js';
import type { FakeContext } from '../support/xep-context.js';
import type { Rejected, Unwrapped } from '../../src/xep/module.js';

const me = 'romeo@montague.example';
const romeo = (): FakeContext => fakeContext({ jid: `${me}/home` });
const unwrap = (xml: string, ctx = romeo()): Unwrapped | Rejected | undefined => carbons.unwrap?.(parse(xml), ctx);

describe('xep/0280-carbons', () => {
  it('is enabled where the server offers it', async () => {
    const ctx = romeo();
    ctx.onIq(async (iq) => (iq.getChild('enable') ? "<iq type='result'/>" : example('0280', 'Server responds with Carbons feature')));
    await carbons.onReady?.(ctx);
    expect(ctx.asked.map(canonical)).to.deep.equal([
      canonical(parse("<iq type='get' to='montague.example' id='id1'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")),
      canonical(parse("<iq type='set' id='id2'><enable xmlns='urn:xmpp:carbons:2'/></iq>")),
    ]);
  });
  it('is not asked for where it is not offered, and a refusal is no end', async () => {
    const ctx = romeo();
    ctx.onIq(() => "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
    await carbons.onReady?.(ctx);
    expect(ctx.asked).to.have.lengthOf(1);
    const refusing = romeo();
    refusing.onIq(async (iq) => example('0280', iq.getChild('enable') ? 'Server forbids client' : 'Server responds with Carbons feature'));
    await carbons.onReady?.(refusing);
    expect(refusing.asked).to.have.lengthOf(2);
  });
  it('is asked for again, later each time, where it was refused for a while or not answered', async () => {
    const ctx = romeo();
    const answers = ['internal-server-error', 'timeout', 'resource-constraint', 'done'];
    ctx.onIq(async (iq) => {
      if (!iq.getChild('enable')) return example('0280', 'Server responds with Carbons feature');
      const condition = answers.shift()!;
      if (condition === 'timeout') return new ChatError('timeout', 'no answer in time');
      return condition === 'done' ? "<iq type='result'/>" : `<iq type='error'><error type='wait'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`;
    });
    const asked = (): number => ctx.asked.filter((iq) => iq.getChild('enable')).length;
    await carbons.onReady?.(ctx);
    expect([asked(), copiesArrive(ctx)]).to.deep.equal([1, false]);
    for (const [wait, times] of [[5_000, 2], [19_999, 2], [1, 3], [60_000, 4], [3_600_000, 4]] as const) {
      ctx.clock.advance(wait);
      await settled();
      expect(asked(), `after ${wait} more`).to.equal(times);
    }
    expect(copiesArrive(ctx)).to.equal(true);
    expect(ctx.clock.pending, 'nothing is left to ask').to.equal(0);
  });
  it('is asked for again where the server could not even be asked what it can do', async () => {
    const ctx = romeo();
    let deaf = true;
    ctx.onIq(async (iq) => (deaf ? new ChatError('timeout', 'no answer in time') : iq.getChild('enable') ? "<iq type='result'/>" : example('0280', 'Server responds with Carbons feature')));
    await carbons.onReady?.(ctx);
    deaf = false;
    ctx.clock.advance(5_000);
    await settled();
    expect(copiesArrive(ctx)).to.equal(true);
  });
  it('is not asked for again where the answer is no, where there is no stream, or when the session is over', async () => {
    for (const answer of [new ChatError('offline', 'gone'), await exampleXml('0280', 'Server forbids client')]) {
      const ctx = romeo();
      ctx.onIq(async (iq) => (iq.getChild('enable') ? answer : example('0280', 'Server responds with Carbons feature')));
      await carbons.onReady?.(ctx);
      expect(ctx.clock.pending).to.equal(0);
    }
    const over = romeo();
    over.onIq(async (iq) => (iq.getChild('enable') ? undefined : example('0280', 'Server responds with Carbons feature')));
    await carbons.onReady?.(over);
    expect(over.clock.pending).to.equal(1);
    carbons.onEnd?.(over);
    expect(over.clock.pending).to.equal(0);
  });
  it('a stream that is resumed by another worker is asked only for what it has not got', async () => {
    const ctx = romeo();
    ctx.onIq(async (iq) => (iq.getChild('enable') ? "<iq type='result'/>" : example('0280', 'Server responds with Carbons feature')));
    await carbons.onResumed?.(ctx);
    await settled();
    expect([ctx.asked.length, copiesArrive(ctx)], 'never turned on').to.deep.equal([2, true]);
    const next: FakeContext = { ...romeo(), shelf: ctx.shelf };
    await carbons.onResumed?.(next);
    await settled();
    expect([next.asked.length, copiesArrive(next)], 'turned on before').to.deep.equal([0, true]);
    const another: FakeContext = { ...fakeContext({ jid: `${me}/elsewhere` }), shelf: ctx.shelf };
    await carbons.onResumed?.(another);
    expect(copiesArrive(another), 'turned on for another stream').to.equal(false);
  });
  it('opens what other devices received and sent', async () => {
    const received = unwrap(await exampleXml('0280', "Server sends carbon to Romeo's other clients")) as Unwrapped;
    expect(received.stanza.attrs['from']).to.equal('juliet@capulet.example/balcony');
    expect(received.sent).to.equal(undefined);
    const sent = unwrap(await exampleXml('0280', "Romeo's other Carbons-enabled clients")) as Unwrapped;
    expect(sent.stanza.getChildText('body')).to.equal('Neither, fair saint, if either thee dislike.');
    expect(sent.sent).to.equal(true);
  });
  it('leaves other messages alone', () => {
    expect(unwrap(`<message from='a@b.example'><body>hi</body><private xmlns='urn:xmpp:carbons:2'/></message>`)).to.equal(undefined);
  });
  it('keeps a message from being copied', async () => {
    const stanza = parse('<message><body>x</body></message>');
    keepFromCarbons(stanza);
    const hints = (await example('0280', 'Romeo sends to Juliet, excluding Carbons')).children.filter((child) => typeof child !== 'string').slice(-2);
    expectXml(stanza, `<message><body>x</body>${hints.join('')}</message>`);
  });
  it('hostile: the specification\'s attack', async () => {
    expect(unwrap(await exampleXml('0280', 'Tybalt attempts Carbons impersonation'))).to.have.property('reject');
  });
  it('hostile: every other sender and every other content', async () => {
    const good = await exampleXml('0280', "Server sends carbon to Romeo's other clients");
    const sent = await exampleXml('0280', "Romeo's other Carbons-enabled clients");
    expect(unwrap(good)).to.have.property('stanza');
    for (const from of ['stranger@evil.example', 'juliet@capulet.example', `${me}/home`, 'montague.example', 'room@chat.example', 'romeo@montague.examplé', 'Romeo@montague.example', 'romeo@MONTAGUE.example', '', 'romeo@montague.example.'])
      expect(unwrap(good.replace("from='romeo@montague.example'", `from='${from}'`)), from).to.have.property('reject');
    const message = /<message xmlns='jabber:client'\s+from='juliet[\s\S]*?<\/message>/.exec(good)?.[0] ?? '';
    expect(message).to.contain('</message>');
    const forwarded = /<forwarded[\s\S]*<\/forwarded>/.exec(good)?.[0] ?? '';
    for (const [what, bad] of [
      ['no sender', good.replace("from='romeo@montague.example'", '')],
      ['two forwards', good.replace(forwarded, forwarded + forwarded)],
      ['two messages', good.replace(message, message + message)],
      ['no message', good.replace(message, '')],
      ['both copies', good.replace('</received>', `</received><sent xmlns='urn:xmpp:carbons:2'>${forwarded}</sent>`)],
      ['of a room', good.replace(message, message.replace("type='chat'", "type='groupchat'"))],
      ['not to us', good.replace(message, message.replace('romeo@montague.example/garden', 'mercutio@verona.example/x'))],
      ['sent by somebody else', good.replaceAll('received', 'sent')],
      ['received by somebody else', sent.replaceAll('sent', 'received')],
      ['a carbon in a carbon', good.replace(message, message.replace('<body>', "<received xmlns='urn:xmpp:carbons:2'/><body>"))],
      ['an archive result in a carbon', good.replace(message, message.replace('<body>', "<result xmlns='urn:xmpp:mam:2'/><body>"))],
      ['no recipient', sent.replace("to='juliet@capulet.example/balcony'", '')],
      ['another namespace inside', good.replace(message, message.replace('jabber:client', 'jabber:server'))],
    ] as const) expect(unwrap(bad), what).to.have.property('reject');
  });
});
