import { expect } from '@open-wc/testing';
import {
  changeNick, declineInvitation, findRoomService, findRooms, invite, isRoom, joinRoom, joinedRooms, leaveRoom, muc, ownNick, roomInfo, setSubject, type JoinRequest,
} from '../../src/xep/0045-muc.js';
import { presence, setOwnPresence } from '../../src/xep/rfc6121-presence.js';
import type { FactBase } from '../../src/model/fact.js';
import type { RoomView } from '../../src/model/room.js';
import type { Origin } from '../../src/xep/module.js';
import { ChatError } from '../../src/base/error.js';
import { NS_CLIENT, type Element } from '../../src/xmpp/element.js';
import { example, examplesOf } from '../support/xep-examples.js';
import { fakeContext, settled, type FakeContext } from '../support/xep-context.js';
import { expectXml, parse, parseAll } from '../support/xml.js';

const room = 'coven@chat.shakespeare.lit';
const nick = 'thirdwitch';
const INFO = 'http://jabber.org/protocol/disco#info';
const USER = 'http://jabber.org/protocol/muc#user';
const OWNER = 'http://jabber.org/protocol/muc#owner';

/** A room's answer to disco#info, by its features; or the condition of its refusal. */
const answersInfo = (ctx: FakeContext, features: readonly string[] | string): void =>
  ctx.onIq((iq) => {
    if (!iq.getChild('query', INFO)) return undefined;
    if (typeof features === 'string') return `<iq xmlns='${NS_CLIENT}' type='error'><error type='cancel'><${features} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`;
    return `<iq xmlns='${NS_CLIENT}' type='result'><query xmlns='${INFO}'><identity category='conference' type='text' name='A Dark Cave'/>${features.map((feature) => `<feature var='${feature}'/>`).join('')}</query></iq>`;
  });

function witch(features: readonly string[] | string = ['urn:xmpp:mam:2']): FakeContext {
  const ctx = fakeContext({ jid: 'hag66@shakespeare.lit/pda' });
  answersInfo(ctx, features);
  return ctx;
}
const view = (ctx: FakeContext): RoomView | undefined => ctx.live.get('room', room);
const tell = (ctx: FakeContext, ...stanzas: (Element | string)[]): void => {
  for (const stanza of stanzas) for (const each of typeof stanza === 'string' ? parseAll(stanza) : [stanza]) expect(muc.onPresence!(each, ctx)).to.equal(true);
};
const there = (name: string, codes: readonly number[] = [], item = `affiliation='member' role='participant'`): string =>
  `<presence xmlns='${NS_CLIENT}' from='${room}/${name}'><x xmlns='${USER}'><item ${item}/>${codes.map((code) => `<status code='${code}'/>`).join('')}</x></presence>`;
const gone = (name: string, codes: readonly number[] = [], inside = `<item affiliation='none' role='none'/>`): string =>
  `<presence xmlns='${NS_CLIENT}' type='unavailable' from='${room}/${name}'><x xmlns='${USER}'>${inside}${codes.map((code) => `<status code='${code}'/>`).join('')}</x></presence>`;

/** Starts to enter, and lets the room be asked what it is. */
async function entering(ctx: FakeContext, more: Partial<JoinRequest> = {}): Promise<{ readonly ended: Promise<void> }> {
  const ended = joinRoom(ctx, { jid: room, nick, ...more });
  await settled();
  return { ended };
}
async function inside(features?: readonly string[]): Promise<FakeContext> {
  const ctx = witch(features);
  const { ended } = await entering(ctx);
  tell(ctx, there('firstwitch', [], `affiliation='owner' role='moderator' jid='crone1@shakespeare.lit/desktop'`), there(nick, [110]));
  await ended;
  return ctx;
}
const heard = (ctx: FakeContext, stanza: Element | string, origin: Origin = 'live'): unknown => {
  const element = typeof stanza === 'string' ? parse(stanza) : stanza;
  const base: FactBase = { conversation: room, chatType: 'groupchat', sender: element.attrs['from']!, mine: false, at: 0, archive: room };
  return muc.react!({ stanza: element, base, origin }, ctx);
};

