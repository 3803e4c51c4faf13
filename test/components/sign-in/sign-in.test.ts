import { expect } from '@open-wc/testing';
import { html } from 'lit';
import { ChatError, type ChatErrorCode } from '../../../src/base/error.js';
import type { SignInOptions } from '../../../src/client/chat-client.js';
import type { SignIn } from '../../../components/sign-in/sign-in.js';
import { FakeClient } from '../../support/fake-client.js';
import { button, deepAll, find, findAll, inSession, settle } from '../../support/view.js';

async function show(client = new FakeClient({ mode: undefined })): Promise<{ form: SignIn; client: FakeClient; asked: SignInOptions[]; fill(address: string, password: string): Promise<void> }> {
  const asked: SignInOptions[] = [];
  const signIn = client.signIn.bind(client);
  client.signIn = (options) => {
    asked.push(options);
    return signIn(options);
  };
  const session = await inSession(client, html`<tertulia-sign-in></tertulia-sign-in>`);
  const form = find<SignIn>(session, 'tertulia-sign-in');
  const fill = async (address: string, password: string): Promise<void> => {
    find<HTMLInputElement>(form, '#address').value = address;
    find<HTMLInputElement>(form, '#password').value = password;
    button(form, 'Sign in').click();
    await settle(form);
  };
  return { form, client, asked, fill };
}

describe('sign-in', () => {
  it('has its fields named', async () => {
    const { form } = await show();
    const labels = findAll<HTMLInputElement>(form, 'input').map(({ labels }) => labels?.[0]?.textContent?.trim());
    expect(labels).to.deep.equal(['XMPP address', 'Password', 'Stay signed in on this device']);
    expect(find(form, 'form').getAttribute('aria-labelledby')).to.equal('heading');
    expect(find(form, '#password').getAttribute('autocomplete')).to.equal('current-password');
  });
  it('signs in with what was typed, in normal form, and wipes the password', async () => {
    const { form, asked, fill } = await show();
    let signedIn = 0;
    form.addEventListener('tertulia-signed-in', () => signedIn++);
    find<HTMLInputElement>(form, '#stay').checked = false;
    await fill(' Alice@Example.ORG/phone ', 'sécret 密');
    expect(asked).to.deep.equal([{ mode: 'login', credentials: { jid: 'alice@example.org', password: 'sécret 密' }, remember: false }]);
    expect(find<HTMLInputElement>(form, '#password').value).to.equal('');
    expect(signedIn).to.equal(1);
  });
  it('takes a name alone as one of its own domain', async () => {
    const { asked, fill } = await show();
    await fill('alice', 'x');
    expect(asked[0]!.credentials!.jid).to.equal('alice@localhost');
  });
  it('says what is missing, at the field it misses', async () => {
    const { form, asked, fill } = await show();
    for (const [address, password, field] of [['', 'x', '#address'], ['a b@c', 'x', '#address'], ['alice', '', '#password']] as const) {
      await fill(address, password);
      const input = find(form, field);
      expect(input.getAttribute('aria-invalid')).to.equal('true');
      const words = form.shadowRoot!.getElementById(input.getAttribute('aria-describedby')!);
      expect(words!.textContent).to.match(/^Write your/);
      expect(form.shadowRoot!.activeElement).to.equal(input);
    }
    expect(asked).to.deep.equal([]);
  });
  it('says in plain words why it did not work, and keeps the address', async () => {
    const { form, client, fill } = await show();
    const words = new Map<ChatErrorCode, string>([['not-authorized', 'not right'], ['unreachable', 'cannot be reached'], ['insecure', 'no safe way'], ['forged-server', 'could not prove']]);
    for (const [code, expected] of words) {
      client.failures.set('signIn', new ChatError(code, 'internal words'));
      await fill('alice@localhost', 'wrong');
      expect(find(form, '[role=alert]').textContent, code).to.contain(expected).and.not.to.contain('internal');
      expect(find<HTMLInputElement>(form, '#address').value).to.equal('alice@localhost');
    }
  });
  it('shows and hides the password, which stands in no attribute or text', async () => {
    const { form } = await show();
    const field = find<HTMLInputElement>(form, '#password');
    field.value = 'hunter2';
    const toggle = button(form, 'Show the password');
    expect(toggle.getAttribute('aria-pressed')).to.equal('false');
    toggle.click();
    await settle(form);
    expect(field.type).to.equal('text');
    expect(toggle.getAttribute('aria-pressed')).to.equal('true');
    for (const element of deepAll(form)) {
      for (const { value } of element.attributes) expect(value).not.to.contain('hunter2');
      expect(element.textContent).not.to.contain('hunter2');
    }
  });
});
