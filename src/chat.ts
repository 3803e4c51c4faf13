/** Tertulia without a view: `import { createChat, fetchDeployment } from 'tertulia'`. */
import type { Accounts } from './archive/accounts.js';
import type { ChatClient } from './client/chat-client.js';
import type { EarlyStart } from './early-start.js';
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

export type ChatOptions = {
  /** Who signs in with an address does so beside the account of other tabs, and is found again by `resume('messenger:ADDRESS')`. */
  readonly apart?: boolean;
  /** What was opened and asked for already. */
  readonly early?: EarlyStart;
  /** Until when an engine need not begin: what is here already is shown first. */
  readonly engineAfter?: Promise<unknown>;
};

/**
 * A chat for one page. Nothing is fetched, stored or connected before `resume` or `signIn`.
 * @param deployment the server it belongs to: `/config.json`, as `fetchDeployment` reads it.
 */
export function createChat(deployment: Deployment, { apart = false, early, engineAfter }: ChatOptions = {}): ChatClient {
  // Storage is tried with what is needed next.
  let tried: Accounts | undefined;
  return createChatClient({
    deployment,
    apart,
    host: createEngineHost({
      async tryStorage() {
        tried = await (early ? early.accounts() : openAccounts(clock));
      },
      ...(early && { openChannel: early.openChannel }),
      ...(engineAfter && { after: engineAfter }),
    }),
    async accounts() {
      const accounts = tried;
      tried = undefined;
      return accounts ?? openAccounts(clock);
    },
    // A page only writes what its person does; folding what arrives is the engine's business.
    openArchive: early?.openArchive ?? (async (name, onPoke, onClosed) => (await openPageArchive({ name, onPoke, clock, log, ...(onClosed && { onClosed }) })).archive),
    deleteEverything: () => deleteEverything(clock),
    clock,
    newId,
    log,
  });
}
