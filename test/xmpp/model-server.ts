// A small XMPP server behind a `SocketLike`: enough of RFC 7395, SASL SCRAM, bind and XEP-0198 to be honest with, and a
// place to be dishonest from. Frames are read by the browser's own parser.
import { parse } from '../support/xml.js';
import { childElements } from '../../src/xmpp/element.js';
import type { Element } from '../../src/xmpp/element.js';
import type { OpenSocket, SocketLike } from '../../src/xmpp/connection-types.js';

export type ModelOptions = {
  readonly domain?: string;
  readonly username?: string;
  readonly password?: string;
  readonly mechanisms?: readonly string[];
  readonly iterations?: number;
  readonly salt?: string;
  /** 'resume' by default; 'acks' cannot resume, 'none' offers nothing. */
  readonly management?: 'resume' | 'acks' | 'none';
  /** Where it would have streams resumed. */
  readonly location?: string;
  /** A server that does not know the password: its signature is wrong, or missing. */
  readonly forge?: 'signature' | 'no-signature' | 'nonce';
  readonly finalAsChallenge?: boolean;
  /** XEP-0388 and what goes with it; `features: false` does not show any to a resumed stream, as ejabberd. */
  readonly sasl2?: { readonly mechanisms?: readonly string[]; readonly bind?: boolean; readonly sm?: boolean; readonly fast?: boolean; readonly features?: boolean };
  /** XEP-0478, announced after authentication. */
  readonly limit?: number | string;
  /** Hangs up when it refuses credentials. */
  readonly hangsUp?: boolean;
  /** Gets each frame first; true: it is dealt with. */
  intercept?(this: void, element: Element, socket: ModelSocket): boolean;
};

const encoder = new TextEncoder();
const base64 = (bytes: ArrayBuffer | Uint8Array): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const textOf = (text: string): string => (text === '=' ? '' : new TextDecoder().decode(bytesOf(text)));
const toText = (text: string): string => base64(encoder.encode(text));
const hmac = async (key: Uint8Array<ArrayBuffer>, text: string, hash: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.sign('HMAC', await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash }, false, ['sign']), encoder.encode(text)));

const SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
const SASL2 = "xmlns='urn:xmpp:sasl:2'";
const SM = "xmlns='urn:xmpp:sm:3'";
const isStanza = (element: Element): boolean => ['message', 'presence', 'iq'].includes(element.name);

/** One turn of the event loop; a timer would be held back to 4 ms. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
/** Waits for something to become true; fails loudly when it does not. */
export async function until(condition: () => boolean, what: string | (() => string) = 'the condition'): Promise<void> {
  for (const end = performance.now() + 8_000; performance.now() < end; await turn()) if (condition()) return;
  throw new Error(`waited in vain for ${typeof what === 'string' ? what : what()}`);
}
/** Lets everything that is ready happen. */
export async function settle(turns = 40): Promise<void> {
  for (let at = 0; at < turns; at++) await turn();
}

