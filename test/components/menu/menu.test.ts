import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { html } from 'lit';
import type { Menu } from '../../../components/menu/menu.js';
import { FakeClient } from '../../support/fake-client.js';
import { all, focused, mount, one, settle, textOf } from '../messenger/mount.js';

describe('menu', () => {
  let ran: string[];
  const items = () => [
    { label: 'Apples', run: () => ran.push('apples') },
    { label: 'Bread', checked: true, run: () => ran.push('bread') },
    { label: 'Cheese', apart: true, danger: true, run: () => ran.push('cheese') },
  ];
  const make = async (): Promise<{ menu: Menu; trigger: HTMLElement }> => {
    ran = [];
    const menu = await mount<Menu>(new FakeClient(), html`<tertulia-menu label="Options" .items="${items()}"></tertulia-menu>`);
    return { menu, trigger: one(menu, '.trigger') };
  };

  it('is a button that opens a menu by its name', async () => {
    const { menu, trigger } = await make();
    expect(trigger.getAttribute('aria-label')).to.equal('Options');
    expect(trigger.getAttribute('aria-haspopup')).to.equal('menu');
    expect(trigger.getAttribute('aria-expanded')).to.equal('false');
    trigger.focus();
    await sendKeys({ press: 'Enter' });
    await settle();
    expect(trigger.getAttribute('aria-expanded')).to.equal('true');
    expect(one(menu, '[role=menu]').matches(':popover-open')).to.equal(true);
    expect(all(menu, '[role=menuitem]').map(textOf)).to.deep.equal(['Apples', 'Cheese']);
    expect(one(menu, '[role=menuitemcheckbox]').getAttribute('aria-checked')).to.equal('true');
    expect(textOf(focused()!)).to.equal('Apples');
  });

  it('takes a click where its button takes none', async () => {
    const { menu, trigger } = await make();
    menu.parentElement!.style.pointerEvents = 'none';
    trigger.focus();
    await sendKeys({ press: 'Enter' });
    await settle();
    const item = one(menu, '[role=menuitem]');
    const { x, y, width, height } = item.getBoundingClientRect();
    expect(item.contains(menu.shadowRoot!.elementFromPoint(x + width / 2, y + height / 2))).to.equal(true);
  });

  it('moves by arrows, Home, End and first letters, round and round', async () => {
    const { trigger } = await make();
    trigger.focus();
    await sendKeys({ press: 'ArrowDown' });
    await settle();
    for (const [key, at] of [['ArrowDown', 'Bread'], ['End', 'Cheese'], ['ArrowDown', 'Apples'], ['ArrowUp', 'Cheese'], ['Home', 'Apples'], ['c', 'Cheese'], ['b', 'Bread']] as const) {
      await sendKeys({ press: key });
      expect(textOf(focused()!), key).to.equal(at);
    }
  });

  it('runs what was chosen, closes, and the focus is back on the button', async () => {
    const { menu, trigger } = await make();
    trigger.focus();
    await sendKeys({ press: 'ArrowDown' });
    await settle();
    await sendKeys({ press: 'ArrowDown' });
    await sendKeys({ press: 'Enter' });
    await settle();
    expect(ran).to.deep.equal(['bread']);
    expect(one(menu, '[role=menu]').matches(':popover-open')).to.equal(false);
    expect(focused() === trigger).to.equal(true);
  });

  it('leaves by Escape without telling what is around', async () => {
    const { menu, trigger } = await make();
    let outside = 0;
    menu.addEventListener('keydown', (event) => event.key === 'Escape' && outside++);
    trigger.focus();
    await sendKeys({ press: 'ArrowDown' });
    await settle();
    await sendKeys({ press: 'Escape' });
    await settle();
    expect(one(menu, '[role=menu]').matches(':popover-open')).to.equal(false);
    expect(focused() === trigger).to.equal(true);
    expect(outside).to.equal(0);
    expect(ran).to.deep.equal([]);
  });
});
