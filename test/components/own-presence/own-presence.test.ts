import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { html } from 'lit';
import type { OwnPresence } from '../../../components/own-presence/own-presence.js';
import type { PreferenceEvent } from '../../../components/own-presence/preference-event.js';
import { ChatError } from '../../../src/base/error.js';
import { FakeClient } from '../../support/fake-client.js';
import { all, button, focused, mount, one, settle, textOf, words } from '../messenger/mount.js';

const open = async (client = new FakeClient()) => {
  const me = await mount<OwnPresence>(client, html`<tertulia-own-presence .languages="${['en', 'ar']}"></tertulia-own-presence>`);
  const trigger = one(me, '.trigger');
  trigger.focus();
  trigger.click();
  await settle();
  const radio = (label: string): HTMLInputElement => one(all(me, 'label').find((candidate) => textOf(candidate) === label)!, 'input');
  return { client, me, trigger, radio };
};

describe('one’s own presence', () => {
  it('says who one is and what others see', async () => {
    const { me, trigger } = await open();
    expect(textOf(trigger)).to.equal('Your profile: support, Available');
    expect(trigger.getAttribute('aria-expanded')).to.equal('true');
    expect(words(one(me, '[role=dialog]'))).to.contain('support@localhost');
  });

  it('sets what others see', async () => {
    const { client, radio } = await open();
    for (const [label, show] of [['Away', 'away'], ['Busy', 'dnd'], ['Invisible', 'invisible'], ['Available', 'available']] as const) {
      radio(label).click();
      await settle();
      expect(client.called('setPresence').at(-1)).to.deep.equal([{ show }]);
      expect(radio(label).checked).to.equal(true);
    }
  });

  it('lets one keep to oneself what one has read, and shows what another device has chosen', async () => {
    const { client, me } = await open();
    const box = one<HTMLInputElement>(me, 'input[type=checkbox]');
    expect(textOf(box.closest('label')!)).to.equal('Let contacts see what you have read');
    expect(box.checked).to.equal(true);
    box.click();
    await settle();
    expect(client.called('setSettings')).to.deep.equal([[{ tellRead: false }]]);
    expect(box.checked).to.equal(false);
    client.settings.set({ tellRead: true });
    await settle();
    expect(box.checked).to.equal(true);
    client.failures.set('setSettings', new ChatError('storage', 'full'));
    box.click();
    await settle();
    expect(box.checked, 'what could not be kept does not hold').to.equal(true);
  });

  it('sets the status text once by Enter and keeps it as presence changes', async () => {
    const { client, me, radio } = await open();
    const status = one<HTMLInputElement>(me, '#status');
    status.focus();
    await sendKeys({ type: 'In the <b>garden</b>' });
    await sendKeys({ press: 'Enter' });
    status.blur();
    await settle();
    expect(client.called('setPresence')).to.deep.equal([[{ show: 'available', status: 'In the <b>garden</b>' }]]);
    radio('Busy').click();
    await settle();
    expect(client.called('setPresence').at(-1)).to.deep.equal([{ show: 'dnd', status: 'In the <b>garden</b>' }]);
    status.value = '';
    status.dispatchEvent(new Event('change'));
    await settle();
    expect(client.called('setPresence').at(-1)).to.deep.equal([{ show: 'dnd' }]);
  });

  it('goes on from what was chosen a moment ago, though the session does not show it yet', async () => {
    const { client, me, radio } = await open();
    radio('Busy').click();
    const status = one<HTMLInputElement>(me, '#status');
    status.value = 'In the garden';
    for (let time = 0; time < 2; time += 1) status.dispatchEvent(new Event('change'));
    await settle();
    expect(client.called('setPresence')).to.deep.equal([[{ show: 'dnd' }], [{ show: 'dnd', status: 'In the garden' }]]);
    client.failures.set('setPresence', new ChatError('offline', 'x'));
    radio('Away').click();
    await settle();
    expect(radio('Busy').checked, 'what did not work is not shown').to.equal(true);
  });

  it('offers looks and languages to whoever holds the session', async () => {
    const { me, radio } = await open();
    const wishes: PreferenceEvent[] = [];
    document.addEventListener('tertulia-preference', (event) => wishes.push(event as PreferenceEvent), { once: false });
    radio('Dark').click();
    const language = one<HTMLSelectElement>(me, '#language');
    expect([...language.options].map(textOf)).to.deep.equal(['English', 'العربية']);
    language.value = 'ar';
    language.dispatchEvent(new Event('change'));
    expect(wishes.map(({ theme, locale }) => [theme, locale])).to.deep.equal([['dark', undefined], [undefined, 'ar']]);
  });

  it('leaves by Escape, the focus back on the button', async () => {
    const { me, trigger } = await open();
    await sendKeys({ press: 'Escape' });
    await settle();
    expect(one(me, '[popover]').matches(':popover-open')).to.equal(false);
    expect(focused() === trigger).to.equal(true);
  });

  it('signs out when asked twice, and says what is lost', async () => {
    const { client, me } = await open();
    button(me, 'Sign out').click();
    await settle();
    const confirm = one(me, 'tertulia-confirm');
    expect(words(confirm)).to.contain('not sent yet are lost');
    expect(client.called('signOut')).to.have.length(0);
    button(confirm, 'Sign out').click();
    await settle();
    expect(client.called('signOut')).to.have.length(1);
  });
});
