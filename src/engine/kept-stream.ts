import type { Archive } from '../archive/archive-types.js';
import type { SmState, SmStore } from '../xep/0198-kept-state.js';
import { parseFrame } from '../xmpp/frame.js';

const note = 'sm';

/** `row`: the archive's next row when this was kept. */
type Kept = SmState & { readonly row: number };

const readable = (kept: Partial<Kept> | null | undefined): kept is Kept =>
  typeof kept?.id === 'string' && typeof kept.jid === 'string' && typeof kept.row === 'number' && Array.isArray(kept.queue) && kept.queue.every((entry: { readonly xml?: unknown } | null) => typeof entry?.xml === 'string' && parses(entry.xml));

function parses(xml: string): boolean {
  try {
    parseFrame(xml);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where the state of a stream is kept (XEP-0198): beside what came over it. A state that is ahead of the archive is not
 * taken up, for the server would never send again what the archive has lost.
 */
export const keptStream = (archive: Archive): SmStore => ({
  async load() {
    const [kept, row] = await Promise.all([archive.note<Partial<Kept>>(note), archive.nextRow()]);
    return readable(kept) && kept.row <= row ? kept : undefined;
  },
  save: async (state) => archive.setNote(note, state, true),
});

/** Of the stream that is kept. */
export const keptStreamId = async (archive: Archive): Promise<string | undefined> => (await archive.note<Partial<Kept>>(note))?.id;
