import type { Channel } from './channel.js';
import type { LiveChange, LiveTopic, LiveTopics } from '../model/live.js';

/** A page's copy of the leader's live state. */
export class LiveReplica {
  readonly #values = new Map<LiveTopic, Map<string, LiveTopics[LiveTopic]>>();
  readonly #onChange: (changes: readonly Pick<LiveChange, 'topic' | 'key'>[]) => void;
  readonly #stop: () => void;
  /** Some engine leads and has told its state. */
  led = false;
  /** Of the newest leader heard of: an earlier one that wakes up has nothing to say any more. */
  #epoch = 0;

  constructor(channel: Channel, onChange: (changes: readonly Pick<LiveChange, 'topic' | 'key'>[]) => void) {
    this.#onChange = onChange;
    this.#stop = channel.onMessage((message) => {
      if (message.type === 'live') {
        // Changes to a state that was not seen whole yet would be told as the whole.
        if (!this.led || message.epoch < this.#epoch) return;
        for (const change of message.changes) this.#set(change);
        onChange(message.changes);
      } else if (message.type === 'live-all' && (message.epoch ?? Infinity) >= this.#epoch) {
        this.#epoch = message.epoch ?? this.#epoch;
        this.#replace(message.changes);
      }
    });
    channel.post({ type: 'live-please' });
  }

  get<T extends LiveTopic>(topic: T, key: string): LiveTopics[T] | undefined {
    return this.#values.get(topic)?.get(key) as LiveTopics[T] | undefined;
  }

  /** Every value of a topic whose key starts with `prefix`. */
  values<T extends LiveTopic>(topic: T, prefix: string): LiveTopics[T][] {
    const found: LiveTopics[T][] = [];
    for (const [key, value] of this.#values.get(topic) ?? []) if (key.startsWith(prefix)) found.push(value as LiveTopics[T]);
    return found;
  }

  #set(change: LiveChange): void {
    let map = this.#values.get(change.topic);
    if (!map) this.#values.set(change.topic, (map = new Map()));
    if (change.value === undefined) map.delete(change.key);
    else map.set(change.key, change.value);
  }

  #replace(all: readonly LiveChange[]): void {
    const changed = new Map<string, Pick<LiveChange, 'topic' | 'key'>>();
    for (const [topic, map] of this.#values) for (const key of map.keys()) changed.set(`${topic}\0${key}`, { topic, key });
    this.#values.clear();
    for (const change of all) {
      this.#set(change);
      changed.set(`${change.topic}\0${change.key}`, change);
    }
    this.led = true;
    this.#onChange(Array.from(changed.values()));
  }

  close(): void {
    this.#stop();
  }
}
