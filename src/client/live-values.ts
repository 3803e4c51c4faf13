import type { LiveChange } from '../model/live.js';
import type { Settings } from '../model/account.js';
import type { PresenceView } from '../model/contact.js';
import type { OccupantView, RoomView } from '../model/room.js';
import type { LiveReplica } from './live-replica.js';
import { bareJid, resourceOf } from '../base/jid.js';
import { OccupantList } from './occupant-list.js';
import { Sources } from './value.js';

const nobody: readonly string[] = [];
const chosenByNobody: Settings = { tellRead: true };
/** Who is in a room is told anew so far apart, milliseconds: nobody reads a list of thousands more often. Four times in any second at most. */
const tellEvery = 260;

/** The live state of the open account as values to watch. */
export class LiveValues {
  #replica: LiveReplica | undefined;
  readonly presence = new Sources<PresenceView | undefined>((jid) => this.#replica?.get('presence', jid));
  readonly typing = new Sources<readonly string[]>((conversation) => this.#replica?.get('typing', conversation) ?? nobody);
  readonly settings = new Sources<Settings>(() => this.#replica?.get('settings', '') ?? chosenByNobody);
  readonly upload = new Sources<number | undefined>((message) => this.#replica?.get('upload', message));
  readonly room = new Sources<RoomView | undefined>((jid) => this.#replica?.get('room', jid));
  readonly occupants = new Sources<readonly OccupantView[]>((room) => this.#occupants(room).all);
  /** Of the rooms that somebody has looked into. */
  readonly #lists = new Map<string, OccupantList>();
  /** Nicknames of theirs of whom there is something new. */
  readonly #changed = new Map<string, Set<string>>();
  #telling: ReturnType<typeof setTimeout> | undefined;
  #lastTold = -Infinity;

  #occupants(room: string): OccupantList {
    const list = this.#lists.get(room) ?? new OccupantList(this.#replica?.values('occupant', `${room}/`) ?? []);
    this.#lists.set(room, list);
    return list;
  }

  open(replica: LiveReplica | undefined): void {
    this.#replica = replica;
    this.#lists.clear();
    this.#changed.clear();
    for (const sources of [this.settings, this.presence, this.typing, this.upload, this.room, this.occupants]) sources.refreshAll();
  }

  changed(changes: readonly Pick<LiveChange, 'topic' | 'key'>[]): void {
    for (const { topic, key } of changes) {
      if (topic === 'occupant') this.#occupantChanged(key);
      else if (topic !== 'session') this[topic].refresh(key);
    }
    if (this.#changed.size > 0 && this.#telling === undefined) this.#telling = setTimeout(() => this.#tellOccupants(), Math.max(0, this.#lastTold + tellEvery - performance.now()));
  }

  #occupantChanged(address: string): void {
    const room = bareJid(address);
    if (!this.#lists.has(room)) return;
    const nicks = this.#changed.get(room) ?? new Set();
    this.#changed.set(room, nicks.add(resourceOf(address)));
  }

  #tellOccupants(): void {
    this.#telling = undefined;
    this.#lastTold = performance.now();
    for (const [room, nicks] of this.#changed) {
      this.#lists.get(room)?.change(new Map(Array.from(nicks, (nick) => [nick, this.#replica?.get('occupant', `${room}/${nick}`)])));
      this.occupants.refresh(room);
    }
    this.#changed.clear();
  }
}
