import type { Archive, PageItem } from '../archive/archive-types.js';
import type { Fact, FactBase } from '../model/fact.js';
import type { Clock } from '../base/clock.js';
import type { Log } from '../base/log.js';
import type { Element } from '../xmpp/element.js';
import type { Incoming, Origin, Unwrapped, XepContext, XepModule } from '../xep/module.js';
import { isTrouble } from '../archive/trouble.js';
import { delay } from '../base/clock.js';

/** Where a stanza was found: what its wrappers know of it. */
export type Found = NonNullable<Unwrapped['base']> & { readonly sent?: boolean };

export type InboxPorts = {
  readonly archive: Archive;
  readonly clock: Clock;
  readonly modules: readonly XepModule[];
  readonly ctx: () => XepContext;
  readonly log: Log;
  /** What is known of a message before it is read; `undefined` where it has no usable sender. */
  readonly base: (stanza: Element, found: Found) => FactBase | undefined;
  readonly iq: (stanza: Element) => void;
  /** Whether this address keeps an archive of what it hands out: then a disk that forgets can be made good. */
  readonly keeps: (archive: string) => boolean;
  /** After the commit. */
  readonly committed: (incomings: readonly Incoming[], facts: readonly Fact[]) => void;
};

type Message = { readonly incoming: Incoming; readonly facts: readonly Fact[] };

/** A disk that refuses is asked again after these, milliseconds: most faults pass. */
const again = [250, 1_000, 3_000];

/** A wrapper in a wrapper in a wrapper is nobody's: carbons and archive results are not nested (XEP-0280 §11). */
const deepest = 3;

/**
 * What the server sends by itself. A batch is committed in one transaction before it counts as handled (XEP-0198 §4):
 * what is on the screen is in the archive, and what is not in the archive the server sends again.
 */
export class Inbox {
  readonly #ports: InboxPorts;
  /** Stanzas that could not be handled and were skipped. */
  poisoned = 0;

  constructor(ports: InboxPorts) {
    this.#ports = ports;
  }

  /**
   * Resolves when the batch is committed. Rejects with `ChatError('storage')` where the disk takes nothing: the batch is
   * not handled then, and must not be acknowledged. What no disk would take is skipped.
   */
  async handle(stanzas: readonly Element[]): Promise<void> {
    const messages: Message[] = [];
    for (const stanza of stanzas) {
      try {
        if (stanza.name === 'presence') this.#presence(stanza);
        else if (stanza.name === 'iq') this.#ports.iq(stanza);
        else if (stanza.name === 'message') {
          const incoming = this.#open(stanza);
          if (incoming) messages.push({ incoming, facts: this.#read(incoming) });
        }
      } catch (error) {
        this.poisoned += 1;
        this.#ports.log.warn('a stanza was skipped', error);
      }
    }
    const written = await this.#append(messages);
    if (written.length > 0) this.#ports.committed(written.map(({ incoming }) => incoming), written.flatMap(({ facts }) => facts));
  }

  /** One transaction; where that fails, one for each, so that a single stanza cannot take the others with it. */
  async #append(messages: readonly Message[]): Promise<readonly Message[]> {
    const lists = messages.flatMap(({ facts }) => (facts.length > 0 ? [facts] : []));
    if (lists.length === 0) return messages;
    try {
      await this.#write(lists);
      return messages;
    } catch (error) {
      if (isTrouble(error)) throw error;
      if (messages.length > 1) return (await inOrder(messages, (message) => this.#append([message]))).flat();
      this.poisoned += 1;
      this.#ports.log.warn('a message could not be written', error);
      return [];
    }
  }

  async #write(lists: readonly (readonly Fact[])[]): Promise<void> {
    const { archive, clock, keeps } = this.#ports;
    const durability = lists.every((facts) => facts.every((fact) => keeps(fact.archive))) ? 'relaxed' : 'strict';
    for (const wait of again) {
      try {
        return await archive.append(lists, durability);
      } catch (error) {
        if (!isTrouble(error)) throw error;
      }
      await delay(clock, wait);
    }
    return archive.append(lists, durability);
  }

  /** A message out of an archive's page, already taken out of its result: facts, and what modules react to. */
  readArchived(item: { readonly stanza: Element; readonly at?: number; readonly archive: string; readonly archiveId: string; readonly sent?: boolean }, origin: Origin): { readonly item: PageItem; readonly incoming?: Incoming } {
    const { stanza, archiveId, ...found } = item;
    try {
      const base = this.#ports.base(stanza, { ...found, archiveId });
      if (!base) return { item: { archiveId, facts: [] } };
      const incoming: Incoming = { stanza, base, origin };
      return { item: { archiveId, facts: this.#read(incoming) }, incoming };
    } catch (error) {
      this.poisoned += 1;
      this.#ports.log.warn('an archived message was skipped', error);
      return { item: { archiveId, facts: [] } };
    }
  }

  /** Takes the wrappers off. `undefined`: forged, kept by the module that asked for it, or without a usable sender. */
  #open(outer: Element): Incoming | undefined {
    const { modules, ctx, log } = this.#ports;
    let stanza = outer;
    let origin: Origin = 'live';
    let found: Found = {};
    let copy = false;
    for (let depth = 0; depth <= deepest; depth += 1) {
      let opened: Unwrapped | undefined;
      for (const module of modules) {
        const result = module.unwrap?.(stanza, ctx());
        if (!result) continue;
        if ('reject' in result) {
          log.warn(`rejected by XEP-${module.xep}`, result.reject);
          return undefined;
        }
        if (result.taken) return undefined;
        opened = result;
        break;
      }
      if (!opened) {
        const base = this.#ports.base(stanza, found);
        return base && { stanza, base, origin, ...(copy && { copy }) };
      }
      ({ stanza } = opened);
      origin = opened.origin ?? origin;
      copy ||= opened.copy === true;
      found = { ...found, ...opened.base, ...(opened.sent === undefined ? {} : { sent: opened.sent }) };
    }
    log.warn('rejected: wrapped too often');
    return undefined;
  }

  #read(incoming: Incoming): Fact[] {
    const facts: Fact[] = [];
    for (const module of this.#ports.modules) {
      if (!module.read) continue;
      try {
        facts.push(...module.read(incoming));
      } catch (error) {
        // `read` never throws; where it does, the other extensions' facts are still true.
        this.poisoned += 1;
        this.#ports.log.warn(`XEP-${module.xep} could not read a message`, error);
      }
    }
    return facts;
  }

  #presence(presence: Element): void {
    const { modules, ctx } = this.#ports;
    for (const module of modules) if (module.onPresence?.(presence, ctx()) === true) return;
  }
}

async function inOrder<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  // oxlint-disable-next-line no-await-in-loop -- the order of arrival is the order of the tail
  for (const item of items) results.push(await work(item));
  return results;
}
