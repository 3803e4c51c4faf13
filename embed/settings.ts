/** What a site owner may say: attributes of the script tag (`data-contact`), or the same names in `window.tertuliaSettings`. */
export type Settings = {
  contact?: string;
  room?: string;
  auth?: 'guest' | 'anonymous' | 'login' | 'host';
  nickname?: string;
  greeting?: string;
  title?: string;
  locale?: string;
  theme?: 'auto' | 'light' | 'dark';
  accent?: string;
  position?: 'end' | 'start';
  offset?: string;
  zIndex?: string;
  launcher?: string;
  open?: boolean;
  credentials?: () => Promise<{ jid: string; token?: string; password?: string }>;
  visitor?: Visitor;
};

export type Visitor = { name?: string; email?: string; attributes?: Record<string, string> };

/** The settings that the frame is told: all that can be cloned and is not about the launcher. */
export type FrameSettings = Pick<Settings, 'contact' | 'room' | 'auth' | 'nickname' | 'greeting' | 'title' | 'locale' | 'theme' | 'accent' | 'visitor'>;

const names = ['contact', 'room', 'auth', 'nickname', 'greeting', 'title', 'locale', 'theme', 'accent', 'position', 'offset', 'zIndex', 'launcher'] as const;
const choices: Partial<Record<string, readonly string[]>> = {
  auth: ['guest', 'anonymous', 'login', 'host'],
  theme: ['auto', 'light', 'dark'],
  position: ['end', 'start'],
};

/** Reads both places, the script tag first; a value that is not one of a setting's choices is named and left out. */
export function readSettings(dataset: DOMStringMap, given: Settings = {}): Settings {
  const settings: Record<string, unknown> = {};
  for (const name of names) {
    const value = dataset[name] ?? given[name];
    if (value === undefined || value === '') continue;
    const allowed = choices[name];
    if (typeof value !== 'string' || (allowed && !allowed.includes(value))) {
      console.warn(`tertulia: ${name}: "${String(value)}" is none of ${allowed?.join(', ') ?? 'text'}; it is left out.`);
      continue;
    }
    settings[name] = value;
  }
  settings['open'] = (dataset['open'] ?? String(given.open ?? 'false')) !== 'false';
  if (typeof given.credentials === 'function') settings['credentials'] = given.credentials;
  if (given.visitor) settings['visitor'] = given.visitor;
  return settings as Settings;
}

export function frameSettings(settings: Settings): FrameSettings {
  const frame: Record<string, unknown> = {};
  for (const name of ['contact', 'room', 'auth', 'nickname', 'greeting', 'title', 'locale', 'theme', 'accent', 'visitor'] as const) {
    if (settings[name] !== undefined) frame[name] = settings[name];
  }
  return frame as FrameSettings;
}
