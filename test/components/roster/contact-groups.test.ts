import { expect } from '@open-wc/testing';
import { ContactGroups } from '../../../components/roster/contact-groups.js';
import type { ContactRow } from '../../../src/model/contact.js';

const contact = (name: string, ...groups: string[]): ContactRow => ({ jid: `${name.toLowerCase()}@example.org`, name, groups, subscription: 'both', asked: false });
const nameOf = ({ name, jid }: ContactRow): string => name ?? jid;
const grouped = (contacts: readonly ContactRow[], filter = '') => new ContactGroups().of(contacts, nameOf, 'en', filter).map(({ name, contacts: members }) => [name, ...members.map((member) => member.name)]);

describe('contact groups', () => {
  it('sorts groups and names as the language does, those without a group last', () => {
    expect(grouped([contact('Zoe'), contact('émile', 'b'), contact('Eva', 'b'), contact('Person 10', 'Á'), contact('Person 9', 'Á')])).to.deep.equal([
      ['Á', 'Person 9', 'Person 10'],
      ['b', 'émile', 'Eva'],
      ['', 'Zoe'],
    ]);
  });

  it('shows a contact in each of its groups, once', () => {
    expect(grouped([contact('Ana', 'A', 'B', 'A', ' ')])).to.deep.equal([['A', 'Ana'], ['B', 'Ana']]);
  });

  it('finds by name and by address', () => {
    expect(grouped([contact('Ana', 'A'), contact('Bo', 'A')], ' an ')).to.deep.equal([['A', 'Ana']]);
    expect(grouped([contact('Ana', 'A'), contact('Bo', 'A')], 'bo@ex')).to.deep.equal([['A', 'Bo']]);
    expect(grouped([contact('Ana', 'A')], 'zz')).to.deep.equal([]);
  });

  it('takes groups named like properties of objects', () => {
    expect(grouped([contact('Ana', '__proto__', 'constructor')])).to.deep.equal([['__proto__', 'Ana'], ['constructor', 'Ana']]);
  });

  it('sorts again only where contacts have changed', () => {
    const groups = new ContactGroups();
    const contacts = [contact('Bo'), contact('Ana')];
    let asked = 0;
    const of = (list: readonly ContactRow[], filter: string) => groups.of(list, ({ jid }) => ((asked += 1), jid), 'en', filter);
    const all = of(contacts, '');
    expect(of(contacts, '') === all, 'the very same').to.equal(true);
    expect(of(contacts, 'an')[0]?.contacts).to.have.length(1);
    expect(asked).to.equal(2);
    expect(of([...contacts, contact('Cy')], '')[0]?.contacts).to.have.length(3);
  });
});
