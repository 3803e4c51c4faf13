/** Before anything is drawn: the deployment's settings, and what is kept here, are asked for. Small, for it runs while the rest is still on its way. */
import { fetchDeployment } from '../src/client/config.js';
import { startEarly } from '../src/early-start.js';
import { parseRoute } from '../components/messenger/route.js';

/** `?account=ADDRESS`: a tab of that account's, whoever is signed in in the others; `?account`: of one who signs in now. */
export const account = new URLSearchParams(location.search).get('account');
export const slot = account === null ? 'messenger' : `messenger:${account}`;

const route = parseRoute(location.hash);
export const early = startEarly(slot, 'jid' in route ? route.jid : undefined);
export const deployment = fetchDeployment('config.json', (warning) => console.warn(warning));
// Whoever needs it is told.
deployment.catch(() => {});

// What takes longest of the first paint's formats, while the rest is on its way: the platform reads its tables with the first one.
new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' }).format(0);
