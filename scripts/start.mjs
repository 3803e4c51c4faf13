// `npm start`: an XMPP server, the app and a demo site on loopback, until Ctrl-C.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { portIsFree } from '../servers/child.mjs';
import { accounts, hosts } from '../servers/hosts.mjs';
import { start } from '../servers/prosody.mjs';
import { checkNode, ensurePackages, ensureProsody, Trouble } from './install.mjs';
import { serveApp, serveDemo } from './serve.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const data = resolve(process.env.TERTULIA_DATA ?? join(root, '.tertulia'));

/** @param {string} name @param {number} fallback */
function portOf(name, fallback) {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Trouble(`${name}=${text} is no port: give a number from 1 to 65535.`);
  return port;
}

/** @param {string} name @param {number} port */
async function wantPort(name, port) {
  if (await portIsFree(port)) return;
  throw new Trouble(`Port ${port} is taken by another program. End that one, or choose another port: ${name}=${port + 1000} npm start`);
}

/** The latest change below a path, milliseconds. @param {string} path @returns {number} */
function changed(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => changed(join(path, name))));
}

function buildIfStale() {
  const mark = join(dist, 'weights.json'); // written last
  const sources = ['components', 'embed', 'pages', 'public', 'src', 'scripts/build.mjs', 'scripts/weights.mjs', 'vite.config.ts', 'package-lock.json'];
  const latest = Math.max(...sources.map((name) => changed(join(root, name))));
  if (changed(mark) >= latest) return;
  console.log('Building …');
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  // Too heavy is no reason not to run it.
  if (status !== 0 && changed(mark) < latest) throw new Trouble('The build failed: see above. With an unchanged clone, remove node_modules and dist and run the command again.');
}

/** The data folder is made, is writable, has room, and belongs to this run alone. @param {boolean} reset */
function takeDataFolder(reset) {
  const lock = join(data, 'running');
  const other = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
  if (other > 0 && isAlive(other)) throw new Trouble(`${data} is in use by another run (process ${other}). End that one, or choose another folder by TERTULIA_DATA. If there is no such run, delete ${lock}.`);
  // Only what is known to be ours: the folder may have been named by mistake.
  if (reset) for (const name of ['prosody', 'running']) rmSync(join(data, name), { recursive: true, force: true });
  mkdirSync(join(data, 'prosody'), { recursive: true });
  writeFileSync(lock, String(process.pid));
  const { bavail, bsize } = statfsSync(data);
  if (bavail * bsize < 100e6) throw new Trouble(`There is less than 100 MB of room on the disk of ${data}. Make room, or name a folder on another disk by TERTULIA_DATA.`);
  return () => rmSync(lock, { force: true });
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** The npm that runs this, which may be killed without a word to us. Some shells stay between the two. */
function npmProcess() {
  if (!process.env.npm_lifecycle_event) return undefined;
  const [, parent, command] = /^\s*(\d+)\s+(.*)/.exec(spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(process.ppid)], { encoding: 'utf8' }).stdout ?? '') ?? [];
  return command && /(^|\/)-?\w*sh$/.test(command.trim()) ? Number(parent) : process.ppid;
}

/** Resolves with the reason once this run has to end. */
function ending() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(signal));
    const npm = npmProcess();
    if (npm) setInterval(() => isAlive(npm) || resolve('npm has ended'), 1000).unref();
  });
}

async function main() {
  checkNode();
  const wrong = process.argv.slice(2).find((argument) => argument !== '--reset');
  if (wrong) throw new Trouble(`Unknown option ${wrong}. There is one: npm start -- --reset`);
  const ports = { PORT: portOf('PORT', 8080), DEMO_PORT: portOf('DEMO_PORT', 8081), XMPP_PORT: portOf('XMPP_PORT', 5280) };
  if (new Set(Object.values(ports)).size < 3) throw new Trouble('PORT, DEMO_PORT and XMPP_PORT must differ.');
  for (const [name, port] of Object.entries(ports)) await wantPort(name, port);
  const giveBack = takeDataFolder(process.argv.includes('--reset'));
  process.once('exit', giveBack);

  ensurePackages();
  const { docker } = ensureProsody();
  buildIfStale();

  const end = ending();
  // Other XMPP clients come by TCP; where the usual port is in use they have to do without.
  const c2sPort = (await portIsFree(5222)) ? 5222 : undefined;
  const server = await start({ port: ports.XMPP_PORT, dataDir: join(data, 'prosody'), c2sPort, docker });
  /** @type {import('./serve.mjs').Site[]} */
  const sites = [];
  try {
    const demoOrigin = `http://localhost:${ports.DEMO_PORT}`;
    const { domain, guestDomain, anonymousDomain, roomsDomain } = hosts;
    const app = await serveApp({
      dist,
      port: ports.PORT,
      config: { domain, service: server.wsUrl, guestDomain, anonymousDomain, roomsDomain, allowedOrigins: [demoOrigin], contact: `support@${domain}` },
    });
    sites.push(app);
    const demo = await serveDemo({ folder: join(root, 'pages/demo'), port: ports.DEMO_PORT, appOrigin: app.origin });
    sites.push(demo);

    const people = Object.keys(accounts).map((name) => `${name}@${domain}`);
    const where = relative(process.cwd(), data).startsWith('..') ? data : relative(process.cwd(), data);
    console.log(`
  Messenger   ${app.origin}/
  Demo site   ${demo.origin}/
  XMPP        ${server.wsUrl}${c2sPort ? `, other clients: localhost:${c2sPort} (without TLS)` : ''}
  Accounts    ${people.join(', ')}; password ${accounts.support}
  Room        lobby@${roomsDomain}
  Data        ${where} (${server.storage === 'sql' ? 'SQLite' : 'files'}); npm start -- --reset begins afresh

Ctrl-C ends it.
ready ${app.origin}/ ${demo.origin}/`);

    const gone = await Promise.race([end, server.exited]);
    if (typeof gone !== 'string') throw new Trouble(`Prosody has ended by itself (${gone.signal ?? `code ${gone.code}`}). The end of its log, ${join(where, 'prosody/prosody.log')}:\n${server.log()}`);
  } finally {
    await Promise.all([server.stop(), ...sites.map((site) => site.close())]);
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    const { code, path } = /** @type {NodeJS.ErrnoException} */ (error);
    if (error instanceof Trouble) console.error(`\n${error.message}`);
    else if (code === 'ENOSPC') console.error('\nThe disk is full. Make room, or name a folder on another disk by TERTULIA_DATA.');
    else if (code !== undefined && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code)) console.error(`\n${path ?? data} cannot be written to. Name another data folder by TERTULIA_DATA, or mend its owner.`);
    else if (code === 'EADDRINUSE') console.error(`\n${error.message}. End the program that uses the port, or choose others by PORT, DEMO_PORT and XMPP_PORT.`);
    else console.error(error);
    process.exit(1);
  },
);
