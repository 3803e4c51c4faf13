import { expect } from '@open-wc/testing';
import { findUploadService, requestSlot, upload } from '../../src/xep/0363-upload.js';
import { ChatError, toChatError } from '../../src/base/error.js';
import { fakeContext } from '../support/xep-context.js';
import { example, exampleXml } from '../support/xep-examples.js';
import { expectXml } from '../support/xml.js';
import type { FakeContext } from '../support/xep-context.js';
import type { UploadOptions, UploadRequest, UploadSlot } from '../../src/xep/0363-upload.js';

const romeo = (): FakeContext => fakeContext({ jid: 'romeo@montague.tld/garden' });
const service = { jid: 'upload.montague.tld', maxSize: 5_242_880 };
const file = { name: 'très cool.jpg', size: 23456, type: 'image/jpeg' };
const refusal = (thrown: unknown): string => {
  const { code, condition } = toChatError(thrown, 'invalid');
  return `${code} ${condition ?? ''}`.trim();
};
const slotFor = async (xml: string): Promise<UploadSlot | string> => {
  const ctx = romeo();
  ctx.onIq(() => xml);
  return requestSlot(ctx, service, file).catch(refusal);
};
const slot: UploadSlot = { put: 'https://upload.montague.tld/1', get: 'https://upload.montague.tld/1', headers: [['Authorization', 'Basic Base64String==']] };

/** The other end of an XMLHttpRequest, in the test's hands. */
class TestRequest implements UploadRequest {
  status = 0;
  onload: UploadRequest['onload'] = null;
  onerror: UploadRequest['onerror'] = null;
  onabort: UploadRequest['onabort'] = null;
  readonly upload: UploadRequest['upload'] = { onprogress: null };
  readonly said: string[] = [];
  sent: unknown;
  open(method: string, url: string | URL): void {
    this.said.push(`${method} ${String(url)}`);
  }
  setRequestHeader(name: string, value: string): void {
    this.said.push(`${name}: ${value}`);
  }
  send(body?: unknown): void {
    this.sent = body;
  }
  abort(): void {
    this.#call(this.onabort, new ProgressEvent('abort'));
  }
  progress(loaded: number, total: number): void {
    this.upload.onprogress?.call(new XMLHttpRequest(), new ProgressEvent('progress', { loaded, total }));
  }
  end(status: number): void {
    this.status = status;
    this.#call(this.onload, new ProgressEvent('load'));
  }
  fail(): void {
    this.#call(this.onerror, new ProgressEvent('error'));
  }
  #call(handler: UploadRequest['onload'], event: ProgressEvent): void {
    handler?.call(new XMLHttpRequest(), event);
  }
}
const put = (use: (request: TestRequest) => void, options: UploadOptions = {}, into = slot): Promise<string> => {
  const request = new TestRequest();
  const done = upload(into, new Blob(['hello'], { type: 'text/plain' }), { ...options, newRequest: () => request }).then(() => 'done', refusal);
  use(request);
  return done;
};

describe('xep/0363-upload: the service', () => {
  it('is found among the server\'s items, with its limit', async () => {
    const ctx = romeo();
    ctx.onIq(async (iq) => {
      if (iq.getChild('query')?.getNS()?.endsWith('#items')) return example('0363', 'Server replies to service discovery');
      return iq.attrs['to'] === 'upload.montague.tld' ? example('0363', 'Upload service replies') : undefined;
    });
    expect(await findUploadService(ctx)).to.deep.equal(service);
  });
  it('may be missing, refuse, or have no limit; a lost connection is told', async () => {
    const ctx = romeo();
    expect(await findUploadService(ctx)).to.equal(undefined);
    ctx.onIq(() => "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:http:upload:0'/></query></iq>");
    expect(await findUploadService(ctx)).to.deep.equal({ jid: 'montague.tld' });
    const offline = romeo();
    offline.onIq(() => new ChatError('offline', 'gone'));
    expect(await findUploadService(offline).then(() => 'none', refusal)).to.equal('offline');
  });
});

