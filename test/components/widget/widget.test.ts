import { expect, fixture } from '@open-wc/testing';
import { html } from 'lit';
import type { Widget } from '../../../components/widget/widget.js';
import { FakeClient } from '../../support/fake-client.js';
import { guest, support } from '../../support/fake-data.js';
import { button, find, findAll, frames, press, settle } from '../../support/view.js';

async function show(more: Partial<Widget> = {}): Promise<{ widget: Widget; made: FakeClient[] }> {
  const made: FakeClient[] = [];
  const widget = await fixture<Widget>(html`<tertulia-widget></tertulia-widget>`);
  Object.assign(widget, {
    contact: support,
    heading: 'Shop',
    theme: 'light',
    locale: 'en',
    createClient: () => {
      const client = new FakeClient({ data: { ...guest, scripts: guest.scripts.map((script) => ({ ...script, unread: 2 })) }, mode: 'guest' });
      made.push(client);
      return client;
    },
    ...more,
  });
  await settle(widget);
  return { widget, made };
}
const launcher = (widget: Widget): HTMLButtonElement => find(widget, '.launcher');

describe('widget', () => {
  it('starts nothing before it is opened', async () => {
    const { widget, made } = await show();
    expect(made).to.have.length(0);
    expect(findAll(widget, 'tertulia-panel')).to.have.length(0);
    expect(launcher(widget).getAttribute('aria-label')).to.equal('Open chat');
    expect(launcher(widget).getAttribute('aria-expanded')).to.equal('false');
  });

  it('opens and closes by its launcher; the focus goes in and comes back', async () => {
    const { widget, made } = await show();
    launcher(widget).click();
    await settle(widget);
    await frames();
    expect(made).to.have.length(1);
    expect(widget.open).to.equal(true);
    expect(launcher(widget).getAttribute('aria-label')).to.equal('Close chat');
    expect(launcher(widget).getAttribute('aria-expanded')).to.equal('true');
    const dialog = find(widget, '[role=dialog]');
    expect(dialog.getAttribute('aria-label')).to.equal('Shop');
    press(find(widget, 'textarea'), 'Escape');
    await settle(widget);
    expect(widget.open).to.equal(false);
    expect(dialog.checkVisibility()).to.equal(false);
    expect(find(widget, 'tertulia-widget-frame').shadowRoot!.activeElement).to.equal(launcher(widget));
  });

  it('keeps what was typed while it is closed, and makes one client only', async () => {
    const { widget, made } = await show({ open: true });
    const area = find<HTMLTextAreaElement>(widget, 'textarea');
    area.value = 'half';
    area.dispatchEvent(new InputEvent('input'));
    for (let n = 0; n < 3; n++) {
      launcher(widget).click();
      await settle(widget);
    }
    widget.open = true;
    await settle(widget);
    expect(find<HTMLTextAreaElement>(widget, 'textarea').value).to.equal('half');
    expect(made).to.have.length(1);
  });

  it('counts unread messages on the launcher while it is closed', async () => {
    const client = new FakeClient({ data: { ...guest, scripts: guest.scripts.map((script) => ({ ...script, unread: 2 })) }, mode: 'guest' });
    const { widget } = await show({ client });
    expect(launcher(widget).getAttribute('aria-label')).to.equal('Open chat, 2 unread messages');
    expect(find(widget, '.badge').textContent).to.equal('2');
  });

  it('tells when it was opened or closed', async () => {
    const { widget } = await show();
    const seen: boolean[] = [];
    widget.addEventListener('tertulia-toggle', () => seen.push(widget.open));
    launcher(widget).click();
    await settle(widget);
    button(widget, 'Close').click();
    await settle(widget);
    expect(seen).to.deep.equal([true, false]);
  });

  it('prefills without opening or sending', async () => {
    const { widget, made } = await show();
    widget.prefill('About the table');
    await settle(widget);
    await settle(widget);
    expect(widget.open).to.equal(false);
    launcher(widget).click();
    await settle(widget);
    expect(find<HTMLTextAreaElement>(widget, 'textarea').value).to.equal('About the table');
    expect(made[0]!.called('send')).to.have.length(0);
  });
});
