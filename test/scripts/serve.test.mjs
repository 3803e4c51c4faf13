// The static server: what it sends, how it may be kept, and what it never gives away.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { serveApp, serveDemo } from '../../scripts/serve.mjs';

describe('the static server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tertulia-serve-'));
  const dist = join(folder, 'dist');
  /** @type {import('../../scripts/serve.mjs').Site} */
  let app;
  /** @type {import('../../scripts/serve.mjs').Site} */
  let demo;
  before(async () => {
    mkdirSync(join(dist, 'assets'), { recursive: true });
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    writeFileSync(join(dist, '.hidden'), 'secret');
    symlinkSync(join(folder, 'secret.txt'), join(dist, 'link.txt'));
    for (const file of ['index.html', 'widget.html', 'embed.js', 'service-worker.js', 'assets/index-AbCd_123.js', 'manifest.webmanifest']) writeFileSync(join(dist, file), `/* ${file} */ ${'x'.repeat(500)} http://localhost:8080/`);
    const service = 'ws://localhost:5280/xmpp-websocket?a=1&b="2"';
    app = await serveApp({ dist, port: 0, config: { domain: 'localhost', service, allowedOrigins: ['http://localhost:8081'] } });
    demo = await serveDemo({ folder: dist, port: 0, appOrigin: app.origin });
  });
  after(async () => {
    await Promise.all([app.close(), demo.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  /** @param {string} path @param {Record<string, string>} [headers] */
  const ask = (path, headers) => fetch(app.origin + path, { headers: headers ?? {} });
  /** As written, without what fetch would tidy up. @param {string} path @returns {Promise<number | undefined>} */
  const raw = (path) => new Promise((resolve, reject) => get({ host: '127.0.0.1', port: app.port, path }, (response) => resolve(response.resume().statusCode)).on('error', reject));

  it('sends each page with its policy: only the allowed sites may frame the widget', async () => {
    const ancestors = async (/** @type {string} */ path) => /frame-ancestors ([^;]*)/.exec((await ask(path)).headers.get('content-security-policy') ?? '')?.[1];
    assert.equal(await ancestors('/'), "'self'");
    assert.equal(await ancestors('/widget.html'), "'self' http://localhost:8081");
    const policy = (await ask('/')).headers.get('content-security-policy') ?? '';
    for (const directive of ["script-src 'self';", "require-trusted-types-for 'script'", "base-uri 'none'", "object-src 'none'"]) assert.ok(policy.includes(directive), directive);
    assert.doesNotMatch(policy, /unsafe-/);
    assert.equal((await ask('/')).headers.get('x-content-type-options'), 'nosniff');
  });

  it('lets only files with a hash in their name be kept without asking', async () => {
    assert.match((await ask('/assets/index-AbCd_123.js')).headers.get('cache-control') ?? '', /immutable/);
    for (const path of ['/', '/widget.html', '/embed.js', '/service-worker.js', '/config.json', '/manifest.webmanifest']) assert.equal((await ask(path)).headers.get('cache-control'), 'no-cache', path);
  });

  it('answers 304 to who has it, by its ETag and encoding', async () => {
    for (const encoding of ['br', 'gzip', 'identity']) {
      const first = await ask('/embed.js', { 'accept-encoding': encoding });
      assert.equal(first.headers.get('content-encoding'), encoding === 'identity' ? null : encoding);
      assert.match(await first.text(), /^\/\* embed\.js \*\//);
      assert.equal((await ask('/embed.js', { 'accept-encoding': encoding, 'if-none-match': first.headers.get('etag') ?? '' })).status, 304);
    }
    assert.equal((await ask('/embed.js', { 'if-none-match': '"other"' })).status, 200);
  });

  it('knows the types, and says where the server is', async () => {
    for (const [path, type] of [['/', 'text/html'], ['/embed.js', 'text/javascript'], ['/manifest.webmanifest', 'application/manifest+json'], ['/config.json', 'application/json']]) assert.ok((await ask(path ?? '')).headers.get('content-type')?.startsWith(type ?? '-'), path);
    assert.equal(/** @type {{ domain: string }} */ (await (await ask('/config.json')).json()).domain, 'localhost');
    assert.match(await (await ask('/.well-known/host-meta')).text(), /href="ws:\/\/localhost:5280\/xmpp-websocket\?a=1&amp;b=&quot;2&quot;"/);
    assert.equal((await ask('/.well-known/host-meta.json')).headers.get('access-control-allow-origin'), '*');
  });

  it('gives away nothing outside of its folder, and no dot files', async () => {
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/../../secret.txt', '/..%5csecret.txt', '/link.txt', '/.hidden', '//etc/passwd', '/%00', 'http://localhost/../secret.txt']) assert.equal(await raw(path), 404, path);
    assert.equal(await raw('/%zz'), 400);
    assert.equal((await fetch(`${app.origin}/`, { method: 'POST' })).status, 405);
  });

  it('listens on loopback only, and says when its port is taken', async () => {
    await assert.rejects(serveApp({ dist, port: app.port, config: { domain: 'localhost', allowedOrigins: [] } }), { code: 'EADDRINUSE' });
  });

  it('tells the demo where the app is', async () => {
    assert.match(await (await fetch(`${demo.origin}/index.html`)).text(), new RegExp(app.origin));
    assert.equal((await fetch(`${demo.origin}/`)).headers.get('content-security-policy'), null);
  });
});
