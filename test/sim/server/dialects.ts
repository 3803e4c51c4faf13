/** How servers differ in what matters here. */
import { Random } from '../random.js';

export type Dialect = {
  readonly name: string;
  /** Stream management is offered, and with resumption. */
  readonly managed: boolean;
  readonly resumes: boolean;
  /** Seconds a stream without a connection is kept. */
  readonly keepsFor: number;
  /** The account's archive, and the rooms'. */
  readonly archives: boolean;
  /** Messages to an account of which nobody is there are handed out with the first presence. */
  readonly offlineStore: boolean;
  /** The half of a frame that a cut has left stands before the first frames of the resumed stream (Prosody 0.12). */
  readonly keepsHalves: boolean;
  /** Results in a page at most, whatever was asked for. */
  readonly pageLimit: number;
  /** Archives take `after-id` (`urn:xmpp:mam:2#extended`). */
  readonly extended: boolean;
  /** To the bare address: every device gets it, or one does and the others a carbon. */
  readonly bareToAll: boolean;
  /** Live messages and carbons say under which id they are archived. */
  readonly liveIds: boolean;
  /** Receipts are archived. */
  readonly archivesReceipts: boolean;
  /** Milliseconds one way. */
  readonly latency: number;
};

const prosody: Dialect = {
  name: 'Prosody-like', managed: true, resumes: true, keepsFor: 600, archives: true, offlineStore: false, keepsHalves: false,
  pageLimit: 50, extended: true, bareToAll: true, liveIds: true, archivesReceipts: true, latency: 20,
};

/** How often each is drawn. */
export const dialects: readonly (readonly [number, Dialect])[] = [
  [3, prosody],
  [3, { ...prosody, name: 'Prosody-0.12-like', keepsHalves: true }],
  [4, { ...prosody, name: 'ejabberd-like', keepsFor: 300, offlineStore: true, bareToAll: false, pageLimit: 100, extended: false, archivesReceipts: true }],
  [2, { ...prosody, name: 'short pages', pageLimit: 4, keepsFor: 60 }],
  [1, { ...prosody, name: 'no ids in live messages', liveIds: false, pageLimit: 10, extended: false }],
  [1, { ...prosody, name: 'no resumption', resumes: false }],
  [1, { ...prosody, name: 'no stream management', managed: false, resumes: false }],
  [1, { ...prosody, name: 'no archive', archives: false, offlineStore: true }],
  [1, { ...prosody, name: 'slow', latency: 900, pageLimit: 20 }],
];

/** Which server a seed is played against. */
export function dialectFor(seed: number): Dialect {
  let draw = new Random(seed ^ 0x5eed).next() * dialects.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, dialect] of dialects) if ((draw -= weight) < 0) return dialect;
  return dialects[0]![1];
}
