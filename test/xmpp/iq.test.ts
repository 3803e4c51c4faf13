import { expect } from '@open-wc/testing';
import { answers } from '../../src/xmpp/iq.js';
import { xml } from '../../src/xmpp/element.js';
import { ModelServer, settle, until } from './model-server.js';
import { client } from './client.js';

const me = 'romeo@example.com/r';

describe('xmpp/iq', () => {
  it('knows who may answer (RFC 6120 §8.1.2.1)', () => {
    const cases: [to: string | undefined, from: string | undefined, right: boolean][] = [
      [undefined, undefined, true], [undefined, 'romeo@example.com', true], [undefined, me, true], [undefined, 'example.com', true], [undefined, 'romeo@example.com/other', false], [undefined, 'mallory@example.com', false],
      ['romeo@example.com', undefined, true], ['Romeo@Example.com', 'romeo@example.com', true], ['romeo@example.com', 'mallory@example.com', false],
      ['example.com', 'example.com', true], ['example.com', undefined, true], ['example.com', 'evil.com', false], ['example.com', 'romeo@example.com', false],
      ['juliet@example.com', 'juliet@example.com', true], ['juliet@example.com', undefined, false], ['juliet@example.com', 'juliet@example.com/x', false], ['juliet@example.com/x', 'juliet@example.com', false], ['juliet@example.com/X', 'juliet@example.com/x', false],
      ['rooms.example.com', 'example.com', false], [me, me, true], ['juliet@example.com', '@', false], [undefined, '/x', false],
    ];
    for (const [to, from, right] of cases) expect(answers(to, from, me), `${to} ${from}`).to.equal(right);
  });

  it('neither resolves nor cancels by an answer from elsewhere, and passes it on', async () => {
    const server = new ModelServer();
    const test = client(server);
    await test.online();
    let id = '';
    server.onStanza = (stanza) => {
      id = stanza.attrs['id']!;
      server.deliver(`<iq xmlns='jabber:client' type='result' id='${id}' from='mallory@evil.com'><query xmlns='jabber:iq:roster'><item jid='mallory@evil.com'/></query></iq>`, `<iq xmlns='jabber:client' type='error' id='${id}' from='mallory@evil.com'/>`);
    };
    const answer = test.connection.iq(xml('iq', { type: 'get', id: 'guessable' }, xml('query', { xmlns: 'jabber:iq:roster' })));
    await until(() => test.stanzas.length === 2);
    expect(id).to.match(/^[\w-]{22}$/);
    server.deliver(`<iq xmlns='jabber:client' type='get' id='${id}'><ping xmlns='urn:xmpp:ping'/></iq>`, `<iq xmlns='jabber:client' type='result' id='${id}'><query xmlns='jabber:iq:roster'/></iq>`);
    expect((await answer).getChild('query')?.children).to.deep.equal([]);
    expect(test.stanzas.map((stanza) => stanza.attrs['type'])).to.deep.equal(['result', 'error', 'get']);
  });

  it('rejects with the condition of an error, with timeout, and with offline', async () => {
    const server = new ModelServer();
    const test = client(server);
    await test.online();
    server.onStanza = (stanza) => server.deliver(`<iq xmlns='jabber:client' type='error' id='${stanza.attrs['id']}' from='example.com'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>No.</text></error></iq>`);
    const ask = (timeout?: number): Promise<{ code?: string; condition?: string; message?: string }> =>
      test.connection.iq(xml('iq', { type: 'get', to: 'example.com' }), timeout === undefined ? {} : { timeout }).then(() => ({}), (error: object) => error);
    expect(await ask()).to.include({ code: 'refused', condition: 'forbidden', message: 'No.' });
    server.onStanza = () => {};
    const slow = ask(5_000);
    test.clock.advance(5_000);
    expect((await slow).code).to.equal('timeout');
    const standard = ask();
    test.clock.advance(29_999);
    await settle(2);
    test.clock.advance(1);
    expect((await standard).code).to.equal('timeout');
    const left = ask();
    await test.connection.stop();
    expect((await left).code).to.equal('offline');
    expect((await ask()).code).to.equal('offline');
  });

  it('keeps a request over a resumption, and gives it up with the stream', async () => {
    const server = new ModelServer();
    const test = client(server);
    await test.online();
    server.onStanza = () => {};
    const answer = test.connection.iq(xml('iq', { type: 'get' }));
    await until(() => server.stanzas.length === 1);
    server.socket.cut();
    await test.state('waiting');
    const id = server.stanzas[0]!.attrs['id']!;
    server.unconfirmed.push(`<iq xmlns='jabber:client' type='result' id='${id}'/>`);
    test.connection.wake();
    await test.state('online');
    expect((await answer).attrs['id']).to.equal(id);
    const lost = test.connection.iq(xml('iq', { type: 'get' })).then(() => '', (error: { code: string }) => error.code);
    server.id = 'gone';
    server.socket.cut();
    await test.state('waiting');
    test.connection.wake();
    expect(await lost).to.equal('offline');
  });
});
