import type { Archive } from '../archive/archive-types.js';
import type { Clock } from '../base/clock.js';
import type { IdSource } from '../base/id.js';
import type { Log } from '../base/log.js';
import type { Live } from '../model/live.js';
import type { XepContext, XepModule } from '../xep/module.js';
import type { Connection } from '../xmpp/connection-types.js';
import { bareJid, domainOf } from '../base/jid.js';
import { ChatError } from '../base/error.js';

export type ContextPorts = {
  /** The account's address, or the domain it will be given one on (SASL ANONYMOUS). */
  readonly account: string;
  readonly nickname: string | undefined;
  readonly connection: () => Connection | undefined;
  readonly archive: Archive;
  readonly live: Live;
  readonly modules: readonly XepModule[];
  readonly trusts: (jid: string) => boolean;
  readonly used: (conversation: string) => number;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly log: Log;
};

/** What the modules are given: one for as long as an engine leads. */
export function createContext(ports: ContextPorts): XepContext {
  const { account, nickname, connection, archive, live, modules, trusts, used, clock, newId, log } = ports;
  const jid = (): string => connection()?.jid ?? account;
  const need = (): Connection => {
    const now = connection();
    if (!now) throw new ChatError('offline', 'not connected yet');
    return now;
  };
  return {
    get jid() {
      return jid();
    },
    get me() {
      return bareJid(jid());
    },
    get server() {
      return domainOf(jid());
    },
    get streamFeatures() {
      return connection()?.features;
    },
    nickname,
    clock,
    newId,
    log,
    live,
    shelf: archive,
    modules,
    trusts,
    used,
    send: (stanza) => need().send(stanza),
    sendNonza: (element) => need().sendNonza?.(element),
    iq: async (stanza, options) => need().iq(stanza, options),
    record: (facts) => archive.append([facts]),
    mine: (kind, conversation, target) => archive.hasFact(kind, conversation, target, true),
  };
}