export class ModelSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly bufferedAmount = 0;
  readonly url: string;
  /** What the client wrote. */
  readonly frames: string[] = [];
  readonly elements: Element[] = [];
  /** Round trips so far: how often the client spoke after it had heard. */
  trips = 0;
  #heard = true;
  closed = false;
  dead = false;
  readonly server: ModelServer;
  #work: Promise<void> = Promise.resolve();
  #authenticated = false;
  /** The request that SASL2 works on. */
  #request: Element | undefined;
  #scram: { readonly bare: string; readonly first: string; readonly mechanism: string } | undefined;

  constructor(server: ModelServer, url: string) {
    this.server = server;
    this.url = url;
    queueMicrotask(() => {
      if (!server.silent) this.onopen?.();
    });
  }

  send(data: string): void {
    if (this.closed || this.dead) return;
    this.frames.push(data);
    if (this.#heard) this.trips++;
    this.#heard = false;
    this.#work = this.#work.then(() => this.#take(parse(data)));
  }
  close(code = 1000): void {
    if (this.closed) return;
    this.closed = true;
    queueMicrotask(() => this.onclose?.({ code, reason: '' }));
  }
  /** The line is cut. */
  cut(): void {
    this.close(1006);
  }
  /** Raw text to the client. */
  push(...frames: string[]): void {
    this.#heard = true;
    for (const data of frames) if (!this.closed && !this.dead) this.onmessage?.({ data });
  }
  sent(name: string): Element[] {
    return this.elements.filter((element) => element.name === name);
  }

  async #take(element: Element): Promise<void> {
    const server = this.server;
    this.elements.push(element);
    if (server.options.intercept?.(element, this)) return;
    const domain = server.domain;
    if (element.is('open')) this.push(`<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='${domain}' id='s' version='1.0'/>`, this.#features());
    else if (element.is('close')) {
      this.push("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
      this.close();
    } else if (element.is('auth')) await this.#auth(element);
    else if (element.is('authenticate')) {
      this.#request = element;
      await this.#auth(element);
    } else if (element.is('response')) await this.#response(element);
    else if (element.is('enable')) {
      server.begin();
      this.push(this.#enabled());
    } else if (element.is('resume')) this.push(this.#resume(element), ...(server.resumes(element) ? server.unconfirmed : [])); else if (element.is('r')) this.push(`<a ${SM} h='${server.received}'/>`);
    else if (element.is('a')) server.confirm(Number(element.attrs['h']));
    else if (element.is('iq') && element.getChild('bind')) {
      this.push(`<iq xmlns='jabber:client' type='result' id='${element.attrs['id']}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${server.jid}</jid></bind></iq>`);
    } else if (isStanza(element)) {
      server.received++;
      server.stanzas.push(element);
      server.onStanza(element, this);
    }
  }

  #enabled(): string {
    return this.server.options.management === 'acks' ? `<enabled ${SM}/>` : `<enabled ${SM} id='${this.server.id}' resume='true' max='600'${this.server.options.location === undefined ? '' : ` location='${this.server.options.location}'`}/>`;
  }
  #resume(element: Element): string {
    const { server } = this;
    if (!server.resumes(element)) return `<failed ${SM}><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`;
    server.confirm(Number(element.attrs['h']));
    return `<resumed ${SM} previd='${server.id}' h='${server.received}'/>`;
  }
  #challenge(text: string): void {
    this.push(`<challenge ${this.#request ? SASL2 : SASL}>${toText(text)}</challenge>`);
  }
  #succeed(data?: string): void {
    this.#authenticated = true;
    const request = this.#request;
    if (!request) return this.push(data === undefined ? `<success ${SASL}/>` : `<success ${SASL}>${data}</success>`);
    const { server } = this;
    const { fast, features = true } = server.options.sasl2 ?? {};
    const resume = request.getChild('resume');
    const bind = request.getChild('bind');
    const resumed = resume !== undefined && server.resumes(resume);
    let inner = data === undefined ? '' : `<additional-data>${data}</additional-data>`;
    if (resume) inner += this.#resume(resume);
    if (!resumed && bind) {
      const enable = bind.getChild('enable', 'urn:xmpp:sm:3');
      if (enable) server.begin();
      inner += `<bound xmlns='urn:xmpp:bind:0'>${bind.getChild('enable', 'urn:xmpp:carbons:2') ? "<enabled xmlns='urn:xmpp:carbons:2'/>" : ''}${enable ? this.#enabled() : ''}</bound>`;
    }
    if (fast && (request.getChild('request-token') || server.rotates)) inner += `<token xmlns='urn:xmpp:fast:0' expiry='${server.expiry}' token='${(server.token = `secret-token:${++server.tokens}`)}'/>`;
    if (request.getChild('fast')?.attrs['invalidate'] === 'true') server.token = undefined;
    this.push(`<success ${SASL2}>${inner}<authorization-identifier>${bind && !resumed ? server.jid : `${server.username}@${server.domain}`}</authorization-identifier></success>`);
    if (resumed) this.push(...server.unconfirmed);
    if (features || !resumed) this.push(this.#features(bind !== undefined));
  }
  async #token(element: Element): Promise<void> {
    const { server } = this;
    const [username, signed = ''] = atob(element.getChildText('initial-response') ?? '').split(/\0([^]*)/);
    server.counts.push(Number(element.getChild('fast')?.attrs['count']));
    const key = encoder.encode(server.token ?? 'none');
    const right = String.fromCharCode(...(await hmac(key, 'Initiator', 'SHA-256')));
    if (server.token === undefined || username !== server.username || signed !== right) return this.#fail();
    this.#succeed(server.options.forge === 'signature' ? btoa('nobody') : base64(await hmac(key, 'Responder', 'SHA-256')));
  }

  #features(bound = false): string {
    const { mechanisms = ['SCRAM-SHA-1', 'PLAIN'], management = 'resume' } = this.server.options;
    const { sasl2 } = this.server.options;
    const list = (names: readonly string[]): string => names.map((name) => `<mechanism>${name}</mechanism>`).join('');
    const second = sasl2
      ? `<authentication ${SASL2}>${list(sasl2.mechanisms ?? mechanisms)}<inline>${sasl2.sm ? `<sm ${SM}/>` : ''}${sasl2.fast ? "<fast xmlns='urn:xmpp:fast:0'><mechanism>HT-SHA-256-ENDP</mechanism><mechanism>HT-SHA-256-NONE</mechanism></fast>" : ''}${
          sasl2.bind ? `<bind xmlns='urn:xmpp:bind:0'><inline><feature var='urn:xmpp:carbons:2'/><feature var='urn:xmpp:csi:0'/>${sasl2.sm ? "<feature var='urn:xmpp:sm:3'/>" : ''}</inline></bind>` : ''
        }</inline></authentication>`
      : '';
    const inner = bound ? "<csi xmlns='urn:xmpp:csi:0'/>" : this.#authenticated
      ? `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>${management === 'none' ? '' : `<sm ${SM}/>`}${this.server.options.limit === undefined ? '' : `<limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>${this.server.options.limit}</max-bytes></limits>`}`
      : `<mechanisms ${SASL}>${list(mechanisms)}</mechanisms>${second}`;
    return `<stream:features xmlns:stream='http://etherx.jabber.org/streams'>${inner}</stream:features>`;
  }
  #fail(condition = 'not-authorized'): void {
    this.push(this.#request ? `<failure ${SASL2}><${condition} ${SASL}/></failure>` : `<failure ${SASL}><${condition}/></failure>`);
    if (this.server.options.hangsUp) this.cut();
  }
  async #auth(element: Element): Promise<void> {
    const { options } = this.server;
    const mechanism = element.attrs['mechanism'] ?? '';
    if (mechanism === 'HT-SHA-256-NONE') return this.#token(element);
    const text = textOf(this.#request ? (element.getChildText('initial-response') ?? '') : element.text());
    if (!mechanism.startsWith('SCRAM-')) {
      const expected: Record<string, string> = { PLAIN: `\0${this.server.username}\0${this.server.password}`, 'X-OAUTH2': `\0${this.server.username}\0${this.server.password}`, ANONYMOUS: '' };
      if (mechanism === 'OAUTHBEARER' && !text.includes(`auth=Bearer ${this.server.password}\u0001`)) return this.#challenge('{"status":"invalid_token"}');
      if (mechanism !== 'OAUTHBEARER' && text !== expected[mechanism]) return this.#fail();
      return this.#succeed();
    }
    const bare = text.replace(/^n,,/, '');
    const nonce = options.forge === 'nonce' ? 'somethingelse' : `${/r=(.*)/.exec(bare)![1]}server`;
    const first = `r=${nonce},s=${options.salt ?? toText('salt of this user')},i=${options.iterations ?? 4096}`;
    this.#scram = { bare, first, mechanism };
    this.#challenge(first);
  }
  async #response(element: Element): Promise<void> {
    const { options, password } = this.server;
    if (!this.#scram) return this.#fail();
    if (element.text() === '') {
      return this.#succeed();
    }
    const { bare, first, mechanism } = this.#scram;
    const hash = mechanism.replace('SCRAM-', '');
    const [, withoutProof, proof] = /^(.*),p=(.*)$/.exec(textOf(element.text()))!;
    const key = await crypto.subtle.importKey('raw', encoder.encode(password), 'PBKDF2', false, ['deriveBits']);
    const salted = new Uint8Array(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash, salt: bytesOf(/s=([^,]*)/.exec(first)![1]!), iterations: Number(/i=(\d+)/.exec(first)![1]) }, key, { 'SHA-1': 160, 'SHA-256': 256, 'SHA-512': 512 }[hash]!));
    const clientKey = await hmac(salted, 'Client Key', hash);
    const message = `${bare},${first},${withoutProof}`;
    const signature = await hmac(new Uint8Array(await crypto.subtle.digest(hash, clientKey)), message, hash);
    if (base64(clientKey.map((byte, at) => byte ^ signature[at]!)) !== proof) return this.#fail();
    const verifier = base64(await hmac(await hmac(salted, 'Server Key', hash), options.forge === 'signature' ? 'another message' : message, hash));
    if (options.finalAsChallenge) return this.#challenge(`v=${verifier}`);
    this.#succeed(options.forge === 'no-signature' ? undefined : toText(`v=${verifier}`));
  }
}

