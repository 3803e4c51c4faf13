import { html, type TemplateResult } from 'lit';
import { FakeClient } from '../support/fake-client.js';
import { amelie, answerer, guest, hostile, jonas, layla, lobby, newcomer, support, type FakeData } from '../support/fake-data.js';
import { messengerViews } from './messenger-views.js';

/** One picture of the gallery: the views as a template, and the client they show. */
export type View = { readonly client: FakeClient; readonly body: TemplateResult; readonly frame?: 'fill' | 'page' | 'none' };

const chat = (jid: string): TemplateResult => html`<tertulia-chat jid="${jid}"></tertulia-chat>`;
const panel = html`<tertulia-panel contact="${support}" heading="Fjord &amp; Sons" greeting="Hello! We build shelves in Bergen. Ask us anything, a carpenter answers."></tertulia-panel>`;
const never = (): Promise<void> => new Promise(() => {});

const failedData: FakeData = {
  ...guest,
  scripts: [
    {
      jid: support,
      kind: 'chat',
      lines: [
        { from: support, ago: 12, body: 'Could you send a picture of the wall?' },
        { from: 'me', ago: 11, delivery: 'failed', failure: { condition: 'too-large' }, body: '', attachments: [{ url: '', name: 'wall-panorama.heic', size: 48_200_000 }] },
        { from: 'me', ago: 10, delivery: 'failed', failure: { condition: 'service-unavailable', text: 'Blocked by policy' }, body: 'It is 2,14 m wide and the left side is a bit damp.' },
      ],
    },
  ],
};

const statesData: FakeData = {
  ...guest,
  scripts: [
    {
      jid: support,
      kind: 'chat',
      lines: [
        { from: 'me', ago: 70, delivery: 'read', body: 'I measured the wall.' },
        { from: support, ago: 60, body: 'Thank you! We will draw it today.' },
        { from: 'me', ago: 50, delivery: 'read', body: 'It is 2,14 m wide.' },
        { from: 'me', ago: 40, delivery: 'delivered', body: 'The left side is a bit damp.' },
        { from: 'me', ago: 30, delivery: 'sent', body: 'Is oak a good idea there?' },
        { from: 'me', ago: 20, delivery: 'failed', failure: { condition: 'internal-server-error' }, body: 'Or rather birch?' },
        { from: 'me', ago: 10, delivery: 'failed', failure: { condition: 'unreadable' }, body: '', attachments: [{ url: '', name: 'wall.heic', size: 3_200_000 }] },
        { from: 'me', ago: 0, delivery: 'sending', body: 'I am on the train now.' },
      ],
    },
  ],
};

const hostileData: FakeData = {
  ...answerer,
  contacts: [{ jid: jonas, name: hostile[0]!, groups: [], subscription: 'both', asked: false }],
  scripts: [{ jid: jonas, kind: 'chat', lines: hostile.map((body, index) => ({ from: index % 3 ? jonas : 'me', ago: 60 - index, body })) }],
};

const files: FakeData = {
  ...answerer,
  scripts: [
    {
      jid: jonas,
      kind: 'chat',
      lines: [
        { from: jonas, ago: 40, body: '', attachments: [{ url: 'https://elsewhere.example/a/DSC_0001.jpg', name: 'DSC_0001.jpg', mediaType: 'image/jpeg', size: 3_100_000, width: 1600, height: 900 }] },
        { from: jonas, ago: 39, body: '', attachments: [{ url: 'https://elsewhere.example/a/Ein sehr langer Dateiname der umbrochen werden muss 2026-05-03 final v2.tar.gz', size: 12_400_000 }] },
        { from: 'me', ago: 20, delivery: 'read', body: '👏👏' },
        { from: jonas, ago: 15, body: 'x'.repeat(5000) },
        { from: 'me', ago: 1, delivery: 'sending', body: '', attachments: [{ url: '', name: 'catalogue-v8.pdf', size: 8_400_000, mediaType: 'application/pdf' }] },
      ],
    },
  ],
};

const widget = (client: FakeClient, open: boolean): View => ({ client, frame: 'none', body: html`<tertulia-widget .client="${client}" .open="${open}" contact="${support}" heading="Fjord &amp; Sons"></tertulia-widget>` });

const offline = (): FakeClient => {
  const client = new FakeClient({ data: guest, mode: 'guest', session: { status: 'offline' } });
  client.receive(support, { from: 'me', ago: 0, delivery: 'sending', body: 'Are you still there? My train went into a tunnel.' });
  return client;
};

