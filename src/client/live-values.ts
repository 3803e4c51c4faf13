import type { LiveChange } from '../model/live.js';
import type { Settings } from '../model/account.js';
import type { PresenceView } from '../model/contact.js';
import type { OccupantView, Role, RoomView } from '../model/room.js';
import type { LiveReplica } from './live-replica.js';
import { bareJid } from '../base/jid.js';
import { Sources } from './value.js';

const nobody: readonly string[] = [];
const chosenByNobody: Settings = { tellRead: true };
const rank: Readonly<Record<Role, number>> = { moderator: 0, participant: 1, visitor: 2, none: 3 };

/** The live state of the open account as values to watch. */
export class LiveValues {
  #replica: LiveReplica | undefined;
  readonly presence = new Sources<PresenceView | undefined>((jid) => this.#replica?.get('presence', jid));
  readonly typing = new Sources<readonly string[]>((conversation) => this.#replica?.get('typing', conversation) ?? nobody);
  readonly settings = new Sources<Settings>(() => this.#replica?.get('settings', '') ?? chosenByNobody);
  readonly upload = new Sources<number | undefined>((message) => this.#replica?.get('upload', message));
  readonly room = new Sources<RoomView | undefined>((jid) => this.#replica?.get('room', jid));
  readonly occupants = new Sources<readonly OccupantView[]>((room) =>
    (this.#replica?.values('occupant', `${room}/`) ?? []).toSorted((a, b) => rank[a.role] - rank[b.role] || a.nick.localeCompare(b.nick)),
  );

  open(replica: LiveReplica | undefined): void {
    this.#replica = replica;
    for (const sources of [this.settings, this.presence, this.typing, this.upload, this.room, this.occupants]) sources.refreshAll();
  }

  changed(changes: readonly Pick<LiveChange, 'topic' | 'key'>[]): void {
    const rooms = new Set<string>();
    for (const { topic, key } of changes) {
      if (topic === 'occupant') rooms.add(bareJid(key));
      else if (topic !== 'session') this[topic].refresh(key);
    }
    for (const room of rooms) this.occupants.refresh(room);
  }
}