describe('xep/0045-muc', () => {
  describe('entering (§7.2)', () => {
    it('sees the occupants, then itself, then is in; the archive gives the history', async () => {
      const ctx = witch();
      const { ended } = await entering(ctx);
      expectXml(ctx.sent[0], `<presence id='${ctx.sent[0]!.attrs['id']}' to='${room}/${nick}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>`);
      expect(view(ctx)).to.deep.include({ state: 'joining', nick, name: 'A Dark Cave' });
      const examples = (await examplesOf('0045')).examples;
      tell(ctx, examples[19]!.xml);
      expect(view(ctx)?.state).to.equal('joining');
      tell(ctx, examples[20]!.xml.split('\n\n').at(-1)!);
      await ended;
      expect(view(ctx)).to.deep.include({ state: 'joined', nick, role: 'participant', affiliation: 'member', occupants: 3 });
      expect(ctx.live.get('occupant', `${room}/firstwitch`)).to.deep.equal({ nick: 'firstwitch', role: 'moderator', affiliation: 'owner', show: 'available' });
      expect(isRoom(ctx, room)).to.equal(true);
      expect(ownNick(ctx, room)).to.equal(nick);
      expect(await ctx.shelf.all('rooms')).to.deep.equal([{ jid: room, bookmarked: false, nick, autojoin: true, name: 'A Dark Cave' }]);
    });

    it('asks a room without an archive for its last messages, and after a loss for what was missed', async () => {
      const ctx = await inside([]);
      expect(ctx.sent[0]!.getChild('x')!.getChild('history')!.attrs['maxstanzas']).to.equal('50');
      await heard(ctx, `<message type='groupchat' from='${room}/firstwitch'><body>hi</body></message>`);
      tell(ctx, gone(nick, [110, 307, 333]));
      await entering(ctx);
      expect(ctx.sent[1]!.getChild('x')!.getChild('history')!.attrs['since']).to.equal(new Date(ctx.clock.now()).toISOString().slice(0, 19) + 'Z');
    });

    it('an attempt that is overtaken shows nothing more, one that is outlived by its session that nobody is in the room', async () => {
      const ctx = witch();
      const answers: ((value: ChatError) => void)[] = [];
      ctx.onIq(() => new Promise<ChatError>((resolve) => answers.push(resolve)));
      const first = joinRoom(ctx, { jid: room, nick: 'first' });
      const second = joinRoom(ctx, { jid: room, nick: 'second' });
      await settled();
      answers[0]!(new ChatError('refused', '', { condition: 'item-not-found' }));
      await first;
      expect(view(ctx)).to.deep.include({ state: 'joining', nick: 'second' });
      muc.onEnd!(ctx);
      answers[1]!(new ChatError('offline', ''));
      expect(await second.catch((error: unknown) => error)).to.have.property('code', 'offline');
      expect(view(ctx)).to.deep.include({ state: 'left', nick: 'second' });
    });

    it('that was in vain without a connection is made up for with the next one', async () => {
      const ctx = witch();
      await ctx.shelf.put('rooms', [{ jid: room, nick, autojoin: true, bookmarked: true }]);
      let offline = true;
      ctx.onIq(() => (offline ? new ChatError('offline', '') : undefined));
      expect(await joinRoom(ctx, { jid: room, nick }).catch((error: unknown) => error)).to.have.property('code', 'offline');
      offline = false;
      await muc.onResumed!(ctx);
      await settled();
      await settled();
      expect(ctx.sent.some((stanza) => stanza.attrs['to'] === `${room}/${nick}`)).to.equal(true);
    });

    it('that was not answered over a connection that broke is tried again with the next one', async () => {
      const ctx = witch('remote-server-timeout');
      await ctx.shelf.put('rooms', [{ jid: room, nick, autojoin: true, bookmarked: true }]);
      await joinRoom(ctx, { jid: room, nick });
      expect(view(ctx)).to.deep.include({ state: 'refused', refusal: 'unreachable' });
      answersInfo(ctx, ['urn:xmpp:mam:2']);
      await muc.onResumed!(ctx);
      await settled();
      await settled();
      expect(view(ctx)).to.deep.include({ state: 'joining' }).and.not.have.property('refusal');
      expect(ctx.sent.some((stanza) => stanza.attrs['to'] === `${room}/${nick}`)).to.equal(true);
    });

    it('gives the password', async () => {
      const ctx = witch();
      await entering(ctx, { password: 'cauldronburn' });
      expect(ctx.sent[0]!.getChild('x')!.getChildText('password')).to.equal('cauldronburn');
    });

    it('keeps the nickname that the room gives (§7.2.3, 210)', async () => {
      const ctx = witch();
      const { ended } = await entering(ctx, { nick: 'ThirdWitch' });
      tell(ctx, await example('0045', "Service Sends New Occupant's Presence to New Occupant"));
      await ended;
      expect(view(ctx)).to.deep.include({ state: 'joined', nick });
      const other = witch();
      const second = await entering(other);
      tell(other, there('forcednick', [110, 210, 100]));
      await second.ended;
      expect(view(other)).to.deep.include({ state: 'joined', nick: 'forcednick', nonAnonymous: true });
    });

    it('after a hand-over, hears its earlier self before it has asked, and asks all the same', async () => {
      const ctx = witch();
      let answer: (value: string) => void = () => {};
      ctx.onIq(() => new Promise<string>((resolve) => (answer = resolve)));
      const ended = joinRoom(ctx, { jid: room, nick });
      await settled();
      tell(ctx, there(nick, [110]));
      expect(view(ctx)?.state).to.equal('joining');
      answer(`<iq xmlns='${NS_CLIENT}' type='result'><query xmlns='${INFO}'><feature var='http://jabber.org/protocol/muc'/></query></iq>`);
      await settled();
      expect(ctx.sent).to.have.length(1);
      tell(ctx, there('firstwitch'), there(nick, [110]));
      await ended;
      expect(view(ctx)).to.deep.include({ state: 'joined', occupants: 2 });
    });

    it('a service that refuses every question has not banned us', async () => {
      const ctx = witch('forbidden');
      const { ended } = await entering(ctx);
      tell(ctx, await example('0045', 'Service Denies Access Because User is Banned'));
      await ended;
      expect(view(ctx)).to.deep.include({ state: 'refused', refusal: 'refused' });
    });

    const refusals = [
      ['Service Denies Access Because No Password Provided', 'password-required'],
      ['Service Denies Access Because User Is Not on Member List', 'members-only'],
      ['Service Denies Access Because User is Banned', 'banned'],
      ['Service Denies Access Because of Nick Conflict', 'nickname-conflict'],
      ['Service Informs User that Room Occupant Limit', 'full'],
      ['Service Denies Access Because Room Does Not (Yet) Exist', 'not-found'],
      ['Service Informs User of Inability to Create a Room', 'creation-refused'],
      ['Service Denies Nickname Change Because Roomnicks', 'nickname-locked'],
      ['No Nickname Specified', 'nickname-locked'],
    ] as const;
    for (const [caption, refusal] of refusals) {
      it(`is refused: ${refusal} (${caption})`, async () => {
        const ctx = witch();
        const { ended } = await entering(ctx, { create: refusal === 'creation-refused' });
        tell(ctx, await example('0045', caption));
        await ended;
        expect(view(ctx)).to.deep.include({ state: 'refused', refusal, occupants: 0 });
        expect(await ctx.shelf.all('rooms')).to.deep.equal([]);
        expect(ctx.clock.pending).to.equal(0);
      });
    }

    it('a room out of reach, or that never answers', async () => {
      for (const condition of ['remote-server-not-found', 'remote-server-timeout']) {
        const ctx = witch(condition);
        await joinRoom(ctx, { jid: room, nick });
        expect(view(ctx)).to.deep.include({ state: 'refused', refusal: 'unreachable' });
        expect(ctx.sent).to.deep.equal([]);
      }
      const ctx = witch();
      const { ended } = await entering(ctx);
      ctx.clock.advance(30_000);
      await ended;
      expect(view(ctx)).to.deep.include({ state: 'refused', refusal: 'unreachable' });
      // The line was dead meanwhile, and the stream that is taken up again brings the room what it was asked: it has let us in.
      tell(ctx, there('firstwitch'));
      expect(view(ctx)).to.deep.include({ state: 'refused', occupants: 0 });
      tell(ctx, there(nick, [110]));
      expect(view(ctx)).to.deep.include({ state: 'joined', occupants: 2 });
      expect(view(ctx)).not.to.have.property('refusal');
    });

    it('a room that is gone may say where to (RFC 6120 §8.3.3.5), a service why it refuses', async () => {
      const refused = (inside: string): string => `<presence xmlns='${NS_CLIENT}' type='error' from='${room}/${nick}'><error type='cancel'>${inside}</error></presence>`;
      const stanzas = `xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'`;
      const cases = [
        [`<gone ${stanzas}>xmpp:heath@chat.shakespeare.lit?join</gone><text ${stanzas}>Macbeth doth come.</text>`, { refusal: 'destroyed', movedTo: 'heath@chat.shakespeare.lit', reason: 'Macbeth doth come.' }],
        [`<not-allowed ${stanzas}/><text ${stanzas}>no federation here</text>`, { refusal: 'refused', reason: 'no federation here' }],
      ] as const;
      for (const [inside, expected] of cases) {
        const ctx = witch();
        const { ended } = await entering(ctx);
        tell(ctx, refused(inside));
        await ended;
        expect(view(ctx)).to.deep.include({ state: 'refused', ...expected });
      }
      for (const uri of ['javascript:alert(1)', 'xmpp:%', 'xmpp:@', 'http://evil.example/']) {
        const ctx = witch();
        const { ended } = await entering(ctx);
        tell(ctx, refused(`<gone ${stanzas}>${uri}</gone>`));
        await ended;
        expect(view(ctx), uri).not.to.have.property('movedTo');
      }
    });

    it('tells somebody who is no room nothing', async () => {
      const ctx = witch();
      ctx.onIq(() => `<iq xmlns='${NS_CLIENT}' type='result'><query xmlns='${INFO}'><identity category='account' type='registered'/></query></iq>`);
      await joinRoom(ctx, { jid: room, nick });
      expect(view(ctx)).to.deep.include({ state: 'refused', refusal: 'not-found' });
      expect(ctx.sent).to.deep.equal([]);
    });

    it('makes no room that nobody asked for', async () => {
      const ctx = witch('item-not-found');
      await joinRoom(ctx, { jid: room, nick });
      expect(view(ctx)).to.deep.include({ state: 'refused', refusal: 'not-found' });
      expect(ctx.sent).to.deep.equal([]);
    });

    it('destroys what was made by accident', async () => {
      const ctx = witch('forbidden');
      ctx.onIq((iq) => (iq.getChild('query', OWNER) ? `<iq xmlns='${NS_CLIENT}' type='result'/>` : undefined));
      const { ended } = await entering(ctx);
      tell(ctx, there(nick, [110, 201]));
      await ended;
      expect(view(ctx)).to.deep.include({ state: 'refused', refusal: 'not-found' });
      expectXml(ctx.asked.at(-1), `<iq type='set' to='${room}'><query xmlns='${OWNER}'><destroy/></query></iq>`);
      expectXml(ctx.sent.at(-1), `<presence to='${room}/${nick}' type='unavailable'/>`);
    });

    it('makes an instant room where asked to (§10.1.2)', async () => {
      const ctx = witch('item-not-found');
      ctx.onIq((iq) => (iq.getChild('query', OWNER) ? `<iq xmlns='${NS_CLIENT}' type='result'/>` : undefined));
      const { ended } = await entering(ctx, { create: true });
      tell(ctx, there(nick, [110, 201], `affiliation='owner' role='moderator'`));
      await ended;
      expectXml(ctx.asked.find((iq) => iq.getChild('query', OWNER)), `<iq type='set' to='${room}'><query xmlns='${OWNER}'><x xmlns='jabber:x:data' type='submit'/></query></iq>`);
      expect(view(ctx)).to.deep.include({ state: 'joined', affiliation: 'owner', occupants: 1 });
    });

    it('that makes a room says nothing of a refusal where the connection was lost before it was configured', async () => {
      const ctx = witch('item-not-found');
      ctx.onIq((iq) => (iq.getChild('query', OWNER) ? new ChatError('offline', '') : undefined));
      const { ended } = await entering(ctx, { create: true });
      tell(ctx, there(nick, [110, 201], `affiliation='owner' role='moderator'`));
      await ended;
      await settled();
      expect(view(ctx)?.state).to.equal('left');
      expect(view(ctx)).not.to.have.property('refusal');
    });

    it('that was lost says nothing where the disk does not tell whether the room is kept', async () => {
      const ctx = witch();
      ctx.onIq(() => new ChatError('offline', ''));
      Object.assign(ctx.shelf, { get: async () => Promise.reject(new ChatError('storage', 'closed')) });
      expect(await joinRoom(ctx, { jid: room, nick }).catch((error: unknown) => error)).to.have.property('code', 'offline');
      expect(view(ctx)?.state).to.equal('joining');
    });

    it('refuses impossible addresses and nicknames', async () => {
      for (const request of [{ jid: 'chat.shakespeare.lit', nick }, { jid: '@', nick }, { jid: `${room}/x`, nick }, { jid: room, nick: ' ' }, { jid: room, nick: 'a\u0000' }]) {
        let thrown: unknown;
        await joinRoom(witch(), request).catch((error: unknown) => (thrown = error));
        expect(thrown, request.jid).to.have.property('code', 'invalid');
      }
    });
  });

  describe('inside', () => {
    it('follows others: presence, another nickname, departure', async () => {
      const ctx = await inside();
      expect(ctx.live.get('occupant', `${room}/firstwitch`)?.jid).to.equal('crone1@shakespeare.lit');
      tell(ctx, there('secondwitch'));
      tell(ctx, `<presence xmlns='${NS_CLIENT}' from='${room}/secondwitch'><show>xa</show><status>gone where the goblins go</status><x xmlns='${USER}'><item affiliation='admin' role='moderator'/></x></presence>`);
      expect(ctx.live.get('occupant', `${room}/secondwitch`)).to.deep.equal({ nick: 'secondwitch', role: 'moderator', affiliation: 'admin', show: 'xa', status: 'gone where the goblins go' });
      expect(view(ctx)?.occupants).to.equal(3);
      tell(ctx, gone('secondwitch', [303], `<item affiliation='member' role='participant' nick='goblin'/>`), there('goblin'));
      expect(ctx.live.entries('occupant', room).map(([key]) => key)).to.deep.equal([`${room}/firstwitch`, `${room}/${nick}`, `${room}/goblin`]);
      tell(ctx, gone('goblin'));
      expect(view(ctx)?.occupants).to.equal(2);
    });

    it('changes its own nickname (§7.6), and stays what it is when that is refused', async () => {
      const ctx = await inside();
      await changeNick(ctx, room, 'oldhag');
      expectXml(ctx.sent.at(-1), `<presence to='${room}/oldhag'/>`);
      const updates = (await examplesOf('0045')).examples[49]!.xml;
      const ours = parseAll(updates).filter((stanza) => stanza.attrs['to'] === 'hag66@shakespeare.lit/pda');
      tell(ctx, ...ours);
      expect(view(ctx)).to.deep.include({ state: 'joined', nick: 'oldhag', occupants: 2 });
      expect(ownNick(ctx, room)).to.equal('oldhag');
      await settled();
      expect((await ctx.shelf.get('rooms', room))?.nick).to.equal('oldhag');
      tell(ctx, await example('0045', 'Service Denies Nickname Change Because of Nick Conflict'));
      expect(view(ctx)).to.deep.include({ state: 'joined', nick: 'oldhag' });
    });

    it('takes the subject from live subject-only messages (§8.1)', async () => {
      const ctx = await inside();
      await heard(ctx, await example('0045', 'Service Informs New Occupant of Room Subject'));
      expect(view(ctx)?.subject).to.equal('Fire Burn and Cauldron Bubble!');
      expect((await ctx.shelf.get('rooms', room))?.subject).to.equal('Fire Burn and Cauldron Bubble!');
      await heard(ctx, `<message type='groupchat' from='${room}/firstwitch'><subject>not one</subject><body>a message with a title</body></message>`);
      await heard(ctx, `<message type='groupchat' from='${room}/firstwitch'><subject>nor this</subject><thread>1</thread></message>`);
      await heard(ctx, `<message type='groupchat' from='${room}/firstwitch'><subject>one of last year</subject></message>`, 'catch-up');
      await heard(ctx, `<message type='chat' from='${room}/firstwitch'><subject>a private one</subject></message>`);
      expect(view(ctx)?.subject).to.equal('Fire Burn and Cauldron Bubble!');
      await heard(ctx, await example('0045', 'No Subject'));
      expect(view(ctx)?.subject).to.equal(undefined);
      expect(await ctx.shelf.get('rooms', room)).not.to.have.property('subject');
    });

    it('sets the subject, and hears whether the room took it', async () => {
      const ctx = await inside();
      const wish = (): { readonly id: string; readonly end: Promise<unknown> } => {
        const end = setSubject(ctx, room, 'Spells').catch((error: unknown) => error);
        return { id: ctx.sent.at(-1)!.attrs['id']!, end };
      };
      const taken = wish();
      expectXml(ctx.sent.at(-1), `<message to='${room}' type='groupchat' id='${taken.id}'><subject>Spells</subject></message>`);
      await heard(ctx, `<message type='groupchat' from='${room}/${ownNick(ctx, room)}'><subject>Spells</subject></message>`);
      expect(await taken.end).to.equal(undefined);

      const refused = wish();
      const no = "<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
      // Only the room can refuse, and only what was asked; somebody else's subject is no answer.
      await heard(ctx, `<message type='error' id='${refused.id}' from='${room}/firstwitch'>${no}</message>`);
      await heard(ctx, `<message type='error' id='other' from='${room}'>${no}</message>`);
      await heard(ctx, `<message type='groupchat' from='${room}/firstwitch'><subject>Potions</subject></message>`);
      await heard(ctx, `<message type='error' id='${refused.id}' from='${room}'>${no}</message>`);
      expect((await refused.end) as ChatError).to.deep.include({ code: 'refused', condition: 'forbidden' });

      const unheard = wish();
      ctx.clock.advance(10_000);
      expect(((await unheard.end) as ChatError).code).to.equal('timeout');
    });

    it('marks a private message to an occupant, and no other (§7.5)', async () => {
      const ctx = await inside();
      const written = (conversation: string, chatType: 'chat' | 'groupchat'): boolean => {
        const stanza = parse(`<message xmlns='${NS_CLIENT}' to='${conversation}'><body>x</body></message>`);
        muc.write!({ stanza, chatType, conversation }, ctx);
        return stanza.getChild('x', USER) !== undefined;
      };
      expect(written(`${room}/firstwitch`, 'chat')).to.equal(true);
      expect(written(room, 'groupchat')).to.equal(false);
      expect(written('bot@example.com/desk', 'chat')).to.equal(false);
    });

    it('reads the room again when its configuration has changed', async () => {
      const ctx = await inside();
      answersInfo(ctx, ['muc_moderated']);
      await heard(ctx, `<message type='groupchat' from='${room}'><x xmlns='${USER}'><status code='104'/></x></message>`);
      expect(view(ctx)?.moderated).to.equal(true);
    });

    it('tells rooms of one’s own presence, and enters again after the farewell of invisibility', async () => {
      const ctx = await inside();
      await setOwnPresence(ctx, { show: 'away' });
      expectXml(ctx.sent.at(-1), `<presence to='${room}/${nick}'><show>away</show></presence>`);
      await setOwnPresence(ctx, { show: 'invisible' });
      await settled();
      expect(view(ctx)?.state).to.equal('joining');
      tell(ctx, gone(nick, [110]));
      expect(view(ctx)?.state).to.equal('joining');
      tell(ctx, there(nick, [110]));
      expect(view(ctx)).to.deep.include({ state: 'joined', occupants: 1 });
    });
  });

  describe('leaving', () => {
    it('leaves (§7.14), and what comes late changes nothing', async () => {
      const ctx = await inside();
      await leaveRoom(ctx, room);
      expectXml(ctx.sent.at(-1), `<presence to='${room}/${nick}' type='unavailable'/>`);
      expect(view(ctx)).to.deep.include({ state: 'left', occupants: 0 });
      tell(ctx, there('firstwitch'), await example('0045', 'Service Sends Self-Presence Related to Departure'));
      expect(ctx.live.entries('occupant', room)).to.deep.equal([]);
      expect(view(ctx)?.state).to.equal('left');
      expect(await ctx.shelf.all('rooms')).to.deep.equal([]);
    });

    it('keeps a bookmark, but does not enter by itself any more', async () => {
      const ctx = await inside();
      await ctx.shelf.put('rooms', [{ jid: room, autojoin: true, bookmarked: true }]);
      await leaveRoom(ctx, room);
      expect(await ctx.shelf.all('rooms')).to.deep.equal([{ jid: room, autojoin: false, bookmarked: true }]);
    });

    const exits = [
      [[110, 307], 'kicked'], [[301], 'banned'], [[110, 321], 'affiliation-lost'], [[110, 322], 'members-only'], [[110, 332], 'shutdown'], [[110, 333, 307], 'unreachable'],
    ] as const;
    for (const [codes, refusal] of exits) {
      it(`is told why it had to go: ${codes.join(' ')} ${refusal}`, async () => {
        const ctx = await inside();
        tell(ctx, gone(nick, codes, `<item affiliation='none' role='none'><reason>Avaunt, you cullion!</reason></item>`));
        expect(view(ctx)).to.deep.include({ state: 'refused', refusal, reason: 'Avaunt, you cullion!', occupants: 0, role: 'none' });
        expect(joinedRooms(ctx)).to.deep.equal([]);
      });
    }

    it('is told where a destroyed room has moved (§10.9)', async () => {
      const ctx = await inside();
      tell(ctx, gone(nick, [], `<item affiliation='none' role='none'/><destroy jid='heath@chat.shakespeare.lit'><reason>Macbeth doth come.</reason></destroy>`));
      expect(view(ctx)).to.deep.include({ state: 'refused', refusal: 'destroyed', reason: 'Macbeth doth come.', movedTo: 'heath@chat.shakespeare.lit' });
    });
  });

  it('hostile: what occupants say of themselves is never about us (A12)', async () => {
    const ctx = witch();
    const { ended } = await entering(ctx);
    tell(ctx, there('mallory'), there('mallory', [110]), there('mallory', [110, 210]), there('other', [110, 210], `affiliation='owner' role='moderator' jid='mallory@evil.example/x'`));
    expect(view(ctx)).to.deep.include({ state: 'joining', nick });
    tell(ctx, there(nick, [110]));
    await ended;
    tell(ctx, there('mallory', [110, 201, 210, 100]), gone('mallory', [110, 301]), gone('mallory', [110, 307]), gone('mallory', [110], `<destroy jid='trap@evil.example'/>`), gone('mallory', [110, 303], `<item nick='mallory2'/>`));
    expect(view(ctx)).to.deep.include({ state: 'joined', nick, affiliation: 'member' });
    expect(view(ctx)).not.to.have.property('nonAnonymous', true);
    // Another room, a nickname that is no resource, roles that are none.
    tell(ctx, gone(nick, [307]).replace(room, 'other@evil.example'), gone(nick, [110, 303], `<item nick=''/>`), there('odd', [], `affiliation='__proto__' role='constructor'`));
    expect(view(ctx)).to.deep.include({ state: 'joined', nick });
    expect(ctx.live.get('occupant', `${room}/odd`)).to.deep.include({ role: 'none', affiliation: 'none' });
  });

  it('leaves contacts’ presence and subscriptions to others', () => {
    const ctx = fakeContext();
    for (const stanza of [`<presence from='a@b/c'/>`, `<presence from='a@b' type='subscribe'><x xmlns='${USER}'/></presence>`, '<presence/>', `<presence from='@'/>`]) expect(muc.onPresence!(parse(stanza), ctx), stanza).to.equal(false);
  });

  it('a presence storm costs the same for each', async () => {
    const ctx = await inside();
    let writes = 0;
    const set = ctx.live.set.bind(ctx.live);
    ctx.live.set = (...args: Parameters<typeof set>) => {
      writes++;
      set(...args);
    };
    for (let index = 0; index < 2000; index++) tell(ctx, there(`w${index}`));
    expect(view(ctx)?.occupants).to.equal(2002);
    expect(writes).to.equal(4000);
    for (let index = 0; index < 2000; index++) tell(ctx, there(`w${index}`));
    expect(writes).to.equal(4000);
  });

  it('when the session ends nobody is seen any more, and the next one enters again', async () => {
    const ctx = await inside();
    muc.onEnd!(ctx);
    expect(ctx.live.entries('occupant')).to.deep.equal([]);
    expect(view(ctx)).to.deep.include({ state: 'joining', occupants: 0 });
    await muc.onReady!(ctx);
    await settled();
    expect(ctx.sent.at(-1)!.attrs['to']).to.equal(`${room}/${nick}`);
    tell(ctx, there(nick, [110]));
    expect(view(ctx)?.state).to.equal('joined');
    presence.onEnd!(ctx);
  });

  it('a resumption in the same worker enters nothing again, refused rooms least of all', async () => {
    const ctx = await inside();
    tell(ctx, gone(nick, [110, 301]));
    const sent = ctx.sent.length;
    await muc.onResumed!(ctx);
    await settled();
    expect(ctx.sent).to.have.length(sent);
    expect(view(ctx)?.refusal).to.equal('banned');
  });

  describe('invitations through the room (§7.8.2)', () => {
    const read = async (caption: string) => {
      const stanza = await example('0045', caption);
      return muc.read!({ stanza, base: { conversation: room, chatType: 'chat', sender: room, mine: false, at: 1, archive: 'hecate@shakespeare.lit' }, origin: 'live' });
    };
    it('are the room’s words, in the room’s own conversation', async () => {
      const [fact] = await read('Room Sends Invitation to Invitee');
      expect(fact).to.deep.include({
        kind: 'message', conversation: room, sender: room, body: '',
        invitation: { room, inviter: 'crone1@shakespeare.lit', reason: 'Hey Hecate, this is the place for all good witches!', password: 'cauldronburn' },
      });
    });
    it('name an occupant where the room hides the address', async () => {
      const stanza = parse(`<message from='${room}'><x xmlns='${USER}'><invite from='${room}/firstwitch'/></x></message>`);
      const [fact] = muc.read!({ stanza, base: { conversation: room, chatType: 'chat', sender: room, mine: false, at: 1, archive: 'a@b' }, origin: 'live' });
      expect(fact).to.have.nested.property('invitation.inviter', `${room}/firstwitch`);
    });
    it('may be declined', async () => {
      const [fact] = await read('Room Informs Invitor that Invitation Was Declined');
      expect(fact).to.have.property('invitation').that.deep.equals({ room, inviter: 'hecate@shakespeare.lit', reason: `Sorry, I'm too busy right now.`, declined: true });
    });
    it('are sent and declined', async () => {
      const ctx = await inside();
      await invite(ctx, room, 'hecate@shakespeare.lit', 'Come');
      const id = ctx.sent.at(-1)!.attrs['id'];
      expectXml(ctx.sent.at(-1), `<message to='${room}' id='${id}'><x xmlns='${USER}'><invite to='hecate@shakespeare.lit'><reason>Come</reason></invite></x></message>`);
      declineInvitation(ctx, { room, inviter: 'crone1@shakespeare.lit' });
      expectXml(ctx.sent.at(-1), `<message to='${room}' id='${ctx.sent.at(-1)!.attrs['id']}'><x xmlns='${USER}'><decline to='crone1@shakespeare.lit'/></x></message>`);
    });
    it('hostile: an occupant or a contact cannot speak for the room', () => {
      for (const from of [`${room}/mallory`, 'evil.example', '@']) {
        const stanza = parse(`<message from='${from}'><x xmlns='${USER}'><invite from='friend@example.com'/></x></message>`);
        expect(muc.read!({ stanza, base: { conversation: from, chatType: 'chat', sender: from, mine: false, at: 1, archive: 'me@example.com' }, origin: 'live' }), from).to.deep.equal([]);
      }
    });
  });

  describe('from the outside', () => {
    it('reads the directory (§6.3)', async () => {
      const ctx = fakeContext();
      ctx.onIq((iq) => (iq.attrs['to'] === 'chat.shakespeare.lit' ? example('0045', 'Service Returns Disco Items Result') : undefined));
      expect(await findRooms(ctx, 'chat.shakespeare.lit')).to.deep.equal([
        { jid: room, name: 'A Dark Cave' },
        { jid: 'heath@chat.shakespeare.lit', name: 'A Lonely Heath' },
        { jid: 'inverness@chat.shakespeare.lit', name: `Macbeth's Castle` },
        { jid: 'forres@chat.shakespeare.lit', name: 'The Palace' },
      ]);
    });

    it('takes counts where every name has one, and no rooms of elsewhere', async () => {
      const ctx = fakeContext();
      const items = (list: string): void => ctx.onIq(() => `<iq xmlns='${NS_CLIENT}' type='result'><query xmlns='http://jabber.org/protocol/disco#items'>${list}</query></iq>`);
      items(`<item jid='a@chat.x' name='Lobby (3)'/><item jid='b@chat.x' name='Den (private, 12)'/><item jid='c@evil.example' name='Trap'/><item jid='chat.x'/><item jid='@'/>`);
      expect(await findRooms(ctx, 'chat.x')).to.deep.equal([{ jid: 'b@chat.x', name: 'Den', occupants: 12 }, { jid: 'a@chat.x', name: 'Lobby', occupants: 3 }]);
      items(`<item jid='a@chat.x' name='Apollo (13)'/><item jid='b@chat.x' name='Den'/>`);
      expect((await findRooms(ctx, 'chat.x'))[0]).to.deep.equal({ jid: 'a@chat.x', name: 'Apollo (13)' });
    });

    it('reads what a room is (§6.4)', async () => {
      const ctx = fakeContext();
      ctx.onIq(() => example('0045', 'Room Returns Extended Disco Info'));
      expect(await roomInfo(ctx, room)).to.deep.equal({
        isRoom: true, name: 'A Dark Cave', description: 'The place for all good witches!', subject: 'Spells', occupants: 3,
        persistent: false, membersOnly: false, passwordProtected: true, moderated: false, nonAnonymous: true, archive: false,
      });
    });

    it('finds the room service', async () => {
      const ctx = fakeContext({ jid: 'hag66@shakespeare.lit/pda' });
      ctx.onIq((iq) => (iq.attrs['to'] === 'shakespeare.lit' ? example('0045', 'Server Returns Disco Items Result') : example('0045', 'Service Returns Disco Info Result')));
      expect(await findRoomService(ctx)).to.equal('chat.shakespeare.lit');
    });
  });
});
