// A browser for the tests of the page's client: real databases, channels and engines over a model server.
import type { Accounts } from '../../src/archive/accounts.js';
import { memoryDatabases } from '../../src/archive/memory-databases.js';
import { keepIn } from '../../src/archive/open-database.js';
import { openPageArchive } from '../../src/archive/page-archive.js';
import { systemClock, type Clock } from '../../src/base/clock.js';
import { ChatError } from '../../src/base/error.js';
import { newId } from '../../src/base/id.js';
import { localOf } from '../../src/base/jid.js';
import { silentLog } from '../../src/base/log.js';
import type { EngineHost, Secret } from '../../src/client/bridge.js';
import { localChannels, openChannel, type OpenChannel } from '../../src/client/channel.js';
import type { ChatClient } from '../../src/client/chat-client.js';
import { createChatClient } from '../../src/client/create-chat-client.js';
import type { AccountRow, Deployment } from '../../src/model/account.js';
import { ModelServer } from '../xmpp/model-server.js';
import { runEngine, until } from '../engine/fixtures.js';
import { ModelArchive } from '../engine/model-archive.js';

const deployment: Deployment = { domain: 'example.com', guestDomain: 'example.com', roomsDomain: 'rooms.example.com', allowedOrigins: [] };
export const JULIET = 'juliet@example.com';

class MemoryAccounts implements Accounts {
  readonly rows = new Map<string, AccountRow>();
  add = async (row: AccountRow) => this.rows.get(row.slot) ?? (await this.put(row), row);
  get = async (slot: string) => this.rows.get(slot);
  put = async (row: AccountRow) => void this.rows.set(row.slot, row);
  remove = async (slot: string) => void this.rows.delete(slot);
  all = async () => Array.from(this.rows.values());
  close(): void {}
}

/** A browser: one model server, one store of accounts; each `page()` is a tab with a client and an engine of its own. */
export function browser(clock: Clock = systemClock) {
  const server = new ModelServer({ username: `u${crypto.randomUUID()}` });
  const kept = new ModelArchive(server);
  const accounts = new MemoryAccounts();
  const databases = new Set<string>();
  const unregistered: string[] = [];
  const registered: string[] = [];
  /** What becomes of registrations; they are taken where nothing is said. `lost`: and the answer does not come. */
  const registration: { refusal?: ChatError | undefined; lost?: boolean; held?: Promise<void> } = {};
  let inMemory: OpenChannel | undefined;
  const host: EngineHost = {
    openChannel: (name) => (inMemory ?? openChannel)(name),
    prepare: async () => inMemory === undefined,
    forsake: async () => {
      inMemory = localChannels();
      keepIn(memoryDatabases());
    },
    restart: async () => {},
    register: async (jid, password) => {
      registered.push(jid);
      await registration.held;
      if (registration.refusal) throw registration.refusal;
      if (localOf(jid) === server.username) throw new ChatError('registration', 'taken', { condition: 'conflict' });
      [server.username, server.password] = [localOf(jid), password];
      if (registration.lost) throw new ChatError('unreachable', 'cut');
    },
    verify: async (_jid: string, secret: Secret) => {
      if (secret.kind === 'password' && secret.password !== server.password) throw new ChatError('not-authorized', 'wrong');
      const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
      return { scram: { mechanism: 'SCRAM-SHA-256', salt: 's', iterations: 4096, key } };
    },
    unregister: async (jid) => void unregistered.push(jid),
    start: async (start, secret) =>
      runEngine(server, start.archiveName, {
        account: start.account,
        proof: async () => {
          const given = await secret();
          return { kind: 'password', username: localOf(start.account), password: given.kind === 'password' ? given.password : server.password };
        },
        openChannel: inMemory ?? openChannel,
        clock,
      }),
  };
  const page = (): ChatClient =>
    createChatClient({
      deployment, host, clock, newId, log: silentLog,
      accounts: async () => accounts,
      openArchive: async (name, onPoke, onClosed) => {
        databases.add(name);
        return (await openPageArchive({ name, onPoke, clock, log: silentLog, ...(onClosed && { onClosed }) })).archive;
      },
      deleteEverything: async () => {
        accounts.rows.clear();
        await Promise.all(Array.from(databases, (name) => new Promise((resolve) => { indexedDB.deleteDatabase(name).onsuccess = resolve; })));
      },
    });
  return {
    server, kept, accounts, page, registered, registration, unregistered, databases,
    /** Whom the server knows. */
    get me() {
      return `${server.username}@${server.domain}`;
    },
  };
}
export const online = (client: ChatClient): Promise<void> => until(() => client.session.value.status === 'online' && !client.session.value.catchingUp, 'online');
export const bodies = (items: ReturnType<ChatClient['timeline']>['items']): string =>
  (items ?? []).map((item) => (item.kind === 'gap' ? '|' : `${item.row.state.body}${item.row.state.delivery === undefined ? '' : `:${item.row.state.delivery}`}`)).join(' ');
