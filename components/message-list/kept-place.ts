/** Where somebody was reading: the message at the top of what was seen, and how far below the edge it began, pixels. */
export type ReadingPlace = { readonly jid: string; readonly row: number; readonly offset: number };

const KEY = 'tertulia:place';

/** Keeps it over a reload of this very tab; without an argument, keeps nothing. Another tab begins at the newest message. */
export function keepPlace(place?: ReadingPlace): void {
  try {
    if (place) sessionStorage.setItem(KEY, JSON.stringify(place));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Refused here, as in a frame without storage.
  }
}

/** What was kept, once, where it was in this conversation. */
export function takePlace(jid: string): ReadingPlace | undefined {
  try {
    const kept = sessionStorage.getItem(KEY);
    if (kept === null) return undefined;
    keepPlace();
    const place = JSON.parse(kept) as Partial<ReadingPlace> | null;
    return place?.jid === jid && typeof place.row === 'number' && typeof place.offset === 'number' ? (place as ReadingPlace) : undefined;
  } catch {
    return undefined;
  }
}
