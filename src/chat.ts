/** Tertulia without a view: `import { createChat, fetchDeployment } from 'tertulia'`. */
import type { ChatClient } from './client/chat-client.js';
import type { Deployment } from './model/account.js';
import { deleteEverything, openAccounts } from './archive/accounts.js';
import { openPageArchive } from './archive/page-archive.js';
import { systemClock as clock } from './base/clock.js';
import { newId } from './base/id.js';
import { consoleLog as log } from './base/log.js';
import { createChatClient } from './client/create-chat-client.js';
import { createEngineHost } from './engine-host.js';

export { fetchDeployment, readDeployment } from './client/config.js';
export { ChatError, type ChatErrorCode } from './base/error.js';
export type * from './client/chat-client.js';
export type { Credentials, Deployment, SessionView } from './model/account.js';

/**
 * A chat for one page. Nothing is fetched, stored or connected before `resume` or `signIn`.
 * @param deployment the server it belongs to: `/config.json`, as `fetchDeployment` reads it.
 * @param options `apart`: who signs in with an address does so beside the account of other tabs, and is found again by
 * `resume('messenger:ADDRESS')`.
 */
export const createChat = (deployment: Deployment, { apart = false }: { readonly apart?: boolean } = {}): ChatClient =>
  createChatClient({
    deployment,
    apart,
    host: createEngineHost(),
    accounts: () => openAccounts(clock),
    // A page only writes what its person does; folding what arrives is the engine's business.
    openArchive: async (name, onPoke, onClosed) => (await openPageArchive({ name, onPoke, clock, log, ...(onClosed && { onClosed }) })).archive,
    deleteEverything: () => deleteEverything(clock),
    clock,
    newId,
    log,
  });
