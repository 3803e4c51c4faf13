import { expect } from '@open-wc/testing';
import { html } from 'lit';
import { ChatError } from '../../../src/base/error.js';
import type { SignInOptions } from '../../../src/client/chat-client.js';
import type { Panel } from '../../../components/widget/panel.js';
import { FakeClient } from '../../support/fake-client.js';
import { answerer, guest, lobby, newcomer, support } from '../../support/fake-data.js';
import { button, find, findAll, inSession, press, settle, until } from '../../support/view.js';

async function show(client: FakeClient, more: Partial<Panel> = {}): Promise<Panel> {
  const session = await inSession(client, html`<tertulia-panel></tertulia-panel>`, { width: '400px', height: '640px' });
  const panel = find<Panel>(session, 'tertulia-panel');
  Object.assign(panel, { contact: support, ...more });
  await settle(session);
  return panel;
}
const fresh = (): FakeClient => new FakeClient({ data: newcomer, mode: undefined });
/** The panel is made with its settings, as a page makes it: nothing is started before it has them. */
async function made(client: FakeClient, more: Partial<Panel>): Promise<Panel> {
  const element = document.createElement('tertulia-panel');
  Object.assign(element, { contact: support, ...more });
  const session = await inSession(client, html`${element}`, { width: '400px', height: '640px' });
  await settle(session);
  return element;
}
const modes = (client: FakeClient): string[] => client.called('signIn').map(([options]) => (options as SignInOptions).mode);