const many = (): FakeClient => {
  const lines = Array.from({ length: 600 }, (_, index) => ({ from: index % 4 === 0 ? 'me' : jonas, ago: 600 - index, delivery: 'read' as const, body: `Message ${index + 1}. ${'Some words to fill the line. '.repeat(index % 5)}` }));
  return new FakeClient({ data: { ...answerer, scripts: [{ jid: jonas, kind: 'chat', lines }] } });
};

/** Every view by its name in the address: `?view=name&theme=dark&locale=ar`; the messenger's own address stands after the `#`. */
export const views: Record<string, () => View> = {
  chat: () => ({ client: new FakeClient(), body: chat(jonas) }),
  'chat-unread': () => ({ client: new FakeClient(), body: chat(amelie) }),
  'chat-arabic': () => ({ client: new FakeClient(), body: chat(layla) }),
  'chat-typing': () => {
    const client = new FakeClient();
    client.setTypists(jonas, [jonas]);
    return { client, body: chat(jonas) };
  },
  'chat-empty': () => ({ client: new FakeClient(), body: chat('dad@example.org') }),
  'chat-loading': () => {
    const client = new FakeClient();
    client.latency = never;
    return { client, body: chat(jonas) };
  },
  'chat-states': () => ({ client: new FakeClient({ data: statesData, mode: 'guest' }), body: chat(support) }),
  'chat-failed': () => ({ client: new FakeClient({ data: failedData, mode: 'guest' }), body: chat(support) }),
  'chat-files': () => {
    const client = new FakeClient({ data: files });
    client.setUpload(client.lastMessage(jonas)!.id, 0.4);
    return { client, body: chat(jonas) };
  },
  'chat-hostile': () => ({ client: new FakeClient({ data: hostileData }), body: chat(jonas) }),
  'chat-many': () => ({ client: many(), body: chat(jonas) }),
  'room-list': () => ({ client: new FakeClient(), body: html`<tertulia-chat jid="${lobby}" kind="room"></tertulia-chat>` }),
  room: () => ({ client: new FakeClient(), body: html`<tertulia-room jid="${lobby}" nick="Mira"></tertulia-room>` }),
  panel: () => ({ client: new FakeClient({ data: guest, mode: 'guest' }), body: panel }),
  'panel-new': () => ({ client: new FakeClient({ data: newcomer, mode: undefined }), body: panel }),
  'panel-starting': () => {
    const client = new FakeClient({ data: newcomer, mode: undefined, session: { status: 'connecting' } });
    client.resume = () => new Promise(() => {});
    return { client, body: panel };
  },
  'panel-anonymous': () => ({ client: new FakeClient({ data: newcomer, mode: undefined }), body: html`<tertulia-panel contact="${support}" auth="anonymous" heading="Fjord &amp; Sons"></tertulia-panel>` }),
  'panel-sign-in': () => ({ client: new FakeClient({ data: newcomer, mode: undefined }), body: html`<tertulia-panel contact="${support}" auth="login" heading="Fjord &amp; Sons"></tertulia-panel>` }),
  'panel-host': () => ({ client: new FakeClient({ data: newcomer, mode: undefined }), body: html`<tertulia-panel contact="${support}" auth="host" heading="Fjord &amp; Sons"></tertulia-panel>` }),
  'panel-refused': () => ({ client: new FakeClient({ data: newcomer, mode: 'guest', session: { status: 'refused', error: { code: 'registration' } } }), body: panel }),
  'panel-offline': () => ({ client: offline(), body: panel }),
  'panel-connecting': () => ({ client: new FakeClient({ data: guest, mode: 'guest', session: { status: 'connecting' } }), body: panel }),
  'panel-room': () => ({ client: new FakeClient({ mode: 'guest' }), body: html`<tertulia-panel room="${lobby}" nickname="Mira"></tertulia-panel>` }),
  widget: () => widget(new FakeClient({ data: { ...guest, scripts: guest.scripts.map((script) => ({ ...script, unread: 2 })) }, mode: 'guest' }), false),
  'widget-open': () => widget(new FakeClient({ data: guest, mode: 'guest' }), true),
  'sign-in': () => ({ client: new FakeClient({ mode: undefined }), frame: 'page', body: html`<tertulia-sign-in></tertulia-sign-in>` }),
  ...messengerViews,
};
