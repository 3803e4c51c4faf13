// One browser in the middle of it: what is written there, what is seen there, and what must be true of both.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosLine, Fault } from './chaos-line.js';
import type { Round } from './chaos-plan.js';
import type { Companion } from './companion.js';
import { installed, networkTroubles, openWidget, picked, say, signIn, type Desk } from './doings.js';
import type { BrowserName, Person } from './person.js';
import { said } from './raw.js';
import type { Stage } from './stage.js';

export type Surface = 'messenger' | 'widget';

/**
 * One conversation. `mine`: in the order written; `sure` once it was seen on the screen: from then on it must not be lost;
 * `atRisk`: the server was killed before it was all settled, and may have kept one of its two copies only; `forgettable`: or may have
 * said that it has it, and kept none.
 */
export type Talk = {
  readonly kind: 'chat' | 'room';
  readonly jid: string;
  readonly mine: { readonly body: string; sure: boolean; settled: boolean; atRisk: boolean; forgettable: boolean }[];
  /** What others wrote, by whom, in the order their server took it. */
  readonly theirs: Map<string, string[]>;
  /** Of these: what the server has neither kept nor passed on, for it was with a session that hung. */
  readonly forgotten: Set<string>;
};
export const talkWith = (kind: Talk['kind'], jid: string): Talk => ({ kind, jid, mine: [], theirs: new Map(), forgotten: new Set() });

/** What a message of a run looks like: by whom, and which of theirs. */
export const numbered = /\b[a-z]{1,2}-\d+\b/;
/** Generous: a machine with two cores may be busy with something else. */
const patience = Number(process.env.PATIENCE ?? 150_000);

export type SceneParts = {
  readonly stage: Stage;
  readonly line: ChaosLine;
  readonly browser: BrowserName;
  readonly surface: Surface;
  /** Sign of this browser's messages, a letter. */
  readonly sign: string;
  readonly account: string;
  readonly talks: { readonly chat: Talk; readonly room?: Talk };
  /** Who answers; another client of the own account (once it is known, for a guest); somebody in the room. */
  readonly peer: Companion;
  readonly own: () => Companion;
  readonly guest?: Companion;
};

export class Scene {
  readonly parts: SceneParts;
  readonly name: string;
  readonly profile: string;
  person!: Person;
  desk!: Desk;
  /** Shown as sent when the server's archive did not have them. */
  readonly falselySent: string[] = [];
  /** Milliseconds from the end of a cut until everything was there. */
  readonly recoveries: number[] = [];
  #talk: Talk;
  #count = 0;
  #answers = 0;
  #others = 0;

  constructor(parts: SceneParts) {
    this.parts = parts;
    this.name = `${parts.stage.server.name}/${parts.browser}/${parts.surface}`;
    this.profile = parts.stage.profile();
    this.#talk = parts.talks.chat;
  }

  async begin(): Promise<void> {
    const { account, stage, surface } = this.parts;
    await this.#launch();
    if (surface === 'widget') this.desk = await openWidget(this.person, stage);
    else {
      this.desk = await signIn(this.person, stage, account);
      await installed(this.desk);
      if (this.parts.talks.room) await enterRoom(this.desk, this.parts.talks.room.jid, this.parts.browser);
    }
    await this.#show(this.parts.talks.chat);
  }