describe('widget/panel', () => {
  it('is a dialog named by its title, not modal', async () => {
    const panel = await show(new FakeClient({ data: guest, mode: 'guest' }), { heading: 'Fjord & Sons' });
    const dialog = find(panel, '[role=dialog]');
    expect(dialog.getAttribute('aria-label')).to.equal('Fjord & Sons');
    expect(dialog.hasAttribute('aria-modal')).to.equal(false);
    panel.modal = true;
    await settle(panel);
    expect(dialog.getAttribute('aria-modal')).to.equal('true');
  });

  it('makes a guest, greets, and can be written in', async () => {
    const client = fresh();
    const panel = await made(client, { nickname: 'Mira', greeting: 'Hello!' });
    expect(client.called('resume')).to.deep.equal([['guest:guests.localhost']]);
    expect(client.called('signIn')).to.deep.equal([[{ mode: 'guest', nickname: 'Mira' }]]);
    expect(find(panel, '.greeting').textContent).to.equal('Hello!');
    expect(find(panel, '.start').textContent).to.contain('You are here as a guest.');
    panel.prefill('Hi');
    await settle(panel);
    button(panel, 'Send').click();
    await settle(panel);
    expect(client.called('send')).to.deep.equal([[support, { body: 'Hi', fromDraft: 'Hi' }]]);
  });

  it('takes up the guest of last time', async () => {
    const client = fresh();
    client.kept = { slot: 'guest:guests.localhost', mode: 'guest' };
    await made(client, {});
    expect(client.called('signIn')).to.deep.equal([]);
    expect(client.mode).to.equal('guest');
  });

  it('stands while it starts, and keeps a draft given meanwhile', async () => {
    const client = fresh();
    let go = (): void => {};
    const resume = client.resume.bind(client);
    client.resume = async (slot) => {
      await new Promise<void>((resolve) => (go = resolve));
      return resume(slot);
    };
    const panel = await made(client, { heading: 'Shop' });
    expect(find(panel, 'h2').textContent).to.equal('Shop');
    expect(findAll(panel, '.skeletons')).to.have.length(1);
    panel.prefill('About the table');
    go();
    await until(() => client.mode === 'guest');
    await settle(panel);
    expect(find<HTMLTextAreaElement>(panel, 'textarea').value).to.equal('About the table');
  });

  it('lets a guest write while the engine is still on its way', async () => {
    const client = fresh();
    const signIn = client.signIn.bind(client);
    client.signIn = async (options) => {
      await signIn(options);
      await new Promise(() => {}); // the engine does not come
    };
    const panel = await made(client, {});
    await until(() => client.mode === 'guest');
    await settle(panel);
    panel.prefill('Hi');
    await settle(panel);
    button(panel, 'Send').click();
    await settle(panel);
    expect(client.called('send')).to.deep.equal([[support, { body: 'Hi', fromDraft: 'Hi' }]]);
  });

  it('shows nothing of the site’s user before the server has taken him', async () => {
    const client = fresh();
    const signIn = client.signIn.bind(client);
    client.signIn = async (options) => {
      await signIn(options);
      await new Promise(() => {});
    };
    const panel = await made(client, { auth: 'host', credentials: async () => ({ jid: 'mira@localhost', password: 'x' }) });
    await until(() => client.mode === 'host');
    await settle(panel);
    expect(findAll(panel, '.skeletons')).to.have.length(1);
  });

  it('says that an anonymous visit ends with the page, and keeps nothing of it', async () => {
    const client = fresh();
    const panel = await made(client, { auth: 'anonymous' });
    expect(client.called('resume')).to.deep.equal([]);
    expect(modes(client)).to.deep.equal(['anonymous']);
    expect(find(panel, '.note').textContent).to.contain('ends when you close the page');
  });

  it('asks for the account where the owner wants one, then shows the conversation', async () => {
    const client = fresh();
    const panel = await made(client, { auth: 'login' });
    await until(() => findAll(panel, '#address').length === 1);
    find<HTMLInputElement>(panel, '#address').value = 'alice';
    find<HTMLInputElement>(panel, '#password').value = 'x';
    button(panel, 'Sign in').click();
    await settle(panel);
    expect(findAll(panel, 'tertulia-sign-in')).to.have.length(0);
    expect(findAll(panel, '[role=log]')).to.have.length(1);
  });

  it('asks the site who its user is, each time, and says what to do when there is none', async () => {
    const client = fresh();
    client.kept = { slot: 'host:localhost', mode: 'host' };
    const panel = await made(client, { auth: 'host' });
    expect(client.called('resume')).to.deep.equal([]);
    expect(panel.shadowRoot!.textContent).to.contain('Sign in to chat');
    panel.credentials = async () => ({ jid: 'alice@localhost', token: 't' });
    button(panel, 'Try again').click();
    await settle(panel);
    expect(modes(client)).to.deep.equal(['host']);
    expect(findAll(panel, '[role=log]')).to.have.length(1);
  });

  it('says why it could not start, and tries again', async () => {
    const client = fresh();
    client.failures.set('signIn', new ChatError('registration', 'rate limited by 10.0.0.1'));
    const panel = await made(client, {});
    const alert = find(panel, '[role=alert]');
    expect(alert.textContent).to.contain('No guest account could be made').and.not.to.contain('10.0.0.1');
    client.failures.clear();
    button(panel, 'Try again').click();
    await settle(panel);
    expect(findAll(panel, '[role=log]')).to.have.length(1);
  });

  it('ends with the session, and begins anew only when asked to', async () => {
    const client = new FakeClient({ data: guest, mode: 'guest' });
    const panel = await show(client);
    await client.forget();
    await settle(panel);
    expect(panel.shadowRoot!.textContent).to.contain('The conversation has ended');
    expect(findAll(panel, '[role=article]')).to.have.length(0);
    expect(modes(client)).to.deep.equal([]);
    button(panel, 'Start a new conversation').click();
    await settle(panel);
    expect(modes(client)).to.deep.equal(['guest']);
  });

  it('shows a room, and one that an invitation leads to, with a way back', async () => {
    const client = new FakeClient({ data: answerer, mode: 'guest' });
    const panel = await show(client, { contact: '', room: lobby, nickname: 'Mira' });
    await until(() => findAll(panel, 'tertulia-room [role=log], tertulia-room h2').length > 0 || findAll(panel, 'h2').length > 0);
    expect(find(panel, 'h2').textContent).to.equal('Lobby');
    button(panel, 'Close');
    const other = await show(new FakeClient({ data: answerer, mode: 'guest' }), { contact: 'jonas@localhost' });
    button(other, 'Join').click();
    await until(() => findAll(other, 'tertulia-room').length === 1);
    button(other, 'Back').click();
    await settle(other);
    expect(findAll(other, 'tertulia-room')).to.have.length(0);
  });

  it('closes by its button and by Escape, but not in the middle of composing', async () => {
    const panel = await show(new FakeClient({ data: guest, mode: 'guest' }));
    let closed = 0;
    panel.addEventListener('tertulia-close', () => closed++);
    const area = find<HTMLTextAreaElement>(panel, 'textarea');
    press(area, 'Escape', { isComposing: true });
    expect(closed).to.equal(0);
    press(area, 'Escape');
    button(panel, 'Close').click();
    expect(closed).to.equal(2);
    panel.noClose = true;
    await settle(panel);
    press(area, 'Escape');
    expect(closed).to.equal(2);
    expect(() => button(panel, 'Close')).to.throw();
  });

  it('takes the focus to where one writes, when asked and not before', async () => {
    const panel = await show(new FakeClient({ data: guest, mode: 'guest' }));
    expect(panel.matches(':focus-within')).to.equal(false);
    panel.focus();
    await settle(panel);
    const composer = find(panel, 'tertulia-composer');
    expect(composer.shadowRoot!.activeElement?.localName).to.equal('textarea');
  });

  it('fills its frame and scrolls only its messages', async () => {
    const panel = await show(new FakeClient({ data: guest, mode: 'guest' }));
    const { height, bottom } = panel.getBoundingClientRect();
    expect(height).to.equal(640);
    expect(find(panel, 'tertulia-composer').getBoundingClientRect().bottom).to.equal(bottom);
    panel.style.setProperty('--t-keyboard', '300px');
    expect(find(panel, 'tertulia-composer').getBoundingClientRect().bottom).to.equal(bottom - 300);
  });
});
