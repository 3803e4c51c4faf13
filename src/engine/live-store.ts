import type { Clock } from '../base/clock.js';
import type { Live, LiveChange, LiveTopic, LiveTopics } from '../model/live.js';

/** Broadcasts are at least this far apart, milliseconds: a room's flood of presence is ten drawings a second. */
const spacing = 100;

/** The leader's live state. Every change is told to the pages, merged by key and spaced out. */
export class LiveStore implements Live {
  readonly #values = new Map<LiveTopic, Map<string, LiveTopics[LiveTopic]>>();
  readonly #pending = new Map<string, LiveChange>();
  readonly #clock: Clock;
  readonly #tell: (changes: readonly LiveChange[]) => void;
  readonly #watchers = new Map<LiveTopic, ((key: string, value: never, before: never) => void)[]>();
  #cancel: (() => void) | undefined;
  #lastTold = -Infinity;

  constructor(clock: Clock, tell: (changes: readonly LiveChange[]) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  get<T extends LiveTopic>(topic: T, key: string): LiveTopics[T] | undefined {
    return this.#values.get(topic)?.get(key) as LiveTopics[T] | undefined;
  }

  set<T extends LiveTopic>(topic: T, key: string, value: LiveTopics[T] | undefined): void {
    let map = this.#values.get(topic);
    if (!map) this.#values.set(topic, (map = new Map()));
    const before = map.get(key);
    if (before === value) return;
    if (value === undefined) map.delete(key);
    else map.set(key, value);
    this.#pending.set(`${topic}\0${key}`, { topic, key, value } as LiveChange);
    // In the next task at the earliest, so that what belongs together is told together.
    this.#cancel ??= this.#clock.after(Math.max(0, Math.min(spacing, this.#lastTold + spacing - this.#clock.now())), () => this.flush());
    for (const watcher of this.#watchers.get(topic) ?? []) watcher(key, value as never, before as never);
  }

  /** Called at each change of a topic, at once; for the engine itself. */
  watch<T extends LiveTopic>(topic: T, watcher: (key: string, value: LiveTopics[T] | undefined, before: LiveTopics[T] | undefined) => void): void {
    this.#watchers.set(topic, [...(this.#watchers.get(topic) ?? []), watcher as (key: string, value: never, before: never) => void]);
  }

  entries<T extends LiveTopic>(topic: T, prefix = ''): readonly (readonly [string, LiveTopics[T]])[] {
    const map = this.#values.get(topic);
    if (!map) return [];
    return Array.from(map).filter(([key]) => key.startsWith(prefix)) as unknown as (readonly [string, LiveTopics[T]])[];
  }

  /** Forgets whole topics: what was true in a session that has ended. */
  clear(topics: readonly LiveTopic[]): void {
    for (const topic of topics) for (const [key] of this.entries(topic)) this.set(topic, key, undefined);
  }

  all(): readonly LiveChange[] {
    return Array.from(this.#values).flatMap(([topic, map]) => Array.from(map, ([key, value]) => ({ topic, key, value }) as LiveChange));
  }

  /** Tells what is pending at once. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#pending.size === 0) return;
    this.#lastTold = this.#clock.now();
    const changes = Array.from(this.#pending.values());
    this.#pending.clear();
    this.#tell(changes);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
