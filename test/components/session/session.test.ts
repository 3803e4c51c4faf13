import { expect, fixture } from '@open-wc/testing';
import { html } from 'lit';
import type { Session } from '../../../components/session/session.js';
import { FakeClient } from '../../support/fake-client.js';
import { jonas } from '../../support/fake-data.js';
import { find, inSession, settle, still, until } from '../../support/view.js';

type Rgb = readonly [number, number, number];
/** Computed colours come in many notations: a pixel has one. */
function rgb(colour: string): Rgb {
  const draw = new OffscreenCanvas(1, 1).getContext('2d')!;
  draw.fillStyle = colour;
  draw.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = draw.getImageData(0, 0, 1, 1).data;
  return [r, g, b];
}
function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => {
    const [r, g, blue] = rgb(colour).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4)) as unknown as Rgb;
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

describe('session', () => {
  it('gives the client to what it contains, also to what comes later', async () => {
    const client = new FakeClient();
    const session = await inSession(client, html`<tertulia-avatar jid="${jonas}"></tertulia-avatar>`);
    expect(find<HTMLElement & { client: unknown }>(session, 'tertulia-avatar').client).to.equal(client);
    const late = document.createElement('tertulia-avatar');
    session.append(late);
    await settle(session);
    expect(late.client).to.equal(client);
    const other = new FakeClient();
    session.client = other;
    await settle(session);
    expect(late.client).to.equal(other);
  });

  it('makes a client once, from its attributes', async () => {
    const places: unknown[] = [];
    const client = new FakeClient();
    const session = await fixture<Session>(html`<tertulia-session domain="example.org" service="wss://example.org/ws" .createClient="${async (place: unknown) => {
      places.push(place);
      return client;
    }}"></tertulia-session>`);
    session.theme = 'dark';
    await settle(session);
    expect(session.client).to.equal(client);
    expect(places).to.deep.equal([{ domain: 'example.org', service: 'wss://example.org/ws' }]);
  });

  it('speaks a language, in its direction', async () => {
    const session = await inSession(new FakeClient(), html`<tertulia-chat jid="${jonas}"></tertulia-chat>`, { locale: 'ar' });
    await until(() => session.lang === 'ar');
    await settle(session);
    expect(getComputedStyle(find(session, 'tertulia-chat')).direction).to.equal('rtl');
    expect(find(session, 'textarea').getAttribute('aria-label')).to.equal('رسالة');
    session.locale = 'en-GB';
    await until(() => session.lang === 'en-GB');
    await settle(session);
    expect(find(session, 'textarea').getAttribute('aria-label')).to.equal('Message');
    expect(getComputedStyle(find(session, 'tertulia-chat')).direction).to.equal('ltr');
    session.locale = 'not a tag!';
    await until(() => session.lang === 'en');
  });

  for (const theme of ['light', 'dark'] as const) {
    it(`keeps any accent legible, ${theme}`, async () => {
      const session = await inSession(new FakeClient(), html`<tertulia-chat jid="${jonas}"></tertulia-chat>`, { theme });
      const bubble = find(session, '.mine .bubble');
      const join = find(session, '.button.primary');
      const read = find(session, '.meta.read .state, .meta.read .icon');
      const accents = ['', 'gold', '#ffffff', '#000', 'hsl(0 0% 46%)', 'rebeccapurple', '#ff3b30', 'lime', 'oklch(0.7 0.2 40)', 'blue', 'color(display-p3 0 1 0)', 'nonsense', 'url(x)'];
      for (const accent of accents) {
        session.accent = accent;
        await settle(session);
        still(session);
        const ground = getComputedStyle(session.querySelector('tertulia-chat')!).backgroundColor;
        for (const element of [bubble, join]) {
          const { color, backgroundColor } = getComputedStyle(element);
          expect(contrast(color, backgroundColor), `${accent} ${element.className}`).to.be.at.least(4.5);
        }
        expect(contrast(getComputedStyle(read).color, ground), `${accent} as text`).to.be.at.least(4.5);
      }
    });
  }
});
