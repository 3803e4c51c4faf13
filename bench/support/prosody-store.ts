import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { luaOf } from '../../servers/prosody.mjs';
import { stanzaOf, type Plot, type Said } from '../conversations.js';

const script = fileURLToPath(new URL('prosody-store.lua', import.meta.url));

const hostAndUser = (jid: string): [string, string] => {
  const [user = '', host = ''] = jid.split('@');
  return [host, user];
};

/** Puts into a server's store what would take too long to be sent to it. */
export class ProsodyStore {
  readonly #database: string;

  /** @param dataDir of a Prosody that runs, with SQL storage. */
  constructor(dataDir: string) {
    this.#database = join(dataDir, 'prosody.sqlite');
  }

  /** Into the account's archive, and with `offline` into what it is handed when it comes back. */
  async archive(said: Iterable<Said>, plot: Pick<Plot, 'me' | 'them'>, { offline = false } = {}): Promise<void> {
    const owner = hostAndUser(plot.me);
    await this.#write(
      (function* () {
        for (const each of said) {
          const row = [each.archiveId, String(each.at / 1000)];
          const stanza = stanzaOf(each, plot);
          yield ['archive', ...owner, 'archive', ...row, plot.them, stanza];
          // As it was delivered: with the archive's id (XEP-0359).
          if (offline && !each.mine) yield ['archive', ...owner, 'offline', ...row, '', stanza.replace('</message>', `<stanza-id xmlns='urn:xmpp:sid:0' by='${plot.me}' id='${each.archiveId}'/></message>`)];
        }
      })(),
    );
  }

  /** Contacts of an account that has none. Without subscriptions: a server that probes them and finds nobody would end each of them. */
  async roster(owner: string, contacts: Iterable<{ readonly jid: string; readonly name: string }>): Promise<void> {
    const account = hostAndUser(owner);
    await this.#write(
      (function* () {
        for (const { jid, name } of contacts) yield ['keyval', ...account, 'roster', jid, 'json', JSON.stringify({ subscription: 'none', name, groups: {} })];
      })(),
    );
  }

  async #write(rows: Iterable<readonly string[]>): Promise<void> {
    const lua = spawn(luaOf() ?? 'lua', [script, this.#database], { stdio: ['pipe', 'inherit', 'inherit'] });
    const ended = once(lua, 'exit') as Promise<[number | null]>;
    lua.stdin.on('error', () => {});
    for (const fields of rows) {
      if (!lua.stdin.write(`${fields.join('\t')}\n`)) await Promise.race([once(lua.stdin, 'drain'), ended]);
    }
    lua.stdin.end();
    const [code] = await ended;
    if (code !== 0) throw new Error(`Prosody's store could not be written: lua ended with ${code}.`);
  }
}
