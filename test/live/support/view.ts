import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ElementHandle, Frame, Page } from 'puppeteer-core';

/** A name: the whole of it, or a pattern. */
export type Name = string | RegExp;
export type FindOptions = { readonly within?: ElementHandle<Element>; readonly timeout?: number };

// As text: what the test runner's compiler makes of a function refers to things that no page has.
const inPage = readFileSync(new URL('in-page.js', import.meta.url), 'utf8');
type InPage = (role: string | null, name: string | { source: string; flags: string } | null, element: Element | null) => unknown;
// oxlint-disable-next-line no-implied-eval, no-new-func -- built here, run in the page
const inPageFunction = (result: string): InPage => new Function('role', 'name', 'within', `${inPage}\nreturn ${result};`) as InPage;
const found = inPageFunction('find()');
const names = inPageFunction('find().map((element) => nameOf(element, role))');
const texts = inPageFunction('find().map((element) => tidy(childrenOf(element).map(textOf).join("")))');
const rows = inPageFunction('find().map((element) => [element.dataset.id, tidy(childrenOf(element).map(textOf).join(""))])');
const scrollUp = inPageFunction('find().map((element) => (element.scrollBy(0, -0.8 * element.clientHeight), element.scrollTop))[0]');
const scrollToEnd = inPageFunction('find().forEach((element) => element.scrollTo(0, element.scrollHeight))');
const flatText = inPageFunction('tidy(childrenOf(within).map(textOf).join(""))');
const shownText = inPageFunction('tidy(shownOf(document.body)).slice(0, 2500)');
const focusedName = inPageFunction('tidy(focused())');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const sendable = (name: Name | undefined): string | { source: string; flags: string } | null =>
  name === undefined ? null : typeof name === 'string' ? name : { source: name.source, flags: name.flags };

/** One document as a person meets it: by roles and names. */
export class View {
  readonly frame: Frame;
  readonly #page: Page;

  constructor(page: Page, frame: Frame = page.mainFrame()) {
    this.#page = page;
    this.frame = frame;
  }

  /** All that match now, in the order of the page. */
  async findAll(role: string, name?: Name, within?: ElementHandle<Element>): Promise<ElementHandle<Element>[]> {
    const list = await this.frame.evaluateHandle(found, role, sendable(name), within ?? null);
    const handles: ElementHandle<Element>[] = [];
    for (const property of (await list.getProperties()).values()) {
      const element = property.asElement();
      if (element) handles.push(element as ElementHandle<Element>);
    }
    await list.dispose();
    return handles;
  }

  /** The first that matches; waits for it. */
  async find(role: string, name?: Name, { within, timeout = 15_000 }: FindOptions = {}): Promise<ElementHandle<Element>> {
    let element: ElementHandle<Element> | undefined;
    await this.until(async () => {
      [element] = await this.findAll(role, name, within);
      return element !== undefined;
    }, `${role} ${String(name ?? '')}`, timeout);
    return element!;
  }

  /** Waits until nothing matches any more. */
  gone(role: string, name?: Name, { within, timeout = 15_000 }: FindOptions = {}): Promise<void> {
    return this.until(async () => (await this.findAll(role, name, within)).length === 0, `no ${role} ${String(name ?? '')}`, timeout);
  }

  /** The names of all that have a role, for messages and for comparing lists. */
  async names(role: string, within?: ElementHandle<Element>): Promise<string[]> {
    return (await this.frame.evaluate(names, role, null, within ?? null)) as string[];
  }

  /** The text inside of all that match now, in the order of the page, at one moment. */
  async texts(role: string, name?: Name, within?: ElementHandle<Element>): Promise<string[]> {
    return (await this.frame.evaluate(texts, role, sendable(name), within ?? null)) as string[];
  }

