import type { Poke } from '../archive/archive-types.js';
import { busVersion, type BusMessage, type Command, type Commands } from '../client/bus.js';
import type { Channel } from '../client/channel.js';
import type { LiveChange } from '../model/live.js';
import type { Log } from '../base/log.js';
import type { LiveStore } from './live-store.js';
import { ChatError, toChatError } from '../base/error.js';

/** Each command as the engine carries it out. */
export type CommandTable = { readonly [C in Command]: (...args: Parameters<Commands[C]>) => ReturnType<Commands[C]> | Promise<ReturnType<Commands[C]>> };

/** The leader's end of the account's bus: answers commands, tells pokes and live changes. */
export class BusPort {
  readonly #channel: Channel;
  readonly #log: Log;
  readonly #tab: string;
  /** Which leader this is; 0 until the archive has said so. */
  epoch = 0;
  #silent = false;

  /** From now on it answers to whoever asks for a sign of life. `tab` says whose engine this is. */
  constructor(channel: Channel, log: Log, tab = '') {
    this.#channel = channel;
    this.#tab = tab;
    this.#log = log;
    const here = (): void => this.post({ type: 'here', epoch: this.epoch, tab });
    channel.onMessage((message) => {
      if (message.type === 'ping') here();
    });
    // So that a page of an older build learns that there is a newer one.
    channel.onForeign?.((version) => {
      if (version < busVersion) here();
    });
  }

  /** The archive has said which leader this is. */
  lead(epoch: number): void {
    this.epoch = epoch;
    this.post({ type: 'here', epoch, tab: this.#tab });
  }

  /** Another leads: whatever this engine would still tell is not true any more. */
  depose(): void {
    this.#silent = true;
  }


  /** From now on this engine leads: it answers, and tells everybody its live state. An answer never overtakes what its command has changed. */
  serve(table: CommandTable, live: Pick<LiveStore, 'all' | 'flush'>): () => void {
    // A page calls again what an earlier leader may have left unanswered; the same call is carried out once here.
    const seen = new Set<string>();
    const stop = this.#channel.onMessage((message) => {
      if (message.type === 'live-please') this.post({ type: 'live-all', epoch: this.epoch, changes: live.all() });
      else if (message.type === 'call' && !seen.has(message.id)) {
        seen.add(message.id);
        if (seen.size > 1000) seen.delete(seen.values().next().value ?? '');
        void this.#answer(table, live, message);
      }
    });
    this.post({ type: 'live-all', epoch: this.epoch, changes: live.all() });
    return stop;
  }

  async #answer(table: CommandTable, live: Pick<LiveStore, 'flush'>, call: Extract<BusMessage, { type: 'call' }>): Promise<void> {
    try {
      if (!Object.hasOwn(table, call.command)) throw new ChatError('invalid', `unknown command ${call.command}`);
      const run = table[call.command] as (...args: readonly unknown[]) => unknown;
      const result: unknown = await run(...call.args);
      live.flush();
      this.post({ type: 'answer', id: call.id, result });
    } catch (thrown) {
      const error = toChatError(thrown, 'protocol');
      this.#log.debug(`command ${call.command} failed`, error.message);
      const { code, message, condition } = error;
      live.flush();
      this.post({ type: 'answer', id: call.id, error: { code, message, ...(condition === undefined ? {} : { condition }) } });
    }
  }

  tellPokes(pokes: readonly Poke[]): void {
    this.post({ type: 'poke', pokes });
  }

  tellLive(changes: readonly LiveChange[]): void {
    this.post({ type: 'live', epoch: this.epoch, changes });
  }

  post(message: BusMessage): void {
    if (!this.#silent) this.#channel.post(message);
  }
}
