import type { ContactRow } from '../../src/model/contact.js';

export type NamedContact = { readonly contact: ContactRow; readonly name: string };
/** `name` is empty for the contacts that are in no group. */
export type ContactGroup = { readonly name: string; readonly contacts: readonly NamedContact[] };

/** The contacts by group, groups and contacts by name, those without a group last. A contact of two groups is in both. */
export class ContactGroups {
  #contacts: readonly ContactRow[] | undefined;
  #tag = '';
  #filter = '';
  #sorted: readonly NamedContact[] = [];
  /** The names as they are searched in, once somebody does. */
  #found: readonly string[] | undefined;
  #groups: readonly ContactGroup[] = [];

  /** The same array as before where nothing has changed: thousands are sorted when they change, not when one scrolls. */
  of(contacts: readonly ContactRow[], nameOf: (contact: ContactRow) => string, tag: string, filter: string): readonly ContactGroup[] {
    const anew = contacts !== this.#contacts || tag !== this.#tag;
    if (!anew && filter === this.#filter) return this.#groups;
    if (anew) {
      this.#sorted = sortContacts(contacts, nameOf, tag);
      this.#found = undefined;
    }
    this.#contacts = contacts;
    this.#tag = tag;
    this.#filter = filter;
    const wanted = filter.trim().toLocaleLowerCase(tag);
    this.#groups = groupContacts(wanted ? this.#search(wanted, tag) : this.#sorted, tag);
    return this.#groups;
  }

  #search(wanted: string, tag: string): NamedContact[] {
    const found = (this.#found ??= this.#sorted.map(({ name }) => name.toLocaleLowerCase(tag)));
    return this.#sorted.filter(({ contact }, i) => found[i]!.includes(wanted) || contact.jid.includes(wanted));
  }
}

const collator = (tag: string): Intl.Collator => new Intl.Collator(tag, { sensitivity: 'base', numeric: true });

function sortContacts(contacts: readonly ContactRow[], nameOf: (contact: ContactRow) => string, tag: string): NamedContact[] {
  const order = collator(tag);
  return contacts
    .map((contact) => ({ contact, name: nameOf(contact) }))
    .sort((a, b) => order.compare(a.name, b.name));
}

/** In their order. */
function groupContacts(sorted: readonly NamedContact[], tag: string): ContactGroup[] {
  const order = collator(tag);
  const groups = new Map<string, NamedContact[]>();
  for (const named of sorted) {
    const of = named.contact.groups.filter((group) => group.trim() !== '');
    for (const group of of.length > 0 ? new Set(of) : ['']) {
      const members = groups.get(group);
      if (members) members.push(named);
      else groups.set(group, [named]);
    }
  }
  return Array.from(groups, ([name, members]) => ({ name, contacts: members })).sort((a, b) => (a.name === '' ? 1 : b.name === '' ? -1 : order.compare(a.name, b.name)));
}
