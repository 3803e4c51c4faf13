/** The widget's frame: what the loader opens on somebody else's page. Opened by itself, it is a chat with the deployment's contact. */
import { delay, systemClock } from '../src/base/clock.js';
import { createChat, fetchDeployment, type ChatClient, type Deployment } from '../src/chat.js';
import { definePanel } from '../components/define-panel.js';
import { GREETING, type ToFrame, type ToHost } from '../embed/channel.js';
import { nextPaint, paintedWithin, there } from './after-paint.js';
import { HostPage } from './host-page.js';

const deployment = fetchDeployment('config.json', (warning) => console.warn(warning));
let client: Promise<ChatClient> | undefined;
const chat = (): Promise<ChatClient> => (client ??= deployment.then(makeClient));

/** The engine's thread must not take the processor from the composer, in which one writes without it. */
function makeClient(settings: Deployment): ChatClient {
  let painted = (): void => {};
  const made = createChat(settings, { engineAfter: Promise.race([new Promise<void>((resolve) => (painted = resolve)), delay(systemClock, paintedWithin)]) });
  void there(made.conversations).then(nextPaint).then(painted);
  return made;
}

const mayEmbed = ({ allowedOrigins }: Deployment, origin: string): boolean =>
  allowedOrigins.includes('*') || allowedOrigins.includes(origin) || origin === location.origin;

async function connect({ data, origin, source, ports: [port] }: MessageEvent): Promise<void> {
  if (data !== GREETING || source !== window.parent || !port) return;
  // One greeting, one chat: whatever else comes while the deployment is read is too late.
  removeEventListener('message', listen);
  const tell = (message: ToHost): void => port.postMessage(message);
  tell({ type: 'here' });
  if (!mayEmbed(await deployment, origin)) {
    console.warn(`tertulia: ${origin} is not among allowedOrigins of this deployment's config.json.`);
    return tell({ type: 'forbidden' });
  }
  const host = new HostPage(port, chat);
  port.addEventListener('message', (event: MessageEvent<ToFrame>) => host.receive(event.data));
  port.start();
}
const listen = (event: MessageEvent): void => void connect(event).catch(reportError);

definePanel();
if (window.parent === window) {
  const session = document.createElement('tertulia-session');
  const panel = document.createElement('tertulia-panel');
  panel.noClose = true;
  session.createClient = async () => {
    panel.contact = (await deployment).contact ?? '';
    return chat();
  };
  session.append(panel);
  document.body.append(session);
} else {
  addEventListener('message', listen);
}
