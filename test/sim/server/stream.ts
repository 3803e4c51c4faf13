/** One connection at the server: RFC 7395 framing, SASL, binding, and stream management (XEP-0198). */
import { parseFrame } from '../../../src/xmpp/frame.js';
import type { Element } from '../../../src/xmpp/element.js';
import type { Link, Peer } from '../network.js';
import type { Server } from './server.js';
import { plus } from './session.js';
import type { Session } from './session.js';
import { readStanza, write } from './stanza.js';

const NS_SM = 'urn:xmpp:sm:3';
const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const stanzaNames = new Set(['message', 'presence', 'iq']);

export class Stream implements Peer {
  readonly server: Server;
  readonly link: Link;
  session: Session | undefined;
  /** Frames that are taken for the rest of a half one. */
  #swallows = 0;
  #authenticated = false;
  #closed = false;

  constructor(server: Server, link: Link) {
    this.server = server;
    this.link = link;
  }

  send(frame: string): void {
    if (!this.#closed) this.link.down(frame);
  }

  onGone(): void {
    this.#closed = true;
    if (this.session?.stream === this) this.server.detached(this.session);
  }

  /** The server ends it, with an error or without. */
  end(condition?: string, text = ''): void {
    if (this.#closed) return;
    if (condition !== undefined) this.send(`<stream:error xmlns:stream="http://etherx.jabber.org/streams"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams">${text}</${condition}></stream:error>`);
    this.send('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>');
    this.#closed = true;
    this.link.closedByServer();
  }

  onHalf(): boolean {
    if (!this.server.dialect.keepsHalves || this.session?.smId === undefined) return false;
    this.session.half = true;
    return true;
  }

  onFrame(frame: string): void {
    if (this.#closed) return;
    if (this.#swallows > 0) {
      this.#swallows -= 1;
      return;
    }
    const element = parseFrame(frame);
    if (stanzaNames.has(element.name)) return this.#onStanza(element, frame);
    switch (element.name) {
      case 'open':
        return this.#open();
      case 'auth':
        return this.#authenticate();
      case 'close':
        return this.#onClose();
      case 'enable':
        return this.#enable(element);
      case 'resume':
        return this.#resume(element);
      case 'r':
        if (!this.session?.managed || this.server.faults.strikes('sm-ack-never')) return;
        return this.#acknowledge(this.session);
      case 'a': {
        const h = Number(element.attrs['h']);
        if (this.session?.managed && !this.session.acknowledged(h)) this.end('undefined-condition');
      }
    }
  }

  #acknowledge(session: Session): void {
    const { faults } = this.server;
    const h = faults.strikes('sm-h-too-high') ? plus(session.handled, 7) : session.handled > 3 && faults.strikes('sm-h-down') ? plus(session.handled, -3) : session.handled;
    this.send(`<a xmlns="${NS_SM}" h="${h}"/>`);
  }

  #open(): void {
    const { domain, faults, dialect } = this.server;
    if (faults.strikes('open-unanswered')) return;
    this.send(`<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="${domain}" id="${this.server.random.id()}" version="1.0"/>`);
    const managed = dialect.managed && !(this.#authenticated && faults.strikes('sm-not-offered'));
    const features = this.#authenticated
      ? `<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>${managed ? `<sm xmlns="${NS_SM}"/>` : ''}`
      : `<mechanisms xmlns="${NS_SASL}"><mechanism>PLAIN</mechanism></mechanisms>`;
    this.send(`<stream:features xmlns:stream="http://etherx.jabber.org/streams">${features}</stream:features>`);
    if (!this.#authenticated && faults.strikes('see-other-host')) this.end('see-other-host', `${domain}:5443`);
  }

  #authenticate(): void {
    const { faults } = this.server;
    const condition = faults.strikes('not-authorized') ? 'not-authorized' : faults.strikes('temporary-auth-failure') ? 'temporary-auth-failure' : undefined;
    if (condition !== undefined) return this.send(`<failure xmlns="${NS_SASL}"><${condition}/></failure>`);
    this.#authenticated = true;
    this.send(`<success xmlns="${NS_SASL}"/>`);
  }

  #onClose(): void {
    this.send('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>');
    const { session } = this;
    // A farewell ends the session (XEP-0198 §5); what was not acknowledged is dealt with as if nobody were there.
    if (session?.stream === this) this.server.ended(session);
    this.#closed = true;
    this.link.closedByServer();
  }

  #enable(element: Element): void {
    const { session, server } = this;
    if (!session) return;
    if (server.faults.strikes('sm-enable-refused')) return this.send(`<failed xmlns="${NS_SM}"><internal-server-error xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>`);
    session.managed = true;
    const resumable = server.dialect.resumes && element.attrs['resume'] === 'true' && !server.faults.strikes('sm-not-resumable');
    if (!resumable) return this.send(`<enabled xmlns="${NS_SM}"/>`);
    session.smId = server.random.id();
    server.resumable.set(session.smId, session);
    this.send(`<enabled xmlns="${NS_SM}" id="${session.smId}" resume="true" max="${server.dialect.keepsFor}"/>`);
  }

  #resume(element: Element): void {
    const { faults, resumable } = this.server;
    const id = element.attrs['previd'] ?? '';
    const session = resumable.get(id);
    const expired = session !== undefined && faults.strikes('sm-expired');
    const failedH = session !== undefined && !expired && faults.strikes('sm-resume-failed-h');
    const failed = failedH || expired || session === undefined || faults.strikes('sm-resume-failed');
    if (failed) {
      if (session) this.server.ended(session);
      const h = failedH && session ? ` h="${session.handled}"` : '';
      return this.send(`<failed xmlns="${NS_SM}"${h}><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>`);
    }
    const h = Number(element.attrs['h']);
    // The older connection is of no use any more, whether or not it knows.
    const older = session.stream;
    session.stream = undefined;
    older?.end('conflict');
    const replayed = faults.strikes('sm-replays-all') ? [...session.queue] : undefined;
    if (!session.acknowledged(h)) return this.end('undefined-condition');
    session.cancelExpiry?.();
    session.stream = this;
    this.session = session;
    const previd = faults.strikes('sm-wrong-previd') ? 'another' : id;
    this.send(`<resumed xmlns="${NS_SM}" previd="${previd}" h="${session.handled}"/>`);
    if (session.half) this.#swallows = this.server.random.chance(0.5) ? Infinity : this.server.random.int(1, 3);
    session.half = false;
    for (const stanza of replayed ?? session.queue) this.send(write(stanza));
    this.send(`<r xmlns="${NS_SM}"/>`);
  }

  #onStanza(element: Element, frame: string): void {
    if (!this.#authenticated) return this.end('not-authorized');
    const stanza = readStanza(element.name, element.attrs as Record<string, string | undefined>, frame);
    if (!this.session) return this.#bind(element);
    const { session } = this;
    if (session.managed) session.handled = plus(session.handled, 1);
    this.server.fromClient(session, { ...stanza, attrs: { ...stanza.attrs, from: session.jid } }, element);
  }

  #bind(element: Element): void {
    const resource = element.getChild('bind')?.getChildText('resource') ?? this.server.random.id();
    const jid = `${this.server.account}/${resource}`;
    this.session = this.server.bound(jid, this);
    this.send(`<iq xmlns="jabber:client" type="result" id="${element.attrs['id']}"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>${jid}</jid></bind></iq>`);
  }
}
