import { expect } from '@open-wc/testing';
import { directInvitation, invitations } from '../../src/xep/0249-invitations.js';
import type { FactBase } from '../../src/model/fact.js';
import type { Element } from '../../src/xmpp/element.js';
import { example } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';

const base: FactBase = { conversation: 'crone1@shakespeare.lit', chatType: 'chat', sender: 'crone1@shakespeare.lit', mine: false, at: 1, archive: 'hecate@shakespeare.lit' };
const read = (stanza: Element, more: Partial<FactBase> = {}) => invitations.read!({ stanza, base: { ...base, ...more }, origin: 'live' });
const x = (attributes: string): string => `<x xmlns='jabber:x:conference' ${attributes}/>`;

describe('xep/0249-invitations', () => {
  it('reads an invitation; it is one fact of the person who invites', async () => {
    for (const caption of ['A direct invitation', 'A direct invitation that continues']) {
      expect(read(await example('0249', caption))).to.deep.equal([
        {
          ...base, kind: 'message', body: '',
          invitation: { room: 'darkcave@macbeth.shakespeare.lit', inviter: 'crone1@shakespeare.lit', reason: 'Hey Hecate, this is the place for all good witches!', password: 'cauldronburn' },
        },
      ]);
    }
  });

  it('writes one', async () => {
    const { room, reason, password } = { room: 'darkcave@macbeth.shakespeare.lit', reason: 'Hey Hecate, this is the place for all good witches!', password: 'cauldronburn' };
    const expected = (await example('0249', 'A direct invitation')).getChild('x')!;
    expectXml(directInvitation({ room, reason, password }), expected.toString());
    expectXml(directInvitation({ room }), x(`jid='${room}'`));
    expect(directInvitation({ room: '@' })).to.equal(undefined);
  });

  it('shows an invitation of our own, sent from another device', () => {
    expect(read(parse(`<message>${x(`jid='a@b'`)}</message>`), { mine: true, sender: 'hecate@shakespeare.lit' })[0]).to.have.property('invitation').that.deep.equals({ room: 'a@b', inviter: 'hecate@shakespeare.lit' });
  });

  it('hostile: no address, no room, errors, rooms, and what a room passes on', () => {
    for (const jid of ['', '@', 'chat.example', 'a@b/c', 'javascript:alert(1)', `${'x'.repeat(2000)}@b`]) expect(read(parse(`<message>${x(`jid='${jid}'`)}</message>`)), jid).to.deep.equal([]);
    expect(read(parse(`<message>${x('')}</message>`))).to.deep.equal([]);
    expect(read(parse(`<message type='error'>${x(`jid='a@b'`)}</message>`))).to.deep.equal([]);
    expect(read(parse(`<message type='groupchat'>${x(`jid='a@b'`)}</message>`), { chatType: 'groupchat' })).to.deep.equal([]);
    expect(read(parse(`<message>${x(`jid='a@b'`)}<x xmlns='http://jabber.org/protocol/muc#user'><invite from='c@d'/></x></message>`))).to.deep.equal([]);
    const [fact] = read(parse(`<message>${x(`jid='a@b' reason='${'r'.repeat(9999)}'`)}</message>`));
    expect(fact).to.have.nested.property('invitation.reason').with.length(1000);
  });
});
