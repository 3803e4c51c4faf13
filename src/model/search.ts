import type { MessageRow } from './message.js';

/** Where a list of found messages, newest first, was left: clocks order it, for no archive knows all conversations. */
export type FoundMark = { readonly at: number; readonly id: number };

export type SearchOptions = {
  /** Only in this one. */
  readonly conversation?: string;
  /** At most so many (50). */
  readonly limit?: number;
  /** Older than this: `more` of the answer before. */
  readonly before?: FoundMark;
  /** Once aborted, the search rejects with the signal's reason. */
  readonly signal?: AbortSignal;
};

export type FoundMessage = {
  readonly row: MessageRow;
  /** The stretches of `row.state.body` that were looked for, in UTF-16 units, from and to. */
  readonly spans: readonly (readonly [number, number])[];
};

export type SearchResult = {
  /** Newest first. */
  readonly found: readonly FoundMessage[];
  /** Where to go on; absent where there is no more. */
  readonly more?: FoundMark;
  /** Everything that is kept here was looked at. Else some of it is not in the index yet, and will be soon. */
  readonly all: boolean;
};
