import { fixture, html } from '@open-wc/testing';
import type { TemplateResult } from 'lit';
import '../../../components/elements.js';
import type { FakeClient } from '../../support/fake-client.js';
import { findAll } from '../../support/view.js';

export { find as one, findAll as all, type } from '../../support/view.js';

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

/** Whether a person could see it: rendered, and not inside something that is not. */
export const seen = (element: Element): boolean => element.checkVisibility() && !element.closest('[hidden]');

/** The visible button with this name or these words. */
export function button(root: Element, name: string): HTMLButtonElement {
  const found = findAll<HTMLButtonElement>(root, 'button').find((candidate) => seen(candidate) && nameOf(candidate) === name);
  if (!found) throw new Error(`no button ${name} among: ${findAll(root, 'button').map(nameOf).join(' | ')}`);
  return found;
}

/** What a button is called: by its label, else by what stands in it and is not hidden from assistive technology. */
function nameOf(element: Element): string {
  const copy = element.cloneNode(true) as Element;
  for (const hidden of copy.querySelectorAll('[aria-hidden=true]')) hidden.remove();
  return element.getAttribute('aria-label') ?? textOf(copy);
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

/** The element that has the focus, through every shadow root. */
export function focused(): Element | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}
