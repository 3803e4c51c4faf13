/** A run of a message's text, and where it leads if it is an address. */
export type TextPart = { readonly text: string; readonly href?: string };

const schemes: ReadonlySet<string> = new Set(['https:', 'http:', 'mailto:', 'tel:', 'xmpp:']);
// Each alternative starts with a fixed word or ends at the first space: no backtracking over the body.
const candidate = /(?<![\p{L}\p{N}:/@])(?:https?:\/\/|www\.|mailto:|tel:|xmpp:)[^\s<>"\u0000-\u001f\u202a-\u202e\u2066-\u2069]+|(?<![\p{L}\p{N}._+-])[\p{L}\p{N}._+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/giu;
/** What every address has: most messages have none, and this says so in a fraction of the time. */
const hint = /[:@]|www\./i;
const MAX_LINKS = 100;

/** Text in runs, addresses among it marked. Only schemes that cannot run anything; everything else stays text. */
export function linkify(text: string): TextPart[] {
  if (!hint.test(text)) return text ? [{ text }] : [];
  const parts: TextPart[] = [];
  let end = 0;
  let links = 0;
  for (const match of text.matchAll(candidate)) {
    if (links === MAX_LINKS) break;
    const found = trimEnd(match[0]);
    const href = hrefOf(found);
    if (!href) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: href.shown ?? found, href: href.url });
    end = match.index + found.length;
    links++;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

function hrefOf(found: string): { url: string; shown?: string } | undefined {
  const written = /^www\./i.test(found) ? `https://${found}` : /^[a-z]+:/i.test(found) ? found : `mailto:${found}`;
  let url: URL;
  try {
    url = new URL(written);
  } catch {
    return undefined;
  }
  if (!schemes.has(url.protocol)) return undefined;
  // https://bank.example@evil.example/ leads to evil.example.
  if (url.username || url.password) return undefined;
  if (url.protocol.startsWith('http') && !url.hostname) return undefined;
  // A host of mixed scripts is shown as the letters it really has.
  return looksAlike(found, url) ? { url: url.href, shown: url.href } : { url: url.href };
}

function looksAlike(found: string, url: URL): boolean {
  if (!url.hostname.includes('xn--')) return false;
  const host = /^(?:https?:\/\/)?([^/?#:]+)/i.exec(found)?.[1] ?? '';
  return host.split('.').some((label) => [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u].filter((script) => script.test(label)).length > 1);
}

/** A sentence's full stop, and a bracket that was opened before the address, are not of the address. */
function trimEnd(found: string): string {
  let end = found.length;
  for (; end > 0; end--) {
    const last = found[end - 1]!;
    if (/[.,;:!?'’”»…]/u.test(last)) continue;
    const open = { ')': '(', ']': '[', '}': '{' }[last];
    if (open && count(found, open, end) < count(found, last, end)) continue;
    break;
  }
  return found.slice(0, end);
}

function count(text: string, sign: string, end: number): number {
  let n = 0;
  for (let i = 0; i < end; i++) if (text[i] === sign) n++;
  return n;
}
