/**
 * For a page that somebody comes back to: what it shows first is asked for before the rest of the page is there. Who is
 * kept, their archive, its lists, and the end of the conversation that is open.
 */
import type { Accounts } from './archive/accounts.js';
import type { PageArchive, Poke } from './archive/archive-types.js';
import type { ClosedReason } from './archive/open-database.js';
import type { AccountRow } from './model/account.js';
import { isKept, keptArchive, openAccounts } from './archive/accounts.js';
import { openPageArchive } from './archive/page-archive.js';
import { systemClock as clock } from './base/clock.js';
import { consoleLog as log } from './base/log.js';
import { openChannel, type Channel, type OpenChannel } from './client/channel.js';

/** Whatever was asked for and not taken by then is let go, milliseconds. */
const takenWithin = 5_000;
/** Then all of it is asked once more, milliseconds. */
const againAfter = 1_000;
/** Rows of a conversation's end, as a timeline asks for them first. */
const rows = 75;

type OpenArchive = (name: string, onPoke: (pokes: readonly Poke[]) => void, onClosed?: (reason: ClosedReason) => void) => Promise<PageArchive>;

/** Takes the place of what opens these for the first time; afterwards they are opened anew. */
export type EarlyStart = {
  /** Whether somebody is kept here. Never rejects. */
  readonly kept: Promise<boolean>;
  /** Resolves once all that was asked for has been answered; or cannot be. */
  readonly answered: Promise<void>;
  readonly accounts: () => Promise<Accounts>;
  readonly openChannel: OpenChannel;
  readonly openArchive: OpenArchive;
};

export function startEarly(slot: string, conversation: string | undefined): EarlyStart {
  const opening = openAccounts(clock);
  const row = opening.then((accounts) => accounts.get(slot));
  const begun = row.then((found) => (isKept(found) ? new EarlyArchive(keptArchive(found.jid), conversation) : undefined)).catch(() => undefined);
  let early: EarlyArchive | undefined;
  void begun.then((archive) => (early = archive));
  let accounts: Promise<Accounts> | undefined = opening.then((opened) => onceKnown(opened, slot, row, () => early?.over !== true));
  accounts.catch(() => {});
  return {
    kept: begun.then((archive) => archive !== undefined),
    answered: begun.then((archive) => archive?.answered),
    accounts() {
      const first = accounts ?? openAccounts(clock);
      accounts = undefined;
      return first;
    },
    openChannel: (name) => (early?.name === name ? early.takeChannel() : undefined) ?? openChannel(name),
    async openArchive(name, onPoke, onClosed) {
      return (early?.name === name ? await early.take(onPoke, onClosed) : undefined) ?? (await openPageArchive({ name, onPoke, clock, log, ...(onClosed && { onClosed }) })).archive;
    },
  };
}

/** Who is kept was asked for already. */
function onceKnown(accounts: Accounts, slot: string, row: Promise<AccountRow | undefined>, fresh: () => boolean): Accounts {
  let known: typeof row | undefined = row;
  return {
    ...accounts,
    get(wanted) {
      const answer = wanted === slot && fresh() ? known : undefined;
      known = undefined;
      return answer ?? accounts.get(wanted);
    },
  };
}

/** An archive with its first questions asked. What is told on its bus, or written here, makes every answer worthless that was not taken yet. */
class EarlyArchive {
  readonly name: string;
  readonly answered: Promise<void>;
  readonly #conversation: string | undefined;
  readonly #answers = new Map<string, Promise<unknown>>();
  readonly #opening: Promise<PageArchive>;
  #channel: Channel | undefined;
  #onPoke: (pokes: readonly Poke[]) => void = () => {};
  #onClosed: (reason: ClosedReason) => void = () => (this.#closed = true);
  #closed = false;
  #gone = false;
  #taken = false;

  constructor(name: string, conversation: string | undefined) {
    this.name = name;
    this.#conversation = conversation;
    // Before anything is read: what changes from now on is heard.
    const channel = (this.#channel = openChannel(name));
    const stopHearing = channel.onMessage(({ type }) => {
      if (type === 'poke' || type === 'gone') this.#answers.clear();
      this.#gone ||= type === 'gone';
    });
    const onPoke = (pokes: readonly Poke[]): void => {
      this.#answers.clear();
      this.#onPoke(pokes);
    };
    this.#opening = openPageArchive({ name, onPoke, clock, log, atOnce: true, onClosed: (reason) => this.#onClosed(reason) }).then(({ archive }) => {
      this.#ask(archive, conversation);
      return archive;
    });
    this.answered = this.#opening.then(() => Promise.allSettled(this.#answers.values())).then(
      () => {},
      () => {},
    );
    clock.after(takenWithin, () => {
      stopHearing();
      this.#answers.clear();
      // Who comes later opens one of his own.
      this.takeChannel()?.close();
      if (!this.#taken) this.#opening.then((archive) => archive.close(), () => {});
      this.#taken = true;
    });
  }

  /** Its account was signed out, or it was closed under us. */
  get over(): boolean {
    return this.#closed || this.#gone;
  }

  takeChannel(): Channel | undefined {
    const channel = this.#channel;
    this.#channel = undefined;
    return channel;
  }

  async take(onPoke: (pokes: readonly Poke[]) => void, onClosed: (reason: ClosedReason) => void = () => {}): Promise<PageArchive | undefined> {
    if (this.#taken) return undefined;
    this.#taken = true;
    const archive = await this.#opening;
    if (this.over) return undefined;
    this.#onPoke = onPoke;
    this.#onClosed = onClosed;
    clock.after(againAfter, () => void this.#tellAgain(archive));
    return this.#answering(archive);
  }

  /** The page that was here before may have kept a last word after all this was asked, a draft, and been gone before it could tell. */
  async #tellAgain(archive: PageArchive): Promise<void> {
    try {
      if (this.over) return;
      const rows = await archive.conversations();
      this.#onPoke([{ kind: 'conversations', rows }, ...(this.#conversation === undefined ? [] : [{ kind: 'messages', conversation: this.#conversation, rows: [], reset: true } as const])]);
    } catch {
      // Closed meanwhile: whoever has it now asks for himself.
    }
  }

  #ask(archive: PageArchive, conversation: string | undefined): void {
    const ask = (key: string, answer: Promise<unknown>): void => {
      answer.catch(() => {}); // whoever takes it is told
      this.#answers.set(key, answer);
    };
    if (conversation !== undefined) ask(windowKey(conversation, {}, rows), archive.window(conversation, {}, rows));
    ask('conversations', archive.conversations());
    for (const shelf of ['contacts', 'requests', 'rooms'] as const) ask(shelf, archive.all(shelf));
  }

  #answering(archive: PageArchive): PageArchive {
    const once = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
      const answer = this.#answers.get(key) as Promise<T> | undefined;
      this.#answers.delete(key);
      return answer ?? ask();
    };
    return {
      ...archive,
      conversations: () => once('conversations', archive.conversations),
      all: (shelf) => once(shelf, () => archive.all(shelf)),
      window: (conversation, bound, limit) => once(windowKey(conversation, bound, limit), () => archive.window(conversation, bound, limit)),
    };
  }
}

const windowKey = (conversation: string, bound: object, limit: number): string => JSON.stringify([conversation, bound, limit]);
