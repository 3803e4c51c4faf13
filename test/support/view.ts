import { fixture, fixtureCleanup } from '@open-wc/testing';
import { html, type LitElement, type TemplateResult } from 'lit';
import '../../components/elements.js';
import type { ChatClient } from '../../src/client/chat-client.js';
import type { Session } from '../../components/session/session.js';

export type Surroundings = { readonly theme?: 'light' | 'dark'; readonly locale?: string; readonly width?: string; readonly height?: string };

/** A view inside of a session with a client, in a box of its own. Resolves once everything has been drawn. */
export async function inSession(client: ChatClient, view: TemplateResult, { theme = 'light', locale = 'en', width = '390px', height = '600px' }: Surroundings = {}): Promise<Session> {
  const session = await fixture<Session>(html`<tertulia-session .client="${client}" theme="${theme}" locale="${locale}">${view}</tertulia-session>`, { parentNode: box(width, height, theme === 'dark' ? '#17191a' : '#ffffff') });
  await settle(session);
  return session;
}

function box(width: string, height: string, ground: string): HTMLElement {
  const element = document.createElement('div');
  Object.assign(element.style, { width, height, background: ground, display: 'flex', flexDirection: 'column' });
  document.body.append(element);
  boxes.push(element);
  return element;
}
const boxes: HTMLElement[] = [];

afterEach(() => {
  fixtureCleanup();
  for (const element of boxes.splice(0)) element.remove();
});

/** Every element under a root, through all shadow roots, in the order of the tree. */
export function* deepAll(root: Element | ShadowRoot): Generator<Element> {
  const inner = root instanceof Element ? root.shadowRoot : undefined;
  if (inner) yield* deepAll(inner);
  for (const child of root.children) {
    yield child;
    yield* deepAll(child);
  }
}

export const findAll = <E extends Element = HTMLElement>(root: Element, selector: string): E[] => Array.from(deepAll(root)).filter((element): element is E => element.matches(selector));

/** The first element that matches, through shadow roots; throws where there is none. */
export function find<E extends Element = HTMLElement>(root: Element, selector: string): E {
  const [first] = findAll<E>(root, selector);
  if (!first) throw new Error(`nothing matches ${selector}`);
  return first;
}

/** A button by its name. */
export function button(root: Element, name: string): HTMLButtonElement {
  const found = findAll<HTMLButtonElement>(root, 'button').find((element) => (element.getAttribute('aria-label') ?? element.textContent ?? '').trim() === name);
  if (!found) throw new Error(`no button "${name}"`);
  return found;
}

/** Waits until no element under a root has an update due any more. */
export async function settle(root: Element): Promise<void> {
  for (let turn = 0; turn < 50; turn++) {
    // A task, so that promises of promises have come through.
    await new Promise((resolve) => setTimeout(resolve));
    const due = [root, ...deepAll(root)].filter((element): element is LitElement => 'isUpdatePending' in element && (element as LitElement).isUpdatePending);
    if (due.length === 0) return;
    await Promise.all(due.map((element) => element.updateComplete));
  }
}

/** Two frames: what observers and scrolling have to say has been said. */
export const frames = (): Promise<void> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
  });

/** Ends every transition and animation that has an end: colours half-way are nobody's. */
export function still(root: Element): void {
  for (const element of deepAll(root)) for (const animation of element.getAnimations()) if (Number.isFinite(animation.effect?.getComputedTiming().endTime)) animation.finish();
}

/** Waits for something to become true, for as long as a test may take. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await frames();
}

export function press(target: Element, key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  return event;
}

export function type(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
}
