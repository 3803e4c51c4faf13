import { expect } from '@open-wc/testing';
import { discoverService } from '../../src/xep/0156-discovery.js';
import type { Fetch } from '../../src/xep/0156-discovery.js';
import { exampleXml } from '../support/xep-examples.js';

const REL = 'urn:xmpp:alt-connections:websocket';
type Answer = string | Response | Error;
type Asked = { readonly url: string; readonly init: RequestInit };

function site(answers: { readonly json?: Answer; readonly xrd?: Answer }): { readonly fetch: Fetch; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    fetch: async (url, init) => {
      asked.push({ url, init });
      const answer = url.endsWith('.json') ? answers.json : answers.xrd;
      if (answer instanceof Error) throw answer;
      return answer instanceof Response ? answer : answer === undefined ? new Response('', { status: 404 }) : new Response(answer);
    },
  };
}
const json = (...hrefs: unknown[]): string => JSON.stringify({ links: hrefs.map((href) => ({ rel: REL, href })) });
const xrd = (...hrefs: string[]): string => `<?xml version='1.0' encoding='utf-8'?>\n<!-- made by hand -->\n<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>${hrefs.map((href) => `<Link rel='${REL}' href='${href}'/>`).join('')}</XRD>\n`;
const found = async (domain: string, answers: Parameters<typeof site>[0]): Promise<string> => discoverService(domain, site(answers).fetch).catch((error: { code: string }) => error.code);

describe('xep/0156-discovery', () => {
  it('reads the example, and the same from JSON', async () => {
    expect(await found('example.com', { xrd: (await exampleXml('0156', 'Result for /.well-known/host-meta')).replaceAll('...', '') })).to.equal('wss://web.example.com/ws');
    expect(await found('example.com', { json: json('wss://web.example.com:443/ws') })).to.equal('wss://web.example.com/ws');
  });
  it('asks the domain itself, over TLS, without credentials', async () => {
    const { fetch, asked } = site({ json: json('wss://a.example/ws') });
    await discoverService('Example.COM', fetch);
    expect(asked.map(({ url }) => url)).to.have.members(['https://example.com/.well-known/host-meta.json', 'https://example.com/.well-known/host-meta']);
    for (const { init } of asked) expect(init).to.include({ credentials: 'omit', referrerPolicy: 'no-referrer' });
  });
  it('prefers JSON, falls back to XRD, by the same rules', async () => {
    expect(await found('example.com', { json: json('wss://json.example/'), xrd: xrd('wss://xrd.example/') })).to.equal('wss://json.example/');
    for (const bad of [undefined, '', 'null', '{}', '{"links":5}', '{"links":[null,5,"x",{"rel":5}]}', json(5, null), json('https://x.example/'), new Error('network')]) {
      expect(await found('example.com', { ...(bad !== undefined && { json: bad }), xrd: xrd('wss://xrd.example/') }), String(bad)).to.equal('wss://xrd.example/');
    }
    for (const make of [(href: string) => ({ json: json(href) }), (href: string) => ({ xrd: xrd(href) })]) {
      expect(await found('example.com', make('ws://example.com/ws'))).to.equal('insecure');
      expect(await found('example.com', make('ws://localhost/ws'))).to.equal('insecure');
      expect(await found('example.com', make('wss://user:pw@example.com/ws'))).to.equal('insecure');
      expect(await found('example.com', make('javascript:alert(1)'))).to.equal('insecure');
      expect(await found('localhost', make('ws://localhost:5280/xmpp-websocket'))).to.equal('ws://localhost:5280/xmpp-websocket');
      expect(await found('localhost', make('ws://evil.com/ws'))).to.equal('insecure');
    }
    expect(await found('example.com', {})).to.equal('unreachable');
  });
  it('hostile: a document too large, a redirect elsewhere, entities, another namespace, no domain', async () => {
    const filler = ' '.repeat(70_000);
    expect(await found('example.com', { json: json('wss://a.example/') + filler, xrd: xrd('wss://b.example/') + filler })).to.equal('unreachable');
    const moved = new Response(json('wss://evil.example/'));
    Object.defineProperty(moved, 'url', { value: 'https://evil.example/host-meta.json' });
    expect(await found('example.com', { json: moved })).to.equal('unreachable');
    expect(await found('example.com', { xrd: `<!DOCTYPE XRD [<!ENTITY a "wss://evil.example/">]>${xrd('&a;')}` })).to.equal('unreachable');
    expect(await found('example.com', { xrd: xrd('wss://a.example/').replace('xrd-1.0', 'other') })).to.equal('unreachable');
    for (const domain of ['', 'a@example.com', 'example.com/x', 'evil.com?', 'evil.com#', 'example.com:1@evil.com', 'evil.com\\x']) {
      const { fetch, asked } = site({ json: json('wss://a.example/') });
      expect(await discoverService(domain, fetch).catch((error: { code: string }) => error.code), domain).to.equal('invalid');
      expect(asked).to.deep.equal([]);
    }
  });
});
