import type { Clock } from '../base/clock.js';
import type { IdSource } from '../base/id.js';
import type { BusMessage, Command, Commands } from './bus.js';
import type { Channel } from './channel.js';
import { ChatError } from '../base/error.js';

type Call = { readonly message: Extract<BusMessage, { type: 'call' }>; readonly settle: (answer: Extract<BusMessage, { type: 'answer' }> | ChatError) => void };

/** A call that nobody has answered after this many milliseconds is given up. */
const deadline = 20_000;

/** A page's line to whichever engine leads: calls are answered once, and repeated to a new leader. */
export class LeaderLine {
  readonly #channel: Channel;
  readonly #clock: Clock;
  readonly #newId: IdSource;
  readonly #calls = new Map<string, Call>();
  readonly #stop: () => void;

  constructor(channel: Channel, clock: Clock, newId: IdSource) {
    this.#channel = channel;
    this.#clock = clock;
    this.#newId = newId;
    this.#stop = channel.onMessage((message) => {
      if (message.type === 'answer') this.#calls.get(message.id)?.settle(message);
      // A new leader shows itself by this, and knows nothing of what its predecessor was asked.
      else if (message.type === 'live-all') for (const call of this.#calls.values()) channel.post(call.message);
    });
  }

  /** Rejects with the leader's `ChatError`, or `timeout`. */
  call<C extends Command>(command: C, ...args: Parameters<Commands[C]>): Promise<ReturnType<Commands[C]>> {
    const id = this.#newId();
    const message = { type: 'call', id, command, args } as const;
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(deadline, () => settle(new ChatError('timeout', `nobody answered ${command}`)));
      const settle: Call['settle'] = (answer) => {
        cancel();
        this.#calls.delete(id);
        if (answer instanceof ChatError) reject(answer);
        else if (answer.error) reject(new ChatError(answer.error.code, answer.error.message, { condition: answer.error.condition }));
        else resolve(answer.result as ReturnType<Commands[C]>);
      };
      this.#calls.set(id, { message, settle });
      this.#channel.post(message);
    });
  }

  /** Tells the leader something that needs no answer and may be lost: it is repeated by whoever becomes leader. */
  tell<C extends Command>(command: C, ...args: Parameters<Commands[C]>): void {
    this.call(command, ...args).catch(() => undefined);
  }

  close(): void {
    this.#stop();
    for (const call of Array.from(this.#calls.values())) call.settle(new ChatError('offline', 'the account was closed'));
  }
}
