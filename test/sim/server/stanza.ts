/** Stanzas as the model server passes them on: their attributes, and what is inside as it came. */
export type Stanza = { readonly name: string; readonly attrs: Readonly<Record<string, string | undefined>>; readonly inner: string };

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
export const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character]!);

const attributes = (attrs: Stanza['attrs']): string =>
  Object.entries(attrs)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escape(value)}"`))
    .join('');

export const write = ({ name, attrs, inner }: Stanza): string => `<${name} xmlns="jabber:client"${attributes({ ...attrs, xmlns: undefined })}>${inner}</${name}>`;

/** A frame of a client as a stanza; its attributes come from the parser, what is inside stays as it is. */
export function readStanza(name: string, attrs: Stanza['attrs'], frame: string): Stanza {
  const start = frame.indexOf('>') + 1;
  const end = frame.lastIndexOf(`</${name}>`);
  return { name, attrs, inner: end < start ? '' : frame.slice(start, end) };
}

export const bodyOf = (stanza: Stanza): string | undefined => /<body>([^<]*)<\/body>/.exec(stanza.inner)?.[1];
export const originIdOf = (stanza: Stanza): string | undefined => /<origin-id[^>]* id="([^"]*)"/.exec(stanza.inner)?.[1];
/** Its own id says which it is. */
export const isTelling = ({ attrs: { id = '' } }: Pick<Stanza, 'attrs'>): boolean => id.length >= 8;
export const isReceipt = (stanza: Stanza): boolean => stanza.inner.includes('<received xmlns="urn:xmpp:receipts"');
export const bare = (jid: string): string => jid.split('/')[0]!;

export const stamp = (time: number): string => new Date(time).toISOString();
export const delayOf = (from: string, at: number): string => `<delay xmlns="urn:xmpp:delay" from="${from}" stamp="${stamp(at)}"/>`;
export const stanzaIdOf = (by: string, id: string): string => `<stanza-id xmlns="urn:xmpp:sid:0" by="${by}" id="${id}"/>`;

export function errorOf(stanza: Stanza, condition: string, type = 'cancel'): Stanza {
  const { id, from, to } = stanza.attrs;
  return {
    name: stanza.name,
    attrs: { type: 'error', id, from: to, to: from },
    inner: `${stanza.name === 'message' ? stanza.inner : ''}<error type="${type}"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`,
  };
}
