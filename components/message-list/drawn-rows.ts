import type { Entry } from './entries.js';

/**
 * Which lines of the window are drawn: those around what is in sight, for each costs layout and paint in every frame that
 * moves it. Known by the messages among them; a day, a gap or the unread line goes with the message after it.
 */
export class DrawnRows {
  #entries: readonly Entry[] = [];
  /** Where in the entries the messages are; what is drawn is counted in them. */
  #messages: readonly number[] = [];
  #from = 0;
  #to = 0;
  /** The messages that are drawn. */
  #ids: readonly number[] = [];
  #hurried = false;

  /** Messages of the window before what is drawn, drawn, and after it. */
  get older(): number {
    return this.#from;
  }
  get count(): number {
    return this.#to - this.#from;
  }
  get newer(): number {
    return this.#messages.length - this.#to;
  }
  get lines(): readonly Entry[] {
    const start = this.#from === 0 ? 0 : this.#messages[this.#from - 1]! + 1;
    const end = this.newer === 0 ? this.#entries.length : this.#messages[this.#to - 1]! + 1;
    return this.#entries.slice(start, end);
  }

  /**
   * The window is another. What was drawn still is, and what came in between; at the end, as many as before are drawn, the
   * newest of all, no more than `atOnce` of them new. At least `least` where there are so many; where more than that are new, nothing
   * of what was drawn is in sight any more, and the newest are drawn alone.
   */
  update(entries: readonly Entry[], atEnd: boolean, least: number, atOnce = Infinity): void {
    const same = entries === this.#entries;
    if (!same) {
      this.#entries = entries;
      this.#messages = entries.flatMap(({ kind }, index) => (kind === 'message' ? [index] : []));
    }
    const all = this.#messages.length;
    const drawn = new Set(this.#ids);
    const isDrawn = (index: number): boolean => drawn.has(this.#idOf(index));
    const from = drawn.size > 0 ? this.#messages.findIndex(isDrawn) : -1;
    if (from < 0) this.#draw(all - least, all);
    else {
      const to = this.#messages.findLastIndex(isDrawn) + 1;
      if (!atEnd) this.#draw(from, Math.max(to, from + least));
      else if (all - to > least) this.#draw(all - least, all);
      else {
        const end = this.#hurried ? all : same ? to : Math.min(all, to + atOnce);
        this.#draw(Math.max(from, end - Math.max(drawn.size, least)), end);
      }
    }
    this.#hurried = false;
    if (this.count < least) this.#draw(this.#to - least, this.#to);
  }

  /** Begins at the newest again, or around a message. */
  reset(around?: number): void {
    this.#ids = around === undefined ? [] : [around];
  }

  /** The next time, all that is new at the end is drawn. */
  hurry(): void {
    this.#hurried = true;
  }

  /** Draws so many more; whether there were any. */
  drawOlder(count: number): boolean {
    if (this.older === 0) return false;
    this.#draw(this.#from - count, this.#to);
    return true;
  }
  drawNewer(count: number): boolean {
    if (this.newer === 0) return false;
    this.#draw(this.#from, this.#to + count);
    return true;
  }

  /** No longer draws what stands before, or after, one of those that are drawn. */
  dropBefore(id: number): boolean {
    return this.#cut(this.#ids.indexOf(id), 0);
  }
  dropAfter(id: number): boolean {
    return this.#cut(0, this.count - 1 - this.#ids.indexOf(id));
  }

  #cut(before: number, after: number): boolean {
    if (before + after <= 0 || before + after >= this.count) return false;
    this.#draw(this.#from + before, this.#to - after);
    return true;
  }

  #draw(from: number, to: number): void {
    this.#from = Math.max(0, from);
    this.#to = Math.min(this.#messages.length, to);
    this.#ids = this.#messages.slice(this.#from, this.#to).map((index) => this.#idOf(index));
  }

  #idOf(index: number): number {
    const entry = this.#entries[index];
    return entry?.kind === 'message' ? entry.row.id : -1;
  }
}
