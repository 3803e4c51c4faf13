/** A history's world: virtual time, a server, three devices, some people, and what is written down of it all. */
import type { Poke } from '../../src/archive/archive-types.js';
import { proofLasts } from '../../src/engine/fenced-socket.js';
import type { Log } from '../../src/base/log.js';
import type { SocketLike } from '../../src/xmpp/connection-types.js';
import { Device } from './browser.js';
import type { Tab } from './browser.js';
import { Faults } from './faults.js';
import { Link } from './network.js';
import { Person } from './person.js';
import { Random } from './random.js';
import type { Archived, Event } from './record.js';
import { Scheduler } from './scheduler.js';
import { dialectFor } from './server/dialects.js';
import type { Dialect } from './server/dialects.js';
import { Server } from './server/server.js';

export type WorldOptions = {
  readonly seed: number;
  readonly trace?: ((line: string) => void) | undefined;
  /** The seed's, where absent. */
  readonly dialect?: Dialect;
  readonly devices?: readonly string[];
  /** A frame is handed to a tab's socket, or to the server's end of it. */
  readonly onFrame?: (tab: Tab, up: boolean, frame: string) => void;
};

const begin = Date.UTC(2030, 0, 1);

export class World {
  readonly seed: number;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly dialect: Dialect;
  readonly faults: Faults;
  readonly server: Server;
  readonly devices: readonly Device[];
  readonly people: readonly Person[];
  readonly events: Event[] = [];
  /** The last of what happened, for a person to read. */
  readonly story: string[] = [];
  links: Link[] = [];
  /** Of what was written here, by its text. */
  readonly originIds = new Map<string, string>();
  /** Engines' warnings, and how often. */
  readonly warnings = new Map<string, number>();
  #hash = 0x811c9dc5;
  #linkCount = 0;
  #numbers = 0;
  readonly #deviceOf = new Map<string, string>();
  /** The connection of each device on which a session has begun last. */
  readonly #newest = new Map<string, { readonly link: Link; readonly since: number }>();
  /** The tab of each device that has begun or taken up a stream last: it leads, and no other may send any more. */
  readonly #leading = new Map<string, { readonly tab: Tab; readonly since: number }>();
  readonly #trace: ((line: string) => void) | undefined;
  readonly #network: Random;
  /** In what order a tab hears what it has missed. */
  readonly waking: Random;
  readonly #onFrame: WorldOptions['onFrame'];

  constructor({ seed, trace, dialect, devices = ['d1', 'd2', 'd3'], onFrame }: WorldOptions) {
    this.#onFrame = onFrame;
    this.seed = seed;
    this.#trace = trace;
    this.random = new Random(seed);
    this.#network = this.random.fork();
    this.waking = new Random(~seed);
    this.scheduler = new Scheduler(this.random.fork(), begin, this.random.pick([0.02, 0.1, 1]), (error) => this.broken(`threw: ${error instanceof Error ? error.stack : String(error)}`));
    this.faults = new Faults((kind) => {
      this.event({ kind: 'fault', fault: kind });
    });
    this.dialect = dialect ?? dialectFor(seed);
    this.server = new Server({
      dialect: this.dialect,
      faults: this.faults,
      random: this.random.fork(),
      scheduler: this.scheduler,
      people: ['ann', 'ben'],
      toPerson: (jid, stanza) => this.people.find((person) => person.jid === jid)?.receive(stanza),
      onAccepted: (item, conversation) => {
        if (item.body !== undefined) this.event({ kind: 'accepted', conversation, body: item.body, archiveId: item.id });
      },
      onRefused: (body) => this.event({ kind: 'refused', body }),
      onAcknowledged: (jid, conversation, body) => {
        const device = this.#deviceOf.get(jid);
        if (device) this.event({ kind: 'acknowledged', device, conversation, body });
      },
    });
    this.people = ['ann', 'ben'].map((name) => new Person(this, name, this.random.fork()));
    this.devices = devices.map((name) => new Device(this, name));
  }

  /** Whose a resource is. */
  deviceOf(jid: string): string | undefined {
    return this.#deviceOf.get(jid);
  }

