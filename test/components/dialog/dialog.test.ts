import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { html } from 'lit';
import type { Confirm } from '../../../components/dialog/confirm.js';
import type { Dialog } from '../../../components/dialog/dialog.js';
import { FakeClient } from '../../support/fake-client.js';
import { all, button, focused, mount, one, settle } from '../messenger/mount.js';

const body = html`<div><button id="from">From</button><tertulia-dialog heading="A question"><input data-first aria-label="Answer" /></tertulia-dialog></div>`;

describe('dialog', () => {
  it('is modal, named by its heading, and begins at the field that asks for it', async () => {
    const place = await mount(new FakeClient(), body);
    const dialog = one<Dialog>(place, 'tertulia-dialog');
    dialog.open = true;
    await settle();
    const native = one<HTMLDialogElement>(dialog, 'dialog');
    expect(native.matches(':modal')).to.equal(true);
    expect(native.getAttribute('aria-labelledby')).to.equal('heading');
    expect(one(dialog, 'h2').textContent).to.equal('A question');
    expect(focused()?.getAttribute('aria-label')).to.equal('Answer');
  });

  it('gives the focus back when Escape closes it, and keeps the Escape from what is around', async () => {
    const place = await mount(new FakeClient(), body);
    const from = one<HTMLElement>(place, '#from');
    const dialog = one<Dialog>(place, 'tertulia-dialog');
    let outside = 0;
    place.addEventListener('keydown', (event) => (event as KeyboardEvent).key === 'Escape' && outside++);
    from.focus();
    dialog.open = true;
    await settle();
    await sendKeys({ press: 'Escape' });
    await settle();
    expect(dialog.open).to.equal(false);
    expect(focused() === from).to.equal(true);
    expect(outside).to.equal(0);
  });

  it('closes by its button and says so once', async () => {
    const place = await mount(new FakeClient(), body);
    const dialog = one<Dialog>(place, 'tertulia-dialog');
    let closed = 0;
    dialog.addEventListener('close', () => closed++);
    dialog.open = true;
    await settle();
    button(dialog, 'Close').click();
    await settle();
    expect(closed).to.equal(1);
    expect(one<HTMLDialogElement>(dialog, 'dialog').open).to.equal(false);
  });
});

describe('confirmation', () => {
  const confirm = html`<tertulia-confirm heading="Remove" words="It goes." action="Remove"></tertulia-confirm>`;

  it('does nothing until the button is pressed, then closes', async () => {
    const place = await mount<Confirm>(new FakeClient(), confirm);
    let ran = 0;
    place.run = () => Promise.resolve(void ran++);
    place.open = true;
    await settle();
    expect(ran).to.equal(0);
    expect(focused()?.textContent).to.equal('Cancel');
    button(place, 'Remove').click();
    await settle();
    expect(ran).to.equal(1);
    expect(place.open).to.equal(false);
  });

  it('stays and says so where it did not work', async () => {
    const place = await mount<Confirm>(new FakeClient(), confirm);
    place.run = () => Promise.reject(new Error('no'));
    place.open = true;
    await settle();
    button(place, 'Remove').click();
    await settle();
    expect(place.open).to.equal(true);
    expect(all(place, '[role=alert]')).to.have.length(1);
  });
});
