// `npm start`: what it says when it cannot, what it brings up when it can, and that nothing of it stays.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, describe, it } from 'node:test';
import { checkNode, packagesAreCurrent } from '../../scripts/install.mjs';
import { freePort } from '../../servers/child.mjs';

const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));

describe('npm start', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tertulia-start-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const ports = async () => ({ PORT: String(await freePort()), DEMO_PORT: String(await freePort()), XMPP_PORT: String(await freePort()) });
  /** @param {Record<string, string>} env @param {readonly string[]} args */
  const run = (env, args = []) => {
    const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, TERTULIA_DATA: join(folder, 'data'), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
    const ended = once(child, 'close').then(([code]) => ({ code: /** @type {number} */ (code), output }));
    const ready = new Promise((resolve, reject) => {
      child.stdout.on('data', () => /^ready /m.test(output) && resolve(undefined));
      void ended.then(() => reject(new Error(output)));
    });
    ready.catch(() => {});
    return { child, ended, ready, output: () => output };
  };

  it('says what to do when a port is taken, is none, or is wanted twice', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (other.address());
    for (const name of ['PORT', 'DEMO_PORT', 'XMPP_PORT']) {
      const { code, output } = await run({ ...(await ports()), [name]: String(port) }).ended;
      assert.equal(code, 1);
      assert.match(output, new RegExp(`Port ${port} is taken.*${name}=\\d+ npm start`));
    }
    other.close();
    assert.match((await run({ PORT: 'eighty' }).ended).output, /PORT=eighty is no port/);
    assert.match((await run({ PORT: '9001', DEMO_PORT: '9001' }).ended).output, /must differ/);
    assert.match((await run({}, ['--rest']).ended).output, /Unknown option --rest.*npm start -- --reset/);
  });

  it('says what to do when it cannot write, or Node is too old', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const { code, output } = await run({ ...(await ports()), TERTULIA_DATA: join(file, 'data') }).ended;
    assert.equal(code, 1);
    assert.match(output, /TERTULIA_DATA/);
    assert.throws(() => checkNode('18.20.0'), /needs Node 20\.19 or newer; this is 18\.20\.0/);
    checkNode('20.19.0');
    checkNode('24.0.0');
  });

  it('installs packages where they are missing or others than the lock file says', () => {
    const clone = join(folder, 'clone');
    mkdirSync(join(clone, 'node_modules'), { recursive: true });
    const lock = (/** @type {string} */ version) => JSON.stringify({ packages: { '': {}, 'node_modules/a': { version }, 'node_modules/for-windows': { version: '1.0.0', optional: true } } });
    writeFileSync(join(clone, 'package-lock.json'), lock('1.0.0'));
    assert.equal(packagesAreCurrent(clone), false);
    writeFileSync(join(clone, 'node_modules/.package-lock.json'), JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }));
    assert.equal(packagesAreCurrent(clone), true);
    writeFileSync(join(clone, 'package-lock.json'), lock('1.0.1'));
    assert.equal(packagesAreCurrent(clone), false);
  });

  it('brings up app, demo and server, lets nobody else at its data, and ends all of it', async () => {
    const env = await ports();
    const first = run(env);
    await first.ready;
    assert.match(first.output(), new RegExp(`^ready http://localhost:${env.PORT}/ http://localhost:${env.DEMO_PORT}/$`, 'm'));
    for (const url of [`http://localhost:${env.PORT}/`, `http://localhost:${env.PORT}/embed.js`, `http://localhost:${env.DEMO_PORT}/`, `http://localhost:${env.XMPP_PORT}/.well-known/host-meta.json`]) assert.equal((await fetch(url)).status, 200, url);
    assert.match(await (await fetch(`http://localhost:${env.DEMO_PORT}/`)).text(), new RegExp(`http://localhost:${env.PORT}/embed.js`));

    const second = await run(await ports()).ended;
    assert.match(second.output, /is in use by another run/);

    const pid = readFileSync(join(folder, 'data/prosody/prosody.pid'), 'utf8').trim();
    first.child.kill('SIGTERM');
    assert.equal((await first.ended).code, 0);
    assert.equal(existsSync(`/proc/${pid}`), false);
  });

  it('says so when Prosody ends by itself, and takes what ended badly up again', async () => {
    const first = run(await ports());
    await first.ready;
    process.kill(Number(readFileSync(join(folder, 'data/prosody/prosody.pid'), 'utf8')), 'SIGKILL');
    const { code, output } = await first.ended;
    assert.equal(code, 1);
    assert.match(output, /Prosody has ended by itself \(SIGKILL\)/);
    const second = run(await ports(), ['--reset']);
    await second.ready;
    second.child.kill('SIGKILL');
    await second.ended;
    const third = run(await ports());
    await third.ready;
    third.child.kill('SIGINT');
    assert.equal((await third.ended).code, 0);
  });
});
