// Prosody on loopback, with its own configuration and data.
import { execFile, spawnSync } from 'node:child_process';
import { accessSync, constants, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { portIsFree, startChild, tail } from './child.mjs';
import { accounts, guestRate, hosts, rooms, uploadLimit } from './hosts.mjs';

const folder = fileURLToPath(new URL('prosody/', import.meta.url));
const run = promisify(execFile);

/** The path of a program, or undefined. @param {string} name */
export function findProgram(name) {
  for (const place of [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin']) {
    if (!place) continue;
    try {
      accessSync(join(place, name), constants.X_OK);
      return join(place, name);
    } catch {
      // Not there.
    }
  }
  return undefined;
}

/**
 * The Lua that runs this Prosody, or undefined.
 * @param {string} [prosody]
 */
export function luaOf(prosody = findProgram('prosody')) {
  const lua = prosody === undefined ? null : /^#!\s*\S*?(lua[\w.]*|luajit)\s*$|^#!.*\/env\s+(\S+)/.exec(readFileSync(prosody, 'latin1').split('\n', 1)[0] ?? '');
  return lua?.[1] ?? lua?.[2];
}

/**
 * Whether the Lua that runs this Prosody has the SQLite driver.
 * @param {string} prosody
 */
function hasSqlite(prosody) {
  const name = luaOf(prosody);
  return name !== undefined && spawnSync(name, ['-e', 'require "DBI"; require "dbd.sqlite3"'], { stdio: 'ignore' }).status === 0;
}

const sasl2Modules = ['sasl2', 'sasl2_bind2', 'sasl2_fast', 'sasl2_sm', 'tertulia_sasl2'];
/** Whether there are community modules for it (Debian: prosody-modules). */
export const hasSasl2 = () => existsSync('/usr/lib/prosody/modules/mod_sasl2_fast');

/** A Lua string. @param {string} text */
const quote = (text) => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;

/** A Lua table of strings by name. @param {Record<string, string>} fields */
const table = (fields) => Object.entries(fields).map(([key, value]) => `[${quote(key)}] = ${quote(value)}`).join('; ');

/**
 * Starts Prosody and waits until it answers.
 * @param {{ port: number, dataDir: string, publicPort?: number | undefined, c2sPort?: number | undefined, guestRate?: { max: number, seconds: number }, sasl2?: boolean | undefined, stanzaLimit?: number | undefined, component?: { domain: string, port: number, secret: string } | undefined, docker?: { image: string } | undefined }} options
 * `port` is that of HTTP and WebSocket, `publicPort` the one that browsers are told, where something stands between; `c2sPort` opens a plain TCP port for other clients too; `docker` runs the image instead of an
 * installed Prosody; `stanzaLimit`: bytes a stanza of a client may have; `component` lets a service of XEP-0114 speak for a host; `sasl2` turns on Debian's community modules for SASL2, Bind 2 and FAST, and a log that tells of them.
 * @returns {Promise<import('./hosts.mjs').XmppServer & { storage: 'sql' | 'internal' }>}
 */
export async function start({ port, dataDir, publicPort = port, c2sPort, guestRate: rate = guestRate, sasl2 = false, stanzaLimit = 262_144, component, docker }) {
  const data = resolve(dataDir);
  mkdirSync(data, { recursive: true });
  const program = docker ? findProgram('docker') : findProgram('prosody');
  if (!program) throw new Error(`${docker ? 'Docker' : 'Prosody'} is not installed.`);

  // What the data were begun with stays: the other storage would not see them.
  const kept = join(data, 'storage');
  const storage = existsSync(kept) ? /** @type {'sql' | 'internal'} */ (readFileSync(kept, 'utf8').trim()) : !docker && hasSqlite(program) ? 'sql' : 'internal';
  writeFileSync(kept, `${storage}\n`);

  const inside = docker ? '/tertulia' : data;
  mkdirSync(join(data, 'certs'), { recursive: true });
  cpSync(join(folder, 'modules'), join(data, 'modules'), { recursive: true });
  const config = join(data, 'prosody.cfg.lua');
  const values = /** @type {Record<string, string>} */ ({
    DATA: quote(inside),
    PORT: String(port),
    MODULES: quote(`${inside}/modules`),
    AS_ROOT: String(process.getuid?.() === 0),
    // In a container, what is loopback outside is decided by the published port.
    INTERFACE: quote(docker ? '0.0.0.0' : '127.0.0.1'),
    C2S_PORT: c2sPort === undefined ? '' : String(c2sPort),
    COMPONENT_PORT: component ? String(component.port) : '',
    COMPONENT: component ? `Component ${quote(component.domain)}\n  component_secret = ${quote(component.secret)}` : '',
    URL: quote(`http://localhost:${publicPort}/`),
    STORAGE: quote(storage),
    SASL2: sasl2 ? sasl2Modules.map((name) => `"${name}"`).join('; ') : '',
    STANZA_LIMIT: String(stanzaLimit),
    LOG: sasl2 ? 'debug' : 'info',
    ACCOUNTS: table(accounts),
    ROOMS: table(rooms),
    GUEST_MAX: String(rate.max),
    GUEST_SECONDS: String(rate.seconds),
    UPLOAD_LIMIT: String(uploadLimit),
  });
  // Holds the accounts' passwords.
  writeFileSync(config, readFileSync(join(folder, 'prosody.cfg.lua'), 'utf8').replace(/@([A-Z0-9_]+)@/g, (whole, name) => values[name] ?? whole), { mode: 0o600 });

  const logFile = join(data, 'prosody.log');
  const ready = join(data, 'ready');
  const user = process.getuid ? `${process.getuid()}:${process.getgid?.()}` : '1000:1000';
  const args = docker
    ? ['run', '--rm', '--interactive', '--init', '--user', user, '--volume', `${data}:${inside}`, ...[port, ...(c2sPort ? [c2sPort] : [])].flatMap((p) => ['--publish', `127.0.0.1:${p}:${p}`]),
        '--entrypoint', 'prosody', docker.image, '--config', `${inside}/prosody.cfg.lua`, '-F']
    : ['--config', config, '-F'];

  const begin = async () => {
    if (!(await portIsFree(port))) throw Object.assign(new Error(`Port ${port} is taken by another program.`), { code: 'EADDRINUSE', port });
    rmSync(ready, { force: true });
    return startChild({ name: 'Prosody', command: program, args, logFile, timeout: docker ? 300_000 : 60_000, ready: async () => existsSync(ready) && !(await portIsFree(port)) });
  };

  let child = await begin();
  const stop = () => child.stop();
  const again = async () => {
    child = await begin();
  };
  return {
    ...hosts,
    name: 'prosody',
    storage,
    port,
    wsUrl: `ws://localhost:${publicPort}/xmpp-websocket`,
    httpUrl: `http://localhost:${publicPort}`,
    get pid() {
      return child.pid;
    },
    get exited() {
      return child.exited;
    },
    async register(local, password, host = hosts.domain) {
      if (docker) throw new Error('Accounts are made in Docker by signing up only.');
      const { stdout } = await run(findProgram('prosodyctl') ?? 'prosodyctl', ['--config', config, 'shell', 'user', 'create', `${local}@${host}`, password]);
      if (!/User created|User exists/.test(stdout)) throw new Error(`Prosody made no account ${local}@${host}: ${stdout.trim()}`);
    },
    log: () => tail(logFile, sasl2 ? 20_000 : 60),
    start: again,
    async restart() {
      await stop();
      await again();
    },
    kill: () => child.kill(),
    stop,
  };
}