export class ModelServer {
  readonly options: ModelOptions;
  readonly sockets: ModelSocket[] = [];
  readonly domain: string;
  username: string;
  password: string;
  /** Never opens a socket. */
  silent = false;
  id = 'stream-1';
  #streams = 0;
  /** Stanzas received on the managed stream, and what the client has not acknowledged yet. */
  received = 0;
  readonly stanzas: Element[] = [];
  unconfirmed: string[] = [];
  /** The last `h` of the client. */
  confirmed = 0;
  /** XEP-0484: the token that is good, how many there were, and the counts it was used with. */
  token: string | undefined;
  tokens = 0;
  rotates = false;
  expiry = '2027-01-01T00:00:00Z';
  readonly counts: number[] = [];
  /** A client that acknowledged less than before, or more than there was. */
  wrong: string | undefined;

  constructor(options: ModelOptions = {}) {
    this.options = options;
    this.domain = options.domain ?? 'example.com';
    this.username = options.username ?? 'romeo';
    this.password = options.password ?? 'secret';
  }
  readonly openSocket: OpenSocket = (url) => {
    const socket = new ModelSocket(this, url);
    this.sockets.push(socket);
    return socket;
  };
  get jid(): string {
    return `${this.username}@${this.domain}/r`;
  }
  resumes(resume: Element): boolean {
    return resume.attrs['previd'] === this.id;
  }
  get socket(): ModelSocket {
    return this.sockets.at(-1)!;
  }
  begin(): void {
    this.id = `stream-${++this.#streams}`;
    this.received = this.confirmed = 0;
    this.unconfirmed = [];
  }
  confirm(h: number): void {
    const by = h - this.confirmed;
    if (by < 0 || by > this.unconfirmed.length) this.wrong = `h=${h} after ${this.confirmed}, ${this.unconfirmed.length} out`;
    this.unconfirmed.splice(0, by);
    this.confirmed = h;
  }
  /** Stanzas to the client, kept until it acknowledges them. */
  deliver(...frames: string[]): void {
    for (const frame of frames) {
      this.unconfirmed.push(frame);
      this.socket.push(frame);
    }
  }
  /** Answers requests with empty results, as from whom was asked. */
  onStanza: (stanza: Element, socket: ModelSocket) => void = (stanza) => {
    if (stanza.name !== 'iq' || !['get', 'set'].includes(stanza.attrs['type'] ?? '')) return;
    const to = stanza.attrs['to'];
    this.deliver(`<iq xmlns='jabber:client' type='result' id='${stanza.attrs['id']}'${to === undefined ? '' : ` from='${to}'`}/>`);
  };
}

export const bodies = (stanzas: readonly Element[]): string[] => stanzas.map((stanza) => childElements(stanza).find((child) => child.name === 'body')?.text() ?? stanza.name);
