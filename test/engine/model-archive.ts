// The archive of a model server (XEP-0313), and the services a session asks for.
import { xml } from '../../src/xmpp/element.js';
import type { Element } from '../../src/xmpp/element.js';
import type { ModelServer } from '../xmpp/model-server.js';

export type Archived = { readonly id: string; readonly with: string; readonly message: string };

/** `<message/>` from `from`, as it stands in an archive or comes live. */
export const said = (from: string, to: string, body: string, more: { id?: string; stanzaId?: string; by?: string; type?: string } = {}): string =>
  `<message xmlns='jabber:client' type='${more.type ?? 'chat'}' from='${from}' to='${to}'${more.id === undefined ? '' : ` id='${more.id}'`}><body>${body}</body>${more.stanzaId === undefined ? '' : `<stanza-id xmlns='urn:xmpp:sid:0' by='${more.by ?? to.split('/')[0]}' id='${more.stanzaId}'/>`}</message>`;

/** Answers disco and archive queries of `server`, and keeps what is sent through it. */
export class ModelArchive {
  readonly messages: Archived[] = [];
  /** Queries, oldest first: what `after` or `before` they named. */
  readonly asked: string[] = [];
  readonly #server: ModelServer;
  /** Keeps what the client sends; `false` loses it, as a server that dies before it has written does. */
  keeps = true;
  /** Whether the server says that there is an archive. */
  offered = true;
  #next = 0;

  constructor(server: ModelServer) {
    this.#server = server;
    server.onStanza = (stanza) => this.#take(stanza);
  }

  get #me(): string {
    return `${this.#server.username}@${this.#server.domain}`;
  }

  add(from: string, body: string, id = `m-${body}`): string {
    const archiveId = `a${String((this.#next += 1)).padStart(4, '0')}`;
    this.messages.push({ id: archiveId, with: from, message: said(`${from}/x`, this.#me, body, { id }) });
    return archiveId;
  }

  #take(stanza: Element): void {
    if (stanza.name === 'iq') this.#iq(stanza);
    else if (stanza.name === 'message' && this.keeps && stanza.getChild('body')) {
      const to = stanza.attrs['to'] ?? '';
      const id = stanza.attrs['id'] ?? '';
      this.messages.push({ id: `a${String((this.#next += 1)).padStart(4, '0')}`, with: to, message: `<message xmlns='jabber:client' type='chat' from='${this.#me}/r' to='${to}' id='${id}'><body>${stanza.getChildText('body') ?? ''}</body><origin-id xmlns='urn:xmpp:sid:0' id='${id}'/></message>` });
    }
  }

  #reply(iq: Element, payload: string, type = 'result'): void {
    const { id, to } = iq.attrs;
    this.#server.deliver(`<iq xmlns='jabber:client' type='${type}' id='${id}'${to === undefined ? '' : ` from='${to}'`} to='${this.#server.jid}'>${payload}</iq>`);
  }

  #iq(iq: Element): void {
    if (!['get', 'set'].includes(iq.attrs['type'] ?? '')) return;
    const query = iq.children.find((child): child is Element => typeof child !== 'string');
    if (query?.is('query', 'urn:xmpp:mam:2')) this.#page(iq, query);
    else if (query?.is('query', 'http://jabber.org/protocol/disco#info')) {
      const own = iq.attrs['to'] === this.#me;
      this.#reply(iq, `<query xmlns='http://jabber.org/protocol/disco#info'>${own && this.offered ? "<feature var='urn:xmpp:mam:2'/>" : ''}</query>`);
    } else this.#reply(iq, query ? xml(query.name, { xmlns: query.attrs['xmlns'] ?? '' }).toString() : '');
  }

  #page(iq: Element, query: Element): void {
    const set = query.getChild('set');
    const max = Number(set?.getChildText('max') ?? 50);
    const after = set?.getChildText('after') ?? undefined;
    const before = set?.getChild('before')?.text();
    const only = query.getChild('x')?.getChildren('field').find((field) => field.attrs['var'] === 'with')?.getChildText('value');
    this.asked.push(after === undefined ? `<${before ?? ''}` : `>${after}`);
    const all = only ? this.messages.filter((entry) => entry.with === only) : this.messages;
    const edge = after ?? (before || undefined);
    if (edge !== undefined && !this.messages.some((entry) => entry.id === edge)) {
      return this.#reply(iq, "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>", 'error');
    }
    const found = all.filter(({ id }) => (after === undefined ? !before || id < before : id > after));
    // XEP-0059 §2.2: with neither, from the beginning.
    const page = before === undefined ? found.slice(0, max) : found.slice(-max);
    for (const { id, message } of page) {
      this.#server.deliver(`<message xmlns='jabber:client' to='${this.#server.jid}'><result xmlns='urn:xmpp:mam:2' queryid='${query.attrs['queryid']}' id='${id}'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>${message}</forwarded></result></message>`);
    }
    const rsm = page.length > 0 ? `<first>${page[0]!.id}</first><last>${page.at(-1)!.id}</last>` : '';
    this.#reply(iq, `<fin xmlns='urn:xmpp:mam:2'${page.length === found.length ? " complete='true'" : ''}><set xmlns='http://jabber.org/protocol/rsm'>${rsm}</set></fin>`);
  }
}