  async #launch(): Promise<void> {
    const { browser, stage } = this.parts;
    this.person = await stage.launch(browser, { userDataDir: this.profile });
    this.person.expect(...networkTroubles);
  }

  /** A tab of one's own, with the conversation that was open. */
  async #open(): Promise<void> {
    const { stage, surface } = this.parts;
    if (surface === 'widget') this.desk = await openWidget(this.person, stage);
    else {
      const page = await this.person.open(`${stage.app}/#/${this.#talk.kind}/${this.#talk.jid}`);
      this.desk = { page, view: this.person.view(page) };
    }
    await this.desk.page.bringToFront();
    await this.#shown();
  }

  async #show(talk: Talk): Promise<void> {
    this.#talk = talk;
    if (this.parts.surface === 'messenger') await this.desk.page.evaluate((hash) => void (location.hash = hash), `#/${talk.kind}/${talk.jid}`);
    await this.#shown();
  }

  async #shown(): Promise<void> {
    const { view } = this.desk;
    if (this.parts.surface === 'messenger') await view.find('log', new RegExp(`^Messages with ${this.#talk.jid.split('@')[0]}`), { timeout: 60_000 });
    await view.find('textbox', 'Message', { timeout: 60_000 });
  }

  /** Writes one message and waits until it is on the screen: from then on it is promised. */
  async #write(): Promise<void> {
    const body = `${this.parts.sign}-${(this.#count += 1)}`;
    const entry = { body, sure: false, settled: false, atRisk: false, forgettable: false };
    this.#talk.mine.push(entry);
    await say(this.desk, body);
    await this.desk.view.until(async () => (await picked(this.desk.view, numbered)).includes(body), `${body} to be shown`, patience);
    entry.sure = true;
  }

  async #answer(count: number): Promise<void> {
    const { guest, peer } = this.parts;
    for (let i = 0; i < count; i += 1) {
      const body = `${this.#talk.kind === 'room' ? `${this.parts.sign}${this.parts.sign}` : 'a'}-${(this.#answers += 1)}`;
      if (this.#talk.kind === 'room') await guest?.sayToRoom(this.#talk.jid, body);
      else await peer.say(this.parts.own().account, body);
      note(this.#talk, body.split('-')[0]!, body);
    }
  }

  /** From another client of the own account. */
  async #writeElsewhere(): Promise<void> {
    const { own, talks } = this.parts;
    const body = `o-${(this.#others += 1)}`;
    await own().say(talks.chat.jid, body);
    note(talks.chat, 'o', body);
  }

  /** Before the cut. */
  async before(round: Round): Promise<void> {
    const { line, talks } = this.parts;
    const talk = round.room && talks.room ? talks.room : talks.chat;
    if (talk !== this.#talk) await this.#show(talk);
    // Its archives (dets) keep what is new in memory for 3 s.
    if (round.cut.kind === 'restart' && this.parts.stage.server.name === 'ejabberd') await sleep(4_000);
    line.weather(round.weather);
    if (round.cut.kind === 'cut-after') line.inflict(round.cut);
    for (let i = 0; i < round.before; i += 1) await this.#write();
    if (round.cut.kind === 'restart') this.#risk();
  }

  #risk(): void {
    const { stage, talks } = this.parts;
    for (const { mine } of [talks.chat, ...(talks.room ? [talks.room] : [])]) {
      for (const entry of mine) {
        entry.atRisk ||= !entry.settled;
        entry.forgettable ||= !entry.settled && stage.server.name === 'ejabberd';
      }
    }
  }

  /** The cut, and what goes on meanwhile. `restart`: the server is down by now, and up again when it resolves. */
  async during(round: Round, restart: () => Promise<void>): Promise<void> {
    const { line } = this.parts;
    const tries = line.nextAttempt();
    const { kind } = round.cut;
    if (kind !== 'restart' && kind !== 'cut-after') line.inflict(round.cut as Fault);
    // Both at once: somebody answers while the browser is away.
    const [turned] = await Promise.allSettled([
      (async () => {
        await this.#turn(round);
        for (let i = 0; i < round.during; i += 1) await this.#write();
      })(),
      kind === 'restart' ? undefined : this.#answer(round.answers),
      kind === 'restart' || !round.other ? undefined : this.#writeElsewhere(),
    ]).then((results) => {
      for (const result of results) if (result.status === 'rejected') throw result.reason;
      return results;
    });
    void turned;
    if (kind === 'restart') {
      await restart();
      await this.#answer(round.answers);
      if (round.other) await this.#writeElsewhere();
    }
    if (round.persistent && (kind === 'hang' || kind === 'refuse')) await Promise.race([this.#wake(), tries]).then(() => tries);
  }

  async #turn({ turn }: Round): Promise<void> {
    switch (turn) {
      case 'nothing':
        return;
      case 'reload':
        await this.desk.page.reload();
        if (this.parts.surface === 'widget') this.desk = { page: this.desk.page, view: await this.person.widget(this.desk.page, this.desk.view) };
        return this.#shown();
      case 'reopen':
        await this.desk.page.close();
        return this.#open();
      case 'second': {
        const first = this.desk.page;
        await this.#open();
        return first.close();
      }
      case 'kill': {
        // It may or may not have come to the disk; if it has, it is sent, and once.
        const body = `${this.parts.sign}-${(this.#count += 1)}`;
        this.#talk.mine.push({ body, sure: false, settled: false, atRisk: false, forgettable: false });
        await say(this.desk, body);
        await this.person.crash();
        await this.#launch();
        return this.#open();
      }
    }
  }

  /** The network is back: what a browser tells its pages then. */
  async #wake(): Promise<void> {
    await this.desk.view.frame.evaluate(() => void dispatchEvent(new Event('online'))).catch(() => {});
  }

  /** After the cut. */
  async after(round: Round): Promise<void> {
    const { line } = this.parts;
    // One that still waits for its bytes comes now.
    if (line.armed) line.inflict({ kind: 'cut', end: 'both' });
    line.mend();
    if (round.lasting && round.weather.kind !== 'stall') line.weather(round.weather);
    const start = Date.now();
    await this.#wake();
    if (!round.settle) return this.#sample();
    await this.#settled();
    for (const entry of this.#talk.mine) entry.settled = true;
    this.recoveries.push(Date.now() - start);
    line.weather({ kind: 'clear' });
    await this.#sample();
  }

  /** Waits until all of the open conversation is there and nothing of one's own is still on its way. */
  async #settled(): Promise<void> {
    const { view } = this.desk;
    const theirs = Array.from(this.#talk.theirs.values()).flat();
    const wanted = [...this.#talk.mine.filter(({ sure }) => sure).map(({ body }) => body), ...theirs];
    let missing: string[] = [];
    let waiting: string[] = [];
    let woken = Date.now();
    await view
      .until(
        async () => {
          const texts = await view.texts('article');
          const seen = new Set(texts.map((text) => numbered.exec(text)?.[0]));
          missing = wanted.filter((body) => !seen.has(body));
          // They may be further up.
          if (missing.length > 0 && missing.length < wanted.length) for (const text of await view.readThrough()) seen.add(numbered.exec(text)?.[0]);
          missing = missing.filter((body) => !seen.has(body) && !this.#talk.forgotten.has(body));
          waiting = texts.filter((text) => /Sending|Failed/.test(text));
          if (Date.now() - woken > 15_000) {
            woken = Date.now();
            await this.#wake();
            await this.#forget(missing.filter((body) => theirs.includes(body)));
          }
          return missing.length === 0 && waiting.length === 0;
        },
        'everything to be there',
        patience,
      )
      .catch(async (error: Error) => {
        const kept = new Set(await this.archive(this.#talk).catch(() => []));
        const known = missing.map((body) => `${body}${kept.has(body) ? '' : ' (not with the server)'}${this.parts.line.carried(body) ? '' : ' (never came down the line)'}`);
        throw new Error(`${this.name}: ${error.message}\nMissing in ${this.#talk.jid}: ${known.join(' ')}; not sent: ${waiting.join(', ')}\n${await this.look()}`);
      });
  }

  /** What ejabberd's archive writes is written by the session that receives it: one that hangs takes with it what waits for it. No client can know. */
  async #forget(missing: readonly string[]): Promise<void> {
    const { line, stage } = this.parts;
    if (stage.server.name !== 'ejabberd' || !line.sessionHung || missing.length === 0) return;
    const kept = new Set(await this.archive(this.#talk));
    for (const body of missing) if (!kept.has(body) && !line.carried(body)) this.#talk.forgotten.add(body);
  }

  /** What the screen says of the connection, for messages. */
  look = async (): Promise<string> => `status: ${(await this.desk.view.texts('status').catch(() => [])).join(' | ')}; shown: ${(await picked(this.desk.view, numbered).catch(() => [])).join(' ')}`;

  /** Whatever is shown as sent is with the server, unless that has, as the wire says, acknowledged and then forgotten it. */
  async #sample(): Promise<void> {
    const { line } = this.parts;
    const own = new Set(this.#talk.mine.filter(({ body, forgettable }) => !(forgettable && line.acknowledged(body))).map(({ body }) => body));
    const texts = await this.desk.view.texts('article').catch(() => []);
    const claimed = texts.filter((text) => /\b(Sent|Delivered|Read)\b/.test(text)).flatMap((text) => numbered.exec(text)?.[0] ?? []).filter((body) => own.has(body));
    const kept = new Set(await this.archive(this.#talk));
    this.falselySent.push(...claimed.filter((body) => !kept.has(body)));
  }

  /** What the server's archive says of a conversation, in its order. */
  async archive(talk: Talk): Promise<string[]> {
    const { guest, own } = this.parts;
    return said(talk.kind === 'room' ? await guest!.roomArchive(talk.jid) : await own().archive(talk.jid));
  }

  /** What this browser shows of a conversation, once that is what is wanted; else whatever it shows in the end. */
  async timeline(talk: Talk, wanted: readonly string[], within = 30_000): Promise<string[]> {
    await this.#show(talk);
    return settledOn(this.desk, wanted, within, () => this.#wake());
  }

  /** The same after a reload: from the disk alone. */
  async reloaded(talk: Talk, wanted: readonly string[]): Promise<string[]> {
    await this.#turn({ turn: 'reload' } as Round);
    return this.timeline(talk, wanted);
  }
}

/** Waits until these are shown in this order, and nothing is on its way; what is shown in the end. */
export async function settledOn({ view }: Desk, wanted: readonly string[], within: number, wake = async (): Promise<void> => {}): Promise<string[]> {
  let shown: string[] = [];
  let woken = Date.now();
  const same = async (): Promise<boolean> => {
    const texts = await view.readThrough();
    shown = texts.flatMap((text) => numbered.exec(text)?.[0] ?? []);
    if (Date.now() - woken > 15_000) {
      woken = Date.now();
      await wake();
    }
    return shown.filter((body) => wanted.includes(body)).join(' ') === wanted.join(' ') && !texts.some((text) => /Sending|Failed/.test(text));
  };
  await view.until(same, 'the order of the archive', within).catch(() => {});
  return shown;
}

/** Keeps what somebody else has said. */
export function note(talk: Talk, by: string, body: string): void {
  talk.theirs.set(by, [...(talk.theirs.get(by) ?? []), body]);
}

async function enterRoom({ page, view }: Desk, room: string, nick: string): Promise<void> {
  await view.click('button', /^Rooms/);
  await view.click('button', 'Join or create a room');
  await view.click('menuitem', 'Join by address');
  await view.type('textbox', 'Address of the room', room);
  await (await view.find('textbox', 'Nickname')).evaluate((input) => (input as HTMLInputElement).select());
  await view.type('textbox', 'Nickname', nick);
  await view.click('button', 'Join', { within: await view.find('dialog', 'Join by address') });
  await view.gone('dialog', 'Join by address');
  await page.waitForFunction((address) => decodeURIComponent(location.hash).includes(address), {}, room);
  await view.find('textbox', 'Message');
}
