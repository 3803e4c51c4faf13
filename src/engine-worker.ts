/**
 * The engine's own thread: no page work can hold it up, and it holds up no page. Where workers are refused, the page
 * imports this file and does the same itself.
 */
import { openChannel } from './client/channel.js';
import { serveHost, type LinePort } from './engine/host-rpc.js';
import { createLocalHost } from './engine/local-host.js';

export { createLocalHost };

if ('WorkerGlobalScope' in globalThis) serveHost(globalThis as unknown as LinePort, createLocalHost(openChannel));
