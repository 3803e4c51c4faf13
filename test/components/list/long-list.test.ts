import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { html } from 'lit';
import type { Roster } from '../../../components/roster/roster.js';
import { violations } from '../../support/axe.js';
import { press } from '../../support/view.js';
import { FakeClient } from '../../support/fake-client.js';
import { answerer } from '../../support/fake-data.js';
import { all, focused, mount, one, settle, textOf, type, words } from '../messenger/mount.js';

const person = (i: number): string => `Person ${String(i).padStart(4, '0')}`;

/** A roster of thousands, in seven groups or in none. */
const open = async (count = 5000, { grouped = false, locale = 'en' } = {}) => {
  const contacts = Array.from({ length: count }, (_, i) => ({ jid: `p${i}@localhost`, name: i === 4321 ? 'Zoe' : i === 4320 ? 'Zac' : person(i), groups: grouped ? [`Group ${i % 7}`] : [], subscription: 'both' as const, asked: false }));
  const client = new FakeClient({ data: { ...answerer, contacts } });
  const roster = await mount<Roster>(client, html`<tertulia-roster></tertulia-roster>`, { width: 390, locale });
  const rows = (): HTMLElement[] => all(roster, 'tertulia-contact-row');
  const scroller = one(roster, '.scroll');
  const list = one(roster, 'ul[part=list]');
  const names = (): string[] => rows().map((row) => textOf(one(row, '.name')));
  /** Whose line has the focus. */
  const at = (): string => textOf(one(focused()!, '.name'));
  const heightOf = (element: Element): number => element.getBoundingClientRect().height;
  /** To where a row begins; who asks to see one stands above the list. */
  const scrollToRow = (row: number): Promise<void> => scrollTo(list.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop + row * heightOf(rows()[0]!) + 1);
  const scrollTo = async (top: number): Promise<void> => {
    scroller.scrollTop = top;
    await settle();
  };
  /** What stands in the scroller's box, by pixels. */
  const seen = (): string[] => {
    const box = scroller.getBoundingClientRect();
    return rows().filter((row) => row.getBoundingClientRect().bottom > box.top && row.getBoundingClientRect().top < box.bottom).map((row) => textOf(one(row, '.name')));
  };
  return { client, roster, rows, scroller, list, names, at, heightOf, scrollTo, scrollToRow, seen };
};

