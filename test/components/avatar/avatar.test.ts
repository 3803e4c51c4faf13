import { expect } from '@open-wc/testing';
import { html } from 'lit';
import type { Avatar } from '../../../components/avatar/avatar.js';
import { initials } from '../../../components/avatar/initials.js';
import { FakeClient } from '../../support/fake-client.js';
import { amelie, hostile, jonas } from '../../support/fake-data.js';
import { find, findAll, inSession, settle, until } from '../../support/view.js';

const show = async (view = html`<tertulia-avatar jid="${jonas}"></tertulia-avatar>`): Promise<Avatar> => find<Avatar>(await inSession(new FakeClient(), view), 'tertulia-avatar');

describe('avatar', () => {
  it('takes a name’s first and last letter, one in scripts that join', () => {
    const expected: [string, string][] = [['Jonas Lindqvist', 'JL'], ['amélie', 'A'], ['Anna Maria von Berg', 'AB'], ['ليلى حداد', 'ل'], ['田中 美咲', '田'], ['o’Neill', 'O'], ['🎉 party', 'P'], ['', ''], ['🎉', ''], ['support-team', 'ST'], ['<img src=x>', 'IS']];
    for (const [name, letters] of expected) expect(initials(name), name).to.equal(letters);
  });
  it('stays small whatever the name', async () => {
    for (const name of hostile) {
      expect(initials(name).length).to.be.at.most(8);
      const avatar = await show(html`<tertulia-avatar .name="${name}"></tertulia-avatar>`);
      expect(avatar.getBoundingClientRect().width).to.equal(40);
    }
  });
  it('is decoration, in the address’s colour', async () => {
    const avatar = await show();
    expect(avatar.getAttribute('aria-hidden')).to.equal('true');
    const colour = (element: Element): string => getComputedStyle(find(element, '.face')).backgroundColor;
    const renamed = await show(html`<tertulia-avatar jid="${jonas}" name="Somebody"></tertulia-avatar>`);
    expect(colour(renamed)).to.equal(colour(avatar));
    expect(colour(await show(html`<tertulia-avatar jid="${amelie}"></tertulia-avatar>`))).not.to.equal(colour(avatar));
  });
  it('shows the published picture, and lets go of it', async () => {
    const revoked: string[] = [];
    const revoke = URL.revokeObjectURL.bind(URL);
    URL.revokeObjectURL = (url) => {
      revoked.push(url);
      revoke(url);
    };
    try {
      const avatar = await show(html`<tertulia-avatar jid="${amelie}"></tertulia-avatar>`);
      await until(() => findAll(avatar, 'img').length === 1);
      const { src } = find<HTMLImageElement>(avatar, 'img');
      avatar.jid = jonas;
      await settle(avatar);
      expect(revoked).to.deep.equal([src]);
      expect(find(avatar, '.face').textContent).to.equal('JL');
    } finally {
      URL.revokeObjectURL = revoke;
    }
  });
});
