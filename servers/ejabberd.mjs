// ejabberd on loopback, with its own configuration and data. Run without Erlang's distribution: no node name, no epmd, no cookie.
import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answers, portIsFree, startChild, tail } from './child.mjs';
import { accounts, guestRate, hosts, rooms, uploadLimit } from './hosts.mjs';
import { findProgram } from './prosody.mjs';

const template = fileURLToPath(new URL('ejabberd/ejabberd.yml', import.meta.url));

/** Where this ejabberd's and Erlang's own libraries lie: its start script knows. @param {string} script */
const librariesOf = (script) => /^\s*(?:export )?ERL_LIBS='?([^'\n]+)'?$/m.exec(readFileSync(script, 'latin1'))?.[1];

/** Debian's user for it; its files are not readable by others, and it refuses root. */
function ejabberdUser() {
  if (process.getuid?.() !== 0) return {};
  /** @param {string} flag */
  const id = (flag) => Number(execFileSync('id', [flag, 'ejabberd'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

// Ends the server when standard input does: the process that started it holds the other end.
const tether = 'spawn(fun() -> Wait = fun(W) -> case io:get_line("") of eof -> init:stop(); {error, _} -> init:stop(); _ -> W(W) end end, Wait(Wait) end).';

/**
 * Starts ejabberd and waits until it answers. As root it runs as user `ejabberd`, which must be able to reach `dataDir`.
 * @param {{ port: number, dataDir: string, publicPort?: number | undefined, c2sPort?: number | undefined, guestRate?: { max: number, seconds: number } }} options
 * `publicPort`: the port that browsers are told, where something stands between.
 * @returns {Promise<import('./hosts.mjs').XmppServer>}
 */
export async function start({ port, dataDir, publicPort = port, c2sPort, guestRate: rate = guestRate }) {
  const script = findProgram('ejabberdctl');
  const erl = findProgram('erl');
  if (!script || !erl) throw new Error('ejabberd is not installed (Debian: apt install ejabberd).');
  const data = resolve(dataDir);
  const { uid, gid } = ejabberdUser();
  for (const folder of [data, join(data, 'db'), join(data, 'log'), join(data, 'upload')]) {
    mkdirSync(folder, { recursive: true });
    if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  }
  const values = /** @type {Record<string, string>} */ ({
    PORT: String(port),
    PUBLIC_PORT: String(publicPort),
    C2S_LISTENER: c2sPort === undefined ? '' : `  - {port: ${c2sPort}, ip: "127.0.0.1", module: ejabberd_c2s, starttls: false, access: everybody}`,
    DATA: data,
    // ejabberd knows a pause between two registrations of an address, and no rate.
    REGISTRATION_TIMEOUT: rate.max >= 1000 ? 'infinity' : String(Math.max(1, Math.round(rate.seconds / rate.max))),
    UPLOAD_LIMIT: String(uploadLimit),
  });
  const config = join(data, 'ejabberd.yml');
  writeFileSync(config, readFileSync(template, 'utf8').replace(/@([A-Z0-9_]+)@/g, (whole, name) => values[name] ?? whole));
  // Looks nothing up.
  const inetrc = join(data, 'inetrc');
  writeFileSync(inetrc, '{resolv_conf,""}.\n{lookup,[file]}.\n{host,{127,0,0,1},["localhost"]}.\n');

  const httpUrl = `http://localhost:${publicPort}`;
  const logFile = join(data, 'ejabberd.out');
  /** @param {string} command @param {object} body */
  const api = async (command, body) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/${command}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const text = await response.text();
    // 409: it is there already.
    if (!response.ok && response.status !== 409) throw new Error(`ejabberd refused ${command}: ${response.status} ${text}`);
  };
  /** @param {string} local @param {string} password @param {string} host */
  const register = (local, password, host = hosts.domain) => api('register', { user: local, host, password });

  const begin = async () => {
    if (!(await portIsFree(port))) throw Object.assign(new Error(`Port ${port} is taken by another program.`), { code: 'EADDRINUSE', port });
    const child = await startChild({
      name: 'ejabberd',
      command: erl,
      args: ['-noshell', '-mnesia', 'dir', JSON.stringify(join(data, 'db')), '-ejabberd', 'log_rotate_count', '0', '-s', 'ejabberd', '-eval', tether],
      cwd: data,
      uid,
      gid,
      env: {
        HOME: data,
        ERL_LIBS: librariesOf(script),
        ERL_INETRC: inetrc,
        ERL_CRASH_DUMP: '/dev/null',
        ERL_CRASH_DUMP_BYTES: '0',
        EJABBERD_CONFIG_PATH: config,
        EJABBERD_LOG_PATH: join(data, 'log/ejabberd.log'),
      },
      logFile,
      ready: () => answers(`http://127.0.0.1:${port}/api/status`),
    });
    for (const [local, password] of Object.entries(accounts)) await register(local, password);
    for (const [name, title] of Object.entries(rooms)) {
      const options = { persistent: 'true', public: 'true', mam: 'true', moderated: 'false', title };
      await api('create_room_with_opts', { name, service: hosts.roomsDomain, host: hosts.domain, options: Object.entries(options).map(([key, value]) => ({ name: key, value })) }).catch((error) => {
        if (!/already exists/.test(String(error))) throw error;
      });
    }
    return child;
  };

  let child = await begin();
  const again = async () => {
    child = await begin();
  };
  return {
    ...hosts,
    name: 'ejabberd',
    port,
    wsUrl: `ws://localhost:${publicPort}/xmpp-websocket`,
    httpUrl,
    get pid() {
      return child.pid;
    },
    get exited() {
      return child.exited;
    },
    register,
    log: () => `${tail(logFile, 30)}\n${tail(join(data, 'log/ejabberd.log'), 30)}`,
    start: again,
    async restart() {
      await child.stop();
      await again();
    },
    kill: () => child.kill(),
    stop: () => child.stop(),
  };
}
