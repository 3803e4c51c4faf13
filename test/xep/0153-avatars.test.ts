import { expect } from '@open-wc/testing';
import { avatars, decodePicture, pictureType, wantAvatar } from '../../src/xep/0153-avatars.js';
import { fetchPhoto, photoOf } from '../../src/xep/0054-vcard.js';
import { readMetadata } from '../../src/xep/0084-avatars.js';
import { joinRoom, muc } from '../../src/xep/0045-muc.js';
import { example } from '../support/xep-examples.js';
import { fakeContext, settled, type FakeContext } from '../support/xep-context.js';
import { expectXml, parse } from '../support/xml.js';

const juliet = 'juliet@capulet.com';
/** A PNG of one pixel, and its SHA-1 as `sha1sum` gives it. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const pngHash = '4a5eb7171b58e08a6881721e3b43d5a44419a2be';
const svg = btoa('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');

const vCard = (base64: string, type = 'image/png'): string => `<iq type='result'><vCard xmlns='vcard-temp'><PHOTO><TYPE>${type}</TYPE><BINVAL>\n ${base64}\n </BINVAL></PHOTO></vCard></iq>`;
const announce = (ctx: FakeContext, from: string, photo: string): unknown => avatars.onPresence!(parse(`<presence from='${from}'><x xmlns='vcard-temp:x:update'>${photo}</x></presence>`), ctx);
const vCards = (ctx: FakeContext) => ctx.asked.filter((iq) => iq.getChild('vCard', 'vcard-temp'));

function watching(base64: string, type?: string): FakeContext {
  const ctx = fakeContext({ jid: 'romeo@montague.net/orchard' });
  ctx.onIq((iq) => (iq.getChild('vCard', 'vcard-temp') ? vCard(base64, type) : undefined));
  return ctx;
}

describe('xep/0153-avatars', () => {
  it('fetches an announced picture once, and keeps it', async () => {
    const ctx = watching(png);
    expect(announce(ctx, `${juliet}/balcony`, `<photo>${pngHash}</photo>`)).to.equal(undefined);
    await Promise.all([wantAvatar(ctx, juliet), wantAvatar(ctx, juliet)]);
    await wantAvatar(ctx, juliet);
    const asked = vCards(ctx);
    expect(asked).to.have.length(1);
    const request = await example('0153', "Contact's Client Requests");
    expectXml(asked[0], `<iq type='get' id='${asked[0]!.attrs['id']}' to='${request.attrs['to']}'><vCard xmlns='vcard-temp'/></iq>`);
    const row = (await ctx.shelf.get('avatars', juliet))!;
    expect(row.hash).to.equal(pngHash);
    expect(row.picture!.type).to.equal('image/png');
    expect(row.picture!.size).to.equal(atob(png).length);
  });

  it('needs no question where the picture is known, not even after a restart', async () => {
    const ctx = watching(png);
    await ctx.shelf.put('avatars', [{ jid: juliet, hash: pngHash, picture: new Blob(['x']) }]);
    announce(ctx, `${juliet}/balcony`, `<photo>${pngHash}</photo>`);
    await wantAvatar(ctx, juliet);
    expect(vCards(ctx)).to.have.length(0);
  });

  it('asks for one that was not announced, and remembers that there is none', async () => {
    const ctx = watching(png);
    await wantAvatar(ctx, juliet);
    expect((await ctx.shelf.get('avatars', juliet))?.hash).to.equal(pngHash);
    const none = fakeContext();
    none.onIq(() => example('0054', 'No vCard (item-not-found)'));
    await wantAvatar(none, juliet);
    expect(await none.shelf.get('avatars', juliet)).to.deep.equal({ jid: juliet, hash: '' });
    await wantAvatar(none, juliet);
    expect(none.asked).to.have.length(1);
  });

  it('follows a new picture of somebody who is looked at, and its end', async () => {
    const ctx = watching(png);
    await wantAvatar(ctx, juliet);
    announce(ctx, `${juliet}/balcony`, '<photo>01b87fcd030b72895ff8e88db57ec525450f000d</photo>');
    await settled();
    expect(vCards(ctx)).to.have.length(2);
    announce(ctx, `${juliet}/balcony`, '');
    announce(ctx, `${juliet}/balcony`, '<photo/>');
    await settled();
    expect(await ctx.shelf.get('avatars', juliet)).to.deep.equal({ jid: juliet, hash: '' });
    expect(vCards(ctx)).to.have.length(2);
  });

  it('keeps occupants of a room apart', async () => {
    const ctx = watching(png);
    const joining = joinRoom(ctx, { jid: 'room@chat.example', nick: 'me' });
    await settled();
    muc.onPresence!(parse(`<presence from='room@chat.example/me'><x xmlns='http://jabber.org/protocol/muc#user'><status code='110'/></x></presence>`), ctx);
    await joining;
    announce(ctx, 'room@chat.example/Puck', `<photo>${pngHash}</photo>`);
    await wantAvatar(ctx, 'room@chat.example/Puck');
    expect((await ctx.shelf.all('avatars')).map(({ jid }) => jid)).to.deep.equal(['room@chat.example/Puck']);
  });

  it('takes the picture of XEP-0084 by its hash', async () => {
    const ctx = fakeContext();
    const event = parse((await example('0084', 'Subscribers receive avatar metadata notification')).toString().replaceAll(/id='[0-9a-f]{40}'|id="[0-9a-f]{40}"/g, `id="${pngHash}"`));
    ctx.onIq((iq) => (iq.getChild('pubsub') ? `<iq type='result'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'><item id='${pngHash}'><data xmlns='urn:xmpp:avatar:data'>${png}</data></item></items></pubsub></iq>` : undefined));
    const jid = readMetadata(event)!.jid;
    await avatars.react!({ stanza: event, base: { conversation: jid, chatType: 'chat', sender: jid, mine: false, at: 0, archive: ctx.me }, origin: 'live' }, ctx);
    await wantAvatar(ctx, jid);
    expectXml(ctx.asked[0], `<iq type='get' id='${ctx.asked[0]!.attrs['id']}' to='${jid}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'><item id='${pngHash}'/></items></pubsub></iq>`);
    expect((await ctx.shelf.get('avatars', jid))?.hash).to.equal(pngHash);
  });

  it('hostile: SVG, HTML, lies about the type, lies about the hash, broken base64, bombs', async () => {
    for (const [base64, type] of [[svg, 'image/png'], [btoa('<script>alert(1)</script>'), 'image/jpeg'], [btoa('GIF89'), 'image/gif'], ['%%%%', 'image/png'], [`${png}=`, 'image/png'], ['A'.repeat(1_000_000), 'image/png']] as const) {
      const ctx = watching(base64, type);
      await wantAvatar(ctx, juliet);
      expect((await ctx.shelf.get('avatars', juliet))?.picture, base64.slice(0, 20)).to.equal(undefined);
    }
    const ctx = watching(png);
    announce(ctx, `${juliet}/balcony`, '<photo>01b87fcd030b72895ff8e88db57ec525450f000d</photo>');
    await wantAvatar(ctx, juliet);
    expect(await ctx.shelf.get('avatars', juliet)).to.equal(undefined);
    for (const photo of ['<photo>../../etc</photo>', '<photo>zz</photo>', `<photo>${'a'.repeat(4000)}</photo>`]) announce(ctx, 'mallory@evil.example/x', photo);
    await wantAvatar(ctx, '@');
    expect(vCards(ctx)).to.have.length(1);
  });

  it('knows pictures by their first bytes only', () => {
    const type = (...bytes: number[]): string | undefined => pictureType(Uint8Array.from(bytes));
    expect(type(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)).to.equal('image/png');
    expect(type(0xff, 0xd8, 0xff, 0xe0)).to.equal('image/jpeg');
    expect(pictureType(new TextEncoder().encode('GIF89a'))).to.equal('image/gif');
    expect(pictureType(new TextEncoder().encode('RIFF0000WEBP'))).to.equal('image/webp');
    for (const text of ['', '<svg/>', ' <?xml', 'GIF88a', 'RIFF0000WAVE', '%PDF']) expect(pictureType(new TextEncoder().encode(text)), text).to.equal(undefined);
    expect(decodePicture(btoa('x'.repeat(512 * 1024 + 1)))).to.equal(undefined);
    expect(decodePicture(btoa('x'.repeat(512 * 1024)))?.length).to.equal(512 * 1024);
  });
});

describe('xep/0054-vcard', () => {
  it('reads no picture that lies elsewhere, and none where there is none', async () => {
    expect(photoOf(parse(`<vCard xmlns='vcard-temp'><PHOTO><EXTVAL>http://evil.example/x.png</EXTVAL></PHOTO></vCard>`))).to.equal(undefined);
    expect(photoOf((await example('0054', 'Server Returns vCard')).getChild('vCard'))).to.equal(undefined);
    expect(photoOf((await example('0054', 'No vCard (empty element)')).getChild('vCard'))).to.equal(undefined);
    const ctx = fakeContext();
    ctx.onIq(() => example('0054', 'Server Returns vCard'));
    expect(await fetchPhoto(ctx, ctx.me)).to.equal(undefined);
    expectXml(ctx.asked[0], `<iq type='get' id='${ctx.asked[0]!.attrs['id']}'><vCard xmlns='vcard-temp'/></iq>`);
  });
});
