/** What the model server answers to requests. */
import type { Element } from '../../../src/xmpp/element.js';
import type { Archive } from './archive.js';
import type { Server } from './server.js';
import type { Session } from './session.js';
import { errorOf } from './stanza.js';
import type { Stanza } from './stanza.js';

const NS_INFO = 'http://jabber.org/protocol/disco#info';
const NS_ITEMS = 'http://jabber.org/protocol/disco#items';
const NS_MAM = 'urn:xmpp:mam:2';
const NS_BOOKMARKS = 'urn:xmpp:bookmarks:1';
const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';

export function answerIq(server: Server, session: Session, stanza: Stanza, element: Element): void {
  const { type, id, to } = stanza.attrs;
  if (type !== 'get' && type !== 'set') return;
  const result = (inner: string): void => session.deliver({ name: 'iq', attrs: { type: 'result', id, from: to }, inner });
  const refuse = (condition: string): void => session.deliver(errorOf(stanza, condition));
  const query = element.getChild('query', NS_MAM);
  const archive = query && archiveAt(server, to);
  if (query) return archive ? answerArchive(server, session, archive, query, result, refuse) : refuse('service-unavailable');
  if (server.faults.strikes('iq-error')) return refuse('internal-server-error');
  if (to !== undefined && server.room.owns(to) && element.getChild('ping', 'urn:xmpp:ping')) return server.room.isIn(session) ? result('') : refuse('not-acceptable');
  if (element.getChild('ping', 'urn:xmpp:ping')) return result('');
  if (element.getChild('query', NS_INFO)) return result(info(server, to));
  if (element.getChild('query', NS_ITEMS)) return result(items(server, to));
  if (element.getChild('query', 'jabber:iq:roster')) return result(`<query xmlns="jabber:iq:roster">${server.people.map((jid) => `<item jid="${jid}" subscription="both"/>`).join('')}</query>`);
  if (element.getChild('enable', 'urn:xmpp:carbons:2')) {
    session.carbons = true;
    return result('');
  }
  const node = element.getChild('pubsub', NS_PUBSUB)?.getChild('items')?.attrs['node'];
  if (node === NS_BOOKMARKS) {
    return result(`<pubsub xmlns="${NS_PUBSUB}"><items node="${NS_BOOKMARKS}"><item id="${server.room.jid}"><conference xmlns="${NS_BOOKMARKS}" autojoin="true" name="Lobby"><nick>me</nick></conference></item></items></pubsub>`);
  }
  refuse(node === undefined ? 'service-unavailable' : 'item-not-found');
}

function archiveAt(server: Server, to: string | undefined): Archive | undefined {
  if (!server.dialect.archives) return undefined;
  if (to === undefined || to === server.account) return server.archive;
  return to === server.room.jid ? server.room.archive : undefined;
}

function answerArchive(server: Server, session: Session, archive: Archive, query: Element, result: (inner: string) => void, refuse: (condition: string) => void): void {
  const answer = archive.answer(query, session.jid, server.dialect.pageLimit, server.faults);
  const deliver = (): void => {
    // Written already: they go out as they are.
    const raw = (frame: string): void => session.deliver(unwrap(frame));
    answer.results.forEach(raw);
    if (answer.reply && 'fin' in answer.reply) result(answer.reply.fin);
    else if (answer.reply) refuse(answer.reply.error);
    answer.late.forEach(raw);
  };
  if (answer.after > 0) server.scheduler.after(answer.after, deliver);
  else deliver();
}

const unwrap = (frame: string): Stanza => {
  const start = frame.indexOf('>');
  const attrs = Object.fromEntries(Array.from(frame.slice(0, start).matchAll(/ ([\w:]+)="([^"]*)"/g), ([, name, value]) => [name!, value!]));
  return { name: 'message', attrs, inner: frame.slice(start + 1, frame.lastIndexOf('</message>')) };
};

function info(server: Server, to: string | undefined): string {
  const { dialect, domain } = server;
  const room = to !== undefined && (to === server.room.jid || to === `rooms.${domain}`);
  const identity = room ? '<identity category="conference" type="text" name="Lobby"/>' : to === domain ? '<identity category="server" type="im"/>' : '<identity category="account" type="registered"/><identity category="pubsub" type="pep"/>';
  const features = [
    NS_INFO,
    ...(room ? ['http://jabber.org/protocol/muc', 'muc_nonanonymous', 'muc_persistent'] : ['urn:xmpp:carbons:2', `${NS_BOOKMARKS}#compat`]),
    ...(dialect.archives && to !== domain && to !== `rooms.${domain}` ? [NS_MAM, ...(dialect.extended ? [`${NS_MAM}#extended`] : []), 'urn:xmpp:sid:0'] : []),
  ];
  return `<query xmlns="${NS_INFO}">${identity}${features.map((feature) => `<feature var="${feature}"/>`).join('')}</query>`;
}

const items = (server: Server, to: string | undefined): string => `<query xmlns="${NS_ITEMS}">${to === server.domain ? `<item jid="rooms.${server.domain}"/>` : ''}</query>`;
