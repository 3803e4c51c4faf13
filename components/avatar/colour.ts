// A pure function that XEP-0392 happens to define; the rest of the protocol stays on the other side of the client.
// oxlint-disable-next-line no-restricted-imports
import { consistentColour } from '../../src/xep/0392-consistent-colour.js';

/** The colours of an address, the same in every client: a ground for white letters, and letters on light and on dark. */
export const colourOf = consistentColour;
