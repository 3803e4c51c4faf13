/** The raw limit of fetching: a client that asks an archive for page after page and looks at nothing but where the next one begins. */
export type Drain = { readonly service: string; readonly account: string; readonly password: string; readonly after: string; readonly max: number; /** Only the newest page. */ readonly newest?: boolean };
export type Drained = { readonly ms: number; readonly pages: number; readonly messages: number; readonly bytes: number };

const framing = 'urn:ietf:params:xml:ns:xmpp-framing';

async function drain({ service, account, password, after, max, newest = false }: Drain): Promise<Drained> {
  const [user = '', domain = ''] = account.split('@');
  const socket = new WebSocket(service, 'xmpp');
  let take: (frame: string) => void = () => {};
  const next = (wanted: string): Promise<string> =>
    new Promise((resolve) => {
      take = (frame) => {
        if (frame.includes(wanted)) resolve(frame);
      };
    });
  let messages = 0;
  let bytes = 0;
  socket.onmessage = ({ data }) => {
    const frame = data as string;
    bytes += frame.length;
    if (frame.startsWith('<message')) messages += 1;
    else take(frame);
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error('no connection'));
  });
  const say = async (frame: string, answer: string): Promise<string> => {
    const answered = next(answer);
    socket.send(frame);
    return answered;
  };
  const open = `<open xmlns='${framing}' to='${domain}' version='1.0'/>`;
  await say(open, 'features');
  const proof = btoa(`\0${user}\0${password}`);
  await say(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${proof}</auth>`, '<success');
  await say(open, 'features');
  await say(`<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`, '<jid>');
  messages = 0;
  bytes = 0;
  const began = performance.now();
  let pages = 0;
  for (let cursor = after; ; pages += 1) {
    const where = newest ? '<before/>' : cursor ? `<after>${cursor}</after>` : '';
    // oxlint-disable-next-line no-await-in-loop -- each page names the next
    const fin = await say(`<iq xmlns='jabber:client' type='set' id='p${pages}'><query xmlns='urn:xmpp:mam:2' queryid='q'><set xmlns='http://jabber.org/protocol/rsm'><max>${max}</max>${where}</set></query></iq>`, `id='p${pages}'`);
    const last = /<last>([^<]*)/.exec(fin)?.[1];
    if (newest || last === undefined || /complete=['"](true|1)/.test(fin)) break;
    cursor = last;
  }
  const ms = performance.now() - began;
  socket.close();
  return { ms, pages: pages + 1, messages, bytes };
}

Object.assign(globalThis, { drain });
