/** The messenger's page: the installable app. */
import { createChat, type ChatClient } from '../src/chat.js';
import { delay, systemClock } from '../src/base/clock.js';
import { parseXmppUri } from '../src/client/xmpp-uri.js';
import { takeShared } from '../src/share-target.js';
import { defineStart } from '../components/messenger/define-start.js';
import { languages } from '../components/shared/locale/locale.js';
import { nextPaint, paintedWithin, there } from './after-paint.js';
import { account, deployment, early, slot } from './early.js';
import { readPreferences, writePreferences } from './preferences.js';

/** What is kept is waited for so long, milliseconds, that the page is drawn once and not twice. */
const drawnOnceWithin = 200;

async function start(): Promise<void> {
  const session = document.createElement('tertulia-session');
  const messenger = document.createElement('tertulia-messenger');
  let preferences = readPreferences();
  const look = (): void => {
    session.theme = messenger.theme = preferences.theme;
    session.locale = preferences.locale;
  };
  look();
  messenger.languages = languages;
  messenger.addEventListener('tertulia-preference', ({ theme, locale }) => {
    preferences = { theme: theme ?? preferences.theme, locale: locale ?? preferences.locale };
    writePreferences(preferences);
    look();
  });
  messenger.otherAccount = '?account';
  const client = makeClient();
  client.catch(() => {});
  session.createClient = () => client;
  const found = Promise.all([client, early.answered]).then(async ([made]) => {
    if (await early.kept) await there(made.conversations);
    session.client ??= made;
  });
  await Promise.race([found.catch(() => {}), delay(systemClock, drawnOnceWithin)]);
  session.append(messenger);
  document.body.append(session);

  const uri = new URLSearchParams(location.search).get('uri');
  if (uri !== null) {
    history.replaceState(null, '', location.pathname + location.hash);
    const link = parseXmppUri(uri);
    if (link) messenger.navigate({ view: link.action === 'join' ? 'room' : link.action === 'subscribe' ? 'contact' : 'chat', jid: link.jid });
  }

  // Where the service worker sends what was shared into the app.
  if (location.hash === '#/share') {
    history.replaceState(null, '', location.pathname);
    void takeShared().then((shared) => (messenger.shared = shared)).catch(reportError);
  }

  let takeNew = (): void => location.reload();
  messenger.addEventListener('tertulia-reload', () => void client.then(async (made) => made.textsKept()).finally(() => takeNew()));
  // In no hurry: what is shown comes first.
  setTimeout(() => {
    void import('./new-version.js')
      .then(({ watchForNewVersion }) =>
        watchForNewVersion((take) => {
          messenger.updateReady = true;
          takeNew = take;
        }),
      )
      .catch(reportError);
  });
}

async function makeClient(): Promise<ChatClient> {
  const settings = await deployment;
  // The engine's thread must not take the processor from what is shown first. Made together with the client, for what it waits for is the client's: there may be an answer of the archive before there are settings.
  const engineAfter = early.kept.then((kept) => (kept ? painted : undefined));
  const client = createChat(settings, { apart: account !== null, early, engineAfter });
  const painted = Promise.race([Promise.all([there(client.conversations), early.answered]).then(nextPaint), delay(systemClock, paintedWithin)]);
  void client.resume(slot);
  if (account !== null) client.session.subscribe(() => {
    const { me } = client.session.value;
    // After a reload it is the same account.
    if (me !== undefined && client.mode === 'login') history.replaceState(history.state, '', `?account=${encodeURIComponent(me)}${location.hash}`);
  });
  client.unread.subscribe(() => badge(client.unread.value));
  void Promise.all([import('../components/messenger/alerts.js'), import('./alert-ports.js')])
    .then(([{ alertTo }, { alertPorts }]) => alertTo(client, alertPorts((hash) => (location.hash = hash))))
    .catch(reportError);
  return client;
}

/** The count on the installed app's icon and in the tab's title. */
function badge(unread: number): void {
  document.title = unread > 0 ? `(${unread}) Tertulia` : 'Tertulia';
  if ('setAppBadge' in navigator) void (unread > 0 ? navigator.setAppBadge(unread) : navigator.clearAppBadge()).catch(() => undefined);
}

defineStart();
void start();
