import { signIn } from '../../test/servers/wire.mjs';
import type { Lab } from './lab.js';

/** Somebody who writes so many messages a second until told to stop. */
export async function storm(lab: Lab, from: string, to: string, perSecond: number): Promise<() => Promise<number>> {
  const wire = await signIn(`ws://localhost:${lab.stage.server.port}/xmpp-websocket`, from, 'tertulia');
  wire.send('<presence xmlns="jabber:client"/>');
  const began = Date.now();
  let said = 0;
  // Late timers do not make it fewer.
  const timer = setInterval(() => {
    for (; said < ((Date.now() - began) * perSecond) / 1000; said += 1) wire.send(`<message xmlns="jabber:client" type="chat" to="${to}" id="storm${said}-${began}"><body>Message ${said} of many, as they come when everybody talks at once</body></message>`);
  }, 20);
  return async () => {
    clearInterval(timer);
    await wire.close();
    return said / ((Date.now() - began) / 1000);
  };
}
