/** The raw limit of fetching: a client that asks an archive for page after page and looks at nothing but where the next one begins. */
import { connect } from './wire.js';

export type Drain = { readonly service: string; readonly account: string; readonly password: string; readonly after: string; readonly max: number; /** Only the newest page. */ readonly newest?: boolean };
export type Drained = { readonly ms: number; readonly pages: number; readonly messages: number; readonly bytes: number };

async function drain({ service, account, password, after, max, newest = false }: Drain): Promise<Drained> {
  const wire = await connect(service, account, password);
  let messages = 0;
  let bytes = 0;
  wire.onMessage = (frame) => {
    messages += 1;
    bytes += frame.length;
  };
  const began = performance.now();
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
  const ms = performance.now() - began;
  wire.close();
  return { ms, pages, messages, bytes };
}

Object.assign(globalThis, { drain });
