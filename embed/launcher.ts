import { launcherName } from './words.js';
import { launcherStyles } from './launcher.styles.js';
import type { Settings } from './settings.js';

const NS = 'http://www.w3.org/2000/svg';
const icon = (name: string, d: string): SVGSVGElement => {
  const svg = document.createElementNS(NS, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', name);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(NS, 'path');
  path.setAttribute('d', d);
  svg.append(path);
  return svg;
};

/** Black or white, whichever is read better on a colour (WCAG 2.2 relative luminance); `undefined` for no colour. */
function readableOn(colour: string): string | undefined {
  const context = document.createElement('canvas').getContext('2d');
  if (!context || !CSS.supports('color', colour)) return undefined;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = Array.from(context.getImageData(0, 0, 1, 1).data, (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000' : '#fff';
}

/** Small enough that the panel covers it whole. */
const PHONE = '(max-width:480px),(max-height:480px)';

/** The button and the place of the panel, in a shadow root that the page's styles do not reach. */
export class Launcher {
  readonly host = document.createElement('tertulia-launcher');
  readonly panel = document.createElement('div');
  readonly #button = document.createElement('button');
  readonly #badge = document.createElement('b');
  /** Finds the page's own buttons, whenever they come and go. */
  #own = '';
  /** What is kept from the visitor while the panel covers it. */
  #covered: HTMLElement | undefined;
  readonly #phone = matchMedia(PHONE);
  readonly #end = new AbortController();
  #locale: string;
  #unread = 0;
  open = false;

  /** `resized`: the panel covers the page now, or no more. */
  constructor(settings: Settings, toggle: () => void, resized: () => void) {
    this.#locale = settings.locale ?? document.documentElement.lang ?? '';
    if (!this.#locale) this.#locale = navigator.language;
    const { signal } = this.#end;
    const root = this.host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(launcherStyles);
    root.adoptedStyleSheets = [sheet];
    this.host.toggleAttribute('start', settings.position === 'start');
    this.host.dir = getComputedStyle(document.documentElement).direction;
    // A custom property on the host would be the page's to override: it is set inside.
    for (const element of [this.#button, this.panel]) {
      if (settings.offset && CSS.supports('width', settings.offset)) element.style.setProperty('--offset', settings.offset);
      if (settings.accent) {
        const on = readableOn(settings.accent);
        if (on) {
          element.style.setProperty('--accent', settings.accent);
          element.style.setProperty('--on-accent', on);
        }
      }
    }
    if (settings.zIndex && /^-?\d{1,10}$/.test(settings.zIndex)) this.host.style.setProperty('--z', settings.zIndex, 'important');
    if (settings.theme && settings.theme !== 'auto') this.setTheme(settings.theme);
    this.#button.type = 'button';
    this.#badge.setAttribute('aria-hidden', 'true');
    this.#button.append(
      icon('o', 'M12 3C6.5 3 2 6.7 2 11.3c0 2.6 1.5 5 3.8 6.5-.1 1-.6 2.3-1.6 3.4 2 0 3.7-.8 4.9-1.8.9.2 1.9.3 2.9.3 5.5 0 10-3.7 10-8.4S17.5 3 12 3Z'),
      icon('x', 'M5.7 4.3 12 10.6l6.3-6.3 1.4 1.4L13.4 12l6.3 6.3-1.4 1.4L12 13.4l-6.3 6.3-1.4-1.4L10.6 12 4.3 5.7z'),
      this.#badge,
    );
    this.#button.addEventListener('click', toggle);
    root.append(this.panel, this.#button);
    root.addEventListener('keydown', (event) => {
      if ((event as KeyboardEvent).key === 'Escape' && this.open) toggle();
    });
    this.#phone.addEventListener('change', () => {
      this.#draw();
      resized();
    }, { signal });
    if (settings.launcher) this.#hand(settings.launcher, toggle, signal);
    this.#draw();
    // Beside the body, so that a body swapped by Turbo or htmx does not take it along.
    document.documentElement.append(this.host);
  }

  setOpen(open: boolean): void {
    this.open = open;
    this.panel.classList.toggle('open', open);
    this.#draw();
  }

  setUnread(unread: number): void {
    this.#unread = unread;
    this.#draw();
  }

  setLocale(tag: string): void {
    this.#locale = tag;
    this.#draw();
  }

  setTheme(theme: string): void {
    for (const element of [this.#button, this.panel]) element.style.colorScheme = theme === 'auto' ? '' : theme;
  }

  /** The panel covers a phone, and so the page. */
  get fills(): boolean {
    return this.#phone.matches;
  }

  /** What has the focus in here. */
  get focused(): Element | null {
    return this.host.shadowRoot?.activeElement ?? null;
  }

  show(visible: boolean): void {
    this.#button.hidden = !visible || this.#own !== '';
  }

  /** Back to where the visitor came from, or else to what opens the panel again. */
  focus(cameFrom?: HTMLElement): void {
    const place = cameFrom?.isConnected && cameFrom !== this.host && cameFrom !== document.body ? cameFrom : this.#own ? document.querySelector<HTMLElement>(this.#own) : this.#button;
    place?.focus();
  }

  remove(): void {
    this.#end.abort();
    this.#cover(false);
    for (const own of this.#owned()) own.removeAttribute('aria-expanded');
    this.host.remove();
  }

  /** Gives the launcher's work to the page's own buttons; `none` is for a page that calls `tertulia.open()`. */
  #hand(selector: string, toggle: () => void, signal: AbortSignal): void {
    if (selector !== 'none') {
      try {
        document.querySelector(selector);
      } catch {
        return console.warn(`tertulia: launcher: "${selector}" is no selector; the chat shows its own.`);
      }
      this.#own = selector;
      // At the document: the button may come after the script, and be another after the page has swapped its body.
      document.addEventListener('click', (event) => {
        if (!(event.target instanceof Element && event.target.closest(selector))) return;
        event.preventDefault();
        toggle();
      }, { signal });
      for (const type of ['DOMContentLoaded', 'focusin']) document.addEventListener(type, () => this.#draw(), { signal });
    }
    this.#button.hidden = true;
  }

  #owned(): Iterable<Element> {
    return this.#own ? document.querySelectorAll(this.#own) : [];
  }

  /** Behind a panel that fills the screen there is nothing to be reached. */
  #cover(covers: boolean): void {
    if (covers === Boolean(this.#covered)) return;
    if (this.#covered) this.#covered.inert = false;
    this.#covered = covers && !document.body?.inert ? document.body : undefined;
    if (this.#covered) this.#covered.inert = true;
  }

  #draw(): void {
    this.#button.setAttribute('aria-label', launcherName(this.#locale, this.open, this.#unread));
    for (const element of [this.#button, ...this.#owned()]) element.setAttribute('aria-expanded', String(this.open));
    this.#badge.textContent = this.#unread > 0 ? (this.#unread > 99 ? '99+' : String(this.#unread)) : '';
    this.#cover(this.open && this.fills);
  }
}
