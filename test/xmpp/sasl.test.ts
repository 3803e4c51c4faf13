import { expect } from '@open-wc/testing';
import { prepare, startScram } from '../../src/xmpp/scram.js';
import { ModelServer, settle } from './model-server.js';
import { client } from './client.js';
import type { ModelOptions } from './model-server.js';
import type { Proof } from '../../src/xmpp/connection-types.js';

const refusal = async (options: ModelOptions, useProof?: Proof, scramSeen = false): Promise<{ readonly code: string; readonly condition: string | undefined; readonly auths: string[] }> => {
  const server = new ModelServer(options);
  const test = client(server, { scramSeen, ...(useProof && { useProof }) });
  test.connection.start();
  const { error } = await test.state('refused');
  test.clock.advance(3_600_000);
  await settle();
  expect(server.sockets.length, 'it is not tried again').to.equal(1);
  return { code: error.code, condition: error.condition, auths: server.socket.sent('auth').map((auth) => auth.attrs['mechanism']!) };
};
const signsIn = async (options: ModelOptions, useProof?: Proof): Promise<{ readonly mechanism: string; readonly server: ModelServer }> => {
  const server = new ModelServer(options);
  const test = client(server, useProof ? { useProof } : {});
  await test.online();
  await test.connection.stop({ forget: true });
  return { mechanism: server.socket.sent('auth')[0]!.attrs['mechanism']!, server };
};

describe('xmpp/scram', () => {
  it("answers RFC 5802's and RFC 7677's examples as they do", async () => {
    const first = startScram('SCRAM-SHA-1', 'user', { password: 'pencil' }, 'fyko+d2lbbFgONRv9qkxdawL');
    expect(first.first).to.equal('n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL');
    expect(await first.respond('r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096')).to.equal('c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=');
    await first.verify('v=rmF9pqV8S7suAoZWja4dJRkFsKQ=');
    const second = startScram('SCRAM-SHA-256', 'user', { password: 'pencil' }, 'rOprNGfwEbeRWgbNEkqO');
    expect(await second.respond('r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096')).to.equal('c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=');
    const key = await second.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
    expect(key.key.extractable).to.equal(false);
  });
  it('refuses broken and hostile first messages', async () => {
    const cases: [string, string][] = [
      ['r=other,s=QSXC,i=4096', 'forged-server'], ['r=abc,s=QSXC,i=4096', 'forged-server'], ['r=abcd,s=QSXC,i=4095', 'insecure'], ['r=abcd,s=QSXC,i=10000001', 'insecure'], ['r=abcd,s=QSXC,i=4096x', 'protocol'],
      ['r=abcd,s=QSXC,i=-4096', 'protocol'], ['r=abcd,i=4096', 'protocol'], ['m=ext,r=abcd,s=QSXC,i=4096', 'protocol'], ['r=abcd,s=!,i=4096', 'protocol'], ['', 'protocol'], ['nonsense', 'protocol'],
    ];
    for (const [message, code] of cases) {
      const error = await startScram('SCRAM-SHA-1', 'user', { password: 'x' }, 'abc').respond(message).then(() => undefined, (thrown: { code: string }) => thrown);
      expect(error?.code, message).to.equal(code);
    }
  });
  it('prepares names and passwords', () => {
    expect(prepare('I\u00ADX')).to.equal('IX');
    expect(prepare('\u2168')).to.equal('IX');
    expect(prepare('a\u00A0b')).to.equal('a b');
    expect(startScram('SCRAM-SHA-1', 'a=b,c', { password: '' }, 'n').first).to.equal('n,,n=a=3Db=2Cc,r=n');
  });
});

