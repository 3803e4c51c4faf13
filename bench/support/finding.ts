import type { Lab } from './lab.js';

/** Ours; the peer's; what is not to be beaten: the same work without a client. */
export type Side = 'ours' | 'theirs' | 'raw';

export type Values = { readonly ours: readonly number[] } & Partial<Readonly<Record<Side, readonly number[]>>>;

/** What one turn took: of the clock, and of the processor. Milliseconds. */
export type Spent = { readonly ms: number; readonly cpu?: number };

/** One figure of the table. */
export type Finding = {
  /** What is measured, in the words of the table. */
  readonly what: string;
  /** How much of it: messages, contacts, occupants. The plots run over it. */
  readonly size?: number;
  readonly unit: 'ms' | 'kB' | 'MB' | '%' | '×' | 'of them';
  /** A value for each run, in their order; the sides took turns. */
  readonly values: Values;
  /** The processor's time that the page's process took for it, all of its threads, milliseconds: what a machine that does other things too leaves nearly as it is. */
  readonly cpu?: Values;
  /** What the raw limit is here. */
  readonly raw?: string;
  /** The goals: `ours` at most so many times the other side's, or at most so much; `cpu`: by the processor's time. */
  readonly goals?: readonly { readonly of?: 'raw' | 'theirs'; readonly atMost: number; readonly cpu?: true }[];
  /** What else is to be known of it. */
  readonly note?: string;
};

/** One measured thing, under the name that `--only` takes. */
export type Measure = {
  readonly name: string;
  /** Whether its small form is part of the smoke test: it needs nothing but the project. */
  readonly smoke?: boolean;
  readonly run: (lab: Lab) => Promise<readonly Finding[]>;
};
