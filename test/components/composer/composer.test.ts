import { expect } from '@open-wc/testing';
import { html } from 'lit';
import { ChatError } from '../../../src/base/error.js';
import type { Composer } from '../../../components/composer/composer.js';
import { FakeClient } from '../../support/fake-client.js';
import { jonas, layla } from '../../support/fake-data.js';
import { button, find, findAll, inSession, press, settle, type, until } from '../../support/view.js';

async function show(client = new FakeClient(), jid = jonas): Promise<{ composer: Composer; area: HTMLTextAreaElement; client: FakeClient }> {
  const session = await inSession(client, html`<tertulia-composer jid="${jid}"></tertulia-composer>`);
  const composer = find<Composer>(session, 'tertulia-composer');
  return { composer, area: find(composer, 'textarea'), client };
}
const file = (name: string, size = 4, mediaType = 'text/plain'): File => new File([new Uint8Array(size)], name, { type: mediaType });

describe('composer', () => {
  it('is a text box named Message beside a button named Send, and takes no focus by itself', async () => {
    const { composer, area } = await show();
    expect(area.getAttribute('aria-label')).to.equal('Message');
    expect(button(composer, 'Send').disabled).to.equal(true);
    expect(composer.shadowRoot!.activeElement).to.equal(null);
    composer.focus();
    expect(composer.shadowRoot!.activeElement).to.equal(area);
  });

  it('sends by Enter and by the button, once, as it was written', async () => {
    const { composer, area, client } = await show();
    type(area, '  two\nlines  \n\n');
    await settle(composer);
    expect(press(area, 'Enter').defaultPrevented).to.equal(true);
    await settle(composer);
    expect(area.value).to.equal('');
    type(area, 'second');
    await settle(composer);
    button(composer, 'Send').click();
    await settle(composer);
    expect(client.called('send')).to.deep.equal([[jonas, { body: '  two\nlines' }], [jonas, { body: 'second' }]]);
    press(area, 'Enter');
    await settle(composer);
    expect(client.called('send')).to.have.length(2);
  });

  it('breaks the line by Shift+Enter, and leaves an Enter to what is being composed', async () => {
    const { composer, area, client } = await show();
    type(area, 'にほん');
    await settle(composer);
    expect(press(area, 'Enter', { shiftKey: true }).defaultPrevented).to.equal(false);
    expect(press(area, 'Enter', { isComposing: true }).defaultPrevented).to.equal(false);
    expect(press(area, 'Enter', { keyCode: 229 }).defaultPrevented).to.equal(false);
    expect(client.called('send')).to.have.length(0);
  });

  it('sends no blanks', async () => {
    const { composer, area, client } = await show();
    type(area, ' \n\t ');
    await settle(composer);
    press(area, 'Enter');
    await settle(composer);
    expect(client.called('send')).to.have.length(0);
  });

  it('grows with its text, up to a limit', async () => {
    const { composer, area } = await show();
    const one = area.clientHeight;
    type(area, 'a\nb\nc');
    await settle(composer);
    const three = area.clientHeight;
    expect(three).to.be.above(one * 1.5);
    type(area, 'a\n'.repeat(200));
    await settle(composer);
    expect(area.clientHeight).to.be.below(400);
  });

  it('keeps in order what is sent while the archive is slow', async () => {
    const { composer, area, client } = await show();
    const send = client.send.bind(client);
    let slow: Promise<void> | undefined = new Promise((resolve) => setTimeout(resolve, 30));
    client.send = async (jid, content) => {
      const wait = slow;
      slow = undefined;
      await wait;
      await send(jid, content);
    };
    for (const word of ['one', 'two', 'three']) {
      type(area, word);
      await composer.updateComplete;
      press(area, 'Enter');
    }
    await until(() => client.called('send').length === 3);
    expect(client.called('send').map(([, content]) => (content as { body: string }).body)).to.deep.equal(['one', 'two', 'three']);
  });

  it('loses nothing when a message cannot be kept: it stands in the box again', async () => {
    const { composer, area, client } = await show();
    client.failures.set('send', new ChatError('storage', 'full'));
    type(area, 'precious');
    await settle(composer);
    press(area, 'Enter');
    type(area, 'typed meanwhile');
    await settle(composer);
    expect(area.value).to.equal('precious\ntyped meanwhile');
    expect(find(composer, '[role=alert]').textContent).to.contain('Your text is still here');
  });

  it('restores the draft and keeps what is typed', async () => {
    const { composer, area, client } = await show(new FakeClient(), layla);
    expect(area.value).to.equal('هل تحتاجين');
    type(area, 'هل');
    expect(client.called('setDraft')).to.have.length(0);
    await until(() => client.called('setDraft').length === 1);
    expect(client.called('setDraft')[0]).to.deep.equal([layla, 'هل']);
    composer.jid = jonas;
    await settle(composer);
    expect(area.value).to.equal('');
    type(area, 'unfinished');
    composer.remove();
    expect(client.called('setDraft').at(-1)).to.deep.equal([jonas, 'unfinished']);
  });

  it('follows a draft that is written in another tab, and never takes the word from who types here', async () => {
    const { composer, area, client } = await show();
    const write = client.setDraft.bind(client);
    // What is kept from here comes back when the test says so.
    client.setDraft = async () => {};
    const elsewhere = async (draft: string): Promise<void> => {
      await write(jonas, draft);
      await settle(composer);
    };
    await elsewhere('Half a');
    expect(area.value).to.equal('Half a');
    await elsewhere('Half a thought');
    expect(area.value).to.equal('Half a thought');
    type(area, 'Half a thought, mine');
    await settle(composer);
    await elsewhere('Half a thought, theirs');
    expect(area.value, 'two write at once').to.equal('Half a thought, mine');
    // What was kept from here comes back late, when it was sent already.
    area.dispatchEvent(new FocusEvent('blur'));
    await settle(composer);
    press(area, 'Enter');
    await settle(composer);
    expect(area.value).to.equal('');
    await elsewhere('Half a thought, mine');
    expect(area.value, 'it is not put back').to.equal('');
    await elsewhere('');
    await elsewhere('Another one');
    expect(area.value).to.equal('Another one');
  });

  it('sends what was kept of a message along with it, in one command, and keeps nothing of it afterwards', async () => {
    const { area, client } = await show();
    type(area, 'half a sen');
    area.dispatchEvent(new FocusEvent('blur'));
    type(area, 'half a sentence');
    press(area, 'Enter');
    await until(() => client.called('send').length === 1);
    expect(client.called('send')[0]).to.deep.equal([jonas, { body: 'half a sentence', fromDraft: 'half a sen' }]);
    await until(() => client.conversations.value?.find(({ jid }) => jid === jonas)?.draft === undefined);
    const before = client.called('setDraft').length;
    area.dispatchEvent(new FocusEvent('blur'));
    window.dispatchEvent(new PageTransitionEvent('pagehide'));
    expect(client.called('setDraft'), 'nothing is due').to.have.length(before);
  });

  it('flushes the draft when the page is put away', async () => {
    const { area, client } = await show();
    type(area, 'half a sen');
    window.dispatchEvent(new PageTransitionEvent('pagehide'));
    expect(client.called('setDraft')).to.deep.equal([[jonas, 'half a sen']]);
  });

  it('does not put an old draft over what was typed before the archive answered', async () => {
    const client = new FakeClient();
    const rows = client.conversations.value;
    client.conversations.set(undefined);
    const { composer, area } = await show(client, layla);
    type(area, 'quick');
    client.conversations.set(rows);
    await settle(composer);
    expect(area.value).to.equal('quick');
  });

  it('says that one is typing, once, and that one has stopped', async () => {
    const { composer, area, client } = await show();
    for (const text of ['a', 'ab', 'abc']) type(area, text);
    expect(client.called('setTyping')).to.deep.equal([[jonas, true]]);
    type(area, '');
    expect(client.called('setTyping').at(-1)).to.deep.equal([jonas, false]);
    type(area, 'again');
    await settle(composer);
    press(area, 'Enter');
    expect(client.called('setTyping').slice(2)).to.deep.equal([[jonas, true], [jonas, false]]);
  });

  it('prefills without sending, and not over what is there', async () => {
    const { composer, area, client } = await show();
    composer.prefill('About the oak table');
    await settle(composer);
    expect(area.value).to.equal('About the oak table');
    composer.prefill('and the chair');
    await settle(composer);
    expect(area.value).to.equal('About the oak table\nand the chair');
    expect(client.called('send')).to.have.length(0);
  });

  it('sends files as messages of their own, before the words', async () => {
    const { composer, area, client } = await show();
    composer.attach([file('a.txt'), file('b.txt')]);
    type(area, 'here they are');
    await until(() => findAll(composer, '.file').length === 2);
    button(composer, 'Remove the file: a.txt').click();
    await settle(composer);
    press(area, 'Enter');
    await settle(composer);
    const sent = client.called('send').map(([, content]) => content as { body: string; fileName?: string });
    expect(sent.map(({ body, fileName }) => [body, fileName])).to.deep.equal([['', 'b.txt'], ['here they are', undefined]]);
    expect(findAll(composer, '.file')).to.have.length(0);
  });

  it('takes files that are pasted, and text as text', async () => {
    const { composer, area } = await show();
    const paste = (data: DataTransfer): Event => {
      // Firefox gives an event of a script's making no files.
      const event = Object.defineProperty(new ClipboardEvent('paste', { bubbles: true, cancelable: true }), 'clipboardData', { value: data });
      area.dispatchEvent(event);
      return event;
    };
    const picture = new DataTransfer();
    picture.items.add(file('shot.png', 4, 'image/png'));
    expect(paste(picture).defaultPrevented).to.equal(true);
    await settle(composer);
    expect(findAll(composer, '.file img')).to.have.length(1);
    const words = new DataTransfer();
    words.setData('text/plain', 'words');
    words.items.add(file('words.png', 4, 'image/png'));
    expect(paste(words).defaultPrevented).to.equal(false);
  });

  it('refuses files in plain words', async () => {
    const { composer, client } = await show();
    client.patchSession({ uploadLimit: 10 });
    composer.attach([file('big.bin', 11), file('small.bin', 10)]);
    await settle(composer);
    expect(find(composer, '[role=alert]').textContent).to.contain('too large').and.to.contain('10 byte');
    await until(() => findAll(composer, '.file').length === 1);
    client.patchSession({ uploadLimit: 0 });
    composer.attach([file('any.bin')]);
    await settle(composer);
    expect(find(composer, '[role=alert]').textContent).to.contain('This server takes no files.');
  });

  it('takes files while it is not known yet what the server takes: they wait like words do', async () => {
    const { composer, client } = await show();
    const { uploadLimit: _, ...unknown } = client.session.value;
    client.session.set({ ...unknown, status: 'offline' });
    composer.attach([file('any.bin')]);
    await settle(composer);
    expect(composer.shadowRoot!.querySelector('[role=alert]')).to.equal(null);
    await until(() => findAll(composer, '.file').length === 1);
    // Known at last, and too small for it.
    client.patchSession({ status: 'online', uploadLimit: 0 });
    await until(() => findAll(composer, '.file').length === 0);
    expect(find(composer, '[role=alert]').textContent).to.contain('This server takes no files.');
  });

  it('keeps what is typed while nothing can be said', async () => {
    const { composer, area, client } = await show();
    type(area, 'wait');
    composer.disabled = true;
    composer.reason = 'Visitors may not write here.';
    await settle(composer);
    expect(area.disabled).to.equal(true);
    expect(area.placeholder).to.equal('Visitors may not write here.');
    expect(button(composer, 'Send').disabled).to.equal(true);
    press(area, 'Enter');
    await settle(composer);
    expect(client.called('send')).to.have.length(0);
    expect(area.value).to.equal('wait');
  });
});
