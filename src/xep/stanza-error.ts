import { NS_STANZAS, childElements, type Element } from '../xmpp/element.js';

/** The defined condition and the words of a stanza error (RFC 6120 §8.3.2). */
export function stanzaError(stanza: Element): { readonly condition: string; readonly text?: string } {
  const error = childElements(stanza).find((child) => child.getName() === 'error');
  const parts = error ? childElements(error).filter((child) => child.getNS() === NS_STANZAS) : [];
  const condition = parts.find((child) => child.getName() !== 'text')?.getName() ?? 'undefined-condition';
  const text = parts.find((child) => child.getName() === 'text')?.text().trim().slice(0, 1000);
  return { condition, ...(text ? { text } : {}) };
}