describe('xmpp/sasl', () => {
  it('takes the strongest SCRAM, and PLAIN only where there is nothing else', async () => {
    expect((await signsIn({ mechanisms: ['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'SCRAM-SHA-512-PLUS'] })).mechanism).to.equal('SCRAM-SHA-512');
    expect((await signsIn({ mechanisms: ['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256'] })).mechanism).to.equal('SCRAM-SHA-256');
    expect((await signsIn({ mechanisms: ['X-UNKNOWN', 'PLAIN'] })).mechanism).to.equal('PLAIN');
  });
  it('signs in with passwords and names beyond Latin-1, by SCRAM and by PLAIN', async () => {
    for (const mechanisms of [['SCRAM-SHA-256'], ['PLAIN']]) await signsIn({ mechanisms, username: 'ромео', password: 'pässwörd-日本-🔑' });
  });
  it('takes the signature in a last challenge as well', async () => {
    await signsIn({ finalAsChallenge: true });
  });
  it('never sends the password where a SCRAM was seen and is gone', async () => {
    expect(await refusal({ mechanisms: ['PLAIN'] }, undefined, true)).to.deep.equal({ code: 'insecure', condition: undefined, auths: [] });
    // Seen in this connection, gone in the next stream.
    const mechanisms = ['SCRAM-SHA-1', 'PLAIN'];
    const server = new ModelServer({ mechanisms });
    const test = client(server);
    await test.online();
    mechanisms.shift();
    server.socket.cut();
    await test.state('waiting');
    test.connection.wake();
    expect((await test.state('refused')).error.code).to.equal('insecure');
    expect(server.socket.sent('auth')).to.deep.equal([]);
  });
  it('refuses a server that does not know the password', async () => {
    for (const forge of ['signature', 'no-signature', 'nonce'] as const) expect((await refusal({ forge })).code, forge).to.equal('forged-server');
  });
  it('refuses too few and too many iterations', async () => {
    for (const iterations of [1, 4095, 10_000_001]) expect((await refusal({ iterations })).code).to.equal('insecure');
  });
  it('does not try refused credentials again', async () => {
    const username = 'romeo';
    expect(await refusal({ password: 'right' }, { kind: 'password', username, password: 'wrong' })).to.deep.equal({ code: 'not-authorized', condition: 'not-authorized', auths: ['SCRAM-SHA-1'] });
    expect((await refusal({ password: 'right', hangsUp: true }, { kind: 'password', username, password: 'wrong' })).code, 'nor where the server hangs up').to.equal('not-authorized');
    expect((await refusal({ mechanisms: ['OAUTHBEARER'] }, { kind: 'token', username, token: 'wrong' })).code).to.equal('not-authorized');
    expect((await refusal({ mechanisms: ['SCRAM-SHA-1'] }, { kind: 'anonymous' })).condition).to.equal('invalid-mechanism');
    expect((await refusal({ mechanisms: ['SCRAM-SHA-1'] }, { kind: 'token', username, token: 'secret' })).code).to.equal('insecure');
  });
  it('hands out a key that signs in without the password, until the salt changes', async () => {
    const server = new ModelServer();
    const test = client(server);
    await test.online();
    await test.connection.stop({ forget: true });
    const key = test.keys[0]!;
    expect(key.mechanism).to.equal('SCRAM-SHA-1');
    expect(await crypto.subtle.exportKey('raw', key.key).then(() => 'exported', () => 'refused')).to.equal('refused');
    const proof = { kind: 'scram-key', username: 'romeo', key } as const;
    await signsIn({}, proof);
    expect((await refusal({ salt: btoa('another') }, proof)).condition).to.equal('salt-changed');
    expect((await refusal({ iterations: 8192 }, proof)).condition).to.equal('salt-changed');
    expect((await refusal({ mechanisms: ['SCRAM-SHA-512', 'PLAIN'] }, proof)).condition).to.equal('salt-changed');
    expect((await refusal({ mechanisms: ['PLAIN'] }, proof)).code).to.equal('insecure');
  });
  it('gives no key for a wrong password', async () => {
    const server = new ModelServer({ password: 'right' });
    const test = client(server, { useProof: { kind: 'password', username: 'romeo', password: 'wrong' } });
    test.connection.start();
    await test.state('refused');
    expect(test.keys).to.deep.equal([]);
  });
  it('takes tokens as the server does, and the anonymous', async () => {
    const proof = { kind: 'token', username: 'romeo', token: 'secret' } as const;
    expect((await signsIn({ mechanisms: ['PLAIN', 'X-OAUTH2', 'OAUTHBEARER'] }, proof)).mechanism).to.equal('OAUTHBEARER');
    expect((await signsIn({ mechanisms: ['PLAIN', 'X-OAUTH2'] }, proof)).mechanism).to.equal('X-OAUTH2');
    expect((await signsIn({ mechanisms: ['PLAIN'] }, proof)).mechanism).to.equal('PLAIN');
    expect((await signsIn({ mechanisms: ['ANONYMOUS'] }, { kind: 'anonymous' })).mechanism).to.equal('ANONYMOUS');
  });
  it('tries again later when the server cannot check now', async () => {
    const server = new ModelServer({
      intercept: (element, socket) => {
        if (!element.is('auth')) return false;
        socket.push("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><temporary-auth-failure/></failure>");
        return true;
      },
    });
    const test = client(server);
    test.connection.start();
    expect((await test.state('waiting')).error.condition).to.equal('temporary-auth-failure');
  });
});
