/** The least of XMPP over a WebSocket: signed in, it hands out frames as they are. */
const framing = 'urn:ietf:params:xml:ns:xmpp-framing';

export type Wire = {
  /** Every `<message/>`, unread. */
  onMessage: (frame: string) => void;
  /** Every `<presence/>`. */
  onPresence: (frame: string) => void;
  /** Sends a frame; back with the first other frame that holds `answer`. */
  say(frame: string, answer: string): Promise<string>;
  send(frame: string): void;
  close(): void;
};

const management = 'urn:xmpp:sm:3';

/**
 * Signs in by SASL PLAIN, as loopback may, and binds a resource. `managed`: with stream management (XEP-0198), which every client has that loses
 * nothing, and which costs the server for each stanza: it is counted, kept, and asked about.
 */
export async function connect(service: string, account: string, password: string, { managed = false } = {}): Promise<Wire> {
  const [user = '', domain = ''] = account.split('@');
  const socket = new WebSocket(service, 'xmpp');
  let handled = 0;
  let take: (frame: string) => void = () => {};
  const wire: Wire = {
    onMessage() {},
    onPresence() {},
    say: (frame, answer) =>
      new Promise((resolve) => {
        take = (heard) => {
          if (heard.includes(answer)) resolve(heard);
        };
        socket.send(frame);
      }),
    send: (frame) => socket.send(frame),
    close: () => socket.close(),
  };
  socket.onmessage = ({ data }) => {
    const frame = data as string;
    if (/^<(?:message|presence|iq)/.test(frame)) handled += 1;
    else if (frame.startsWith('<r ')) {
      socket.send(`<a xmlns='${management}' h='${handled}'/>`);
      return;
    }
    if (frame.startsWith('<message')) wire.onMessage(frame);
    else if (frame.startsWith('<presence')) wire.onPresence(frame);
    else take(frame);
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error('no connection'));
  });
  const open = `<open xmlns='${framing}' to='${domain}' version='1.0'/>`;
  await wire.say(open, 'features');
  const proof = btoa(`\0${user}\0${password}`);
  await wire.say(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${proof}</auth>`, '<success');
  await wire.say(open, 'features');
  await wire.say(`<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`, '<jid>');
  if (managed) {
    await wire.say(`<enable xmlns='${management}' resume='true'/>`, '<enabled');
    handled = 0;
  }
  return wire;
}
