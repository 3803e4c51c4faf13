import { fixture, html } from '@open-wc/testing';
import type { TemplateResult } from 'lit';
import '../../../components/elements.js';
import type { FakeClient } from '../../support/fake-client.js';

/** Draws something in a session of its own, on a box of a phone's or a desk's size. */
export async function mount<E extends Element>(client: FakeClient, body: TemplateResult, { width = 1100, height = 700, theme = 'light', locale = 'en' }: { width?: number; height?: number; theme?: 'light' | 'dark'; locale?: string } = {}): Promise<E> {
  const session = await fixture<HTMLElement>(html`<tertulia-session .client="${client}" .theme="${theme}" .locale="${locale}"
    ><div style="inline-size: ${width}px; block-size: ${height}px; display: grid; overflow: hidden">${body}</div></tertulia-session
  >`);
  await settle();
  return session.querySelector('div')!.firstElementChild as E;
}

/** Until what was changed is drawn, in every shadow root: commands resolve in microtasks, Lit renders in them. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/** Every element that matches, through every open shadow root, in the order of the tree. */
export function all<E extends Element = HTMLElement>(root: Element | ShadowRoot, selector: string): E[] {
  const found: E[] = [];
  const walk = (node: Element | ShadowRoot): void => {
    for (const element of node.querySelectorAll('*')) {
      if (element.matches(selector)) found.push(element as E);
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  if (root instanceof Element && root.shadowRoot) walk(root.shadowRoot);
  walk(root);
  return found;
}

export function one<E extends Element = HTMLElement>(root: Element | ShadowRoot, selector: string): E {
  const [element] = all<E>(root, selector);
  if (!element) throw new Error(`nothing matches ${selector}`);
  return element;
}

/** Whether a person could see it: rendered, and not inside something that is not. */
export const seen = (element: Element): boolean => element.checkVisibility() && !element.closest('[hidden]');

/** The visible button with this name or these words. */
export function button(root: Element | ShadowRoot, name: string): HTMLButtonElement {
  const found = all<HTMLButtonElement>(root, 'button').find((candidate) => seen(candidate) && (candidate.getAttribute('aria-label') ?? textOf(candidate)) === name);
  if (!found) throw new Error(`no button ${name} among: ${all(root, 'button').map((other) => other.getAttribute('aria-label') ?? textOf(other)).join(' | ')}`);
  return found;
}

export const textOf = (element: Element): string => (element.textContent ?? '').replace(/\s+/g, ' ').trim();

/** What is read in an element, its shadow roots included. */
export function words(root: Element): string {
  const parts: string[] = [];
  const walk = (node: Node): void => {
    if (node instanceof Text) parts.push(node.data);
    else if (node instanceof HTMLStyleElement) return;
    if (node instanceof Element && node.shadowRoot) node.shadowRoot.childNodes.forEach(walk);
    node.childNodes.forEach(walk);
  };
  walk(root);
  return parts.join('').replace(/\s+/g, ' ').trim();
}

export function type(field: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  field.value = value;
  field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
}

/** The element that has the focus, through every shadow root. */
export function focused(): Element | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}
