import type { OccupantView, Role } from '../model/room.js';
import { lazily } from '../base/lazily.js';

const rank: Readonly<Record<Role, number>> = { moderator: 0, participant: 1, visitor: 2, none: 3 };
const collator = lazily(() => new Intl.Collator());
const compare = (a: OccupantView, b: OccupantView): number => rank[a.role] - rank[b.role] || collator().compare(a.nick, b.nick) || (a.nick < b.nick ? -1 : 1);

/** Who is in a room, by role and nickname. Kept in order as it changes: thousands are sorted once, when they come. */
export class OccupantList {
  #sorted: readonly OccupantView[];
  /** Where each stands. */
  #places: ReadonlyMap<string, number>;

  constructor(occupants: readonly OccupantView[]) {
    this.#sorted = occupants.toSorted(compare);
    this.#places = places(this.#sorted);
  }

  get all(): readonly OccupantView[] {
    return this.#sorted;
  }

  /** What is known of these now; `undefined`: they are not there any more. */
  change(changes: ReadonlyMap<string, OccupantView | undefined>): void {
    const next = Array.from<OccupantView | undefined>(this.#sorted);
    const moved: OccupantView[] = [];
    let gone = 0;
    for (const [nick, occupant] of changes) {
      const place = this.#places.get(nick);
      const before = place === undefined ? undefined : this.#sorted[place];
      if (place !== undefined && before?.role === occupant?.role) next[place] = occupant;
      else {
        if (place !== undefined) {
          next[place] = undefined;
          gone += 1;
        }
        if (occupant) moved.push(occupant);
      }
    }
    if (moved.length === 0 && gone === 0) {
      this.#sorted = next as OccupantView[];
      return;
    }
    this.#sorted = merged(next.filter((occupant) => occupant !== undefined), moved.sort(compare));
    this.#places = places(this.#sorted);
  }
}

const places = (sorted: readonly OccupantView[]): ReadonlyMap<string, number> => new Map(sorted.map(({ nick }, place) => [nick, place]));

/** Two lists in order made one. */
function merged(a: readonly OccupantView[], b: readonly OccupantView[]): OccupantView[] {
  const all: OccupantView[] = [];
  let at = 0;
  for (const next of b) {
    while (at < a.length && compare(a[at]!, next) < 0) all.push(a[at++]!);
    all.push(next);
  }
  return all.concat(a.slice(at));
}
