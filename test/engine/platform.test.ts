import { expect } from '@open-wc/testing';
import { serviceOf } from '../../src/engine/platform.js';

const answer = (href: string): Response => new Response(JSON.stringify({ links: [{ rel: 'urn:xmpp:alt-connections:websocket', href }] }));
const code = async (asked: Promise<unknown>): Promise<string | undefined> => asked.then(() => undefined, (error: { code: string }) => error.code);

describe('engine/platform', () => {
  it('looks the service up each time, and goes where it was before while nobody can be asked', async () => {
    let now: () => Response = () => answer('wss://one.example.com/ws');
    const service = serviceOf('example.com', { domain: 'example.com', allowedOrigins: [] }, async (url) => (url.endsWith('.json') ? now() : new Response('', { status: 404 })));
    expect(await service()).to.equal('wss://one.example.com/ws');
    now = () => answer('wss://two.example.com/ws');
    expect(await service()).to.equal('wss://two.example.com/ws');
    for (const failing of [() => new Response('<html>Sign in to this network</html>'), () => new Response('', { status: 502 }), () => { throw new TypeError('no network'); }]) {
      now = failing;
      expect(await service()).to.equal('wss://two.example.com/ws');
    }
    now = () => answer('ws://two.example.com/ws');
    expect(await code(service()), 'what is said counts').to.equal('insecure');
  });
  it('knows no address of itself, and asks nobody where the deployment names one', async () => {
    const nobody = async (): Promise<Response> => Promise.reject(new TypeError('no network'));
    expect(await code(serviceOf('example.com', { domain: 'example.com', allowedOrigins: [] }, nobody)())).to.equal('unreachable');
    expect(await serviceOf('example.com', { domain: 'example.com', service: 'wss://x.example.com/', allowedOrigins: [] }, nobody)()).to.equal('wss://x.example.com/');
  });
});
