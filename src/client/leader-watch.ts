import type { Clock } from '../base/clock.js';
import type { BusMessage } from './bus.js';
import type { Channel } from './channel.js';

export type LeaderWatchParts = {
  readonly channel: Channel;
  readonly clock: Clock;
  /** 0 to 1: two pages that miss the same leader do not claim at the same moment. */
  readonly random: () => number;
  /** This page's own engine. */
  readonly tab: string;
  /** Has this page's engine take the lead. */
  readonly claim: () => void;
};

/**
 * How often a leader is asked for a sign of life, and how long it may take, milliseconds. One in another tab may be frozen,
 * and its lock with it, which the browser gives to nobody: whoever looks at a page must not wait for it. One's own can
 * only have died. `patience` is more than a leader's proof lasts (`engine/fenced-socket.ts`).
 */
const pace = {
  foreign: { every: 200, patience: 400 },
  own: { every: 2_000, patience: 3_000 },
  hidden: { every: 5_000, patience: 3_000 },
} as const;
/** A timer as late as this was held up together with its page, milliseconds: the answer may be waiting right behind it. */
const late = 100;
/** Somebody who answers this soon after having been replaced was only slow, milliseconds: all have more patience from then on, up to so many times as much. */
const onlySlow = 5_000;
const mostPatient = 16;
/** What a claim may take to succeed before there is another one, milliseconds; doubled each time, up to the second figure: nobody can lead where the disk is full. */
const claimAgain = [1_000, 30_000] as const;

/** Looks after the engine that leads, on behalf of one page. */
export class LeaderWatch {
  readonly #parts: LeaderWatchParts;
  readonly #stop: () => void;
  #visible = true;
  #mine = false;
  #epoch = 0;
  /** When the leader of this epoch was first heard of. */
  #since = Infinity;
  #patience = 1;
  #claims = 0;
  #cancel = (): void => {};

  constructor(parts: LeaderWatchParts) {
    this.#parts = parts;
    this.#stop = parts.channel.onMessage((message) => {
      if (message.type === 'here') this.#heard(message);
    });
    this.#ask(true);
  }

  /** Somebody looks at the page, or does not any more. */
  visible(visible: boolean): void {
    this.#visible = visible;
    if (visible) this.#ask(true);
  }

  close(): void {
    this.#cancel();
    this.#stop();
  }

  get #pace(): (typeof pace)[keyof typeof pace] {
    return this.#visible ? (this.#mine ? pace.own : pace.foreign) : pace.hidden;
  }

  #after(ms: number, run: () => void): void {
    this.#cancel();
    this.#cancel = this.#parts.clock.after(ms, run);
  }

  #ask(first: boolean): void {
    const { channel, clock, random } = this.#parts;
    const wait = this.#pace.patience * this.#patience * (1 + random() / 4);
    const due = clock.now() + wait;
    this.#after(wait, () => {
      if (first && clock.now() - due > late) this.#ask(false);
      else this.#claim();
    });
    channel.post({ type: 'ping' });
  }

  #heard({ epoch, tab }: Extract<BusMessage, { type: 'here' }>): void {
    const now = this.#parts.clock.now();
    // 0: it has the lock and is just beginning.
    if (epoch !== 0 && epoch < this.#epoch) {
      if (Math.abs(now - this.#since) < onlySlow) this.#patience = Math.min(mostPatient, this.#patience * 2);
      return;
    }
    if (epoch > this.#epoch) {
      this.#epoch = epoch;
      this.#since = now;
    }
    this.#mine = tab === this.#parts.tab;
    this.#after(this.#pace.every, () => this.#ask(true));
  }

  #claim(): void {
    const [soon, most] = claimAgain;
    // One that led for a while was no failed attempt.
    if (this.#parts.clock.now() - this.#since > most) this.#claims = 0;
    this.#after(Math.min(most, soon * 2 ** this.#claims), () => this.#ask(true));
    this.#claims += 1;
    this.#parts.claim();
  }
}
