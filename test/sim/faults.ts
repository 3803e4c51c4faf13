/** Every way in which a history goes wrong. One table: what has no line here cannot happen, what never strikes fails the run. */
export const faultKinds = {
  // The wire.
  'cut': 'the connection breaks; what is in flight is lost',
  'cut-before-frame': 'it breaks as a frame of ours goes out: the server never sees it',
  'half-frame': 'it breaks in the middle of a frame of ours, and the server keeps that half with the stream',
  'cut-after-frame': 'it breaks right after the server has taken a frame, before anything comes back',
  'cut-in-answer': 'it breaks in the middle of a frame of the server',
  'half-open': 'nothing passes any more, and nobody is told',
  'mute-up': 'what we send is swallowed, what the server sends still comes',
  'mute-down': 'what the server sends is swallowed, what we send still arrives',
  'stall': 'everything waits for up to 40 s, then comes at once',
  'delay': 'a connection of seconds',
  'late-frames': 'what was sent before a break reaches the server when the next stream is there already',
  'connect-refused': 'the socket cannot be opened',
  'connect-hangs': 'the socket neither opens nor fails',
  'open-unanswered': 'the stream is not opened',
  // The stream.
  'server-restart': 'every stream is gone, resumable or not',
  'room-service-restart': 'rooms have forgotten who is in them',
  'policy-violation': 'the server ends the stream with an error',
  'system-shutdown': 'the server ends the stream politely',
  'conflict': 'the server gives the stream to somebody else',
  'see-other-host': 'the server sends us elsewhere',
  'not-authorized': 'credentials are refused once',
  'temporary-auth-failure': 'credentials cannot be checked once',
  'poison': 'a stanza with an undeclared prefix comes',
  // Stream management.
  'sm-not-offered': 'stream management is missing in the features once',
  'sm-enable-refused': '<enable/> is answered by <failed/>',
  'sm-not-resumable': '<enabled/> without an id',
  'sm-resume-failed': '<resume/> is answered by <failed/> without h',
  'sm-resume-failed-h': '<resume/> is answered by <failed h/>',
  'sm-expired': 'the stream to resume was given up long ago',
  'sm-wrong-previd': '<resumed/> names another stream',
  'sm-h-too-high': 'more is acknowledged than was sent',
  'sm-h-down': 'less is acknowledged than before',
  'sm-h-wraps': 'both counters run over 2^32',
  'sm-ack-never': '<r/> is not answered',
  'sm-replays-all': 'the server sends again what we had said to have',
  // Archives.
  'mam-no-fin': 'results without an answer',
  'mam-unstable': "the answer says stable='false'",
  'mam-incomplete': 'the last page does not say that it is complete',
  'mam-purged': 'the older part of the archive is gone',
  'mam-item-not-found': 'the id asked from is not known once',
  'mam-after-id-ignored': 'the newest page, also of what is not newer than asked',
  'mam-wrong-queryid': 'results of another query',
  'mam-wrong-from': 'results from somebody else',
  'mam-forged': 'results nobody asked for',
  'mam-result-after-fin': 'the last result comes after the answer',
  'mam-last-missing': 'the last result never comes',
  'mam-result-twice': 'a result comes twice',
  'mam-repeated': 'the same page again and again',
  'mam-empty': 'an empty page that is not complete',
  'mam-error': 'the archive answers with an error',
  'mam-slow': 'the archive takes 25 s',
  // Messages.
  'live-id-missing': 'a live message without the id of the archive',
  'live-twice': 'a live message comes twice',
  'live-lost': 'a live message is archived and never delivered',
  'offline-late': 'the offline store is handed out late',
  'carbon-missing': 'another device hears nothing',
  'carbon-forged': 'a stranger sends a carbon',
  'bounce': 'the recipient sends our message back',
  'iq-error': 'a request is answered with an error',
  'receipt-forged': 'a stranger says to have received it',
  // Rooms.
  'room-kick': 'we are thrown out',
  'room-forgets': 'the room silently forgets us',
  'room-echo-lost': 'our message is in the room, its echo is not',
  'room-refuses': 'the room sends our message back',
  'room-id-missing': 'the echo says no archive id',
  // The browser.
  'storage-abort': 'a transaction is aborted',
  'storage-fails': 'the disk takes nothing for seconds',
  'storage-quota': 'there is no more room on the disk once',
  'tab-crash': 'a tab is gone from one moment to the next',
  'tab-crash-committed': 'a tab is gone, what it was writing is written',
  'power-loss': 'the machine is gone, and what was not flushed with it',
  'leader-closed': 'the tab that leads is closed',
  'leader-frozen': 'the tab that leads stops running',
  'channel-lost': 'a message between tabs is lost',
  'clock-forward': 'the clock jumps ahead by hours',
  'clock-back': 'the clock jumps back by hours',
  'sleep': 'the machine sleeps',
  'wake': 'the page is told to wake up at any moment',
  'flush-twice': 'two tabs ask to send at the same moment',
} as const;

export type FaultKind = keyof typeof faultKinds;

export class Faults {
  readonly counts = new Map<FaultKind, number>();
  readonly #armed = new Map<FaultKind, number>();
  readonly #onStrike: (kind: FaultKind) => void;
  /** Cleared when the world is to come to rest. */
  allowed = true;

  constructor(onStrike: (kind: FaultKind) => void) {
    this.#onStrike = onStrike;
  }

  /** The next chance for it is taken. */
  arm(kind: FaultKind): void {
    if (this.allowed) this.#armed.set(kind, (this.#armed.get(kind) ?? 0) + 1);
  }

  /** Whether it strikes here; then it has struck. */
  strikes(kind: FaultKind): boolean {
    const armed = this.#armed.get(kind) ?? 0;
    if (armed === 0) return false;
    this.#armed.set(kind, armed - 1);
    this.struck(kind);
    return true;
  }

  struck(kind: FaultKind): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    this.#onStrike(kind);
  }

  stop(): void {
    this.allowed = false;
    this.#armed.clear();
  }
}
