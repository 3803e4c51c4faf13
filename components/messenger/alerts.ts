import type { ChatClient } from '../../src/client/chat-client.js';
import type { ConversationRow } from '../../src/model/conversation.js';

/** What a page can do to be noticed, and how it knows of the others. */
export type AlertPorts = {
  /** Absent on insecure origins: each tab then speaks for itself. */
  readonly locks: Pick<LockManager, 'request' | 'query'> | undefined;
  /** Somebody looks at this page now. */
  readonly looking: () => boolean;
  /** Calls back whenever that may have changed. */
  readonly onLook: (look: () => void) => void;
  /** A notification of the system's, where the person allows it. */
  readonly notify: (title: string, row: ConversationRow) => void;
  readonly ring: () => void;
  readonly wait: (ms: number) => Promise<void>;
};

const LOOKED_AT = 'tertulia:looked-at';
/** What is read within this time by whoever has it open needs no alert, milliseconds. */
const unread = 300;
/** For so long, milliseconds, the other tabs leave one message to who was first: browsers run the timers of hidden ones once a minute. */
const mine = 70_000;
/** Sounds are at least this far apart, over all tabs, milliseconds. */
const quiet = 1_500;

/**
 * Tells of what has come in and nobody reads: once, however many tabs are open. A sound where somebody looks at one of
 * them, a notification too where nobody does.
 */
export function alertTo(client: ChatClient, ports: AlertPorts): void {
  const { locks } = ports;
  let counts: ReadonlyMap<string, number> | undefined;
  let stopLooking: (() => void) | undefined;

  const look = (): void => {
    if (ports.looking() && !stopLooking) {
      const looked = new Promise<void>((resolve) => (stopLooking = resolve));
      void locks?.request(LOOKED_AT, { mode: 'shared' }, () => looked).catch(() => undefined);
    } else if (!ports.looking()) {
      stopLooking?.();
      stopLooking = undefined;
    }
  };
  /** Runs in the one tab that is first, which keeps the others from it for a while. */
  const first = async (name: string, ms: number, run: () => void): Promise<void> => {
    if (!locks) return run();
    await locks.request(`tertulia:${name}`, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      run();
      await ports.wait(ms);
    });
  };
  const alert = async ({ jid }: ConversationRow): Promise<void> => {
    await ports.wait(unread);
    const row = client.conversations.value?.find((now) => now.jid === jid);
    if (!row?.unread || row.preview?.mine) return;
    const lookedAt = ports.looking() || ((await locks?.query())?.held ?? []).some(({ name }) => name === LOOKED_AT);
    // What is told is what stands there now, which others may have been told of as something newer.
    if (!lookedAt) void first(`alert ${client.session.value.me} ${row.preview?.id}`, mine, () => ports.notify(client.nameOf(jid), row));
    void first('ring', quiet, ports.ring);
  };
  const changed = (): void => {
    const rows = client.conversations.value;
    for (const row of rows ?? []) if (counts && row.unread > (counts.get(row.jid) ?? 0)) alert(row).catch(reportError);
    counts = rows && new Map(rows.map((row) => [row.jid, row.unread]));
  };

  ports.onLook(look);
  look();
  changed();
  client.conversations.subscribe(changed);
}
