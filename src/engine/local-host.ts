import type { OpenChannel } from '../client/channel.js';
import type { EngineHost } from '../client/bridge.js';
import type { LocalHost } from './host-rpc.js';
import { systemClock as clock } from '../base/clock.js';
import { ChatError } from '../base/error.js';
import { newId } from '../base/id.js';
import { domainOf, localOf } from '../base/jid.js';
import { consoleLog as log } from '../base/log.js';
import { withStream } from '../xmpp/negotiate.js';
import { register } from '../xep/0077-registration.js';
import { openSocket, serviceOf } from './platform.js';

/**
 * What this very thread does for a page: makes a guest's account; everything else is the engine's, which is fetched
 * meanwhile.
 */
export function createLocalHost(openChannel: OpenChannel): LocalHost {
  let asked: Promise<Pick<EngineHost, 'verify' | 'unregister' | 'start'>> | undefined;
  const accounts = () =>
    (asked ??= import('./account-host.js').then(
      ({ createAccountHost }) => createAccountHost(openChannel),
      (cause: unknown) => {
        // The next one who asks may have a network.
        asked = undefined;
        throw new ChatError('unreachable', 'the engine could not be fetched', { cause });
      },
    ));
  return {
    async register(jid, password, deployment) {
      const domain = domainOf(jid);
      await withStream({ domain, service: serviceOf(domain, deployment), openSocket, clock, newId, log }, (stream) => register(stream, { newId }, localOf(jid), password));
    },
    verify: async (...args) => (await accounts()).verify(...args),
    unregister: async (...args) => (await accounts()).unregister(...args),
    start: async (...args) => (await accounts()).start(...args),
  };
}
