/**
 * RFC 6121 §5 and §8: messages and their bounces
 * https://www.rfc-editor.org/rfc/rfc6121
 *
 * In:  a body becomes a `message` fact; a message of type `error` becomes a `failure` fact aimed at what bounced.
 *      `factBase` says whose conversation a stanza belongs to and who said it, for every fact made of it.
 * Out: `messageStanza` makes what the outbox sends.
 */
import { bareJid, domainOf, normalizeJid, resourceOf } from '../base/jid.js';
import { childElements, xml } from '../xmpp/element.js';
import { readDelay } from './0203-delay.js';
import { originIdOf, stanzaIdBy, usableId } from './0359-stanza-ids.js';
import { bodyWithAddresses, readOob } from './0066-oob.js';
import { nickIn } from './0172-nicknames.js';
import { isMarkable, isMarker } from './0333-displayed-markers.js';
import { stanzaError } from './stanza-error.js';
import type { Element } from '../xmpp/element.js';
import type { Attachment, FactBase } from '../model/fact.js';
import type { XepModule } from './module.js';

const NS_MUC_USER = 'http://jabber.org/protocol/muc#user';
const DAY = 86_400_000;

/** What has to be known to tell whose conversation a stanza belongs to. Addresses are in normal form. */
export type Whereabouts = {
  /** Own bare JID. */
  readonly me: string;
  readonly server: string;
  /** Milliseconds since the epoch: the time of what says none. */
  readonly now: number;
  /** Whether this bare JID is a room we are in, or are joining. */
  isRoom(jid: string): boolean;
  ownNick(room: string): string | undefined;
  /** Whether this bare JID keeps an archive and therefore strips ids forged in its name (XEP-0359 §6). */
  archives(jid: string): boolean;
  /** Whether there is a conversation under this full address, opened by the person (a bot, a component). */
  keeps?(address: string): boolean;
};

/** What a wrapper knows better than the stanza inside of it. */
export type Wrapper = { readonly at?: number | undefined; readonly archive?: string | undefined; readonly archiveId?: string | undefined };

type Ends = Pick<FactBase, 'conversation' | 'chatType' | 'sender' | 'mine'>;

/**
 * The base of every fact in `stanza`, or `undefined` where it is no part of any conversation: no address, a groupchat
 * message from what is no room of ours, a copy in somebody else's archive. A missing `from` is the own account, as
 * RFC 6120 §8.1.2.1 has it.
 */
export function factBase(stanza: Element, where: Whereabouts, wrapper: Wrapper = {}): FactBase | undefined {
  const from = normalizeJid(stanza.attrs['from'] ?? where.me);
  const to = normalizeJid(stanza.attrs['to'] ?? where.me);
  if (!from || !to) return undefined;
  const ends = stanza.attrs['type'] === 'groupchat' ? groupchatEnds(stanza, from, where, wrapper) : directEnds(stanza, from, to, where, wrapper);
  if (!ends) return undefined;
  const archive = wrapper.archive ?? (ends.chatType === 'groupchat' ? ends.conversation : where.me);
  // Inside of an archive's own result only the result's id counts (XEP-0313 §8.3).
  const archiveId = wrapper.archive ? wrapper.archiveId : where.archives(archive) ? stanzaIdBy(stanza, archive) : undefined;
  const claimedId = wrapper.archive || archiveId ? undefined : stanzaIdBy(stanza, archive);
  const messageId = usableId(stanza.attrs['id']);
  const originId = originIdOf(stanza);
  // Anyone can claim a time: ours are the server, the account and the room.
  const kept = readDelay(stanza, (by) => by === where.me || by === where.server || by === archive || by === domainOf(archive));
  const stated = wrapper.at ?? kept;
  return {
    ...ends,
    // A stamp far ahead would stand at the top of every list for ever.
    at: stated !== undefined && stated < where.now + DAY ? stated : where.now,
    archive,
    ...(archiveId && { archiveId }),
    ...(claimedId && { claimedId }),
    ...(messageId && { messageId }),
    ...(originId && { originId }),
    // A result of the archive and a carbon come with times of their own.
    ...(kept !== undefined && wrapper.at === undefined && ends.chatType === 'chat' && { late: true }),
  };
}

function groupchatEnds(stanza: Element, from: string, where: Whereabouts, { archive }: Wrapper): Ends | undefined {
  const room = bareJid(from);
  // A room's history comes from the room's archive; a second copy in the account's would double it.
  if (archive ? archive !== room : !where.isRoom(room)) return undefined;
  const nick = resourceOf(from);
  return { conversation: room, chatType: 'groupchat', sender: from, mine: nick !== '' && nick === where.ownNick(room) && isOurs(stanza, where, archive) };
}

/** In an archive a nick of ours may have been somebody else's once; a room that shows addresses says whose it was (XEP-0313 §6.1.2). */
function isOurs(stanza: Element, { me }: Whereabouts, archive: string | undefined): boolean {
  if (!archive) return true;
  const jid = normalizeJid(stanza.getChild('x', NS_MUC_USER)?.getChild('item', NS_MUC_USER)?.attrs['jid']);
  return jid === undefined || bareJid(jid) === me;
}