  nextNumber(): number {
    return (this.#numbers += 1);
  }

  get conversations(): readonly string[] {
    return [...this.people.map(({ jid }) => jid), this.server.room.jid];
  }

  // --- what is written down ---

  #line(who: string, what: string, detail: string): string {
    return `${((this.scheduler.now - begin) / 1000).toFixed(3).padStart(9)} ${who.padEnd(6)} ${what} ${detail}`;
  }

  note(who: string, what: string, detail = ''): void {
    const line = this.#line(who, what, detail);
    for (let i = 0; i < line.length; i += 1) this.#hash = Math.imul(this.#hash ^ line.charCodeAt(i), 0x01000193);
    this.story.push(line);
    if (this.story.length > 400) this.story.splice(0, 200);
    this.#trace?.(line);
  }

  event(event: Event): void {
    this.events.push(event);
    const { kind, ...rest } = event;
    this.note('*', kind, Object.values(rest).join(' '));
  }

  broken(what: string): void {
    this.event({ kind: 'broken', what });
  }

  /** The same for the same seed, or the history is not to be trusted. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  log(who: string): Log {
    return {
      debug: (message, detail) => this.#trace?.(this.#line(who, 'debug', `${message} ${told(detail)}`)),
      warn: (message, detail) => {
        this.warnings.set(message, (this.warnings.get(message) ?? 0) + 1);
        this.note(who, 'warn', `${message} ${told(detail)}`);
      },
    };
  }

  /** A tab was told of committed rows. */
  seen(tab: Tab, pokes: readonly Poke[]): void {
    if (tab.dead) return;
    for (const poke of pokes) {
      if (poke.kind !== 'messages') continue;
      for (const { mine, state, conversation } of poke.rows) if (mine && state.delivery) this.event({ kind: 'shown', device: tab.device.name, conversation, body: state.body, delivery: state.delivery });
    }
  }

  /** The server's log of a conversation. */
  archived(conversation: string): readonly Archived[] {
    const archive = conversation === this.server.room.jid ? this.server.room.archive : this.server.archive;
    return archive.all.flatMap(({ body, with: other }, i) => (body !== undefined && other === conversation ? [{ body, held: i >= archive.first }] : []));
  }

  // --- the wire ---

  connect(tab: Tab): SocketLike {
    const link = new Link((this.#linkCount += 1), tab, this.scheduler, this.#network, this.dialect.latency * this.#network.between(0.3, 2), (which, up, frame) => {
      this.note(`${tab.name}${up ? '>' : '<'}`, String(which.id), frame);
      this.#onFrame?.(tab, up, frame);
      if (!up && /<bound |<resumed |xmpp-bind/.test(frame)) this.#leading.set(tab.device.name, { tab, since: this.scheduler.now });
      const leading = this.#leading.get(tab.device.name);
      if (up && leading && leading.tab !== tab && this.scheduler.now > leading.since + proofLasts && /^<(message|iq|presence)\b/.test(frame)) this.broken(`${tab.name} sends, and ${leading.tab.name} leads`);
      const jid = up ? undefined : /<jid>([^<]*)<\/jid>/.exec(frame)?.[1];
      if (jid === undefined || !frame.includes('xmpp-bind')) return;
      this.#deviceOf.set(jid, tab.device.name);
      this.#newest.set(tab.device.name, { link: which, since: this.scheduler.now });
    });
    link.onArrival = (frame, sentAt) => {
      const newest = this.#newest.get(tab.device.name);
      const body = /<body>([^<]*)<\/body>/.exec(frame)?.[1];
      if (body !== undefined && newest && newest.link !== link && sentAt < newest.since) this.event({ kind: 'overtaken', body });
    };
    this.links.push(link);
    this.scheduler.after(link.latency, () => tab.dead || this.server.accept(link));
    return link.socket;
  }

  get liveLinks(): readonly Link[] {
    this.links = this.links.filter(({ over }) => !over);
    return this.links.filter(({ usable }) => usable);
  }

  /** The tab is gone; its machine says so to the other side. */
  dropLinks(tab: Tab): void {
    for (const link of this.links) if (link.host === tab && !link.over) link.socket.close();
  }
}

const told = (detail: unknown): string => (detail === undefined ? '' : detail instanceof Error ? detail.message : typeof detail === 'string' ? detail : JSON.stringify(detail));
