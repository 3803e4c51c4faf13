/** Everything an account needs once there is one: fetched apart, since a visitor's first account is made, and the composer stands, without it. */
import type { OpenChannel } from '../client/channel.js';
import type { EngineHandle, EngineHost, EngineStart, Secret } from '../client/bridge.js';
import type { Deployment, ScramKey } from '../model/account.js';
import type { Connection, Proof } from '../xmpp/connection-types.js';
import type { Locks } from './leader.js';
import { openArchive } from '../archive/archive.js';
import { systemClock } from '../base/clock.js';
import { ChatError } from '../base/error.js';
import { newId } from '../base/id.js';
import { domainOf, localOf } from '../base/jid.js';
import { consoleLog as log } from '../base/log.js';
import { createConnection } from '../xmpp/connection.js';
import { unregister } from '../xep/0077-registration.js';
import { createStreamManagement } from '../xep/0198-stream-management.js';
import { modules } from '../xep/index.js';
import { startEngine } from './engine.js';
import { applyTable } from './apply-table.js';
import { openSocket, random, serviceOf } from './platform.js';

const clock = systemClock;

function proofOf(account: string, secret: Secret): Proof {
  const username = localOf(account);
  switch (secret.kind) {
    case 'password':
      return { kind: 'password', username, password: secret.password };
    case 'scram':
      return { kind: 'scram-key', username, key: secret.key };
    case 'token':
      return { kind: 'token', username, token: secret.token };
    case 'anonymous':
      return { kind: 'anonymous' };
  }
}

/** The engines of this very thread, on the platform's own sockets, locks and clock. */
export function createAccountHost(openChannel: OpenChannel): Pick<EngineHost, 'verify' | 'unregister' | 'start'> {
  return {
    async verify(jid, secret, deployment) {
      let scram: ScramKey | undefined;
      await withConnection(jid, secret, deployment, async () => {}, (key) => (scram = key));
      return scram ? { scram } : {};
    },

    unregister: (jid, secret, deployment) => withConnection(jid, secret, deployment, (connection) => unregister({ iq: (stanza, options) => connection.iq(stanza, options), newId })),

    start: async (start: EngineStart, secret: () => Promise<Secret>): Promise<EngineHandle> =>
      startEngine({
        account: start.account,
        deployment: start.deployment,
        archiveName: start.archiveName,
        modules,
        openArchive: (name, onPoke) => openArchive({ name, apply: applyTable(modules), onPoke, clock, log }),
        service: serviceOf(domainOf(start.account), start.deployment),
        proof: async () => proofOf(start.account, await secret()),
        scramSeen: start.scramSeen,
        nickname: start.nickname,
        ...(start.tab === undefined ? {} : { tab: start.tab }),
        openSocket,
        sasl2: () => import('../xep/0388-sasl2.js'),
        // Absent on insecure origins (Web Locks API §3.1), whatever the types say.
        locks: navigator.locks as Locks | undefined,
        openChannel,
        clock,
        newId,
        random,
        log,
      }),
  };
}

/** Signs in with a stream of its own, once: does not try again. */
async function withConnection(jid: string, secret: Secret, deployment: Deployment, work: (connection: Connection) => Promise<void>, onSaltedKey?: (key: ScramKey) => void): Promise<void> {
  const domain = domainOf(jid);
  const connection = createConnection({
    domain,
    service: serviceOf(domain, deployment),
    proof: async () => proofOf(jid, secret),
    ...(onSaltedKey && { onSaltedKey }),
    management: createStreamManagement({ clock, log, store: { load: async () => undefined, save: async () => {} } }),
    onStanzas: async () => {},
    openSocket,
    clock,
    newId,
    random,
    log,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      connection.onState((state) => {
        if (state.kind === 'online') resolve();
        else if (state.kind === 'waiting' || state.kind === 'refused') reject(state.error);
        else if (state.kind === 'idle') reject(new ChatError('offline', 'stopped'));
      });
      connection.start();
    });
    await work(connection);
  } finally {
    await connection.stop({ forget: true });
  }
}
