/** What a history leaves behind for the checker: events in order, and what there was in the end. */

/** As Jepsen has it: `info` is an attempt of which nobody knows the outcome. */
export type Outcome = 'invoke' | 'ok' | 'fail' | 'info';

export type Event =
  /** A person writes on a device; `row` is the message's number there, once it is kept. */
  | { readonly kind: 'write'; readonly outcome: Outcome; readonly device: string; readonly conversation: string; readonly body: string; readonly row?: number }
  | { readonly kind: 'retry'; readonly outcome: Outcome; readonly device: string; readonly body: string }
  | { readonly kind: 'discard'; readonly outcome: Outcome; readonly device: string; readonly body: string }
  /** The server has taken a message and put it into the archive. */
  | { readonly kind: 'accepted'; readonly conversation: string; readonly body: string; readonly archiveId: string }
  /** The room has sent it back; its sender may never hear of it. */
  | { readonly kind: 'refused'; readonly body: string }
  /** It was on an older connection when the device's next stream began, and reached the server only after that. */
  | { readonly kind: 'overtaken'; readonly body: string }
  /** The person at the other end has it. */
  | { readonly kind: 'received'; readonly body: string }
  /** A tab was told of a row of its own. */
  | { readonly kind: 'shown'; readonly device: string; readonly conversation: string; readonly body: string; readonly delivery: string }
  /** The device has acknowledged a message to the server: it is not sent again. */
  | { readonly kind: 'acknowledged'; readonly device: string; readonly conversation: string; readonly body: string }
  | { readonly kind: 'fault'; readonly fault: string }
  /** Something that must never be. */
  | { readonly kind: 'broken'; readonly what: string };

export type Line = { readonly gap: number } | { readonly body: string; readonly mine: boolean; readonly delivery: string | undefined };

/** One message of a conversation as the server's archive has it. */
export type Archived = { readonly body: string; /** Not purged. */ readonly held: boolean };

export type DeviceEnd = {
  readonly device: string;
  /** By conversation, some time after the last fault, when nothing but the engine itself had seen to it. */
  readonly alone: Readonly<Record<string, readonly Line[]>>;
  /** The same when everybody had begun a new stream and caught up. */
  readonly shown: Readonly<Record<string, readonly Line[]>>;
  /** The same after every gap has been opened. */
  readonly opened: Readonly<Record<string, readonly Line[]>>;
  readonly outbox: readonly { readonly conversation: string; readonly body: string; readonly state: string }[];
};

export type HistoryRecord = {
  /** The server keeps archives that can be asked. */
  readonly archives: boolean;
  readonly events: readonly Event[];
  readonly server: Readonly<Record<string, readonly Archived[]>>;
  readonly devices: readonly DeviceEnd[];
};