function directEnds(stanza: Element, from: string, to: string, where: Whereabouts, { archive }: Wrapper): Ends | undefined {
  if (archive && archive !== where.me) return undefined;
  const isError = stanza.attrs['type'] === 'error';
  const mine = !isError && bareJid(from) === where.me;
  const peer = mine ? to : from;
  const room = bareJid(peer);
  const isRoom = where.isRoom(room);
  const nick = resourceOf(peer);
  // An error or a notice of the room itself.
  if (isRoom && !nick) return { conversation: room, chatType: 'groupchat', sender: mine ? where.me : room, mine };
  // XEP-0045 §7.5. In old history the room may be one that we have left; the marker in its archived copy tells.
  if (nick && (isRoom || where.keeps?.(peer) || (archive && hasPrivateMark(stanza)))) {
    const own = where.ownNick(room);
    return { conversation: peer, chatType: 'chat', sender: !mine ? peer : own ? `${room}/${own}` : where.me, mine };
  }
  return { conversation: room, chatType: 'chat', sender: bareJid(from), mine };
}

const hasPrivateMark = (stanza: Element): boolean => {
  const x = stanza.getChild('x', NS_MUC_USER);
  return x !== undefined && !x.getChild('invite') && !x.getChild('decline');
};

/** Children in the stanza's own namespace: a `<body/>` of another one is not the message's. */
const ownChildren = (stanza: Element, name: string): Element[] => stanza.getChildren(name).filter((child) => child.getNS() === stanza.getNS());

const userLanguages = (): readonly string[] => (typeof navigator === 'undefined' ? [] : navigator.languages);

/** The body in the first of `languages` that it is written in (RFC 6121 §5.2.3), else the one without a language, else the first. */
export function bodyOf(stanza: Element, languages: readonly string[] = userLanguages()): string {
  const bodies = ownChildren(stanza, 'body');
  if (bodies.length > 1) {
    const language = (body: Element): string => (body.attrs['xml:lang'] ?? '').toLowerCase();
    for (const wanted of languages.map((tag) => tag.toLowerCase())) {
      const match = bodies.find((body) => language(body) === wanted) ?? bodies.find((body) => language(body).split('-')[0] === wanted.split('-')[0]);
      if (match) return match.text();
    }
    const plain = bodies.find((body) => !language(body));
    if (plain) return plain.text();
  }
  return bodies[0]?.text() ?? '';
}

/** Invitations are messages too, but their own modules (XEP-0249, XEP-0045 §7.8) make the fact. */
const isInvitation = (stanza: Element): boolean => {
  const x = stanza.getChild('x', NS_MUC_USER);
  return stanza.getChild('x', 'jabber:x:conference') !== undefined || x?.getChild('invite') !== undefined || x?.getChild('decline') !== undefined;
};

/** What goes out by itself and is nobody's message: its bounce is of no interest to anybody. */
const isCourtesy = (stanza: Element): boolean =>
  !stanza.getChild('body') && (isMarker(stanza) || stanza.getChild('received', 'urn:xmpp:receipts') !== undefined || childElements(stanza).some((child) => child.getNS() === 'http://jabber.org/protocol/chatstates'));

/** A message of ours, before the extensions add to it. */
export const messageStanza = (message: { readonly to: string; readonly chatType: 'chat' | 'groupchat'; readonly id: string; readonly body: string; readonly attachments?: readonly Attachment[] | undefined }): Element =>
  xml('message', { to: message.to, type: message.chatType, id: message.id }, xml('body', {}, bodyWithAddresses(message.body, message.attachments)));

export const message: XepModule = {
  xep: 'RFC 6121 §5',
  title: 'Messages',
  read({ stanza, base }) {
    const { type } = stanza.attrs;
    if (type === 'error') {
      if (!base.messageId || isCourtesy(stanza)) return [];
      return [{ ...base, kind: 'failure', target: base.messageId, ...stanzaError(stanza) }];
    }
    // RFC 6121 §5.2.2: a headline is no part of a chat; the server's own announcements are worth reading all the same.
    if (type === 'headline' && base.sender !== base.archive && base.sender !== domainOf(base.archive)) return [];
    if (isInvitation(stanza)) return [];
    const { body, attachments } = readOob(stanza, bodyOf(stanza));
    if (body.trim() === '' && !attachments.length) return [];
    const nick = !base.mine && base.chatType === 'chat' && !resourceOf(base.conversation) && nickIn(stanza);
    return [{ ...base, kind: 'message', body, ...(nick && { nick }), ...(attachments.length && { attachments }), ...(!base.mine && isMarkable(stanza) && { markable: true }) }];
  },
  apply: {
    failure(state, fact) {
      // One of several devices may refuse what another one has taken.
      if (!state.delivery || state.delivery === 'delivered' || state.delivery === 'read') return;
      state.delivery = 'failed';
      state.failure = { condition: fact.condition, ...(fact.text && { text: fact.text }) };
    },
  },
};
