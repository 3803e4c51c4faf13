// Installs what is missing, and says what to do where it cannot. Runs before any package is there: Node only.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, hasSasl2 } from '../servers/prosody.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** An error whose message is meant for the person at the terminal: no stack. */
export class Trouble extends Error {}

/** The image that stands in where no Prosody can be installed. */
export const prosodyImage = 'prosodyim/prosody:13.0';

/** Node 20.19 and 22.12 are the first that Vite and the test runner accept. */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new Trouble(`Tertulia needs Node 20.19 or newer; this is ${version}. Install one from https://nodejs.org/.`);
}

/**
 * Whether what is in node_modules is what package-lock.json says. Packages for other systems are not expected.
 * @param {string} folder
 */
export function packagesAreCurrent(folder) {
  try {
    /** @param {string} file @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>} */
    const packages = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')).packages;
    const there = packages('node_modules/.package-lock.json');
    return Object.entries(packages('package-lock.json')).every(
      ([path, { version, optional, devOptional }]) => path === '' || there[path]?.version === version || ((optional || devOptional) && !there[path]),
    );
  } catch {
    return false;
  }
}

/** npm packages, without running any of their scripts. */
export function ensurePackages(folder = root) {
  if (packagesAreCurrent(folder)) return;
  console.log('Installing npm packages …');
  // Not `npm ci`: it refuses a lock file that lacks the packages of another system, and no registry has all of them.
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const [command, rest] = npm?.endsWith('.js') || npm?.endsWith('.cjs') ? [process.execPath, [npm, ...args]] : ['npm', args];
  const { status, error } = spawnSync(command, rest, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' && command === 'npm' });
  if (status !== 0) throw new Trouble(`npm could not install the packages${error ? ` (${error.message})` : ''}. Is the network there, and the disk not full? Then run the command again.`);
}

/** How to become root without being asked for a password, or undefined. @returns {string[] | undefined} */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return findProgram('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

// Debian's packages start their server at once, on the ports of the whole machine: policy-rc.d forbids it for as long as this runs.
const aptScript = `
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
export RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive
install() { apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"; }
install "$@" || { apt-get -q -o DPkg::Lock::Timeout=300 update && install "$@"; }
`;

/**
 * Whether Debian's packages could be installed. Their output is shown only where they could not.
 * @param {readonly string[]} packages
 */
export function aptInstall(packages) {
  const prefix = findProgram('apt-get') ? asRoot() : undefined;
  if (!prefix) return false;
  console.log(`Installing ${packages.join(', ')} …`);
  const [command = 'sh', ...args] = [...prefix, 'sh', '-c', aptScript, 'apt', ...packages];
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) console.error(`${stdout}\n${stderr}`.trim().split('\n').slice(-15).join('\n'));
  return status === 0;
}

/**
 * Prosody by the first of: what is installed, apt, Homebrew, Docker.
 * @returns {{ docker?: { image: string } }}
 */
export function ensureProsody() {
  const there = findProgram('prosody');
  if (there) {
    // The archive belongs into SQLite where that can be had; a Prosody without it does its work all the same.
    if (existsSync('/usr/share/doc/prosody') && !existsSync('/usr/share/doc/lua-dbi-sqlite3')) aptInstall(['lua-dbi-sqlite3']);
    return {};
  }
  if (aptInstall(['prosody', 'lua-dbi-sqlite3']) && findProgram('prosody')) return {};
  if (process.platform === 'darwin' && findProgram('brew')) {
    console.log('Installing Prosody by Homebrew …');
    if (spawnSync('brew', ['install', 'prosody/prosody/prosody'], { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0 && findProgram('prosody')) return {};
  }
  if (findProgram('docker') && spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0) return { docker: { image: prosodyImage } };
  const how =
    process.platform === 'darwin'
      ? 'Install it by `brew install prosody/prosody/prosody`'
      : findProgram('apt-get')
        ? 'Install it by `sudo apt install prosody lua-dbi-sqlite3`'
        : 'Install it with your package manager (https://prosody.im/download)';
  throw new Trouble(`The XMPP server Prosody is not installed, and could not be installed from here. ${how}, or start Docker; then run the command again.`);
}

const browsers = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  firefox: ['firefox-esr', 'firefox'],
};

/**
 * The program of a browser, or undefined. CHROME_PATH and FIREFOX_PATH go first.
 * @param {'chromium' | 'firefox'} name
 */
export function findBrowser(name) {
  const named = name === 'chromium' ? process.env.CHROME_PATH : process.env.FIREFOX_PATH;
  if (named) return named;
  for (const program of browsers[name]) {
    const found = findProgram(program);
    if (found) return found;
  }
  const mac = name === 'chromium' ? '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' : '/Applications/Firefox.app/Contents/MacOS/firefox';
  return existsSync(mac) ? mac : undefined;
}

/** What the tests need besides: a second server and two browsers. Returns what is still missing, in words. */
export function ensureTestPrograms() {
  const wanted = [
    { there: () => findProgram('prosody'), packages: ['prosody', 'lua-dbi-sqlite3'], what: 'Prosody' },
    { there: hasSasl2, packages: ['prosody-modules'], what: 'community modules for Prosody' },
    { there: () => findProgram('ejabberdctl'), packages: ['ejabberd'], what: 'ejabberd' },
    { there: () => findBrowser('chromium'), packages: ['chromium'], what: 'Chromium' },
    { there: () => findBrowser('firefox'), packages: ['firefox-esr'], what: 'Firefox' },
  ];
  const missing = wanted.filter(({ there }) => !there());
  if (missing.length > 0) aptInstall(missing.flatMap(({ packages }) => packages));
  return missing.filter(({ there }) => !there()).map(({ what, packages }) => `${what} (Debian: apt install ${packages.join(' ')})`);
}
