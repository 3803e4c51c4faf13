// A server as a child process that never outlives this one.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {{ readonly code: number | null, readonly signal: NodeJS.Signals | null, readonly wanted: boolean }} Exit */

/**
 * @typedef {{
 *   readonly pid: number, readonly exited: Promise<Exit>,
 *   stop(): Promise<void>, kill(): Promise<void>,
 * }} Child
 */

/** The last lines of a log. @param {string} file */
export function tail(file, lines = 15) {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}

/**
 * Starts a program and waits until it is ready. Its standard input is a pipe that this process holds: the program has to end when
 * the pipe does, which the operating system sees to even if this process is killed.
 * @param {{
 *   command: string, args: readonly string[], env?: NodeJS.ProcessEnv, cwd?: string, uid?: number | undefined, gid?: number | undefined,
 *   logFile: string, ready: () => Promise<boolean>, name: string, timeout?: number,
 * }} options
 * @returns {Promise<Child>}
 */
export async function startChild({ command, args, env, cwd, uid, gid, logFile, ready, name, timeout = 60_000 }) {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', log, log],
    // Its own process group: Ctrl-C is ours to pass on, once.
    detached: true,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  closeSync(log);
  child.stdin?.on('error', () => {});
  let wanted = false;
  /** @type {Exit | undefined} */
  let ended;
  /** @type {Promise<Exit>} */
  const exited = new Promise((resolve) => {
    /** @param {number | null} code @param {NodeJS.Signals | null} signal */
    const end = (code, signal) => resolve((ended = { code, signal, wanted }));
    child.once('exit', end);
    child.once('error', (error) => {
      if (child.pid === undefined) failure = error;
      end(null, null);
    });
  });
  /** @type {Error | undefined} */
  let failure;
  const kill = async () => {
    wanted = true;
    child.kill('SIGKILL');
    await exited;
  };
  const stop = async () => {
    wanted = true;
    if (ended) return;
    child.kill('SIGTERM');
    const done = await Promise.race([exited, sleep(10_000, undefined, { ref: false })]);
    if (!done) await kill();
  };

  for (const end = Date.now() + timeout; ; await sleep(50)) {
    if (ended) break;
    if (await ready()) return { pid: /** @type {number} */ (child.pid), exited, stop, kill };
    if (Date.now() > end) {
      await kill();
      throw new Error(`${name} was not ready after ${timeout / 1000} s. The end of ${logFile}:\n${tail(logFile)}`);
    }
  }
  if (failure) throw new Error(`${name} could not be run: ${failure.message}`, { cause: failure });
  throw new Error(`${name} ended while it was starting. The end of ${logFile}:\n${tail(logFile)}`);
}

/**
 * Whether nobody listens on a port of loopback.
 * @param {number} port @returns {Promise<boolean>}
 */
export const portIsFree = (port) =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

/** A port that is free now. @returns {Promise<number>} */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });

/**
 * Answers true once the address answers 200.
 * @param {string} url
 */
export async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
