/** The raw limit of fetching: a client that asks an archive for page after page and looks at nothing but where the next one begins. */
import { connect } from './wire.js';

export type Drain = {
  readonly service: string;
  readonly account: string;
  readonly password: string;
  readonly after: string;
  readonly max: number;
  /** Only the newest page. */
  readonly newest?: boolean;
  /** With stream management (XEP-0198), as any client that must not lose anything. */
  readonly managed?: boolean;
  /** Messages that the server has kept for this account: they are asked for by a presence, and waited for. */
  readonly offline?: number;
};
export type Drained = { readonly ms: number; readonly pages: number; readonly messages: number; readonly bytes: number };

async function drain({ service, account, password, after, max, newest = false, managed = false, offline = 0 }: Drain): Promise<Drained> {
  const wire = await connect(service, account, password, { managed });
  let messages = 0;
  let late = 0;
  let bytes = 0;
  let allLate = (): void => {};
  const handedOut = new Promise<void>((resolve) => (allLate = resolve));
  wire.onMessage = (frame) => {
    bytes += frame.length;
    if (frame.includes('urn:xmpp:mam:2')) messages += 1;
    else if ((late += 1) === offline) allLate();
  };
  const began = performance.now();
  if (offline > 0) wire.send(`<presence xmlns='jabber:client'/>`);
  let pages = 0;
  for (let cursor = after; ; ) {
    const where = newest ? '<before/>' : cursor ? `<after>${cursor}</after>` : '';
    const id = `p${pages}`;
    // oxlint-disable-next-line no-await-in-loop -- each page names the next
    const fin = await wire.say(`<iq xmlns='jabber:client' type='set' id='${id}'><query xmlns='urn:xmpp:mam:2' queryid='q'><set xmlns='http://jabber.org/protocol/rsm'><max>${max}</max>${where}</set></query></iq>`, id);
    pages += 1;
    const last = /<last>([^<]*)/.exec(fin)?.[1];
    if (newest || last === undefined || /complete=['"](true|1)/.test(fin)) break;
    cursor = last;
  }
  if (offline > 0) await handedOut;
  const ms = performance.now() - began;
  wire.close();
  return { ms, pages, messages, bytes };
}

Object.assign(globalThis, { drain });