describe('xep/0363-upload: the slot', () => {
  it('is asked for and read as the specification shows', async () => {
    const ctx = romeo();
    ctx.onIq(() => example('0363', 'The upload service responds with a slot'));
    expect(await requestSlot(ctx, service, file)).to.deep.equal({
      put: 'https://upload.montague.tld/4a771ac1-f0b2-4a4a-9700-f2a26fa2bb67/tr%C3%A8s%20cool.jpg',
      get: 'https://download.montague.tld/4a771ac1-f0b2-4a4a-9700-f2a26fa2bb67/tr%C3%A8s%20cool.jpg',
      headers: [['Authorization', 'Basic Base64String=='], ['Cookie', 'foo=bar; user=romeo']],
    });
    expectXml(ctx.asked[0], "<iq type='get' to='upload.montague.tld' id='id1'><request xmlns='urn:xmpp:http:upload:0' filename='très cool.jpg' size='23456' content-type='image/jpeg'/></iq>");
  });
  it('is not asked for a file over the limit, and says what the service refuses', async () => {
    const ctx = romeo();
    expect(await requestSlot(ctx, service, { ...file, size: 5_242_881 }).catch(refusal)).to.equal('too-large file-too-large');
    expect(ctx.asked).to.deep.equal([]);
    expect(await slotFor(await exampleXml('0363', 'Alternative response by the upload service if the file size was too large'))).to.equal('too-large file-too-large');
    expect(await slotFor(await exampleXml('0363', 'Alternative response by the upload service to indicate a temporary error'))).to.equal('refused resource-constraint');
    expect(await slotFor(await exampleXml('0363', 'Alternative response by the upload service to indicate an auth error'))).to.equal('refused forbidden');
  });
  it('may be on plain http on this very machine', async () => {
    const xml = (await exampleXml('0363', 'The upload service responds with a slot')).replaceAll(/https:\/\/(upload|download)\.montague\.tld/g, 'http://upload.localhost:5280');
    expect(await slotFor(xml)).to.have.property('put').that.matches(/^http:\/\/upload\.localhost:5280\//);
  });
  it('hostile: other addresses, other headers, headers that become two', async () => {
    const xml = await exampleXml('0363', 'The upload service responds with a slot');
    for (const address of ['http://upload.montague.tld/1', 'http://127.0.0.1.evil.example/1', 'http://localhost.evil.example/', 'javascript:alert(1)', 'ftp://upload.montague.tld/1', 'https://user:pw@upload.montague.tld/1', '/1', ''])
      for (const which of ['put', 'get']) expect(await slotFor(xml.replace(new RegExp(`<${which} url='[^']*'`), `<${which} url='${address}'`)), `${which} ${address}`).to.equal('protocol');
    const headers = xml.replace(/<header[\s\S]*<\/header>/, "<header name='Host'>evil</header><header name='X-Forwarded-For'>1</header><header name='authoriza&#10;tion'>a&#13;&#10;X-Evil: 1</header><header name='eXpires'>1</header><header>2</header><header name='constructor'>3</header>");
    expect(await slotFor(headers)).to.deep.include({ headers: [['Authorization', 'aX-Evil: 1'], ['Expires', '1']] });
    expect(await slotFor("<iq type='result'/>")).to.equal('protocol');
  });
});

describe('xep/0363-upload: the file', () => {
  it('is put with its headers, and its progress is told', async () => {
    const shares: number[] = [];
    expect(await put((request) => {
      expect(request.said).to.deep.equal(['PUT https://upload.montague.tld/1', 'Authorization: Basic Base64String==', 'Content-Type: text/plain']);
      expect(request.sent).to.be.instanceOf(Blob);
      request.progress(2, 8);
      request.progress(8, 8);
      request.end(201);
    }, { onProgress: (share) => shares.push(share) })).to.equal('done');
    expect(shares).to.deep.equal([0.25, 1]);
  });
  it('says what went wrong', async () => {
    expect(await put((request) => request.end(413))).to.equal('too-large file-too-large');
    expect(await put((request) => request.end(403))).to.equal('refused http-403');
    expect(await put((request) => request.fail())).to.equal('unreachable');
    expect(await put(() => {}, {}, { ...slot, headers: [['Cookie', 'a=b']] })).to.equal('refused cookie');
    const stop = new AbortController();
    expect(await put(() => stop.abort(), { signal: stop.signal })).to.equal('refused aborted');
    expect(await put(() => {}, { signal: stop.signal })).to.equal('refused aborted');
  });
  it('goes over a real request: refused by the test\'s server, unreachable where none is', async () => {
    expect(await upload({ ...slot, put: new URL('/nowhere', location.href).href, headers: [] }, new Blob(['x'])).then(() => 'done', refusal)).to.match(/^refused http-4\d\d$/);
    expect(await upload({ ...slot, put: 'http://127.0.0.1:1/', headers: [] }, new Blob(['x'])).then(() => 'done', refusal)).to.equal('unreachable');
  });
});