describe('long list', () => {
  it('draws what is seen and little more, and is as tall as all of it', async () => {
    const { rows, list, heightOf, scrollTo, scrollToRow, seen } = await open();
    const tall = 5000 * heightOf(rows()[0]!);
    for (const row of [0, 1, 7, 2500, 2503, 4100]) {
      await scrollToRow(row); // oxlint-disable-line no-await-in-loop -- one after the other
      expect(rows().length).to.be.lessThan(60);
      expect(seen()[0]).to.equal(person(row));
      expect(seen().length).to.be.greaterThan(8);
      expect(Math.abs(heightOf(list) - tall)).to.be.lessThan(2);
    }
    await scrollTo(1e7);
    expect(seen().at(-1)).to.equal('Zoe');
    expect(seen().at(-2)).to.equal('Zac');
  });

  it('fills the screen in groups, wherever one scrolls to', async () => {
    const { scrollTo, seen, scroller, roster } = await open(5000, { grouped: true });
    for (let top = 0; top < 60_000; top += 4321) {
      await scrollTo(top);
      expect(seen().length, `at ${top}`).to.be.greaterThan(6);
    }
    await scrollTo(scroller.scrollHeight);
    expect(all(roster, '.group').map(textOf).at(-1)).to.equal('Group 6714');
    expect(seen().at(-1)).to.equal(person(4997));
  });

  it('says of each row which of how many it is', async () => {
    const { rows, scrollTo } = await open();
    const said = (row: HTMLElement) => [row.parentElement!.getAttribute('aria-posinset'), row.parentElement!.getAttribute('aria-setsize')];
    expect(said(rows()[0]!)).to.deep.equal(['1', '5000']);
    await scrollTo(1e7);
    expect(said(rows().at(-1)!)).to.deep.equal(['5000', '5000']);
  });

  it('moves through all rows by the keyboard, drawn or not', async () => {
    const { rows, at, scrollTo, seen, roster } = await open();
    rows()[0]!.focus();
    for (const [key, name] of [['End', 'Zoe'], ['ArrowUp', 'Zac'], ['Home', person(0)], ['ArrowDown', person(1)]] as const) {
      await sendKeys({ press: key });
      await settle();
      expect(at(), key).to.equal(name);
      expect(seen(), key).to.contain(name);
    }
    await sendKeys({ press: 'PageDown' });
    await settle();
    expect(Number(at().slice(-4))).to.be.within(5, 30);
    await sendKeys({ press: 'z' });
    await settle();
    expect(at(), 'the first letter').to.equal('Zac');
    await sendKeys({ press: 'z' });
    await settle();
    expect(at(), 'and again').to.equal('Zoe');
    expect(seen()).to.contain('Zoe');
    expect(all(roster, '.row[tabindex="0"]')).to.have.length(1);
    await scrollTo(0);
    expect(at(), 'the focus stays where it was').to.equal('Zoe');
    await sendKeys({ press: 'Home' });
    await settle();
    expect(at()).to.equal(person(0));
  });

  it('takes several letters together', async () => {
    const { rows, at } = await open();
    rows()[0]!.focus();
    for (const letter of 'zo') press(focused()!, letter);
    await settle();
    expect(at()).to.equal('Zoe');
  });

  it('has the Tab key go to a row that is seen', async () => {
    const { roster, scrollToRow, seen } = await open();
    await scrollToRow(3000);
    const [stop] = all(roster, '.row[tabindex="0"]');
    expect(seen()).to.contain(textOf(one(stop!, '.name')));
  });

  it('lets a row go that is there no more, and the focus move on', async () => {
    const { client, rows, roster } = await open();
    rows()[0]!.focus();
    client.contacts.set(client.contacts.value!.slice(1));
    await settle();
    expect(all(roster, '.row[tabindex="0"]')).to.have.length(1);
    expect(textOf(one(rows()[0]!, '.name'))).to.equal(person(1));
  });

  it('shows what was found at once, however far one had scrolled', async () => {
    const { roster, names, scrollTo } = await open();
    await scrollTo(1e7);
    type(one<HTMLInputElement>(roster, 'input[type=search]'), 'person 0042');
    await settle();
    expect(names()).to.deep.equal([person(42)]);
  });

  it('stays whole where letters are larger', async () => {
    const { rows, list, heightOf, scrollToRow, seen } = await open();
    document.documentElement.style.fontSize = '32px';
    try {
      await settle();
      expect(heightOf(rows()[0]!)).to.be.greaterThan(100);
      await scrollToRow(2000);
      expect(seen()[0]).to.equal(person(2000));
      expect(Math.abs(heightOf(list) - 5000 * heightOf(rows()[0]!))).to.be.lessThan(2);
    } finally {
      document.documentElement.style.removeProperty('font-size');
    }
  });

  it('has rows of one height, whatever is in them', async () => {
    const client = new FakeClient();
    for (const view of [html`<tertulia-roster></tertulia-roster>`, html`<tertulia-conversations></tertulia-conversations>`, html`<tertulia-participants room="lobby@rooms.localhost"></tertulia-participants>`]) {
      const element = await mount<HTMLElement>(client, view, { width: 390 }); // oxlint-disable-line no-await-in-loop -- one after the other
      const heights = all(element, '[data-key]').map((row) => Math.round(row.getBoundingClientRect().height));
      expect(heights.length, element.localName).to.be.greaterThan(3);
      expect(new Set(heights).size, `${element.localName}: ${heights.join(', ')}`).to.equal(1);
    }
  });

  it('is right for assistive technology in the middle of it, in a language that runs the other way too', async () => {
    for (const locale of ['en', 'ar']) {
      const { roster, scrollTo } = await open(300, { grouped: true, locale }); // oxlint-disable-line no-await-in-loop -- one after the other
      await scrollTo(5000); // oxlint-disable-line no-await-in-loop -- one after the other
      expect(await violations(roster)).to.deep.equal([]); // oxlint-disable-line no-await-in-loop -- one after the other
      expect(words(roster)).to.contain('Person');
    }
  });
});
