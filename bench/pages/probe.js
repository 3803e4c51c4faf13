// Runs in every page before anything of its own, as text: `bench` is what the measurements ask of it. Times are milliseconds of the
// machine's clock, so that those of a page, of a frame in it and of Node can be compared.
globalThis.bench ??= (() => {
  const now = () => performance.timeOrigin + performance.now();
  const tasks = [];
  try {
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ startTime, duration }) => ({ at: performance.timeOrigin + startTime, duration })))).observe({ type: 'longtask', buffered: true });
  } catch {
    // Not in this browser, or not in this frame.
  }
  /** All that matches, through shadow roots. */
  const every = function* (selector, root = document) {
    yield* root.querySelectorAll(selector);
    for (const element of root.querySelectorAll('*')) if (element.shadowRoot) yield* every(selector, element.shadowRoot);
  };
  /** Resolves in the frame after which `found` is true. */
  const frameWhen = (found, what, within = 60_000) =>
    new Promise((resolve, reject) => {
      const end = now() + within;
      const look = () => {
        if (found()) resolve(now());
        else if (now() > end) reject(new Error(`no ${what} on ${location.href}`));
        else requestAnimationFrame(look);
      };
      look();
    });
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().height > 0;
  const all = (selector) => [...every(selector)].filter(shown);
  return {
    now,
    all,
    /** Where to click. */
    middle(selector) {
      const { left, top, width, height } = all(selector)[0].getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    },
    /** When a mark was set, the last one after `since`. */
    mark: (name, since = 0) =>
      new Promise((resolve) => {
        const find = () => performance.getEntriesByName(name, 'mark').map(({ startTime }) => performance.timeOrigin + startTime).find((at) => at >= since);
        const there = find();
        if (there !== undefined) {
          resolve(there);
          return;
        }
        const observer = new PerformanceObserver(() => {
          const at = find();
          if (at === undefined) return;
          observer.disconnect();
          resolve(at);
        });
        observer.observe({ type: 'mark' });
      }),
    /** From now until a conversation that is asked for has been painted. */
    opened: (jid, open) =>
      new Promise((resolve) => {
        const began = performance.now();
        const observer = new PerformanceObserver((list) => {
          const mark = list.getEntriesByName('tertulia:conversation-painted').find(({ detail, startTime }) => detail.jid === jid && startTime >= began);
          if (!mark) return;
          observer.disconnect();
          resolve(mark.startTime - began);
        });
        observer.observe({ type: 'mark' });
        open();
      }),
    /** From the one that is open to another and back, so many times; how long it took each time to get there. */
    async toAndFro(from, to, times, open, opened) {
      const took = [];
      for (let i = 0; i < times; i += 1) {
        took.push(await opened(to, () => open(to)));
        await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 500 }));
        await opened(from, () => open(from));
        await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 500 }));
      }
      return took;
    },
    /** Resolves once a frame in which `found` is true has been painted; how long that took. */
    async painted(found, open) {
      const began = performance.now();
      open();
      await frameWhen(found, 'what was opened', 10_000);
      await new Promise((resolve) => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = resolve;
        port2.postMessage(0);
      }));
      return performance.now() - began;
    },
    shown: (selector, least = 1) => frameWhen(() => all(selector).length >= least, selector),
    says: (selector, words) => frameWhen(() => all(selector).some((element) => element.textContent.includes(words)), words),
    /** When the last message of the log had these words, and had been painted. Looked at when it changes only. */
    lastSays: (words) =>
      new Promise((resolve) => {
        const start = () => {
          const [log] = every('[role="log"]');
          if (!log) {
            setTimeout(start, 20);
            return;
          }
          const look = () => {
            if (![...log.querySelectorAll('[role="article"], article')].at(-1)?.textContent.includes(words)) return;
            observer.disconnect();
            // Told in the frame that is being made, or in the next: what a frame's callback has drawn is in that very frame.
            const frame = new ResizeObserver(() => {
              frame.disconnect();
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = () => resolve(now());
              port2.postMessage(0);
            });
            frame.observe(log);
          };
          const observer = new MutationObserver(look);
          observer.observe(log, { subtree: true, childList: true, characterData: true });
          look();
        };
        start();
      }),
    /** When words that are not within an element yet have been painted there. To be asked before whatever brings them. */
    paintedIn: (selector, words) =>
      new Promise((resolve, reject) => {
        const [within] = every(selector);
        if (!within) throw new Error(`no ${selector} on ${location.href}`);
        const late = setTimeout(() => reject(new Error(`no ${words} on ${location.href}`)), 60_000);
        const observer = new MutationObserver((records) => {
          const come = records.some(({ addedNodes, target, type }) => (type === 'characterData' ? target.data.includes(words) : [...addedNodes].some((node) => node.textContent?.includes(words))));
          if (!come) return;
          observer.disconnect();
          clearTimeout(late);
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => resolve(now());
            port2.postMessage(0);
          });
        });
        observer.observe(within, { subtree: true, childList: true, characterData: true });
      }),
    writable: () => frameWhen(() => all('textarea, [role="textbox"][contenteditable]').some((field) => !field.disabled && !field.readOnly), 'writable field'),
    /** The longest task of the main thread since then, milliseconds; 0 where none was longer than 50, which is what browsers tell of. */
    longestTask: (since) => tasks.filter(({ at }) => at >= since).reduce((most, { duration }) => Math.max(most, duration), 0),
    blocked: (since) => tasks.filter(({ at }) => at >= since).reduce((sum, { duration }) => sum + duration - 50, 0),
    /** The times between frames while `doing` goes on. */
    async frames(doing) {
      const times = [];
      let last = performance.now();
      let going = true;
      const each = (at) => {
        times.push(at - last);
        last = at;
        if (going) requestAnimationFrame(each);
      };
      requestAnimationFrame(each);
      await doing();
      going = false;
      return times.slice(1);
    },
    /** Begins to look at the frames; `stopFrames()` says how far apart they were, milliseconds. */
    watchFrames() {
      let stop;
      const all = this.frames(() => new Promise((resolve) => {
        stop = resolve;
      }));
      this.stopFrames = () => {
        stop();
        return all;
      };
    },
    /** From each key that goes down to the task after the frame that follows. */
    keys(into) {
      addEventListener('keydown', ({ timeStamp }) => {
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => into.push(performance.now() - timeStamp);
          port2.postMessage(0);
        });
      }, true);
    },
  };
})();