  /**
   * What the messages of the open conversation say, oldest first, by who scrolls up to where no more come, and back to the
   * end: only those around what is in sight are on the page.
   */
  async readThrough(): Promise<string[]> {
    const said = new Map<string, string>();
    let order: string[] = [];
    let top: unknown;
    for (let still = 0; still < 5; ) {
      const there = (await this.frame.evaluate(rows, 'article', null, null)) as [string, string][];
      const fresh = there.filter(([id]) => !said.has(id)).map(([id]) => id);
      for (const [id, text] of there) said.set(id, text);
      // What arrives at the end meanwhile stands there.
      const first = there.findIndex(([id]) => !fresh.includes(id));
      const above = new Set(there.slice(0, first < 0 ? there.length : first).map(([id]) => id));
      order = [...fresh.filter((id) => above.has(id)), ...order, ...fresh.filter((id) => !above.has(id))];
      const now = await this.frame.evaluate(scrollUp, 'log', null, null);
      still = fresh.length === 0 && now === top ? still + 1 : 0;
      top = now;
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await this.frame.evaluate(scrollToEnd, 'log', null, null);
    return order.map((id) => said.get(id)!);
  }

  /** The text inside an element as it is read out, through shadow roots. */
  async text(element: ElementHandle<Element>): Promise<string> {
    return (await this.frame.evaluate(flatText, null, null, element)) as string;
  }

  async click(role: string, name?: Name, options?: FindOptions): Promise<void> {
    await this.#steady(role, name, options, (element) => element.click());
  }

  /** Focuses a field and types into it, after what it holds. */
  async type(role: string, name: Name | undefined, text: string, options?: FindOptions): Promise<void> {
    await this.#steady(role, name, options, (element) => element.focus());
    await this.#page.keyboard.type(text);
  }

  /** Waits until `condition` is true; says what it waited for. */
  async until(condition: () => Promise<boolean>, what: string, timeout = 15_000): Promise<void> {
    let last: unknown;
    const begun = Date.now();
    // What takes longer is asked for less often: looking through a page is work for it.
    const pause = (): number => (Date.now() - begun < 1_000 ? 50 : 200);
    for (const end = begun + timeout; ; await new Promise((resolve) => setTimeout(resolve, pause()))) {
      try {
        if (await condition()) return;
        last = undefined;
      } catch (error) {
        // A document that is just being replaced.
        last = error;
      }
      if (Date.now() > end) {
        const there = await this.#everything().catch(() => '');
        throw new Error(`Waited ${timeout / 1000} s for: ${what}, on ${this.frame.url()}${there ? `\nwhere one reads: ${there}` : ''}`, { cause: last });
      }
    }
  }

  /** What axe finds wrong, WCAG 2.2 A and AA. One line for each. */
  async accessibility(): Promise<string[]> {
    await this.frame.evaluate(axe);
    const rules = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']";
    const violations = `axe.run(document, { iframes: false, resultTypes: ['violations'], runOnly: ${rules} }).then(({ violations }) => violations)`;
    const list = (await this.frame.evaluate(violations)) as { id: string; help: string; nodes: { target: (string | string[])[] }[] }[];
    return list.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.flat().join(' > ')).join(', ')}`);
  }

  /** What is seen on the page: the beginning of it, whether anybody could see it, and where one would write. */
  async #everything(): Promise<string> {
    const drawn = "Promise.race([new Promise((resolve) => requestAnimationFrame(() => resolve('drawn'))), new Promise((resolve) => setTimeout(resolve, 1000, 'not drawn'))])";
    const seen = await this.frame.evaluate(`${drawn}.then((drawn) => document.visibilityState + ', ' + drawn)`);
    const [shown, focused] = await Promise.all([this.frame.evaluate(shownText, null, null, null), this.frame.evaluate(focusedName, null, null, null)]);
    return `${String(shown)} (${String(seen)}, focus: ${String(focused)})`;
  }

  async #steady(role: string, name: Name | undefined, options: FindOptions | undefined, act: (element: ElementHandle<Element>) => Promise<void>): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const element = await this.find(role, name, options);
      try {
        await act(element);
        return;
      } catch (error) {
        // It was drawn anew between the two.
        if (attempt === 3) throw error;
      }
    }
  }
}
