// Tabs that are opened, closed, frozen, woken up and robbed of the lock, in every order: real leaders, watches and socket
// fences over a model of one browser's locks, bus, archive and time.
import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import type { Clock } from '../../src/base/clock.js';
import { ChatError } from '../../src/base/error.js';
import { silentLog } from '../../src/base/log.js';
import type { BusMessage } from '../../src/client/bus.js';
import type { Channel } from '../../src/client/channel.js';
import { LeaderWatch } from '../../src/client/leader-watch.js';
import { BusPort } from '../../src/engine/bus-port.js';
import { SocketFence } from '../../src/engine/fenced-socket.js';
import { deposed, Leader, type Locks } from '../../src/engine/leader.js';
import type { SocketLike } from '../../src/xmpp/connection-types.js';

/** What a page asks for every 200 ms, and answers 400 ms to: with the jitter and one's own step, a lead changes hands within this. */
const withinMs = 1_000;
const step = 20;

class Browser {
  now = 0;
  #timers: { at: number; run: () => void }[] = [];
  readonly tabs: Tab[] = [];
  /** The archive: which leader's writes are taken. */
  epoch = 0;
  /** The server: the epochs of the frames it got, in the order they came. */
  readonly frames: number[] = [];
  readonly resumed: number[] = [];
  holder: { readonly tab: Tab; readonly broken: () => void } | undefined;
  readonly queue: { readonly tab: Tab; readonly grant: () => void }[] = [];

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.now + ms, run };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  /** Time goes by; all that is ready runs to its end between two steps. */
  async pass(ms: number): Promise<void> {
    for (const end = this.now + ms; this.now < end; ) {
      this.now += step;
      const due = this.#timers.filter(({ at }) => at <= this.now).toSorted((a, b) => a.at - b.at);
      this.#timers = this.#timers.filter((timer) => !due.includes(timer));
      for (const { run } of due) run();
      // Promises of several parts follow each other.
      for (let turn = 0; turn < 30; turn += 1) await Promise.resolve(); // oxlint-disable-line no-await-in-loop
    }
  }

  release(tab: Tab): void {
    for (let at = this.queue.length - 1; at >= 0; at -= 1) if (this.queue[at]!.tab === tab) this.queue.splice(at, 1);
    if (this.holder?.tab !== tab) return;
    this.holder = undefined;
    this.queue.shift()?.grant();
  }

  get leading(): Tab[] {
    return this.tabs.filter((tab) => tab.state === 'awake' && tab.leads);
  }
}

class Tab {
  readonly browser: Browser;
  readonly name: string;
  state: 'awake' | 'frozen' | 'gone' = 'awake';
  leads = false;
  readonly #held: (() => void)[] = [];
  readonly #listeners = new Set<(message: BusMessage) => void>();
  readonly #leader: Leader;
  readonly #watch: LeaderWatch;
  /** Frames out of a socket that is no longer the server's are lost; this one goes on trying. */
  write = (): void => {};

