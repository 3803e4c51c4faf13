import type { ContactRow } from '../../src/model/contact.js';

export type NamedContact = { readonly contact: ContactRow; readonly name: string };
/** `name` is empty for the contacts that are in no group. */
export type ContactGroup = { readonly name: string; readonly contacts: readonly NamedContact[] };

/** The contacts by group, groups and contacts by name, those without a group last. A contact of two groups is in both. */
export function groupContacts(contacts: readonly ContactRow[], nameOf: (contact: ContactRow) => string, tag: string, filter: string): ContactGroup[] {
  const order = new Intl.Collator(tag, { sensitivity: 'base', numeric: true });
  const wanted = filter.trim().toLocaleLowerCase(tag);
  const groups = new Map<string, NamedContact[]>();
  for (const contact of contacts) {
    const name = nameOf(contact);
    if (wanted && !name.toLocaleLowerCase(tag).includes(wanted) && !contact.jid.includes(wanted)) continue;
    const of = contact.groups.filter((group) => group.trim() !== '');
    for (const group of of.length > 0 ? new Set(of) : ['']) {
      const members = groups.get(group);
      if (members) members.push({ contact, name });
      else groups.set(group, [{ contact, name }]);
    }
  }
  return Array.from(groups, ([name, members]) => ({ name, contacts: members.sort((a, b) => order.compare(a.name, b.name)) })).sort((a, b) =>
    a.name === '' ? 1 : b.name === '' ? -1 : order.compare(a.name, b.name),
  );
}
