// A connection over a model server, with everything that happens kept.
import { createConnection } from '../../src/xmpp/connection.js';
import { createStreamManagement } from '../../src/xep/0198-stream-management.js';
import { newId } from '../../src/base/id.js';
import { silentLog } from '../../src/base/log.js';
import { TestClock } from '../support/xep-context.js';
import { turn, until } from './model-server.js';
import type { ModelServer } from './model-server.js';
import type { Element } from '../../src/xmpp/element.js';
import type { Connection, ConnectionOptions, FastState, FastStore, ConnectionState, Proof, SaltedKey, StreamManagement } from '../../src/xmpp/connection-types.js';
import type { SmState, SmStore } from '../../src/xep/0198-kept-state.js';

/** What an IndexedDB would be: asynchronous, and a copy. */
export class TestStore implements SmStore {
  state: SmState | undefined;
  saves = 0;
  constructor(state?: SmState) {
    this.state = state;
  }
  async load(): Promise<SmState | undefined> {
    return structuredClone(this.state);
  }
  async save(state: SmState | undefined): Promise<void> {
    await turn();
    this.saves++;
    this.state = structuredClone(state);
  }
}

export class TestFast implements FastStore {
  state: FastState | undefined;
  readonly counts: (number | undefined)[] = [];
  async load(): Promise<FastState | undefined> {
    return structuredClone(this.state);
  }
  async save(state: FastState | undefined): Promise<void> {
    await turn();
    this.counts.push(state?.token?.count);
    this.state = structuredClone(state);
  }
}

export type TestClient = {
  readonly connection: Connection;
  readonly management: StreamManagement;
  readonly clock: TestClock;
  readonly store: TestStore;
  readonly states: ConnectionState[];
  readonly stanzas: Element[];
  readonly acked: Element[];
  readonly unknown: Element[];
  readonly keys: SaltedKey[];
  state<K extends ConnectionState['kind']>(kind: K): Promise<Extract<ConnectionState, { kind: K }>>;
  online(): Promise<void>;
};

export function client(server: ModelServer, more: Partial<ConnectionOptions> & { readonly store?: TestStore; readonly useProof?: Proof } = {}): TestClient {
  const clock = new TestClock();
  const store = more.store ?? new TestStore();
  const management = createStreamManagement({ store, clock, log: silentLog });
  const states: ConnectionState[] = [];
  const stanzas: Element[] = [];
  const acked: Element[] = [];
  const unknown: Element[] = [];
  const keys: SaltedKey[] = [];
  management.on('acked', (some) => acked.push(...some));
  management.on('unknown', (some) => unknown.push(...some));
  const connection = createConnection({
    domain: server.domain,
    service: async () => 'wss://example.com/ws',
    proof: async () => more.useProof ?? { kind: 'password', username: server.username, password: server.password },
    onSaltedKey: (key) => keys.push(key),
    management,
    onStanzas: async (batch) => {
      stanzas.push(...batch);
    },
    openSocket: server.openSocket,
    clock,
    newId,
    random: () => 0.5,
    log: silentLog,
    ...more,
  });
  connection.onState((state) => states.push(state));
  const state: TestClient['state'] = async (kind) => {
    await until(() => connection.state.kind === kind, () => `${kind}, not ${JSON.stringify(connection.state)}`);
    return connection.state as never;
  };
  return {
    connection, management, clock, store, states, stanzas, acked, unknown, keys, state,
    async online() {
      connection.start();
      await state('online');
    },
  };
}