  constructor(browser: Browser, name: string, random: number) {
    this.browser = browser;
    this.name = name;
    const clock: Clock = { now: () => browser.now, after: (ms, run) => browser.after(ms, () => this.#run(run)) };
    const channel = (): Channel => {
      const own = new Set<(message: BusMessage) => void>();
      return {
        post: (message) => {
          for (const tab of browser.tabs) browser.after(0, () => tab.#run(() => [...tab.#listeners].forEach((listener) => (own.has(listener) ? undefined : listener(message)))));
        },
        onMessage: (listener) => {
          own.add(listener);
          this.#listeners.add(listener);
          return () => void this.#listeners.delete(listener);
        },
        close: () => own.forEach((listener) => this.#listeners.delete(listener)),
      };
    };
    this.#leader = new Leader({ name: 'x', locks: this.#locks(), log: silentLog, work: (signal) => this.#lead(signal, channel(), clock) });
    this.#watch = new LeaderWatch({ channel: channel(), clock, random: () => random, tab: name, claim: () => this.#leader.claim() });
  }

  /** What comes from outside: not any more when gone, later when frozen. */
  #run(task: () => void): void {
    if (this.state === 'awake') task();
    else if (this.state === 'frozen') this.#held.push(task);
  }

  freeze(): void {
    if (this.state === 'awake') this.state = 'frozen';
  }
  wake(): void {
    if (this.state !== 'frozen') return;
    this.state = 'awake';
    for (const task of this.#held.splice(0)) this.#run(task);
  }
  kill(): void {
    this.state = 'gone';
    this.browser.release(this);
  }
  async close(): Promise<void> {
    if (this.state !== 'awake') return this.kill();
    this.#watch.close();
    void this.#leader.close();
    // A worker has no time to end anything.
    this.kill();
  }

  #locks(): Locks {
    const { browser } = this;
    return {
      request: <T>(_name: string, options: { readonly signal: AbortSignal } | { readonly steal: true }, run: () => Promise<T>) =>
        new Promise<T>((resolve, reject) => {
          const grant = (): void => {
            const hold = { tab: this as Tab, broken: () => this.#run(() => reject(new DOMException('stolen', 'AbortError'))) };
            browser.holder = hold;
            this.#run(() => {
              run().then(resolve, reject).finally(() => {
                if (browser.holder === hold) browser.release(this);
              });
            });
          };
          if ('steal' in options) {
            browser.holder?.broken();
            grant();
          } else if (!browser.holder) grant();
          else {
            browser.queue.push({ tab: this, grant });
            options.signal.addEventListener('abort', () => {
              const at = browser.queue.findIndex((entry) => entry.tab === this);
              if (at >= 0) browser.queue.splice(at, 1);
              reject(new DOMException('aborted', 'AbortError'));
            });
          }
        }),
    };
  }

  /** As the engine does: takes the next epoch, resumes the stream, and writes whenever there is something to write. */
  async #lead(signal: AbortSignal, channel: Channel, clock: Clock): Promise<void> {
    const { browser } = this;
    const bus = new BusPort(channel, silentLog, this.name);
    const pause = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
    await pause(30); // the archive is opened
    const epoch = (browser.epoch += 1);
    let provenAt = clock.now();
    const fence = new SocketFence(() => wire, {
      get age() {
        return clock.now() - provenAt;
      },
      async prove() {
        const at = clock.now();
        await pause(step);
        if (browser.epoch !== epoch) throw new ChatError('offline', 'another engine leads');
        provenAt = at;
      },
    }, silentLog);
    const wire: SocketLike = { bufferedAmount: 0, onopen: null, onmessage: null, onclose: null, onerror: null, close() {}, send: () => browser.frames.push(epoch) };
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const depose = (): void => {
      fence.deposed = true;
      bus.depose();
      end();
    };
    signal.addEventListener('abort', () => (signal.reason === deposed ? depose() : end()));
    channel.onMessage((message) => {
      if (message.type === 'here' && message.epoch > epoch) depose();
    });
    bus.lead(epoch);
    await pause(60); // the server lets it in
    const socket = fence.open('wss://x');
    if (!fence.deposed) browser.resumed.push(epoch);
    this.leads = true;
    this.write = () => this.#run(() => socket.send('<message/>'));
    socket.send('<resume/>');
    await ended;
    this.leads = false;
    this.write = () => {};
    channel.close();
  }
}

type Act = { readonly what: 'open' | 'close' | 'kill' | 'freeze' | 'wake' | 'write'; readonly which: number; readonly wait: number };
const act: fc.Arbitrary<Act> = fc.record({
  what: fc.constantFrom('open', 'close', 'kill', 'freeze', 'wake', 'write', 'write'),
  which: fc.nat(9),
  wait: fc.constantFrom(0, step, 100, 350, 700, 2_000),
});

async function play(acts: readonly Act[], random: number): Promise<Browser> {
  const browser = new Browser();
  const open = (): void => void browser.tabs.push(new Tab(browser, `tab ${browser.tabs.length}`, (random + browser.tabs.length * 0.37) % 1));
  open();
  open();
  for (const { what, which, wait } of acts) {
    const tab = browser.tabs[which % browser.tabs.length]!;
    if (what === 'open') open();
    else if (what === 'write') browser.tabs.forEach((any) => any.write());
    else if (what === 'close') await tab.close(); // oxlint-disable-line no-await-in-loop
    else tab[what]();
    await browser.pass(wait); // oxlint-disable-line no-await-in-loop
  }
  return browser;
}

describe('engine/leader: election', () => {
  it('no frame of a leader goes out once its successor has written, and a leader is there soon, whatever happens to tabs', async () => {
    let changes = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 25 }), fc.double({ min: 0, max: 0.999, noNaN: true }), async (acts, random) => {
        const browser = await play(acts, random);
        // Somebody looks at a page now, and nothing more happens: only slow leaders have been forgiven, so patience is bounded.
        const looker = new Tab(browser, 'looker', random);
        browser.tabs.push(looker);
        await browser.pass(withinMs);
        expect(browser.leading.length, 'leaders that are awake').to.equal(1);
        const [leader] = browser.leading;
        leader!.write();
        await browser.pass(100);
        // All that sleep wake up, and try to go on where they were.
        for (const tab of browser.tabs) tab.wake();
        for (const tab of browser.tabs) tab.write();
        await browser.pass(2_000);
        for (const tab of browser.tabs) tab.write();
        await browser.pass(withinMs);
        expect(browser.leading.length, 'leaders after all woke up').to.equal(1);
        expect(browser.frames, 'frames of leaders in their order').to.deep.equal(browser.frames.toSorted((a, b) => a - b));
        expect(new Set(browser.resumed).size, 'each leader resumes once').to.equal(browser.resumed.length);
        changes += browser.epoch;
      }),
      { numRuns: 100 },
    );
    expect(changes, 'it has not stood still').to.be.greaterThan(100);
  });
});
