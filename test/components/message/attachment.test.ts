import { defineFiles } from '../../../components/message/define-files.js';
import { expect } from '@open-wc/testing';
import { html } from 'lit';
import type { Attachment } from '../../../components/message/attachment.js';
import type { Attachment as File } from '../../../src/model/fact.js';
import { FakeClient } from '../../support/fake-client.js';
import { find, findAll, inSession, settle } from '../../support/view.js';

async function show(file: File, { mine = false, uploading = 0, client = new FakeClient() } = {}): Promise<Attachment> {
  const session = await inSession(client, html`<tertulia-attachment .file="${file}" .mine="${mine}" .uploading="${uploading}"></tertulia-attachment>`);
  return find<Attachment>(session, 'tertulia-attachment');
}
// A picture that is there: one that is not is replaced by a card as soon as its host says so.
const own = new URL('/public/icons/icon-192.png', location.href).href;
const elsewhere = own.replace('//localhost', '//127.0.0.1');
const picture: File = { url: elsewhere, name: 'cat.jpg', mediaType: 'image/jpeg', size: 1000, width: 400, height: 200 };

defineFiles();

describe('message/attachment', () => {
  it('asks no third host for a picture before a click', async () => {
    const element = await show(picture);
    expect(findAll(element, 'img')).to.have.length(0);
    const ask = find<HTMLButtonElement>(element, 'button');
    expect(ask.textContent).to.contain('Show the picture').and.to.contain('127.0.0.1');
    ask.click();
    await settle(element);
    const image = find<HTMLImageElement>(element, 'img');
    expect(image.src).to.equal(picture.url);
    expect(image.referrerPolicy).to.equal('no-referrer');
    expect(element.shadowRoot!.activeElement).to.equal(find(element, 'a'));
  });
  it('shows one’s own pictures and those of one’s own server', async () => {
    expect(findAll(await show(picture, { mine: true }), 'img')).to.have.length(1);
    expect(findAll(await show({ ...picture, url: own }), 'img')).to.have.length(1);
  });
  it('keeps the picture’s place before it has loaded', async () => {
    const element = await show(picture, { mine: true });
    const { width, height } = find(element, '.picture').getBoundingClientRect();
    expect(width / height).to.be.closeTo(2, 0.05);
  });
  it('shows a card for what is no picture, and for SVG', async () => {
    for (const mediaType of ['application/pdf', 'image/svg+xml', 'text/html', '<b>']) {
      const element = await show({ url: 'https://upload.localhost/x.bin', name: 'paper.pdf', size: 8_214_002, mediaType });
      expect(findAll(element, 'img')).to.have.length(0);
      const link = find<HTMLAnchorElement>(element, 'a');
      expect(link.getAttribute('aria-label')).to.equal('Download paper.pdf');
      expect(link.rel).to.contain('noopener');
      expect(link.textContent).to.contain('8.2 MB');
    }
  });
  it('makes no link of an address that is none', async () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', '', 'https://a:b@c.example/']) expect(findAll(await show({ url, name: 'x.png' }), 'a, img'), url).to.have.length(0);
  });
  it('says how much is uploaded', async () => {
    const client = new FakeClient();
    const element = await show({ url: '', name: 'x.pdf' }, { mine: true, uploading: 7, client });
    expect(findAll(element, 'progress')).to.have.length(0);
    client.setUpload(7, 0.25);
    await settle(element);
    const bar = find<HTMLProgressElement>(element, 'progress');
    expect(bar.value).to.equal(0.25);
    expect(bar.getAttribute('aria-label')).to.equal('Uploading, 25 %');
  });
});
