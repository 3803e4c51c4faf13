// The harness itself, on pages of its own: what it must see, find and cut.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { hold } from './support/chaos-report.js';
import { note, talkWith } from './support/chaos-scene.js';
import { withServer } from './support/stage.js';

const dist = mkdtempSync(join(tmpdir(), 'tertulia-pages-'));
after(() => rmSync(dist, { recursive: true, force: true }));
mkdirSync(join(dist, 'assets'));
const page = (script: string): string => `<!doctype html><html lang="en"><head><title>Harness</title><link rel="icon" href="data:,"><meta name="viewport" content="width=device-width"></head><body><main><h1>Harness</h1><x-panel></x-panel></main><script type="module" src="/${script}"></script></body></html>`;
writeFileSync(join(dist, 'index.html'), page('good.js'));
writeFileSync(join(dist, 'widget.html'), page('good.js'));
writeFileSync(join(dist, 'bad.html'), page('bad.js'));
writeFileSync(join(dist, 'frame.html'), page('frame.js'));
writeFileSync(
  join(dist, 'good.js'),
  `class Panel extends HTMLElement {
    constructor() {
      super();
      const root = this.attachShadow({ mode: 'open' });
      const inner = document.createElement('div');
      inner.setAttribute('role', 'dialog');
      inner.setAttribute('aria-label', 'Support');
      const field = document.createElement('textarea');
      field.setAttribute('aria-label', 'Message');
      const button = document.createElement('button');
      button.append('Se', Object.assign(document.createElement('span'), { textContent: 'nd' }));
      const log = document.createElement('div');
      log.setAttribute('role', 'log');
      const hidden = Object.assign(document.createElement('button'), { textContent: 'Hidden', hidden: true });
      button.onclick = () => { const article = document.createElement('article'); article.textContent = field.value; log.append(article); };
      inner.append(log, field, button, hidden);
      root.append(inner);
    }
  }
  customElements.define('x-panel', Panel);
  window.config = fetch('/config.json').then((response) => response.json());`,
);
writeFileSync(join(dist, 'bad.js'), "document.body.setAttribute('style', 'color: red'); try { document.body.innerHTML = '<b>x</b>'; } catch {} throw new Error('on purpose');");
writeFileSync(join(dist, 'frame.js'), "const frame = document.createElement('iframe'); frame.src = '/widget.html'; frame.title = 'Chat'; document.body.append(frame);");

it('the chaos misses whatever was promised, twice or out of place, and of others what the server has not forgotten', () => {
  const talk = talkWith('chat', 'bob@localhost');
  for (const body of ['c-1', 'c-2']) talk.mine.push({ body, sure: true, settled: true, atRisk: false, forgettable: false });
  for (const body of ['a-1', 'a-2', 'a-3']) note(talk, 'a', body);
  assert.deepEqual(hold('there', ['c-1', 'a-1', 'c-2', 'a-2', 'a-3'], talk, 'c'), { lost: [], duplicated: [], misordered: [] });
  assert.deepEqual(hold('there', ['c-2', 'c-1', 'a-2', 'a-2'], talk, 'c'), { lost: ['a-1 in there', 'a-3 in there'], duplicated: ['a-2 in there'], misordered: ['c-1 in there'] });
  talk.forgotten.add('a-3');
  assert.deepEqual(hold('there', ['a-1', 'a-2', 'c-1'], talk, 'c').lost, ['c-2 in there']);
});

for (const browser of ['chromium', 'firefox'] as const) {
  withServer(
    'prosody',
    (stage) => {
      it(`${browser}: finds by role and name through shadow roots, in the page and in the widget's frame`, async () => {
        const person = await stage().launch(browser);
        const tab = await person.open(`${stage().app}/frame.html`);
        const widget = await person.widget(tab);
        await widget.type('textbox', 'Message', 'Is it open?', { within: await widget.find('dialog', /^Supp/) });
        await widget.click('button', 'Send');
        const article = await widget.find('article', 'Is it open?', { within: await widget.find('log') });
        assert.equal(await widget.text(article), 'Is it open?');
        assert.deepEqual(await widget.names('button'), ['Send']);
        await widget.gone('button', 'Hidden');
        await assert.rejects(widget.find('button', 'Missing', { timeout: 200 }), /Waited 0\.2 s for: button Missing/);
        assert.deepEqual(await widget.accessibility(), []);
        assert.deepEqual((await tab.evaluate('document.title')) as string, 'Harness');
      });

      it(`${browser}: sees violations of the policy, errors and exceptions`, async () => {
        const person = await stage().launch(browser);
        await person.open(`${stage().app}/bad.html`);
        const wanted = [/violates.*style-src/, /violates.*require-trusted-types-for/, /uncaught.*on purpose/];
        const end = Date.now() + 10_000;
        while (!wanted.every((pattern) => person.troubles.some((trouble) => pattern.test(trouble))) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
        const troubles = person.troubles.splice(0).join('\n');
        for (const pattern of wanted) assert.match(troubles, pattern);
      });

      it(`${browser}: cuts and mends the network, and tells where the server is`, async () => {
        const person = await stage().launch(browser);
        const tab = await person.open(`${stage().app}/`);
        const config = (await tab.evaluate('window.config')) as { service: string };
        assert.equal(config.service, stage().server.wsUrl);
        const socket = `new Promise((resolve) => { const socket = new WebSocket(${JSON.stringify(config.service)}, 'xmpp'); window.socketClosed = new Promise((done) => { socket.onclose = () => done('closed'); }); socket.onopen = () => resolve('open'); socket.onerror = () => resolve('refused'); })`;
        assert.equal(await tab.evaluate(socket), 'open');
        person.expect(/WebSocket|ERR_|Failed to load|can.t establish/);
        stage().cut();
        assert.equal(await tab.evaluate('socketClosed'), 'closed');
        assert.equal(await tab.evaluate(socket), 'refused');
        stage().mend();
        assert.equal(await tab.evaluate(socket), 'open');
      });
    },
    { dist },
  );
}
