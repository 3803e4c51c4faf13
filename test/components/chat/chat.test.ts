import { expect } from '@open-wc/testing';
import { html } from 'lit';
import type { Chat } from '../../../components/chat/chat.js';
import { FakeClient } from '../../support/fake-client.js';
import { jonas } from '../../support/fake-data.js';
import { button, find, findAll, inSession, settle, until } from '../../support/view.js';

async function show(client = new FakeClient()): Promise<{ chat: Chat; client: FakeClient }> {
  const session = await inSession(client, html`<tertulia-chat jid="${jonas}"><button slot="start">Back</button></tertulia-chat>`);
  return { chat: find<Chat>(session, 'tertulia-chat'), client };
}

describe('chat', () => {
  it('says who, and how they are', async () => {
    const { chat, client } = await show();
    expect(find(chat, 'h2').textContent).to.equal('Jonas Lindqvist');
    expect(find(chat, '.who p').textContent).to.equal('Available · In the studio until four');
    client.setPresenceOf(jonas, { show: 'dnd', resources: 1 });
    await settle(chat);
    expect(find(chat, '.who p').textContent).to.equal('Busy');
    client.setTypists(jonas, [jonas]);
    await settle(chat);
    expect(find(chat, '.who p').textContent).to.equal('typing…');
  });

  it('follows a rename', async () => {
    const { chat, client } = await show();
    await client.saveContact({ jid: jonas, name: 'J. L.', groups: [] }, false);
    await settle(chat);
    expect(find(chat, 'h2').textContent).to.equal('J. L.');
    expect(find(chat, '[role=log]').getAttribute('aria-label')).to.equal('Messages with J. L.');
  });

  it('puts a failed message back into the composer to be edited', async () => {
    const { chat, client } = await show();
    const { id } = client.lastMessage(jonas)!;
    client.deliver(jonas, id, { delivery: 'failed', failure: { condition: 'forbidden' } });
    await settle(chat);
    button(chat, 'Edit and send again').click();
    await settle(chat);
    expect(find<HTMLTextAreaElement>(chat, 'textarea').value).to.equal('Coffee’s on me ☕');
    expect(client.called('discard')).to.deep.equal([[id]]);
  });

  it('attaches files dropped on it, and only files', async () => {
    const { chat } = await show();
    const data = new DataTransfer();
    data.items.add(new File(['x'], 'plan.txt'));
    const drag = (type: string, dataTransfer: DataTransfer): DragEvent => {
      const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
      chat.dispatchEvent(event);
      return event;
    };
    expect(drag('dragenter', data).defaultPrevented).to.equal(true);
    await settle(chat);
    expect(findAll(chat, '.drop')).to.have.length(1);
    drag('drop', data);
    await settle(chat);
    expect(findAll(chat, '.drop')).to.have.length(0);
    await until(() => findAll(chat, '.file .name').length === 1);
    expect(find(chat, '.file .name').textContent).to.equal('plan.txt');
    const words = new DataTransfer();
    words.setData('text/plain', 'x');
    expect(drag('drop', words).defaultPrevented).to.equal(false);
  });

  it('sends what is written and shows it as being sent', async () => {
    const { chat, client } = await show();
    chat.prefill('hello');
    await settle(chat);
    button(chat, 'Send').click();
    await settle(chat);
    const last = findAll(chat, '[role=article]').at(-1)!;
    expect(last.textContent).to.contain('hello').and.to.contain('Sending');
    client.deliver(jonas, client.lastMessage(jonas)!.id, { delivery: 'delivered' });
    await settle(chat);
    expect(last.textContent).to.contain('Delivered');
  });

  it('a failed message that is to be edited is a draft before it is given up', async () => {
    const { chat, client } = await show();
    const { id, state } = client.lastMessage(jonas)!;
    client.deliver(jonas, id, { delivery: 'failed', failure: { condition: 'forbidden' } });
    await settle(chat);
    const order: string[] = [];
    let keep = (): void => {};
    const kept = new Promise<void>((resolve) => (keep = resolve));
    client.setDraft = (_jid, draft) => {
      order.push(`draft ${draft}`);
      return kept;
    };
    const discard = client.discard.bind(client);
    client.discard = (message) => {
      order.push('discard');
      return discard(message);
    };
    button(chat, 'Edit and send again').click();
    await settle(chat);
    expect(order).to.deep.equal([`draft ${state.body}`]);
    keep();
    await until(() => order.length === 2);
    expect(order[1]).to.equal('discard');
    expect((find(chat, 'textarea') as HTMLTextAreaElement).value).to.equal(state.body);
  });

  it('moves nothing when the connection comes and goes', async () => {
    const { chat, client } = await show();
    const status = find(chat, '[role=status]');
    const log = find(chat, '[role=log]');
    const before = log.getBoundingClientRect();
    expect(status.getAttribute('aria-label')).to.equal('Online');
    for (const [session, name] of [[{ status: 'connecting' }, 'Connecting'], [{ status: 'offline' }, 'Offline'], [{ status: 'online', catchingUp: true }, 'Catching up']] as const) {
      client.patchSession(session);
      await settle(chat);
      expect(status.getAttribute('aria-label')).to.equal(name);
      expect(status.textContent).to.contain(name);
      expect(log.getBoundingClientRect()).to.deep.equal(before);
    }
    client.patchSession({ status: 'offline' });
    await settle(chat);
    button(chat, 'Connect now').click();
    expect(client.called('reconnect')).to.have.length(1);
  });
});
