/** The engine's own thread: no page work can hold it up, and it holds up no page. */
import { openChannel } from './client/channel.js';
import { serveHost, type LinePort } from './engine/host-rpc.js';
import { createLocalHost } from './engine/local-host.js';

serveHost(globalThis as unknown as LinePort, createLocalHost(openChannel));
