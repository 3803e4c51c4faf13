// The least XMPP client over WebSocket that can ask a server what it offers: independent of the engine.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import parse from '@xmpp/xml/lib/parse.js';
import WebSocket from 'ws';

/** @typedef {import('./element.js').Element} Element */

const framing = 'urn:ietf:params:xml:ns:xmpp-framing';
const sasl = 'urn:ietf:params:xml:ns:xmpp-sasl';

/** @param {string} text */
const escape = (text) => text.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);

/**
 * A stream that has sent nothing but its opening.
 * @param {string} url @param {string} domain
 */
export async function open(url, domain) {
  const socket = new WebSocket(url, ['xmpp'], { headers: { origin: 'https://shop.example' } });
  /** @type {Element[]} */
  const frames = [];
  /** @type {Set<() => void>} */
  const waiting = new Set();
  let closed = false;
  const wake = () => waiting.forEach((run) => run());
  socket.on('message', (data) => {
    frames.push(/** @type {Element} */ (parse(String(/** @type {Buffer} */ (data)))));
    wake();
  });
  socket.on('close', () => {
    closed = true;
    wake();
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));

  /** @param {(frame: Element) => boolean} wanted @returns {Promise<Element>} the first frame that is wanted, taken out */
  const next = (wanted) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const at = frames.findIndex(wanted);
        if (at < 0 && !closed) return;
        waiting.delete(look);
        clearTimeout(timer);
        const frame = frames.splice(at, 1)[0];
        if (at >= 0 && frame) resolve(frame);
        else reject(new Error('the server closed the stream'));
      };
      const timer = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`no such frame among: ${frames.map(String).join('\n')}`));
      }, 10_000);
      waiting.add(look);
      look();
    });
  /** @param {string} xml */
  const send = (xml) => socket.send(xml);
  const restart = async () => {
    send(`<open xmlns="${framing}" to="${domain}" version="1.0"/>`);
    await next((frame) => frame.is('open'));
    return next((frame) => frame.getName() === 'features');
  };
  let count = 0;
  /** @param {'get' | 'set'} type @param {string} payload @param {string} [to] */
  const iq = async (type, payload, to) => {
    const id = `i${++count}`;
    send(`<iq xmlns="jabber:client" type="${type}" id="${id}"${to ? ` to="${escape(to)}"` : ''}>${payload}</iq>`);
    return next((frame) => frame.is('iq') && frame.attrs.id === id);
  };
  const close = async () => {
    if (closed) return;
    const done = new Promise((resolve) => socket.once('close', resolve));
    send(`<close xmlns="${framing}"/>`);
    setTimeout(() => socket.terminate(), 2000).unref();
    await done;
  };
  return { features: await restart(), send, next, iq, restart, close };
}

/** @typedef {Awaited<ReturnType<typeof open>>} Wire */

/** @param {Element} features */
export const mechanismsOf = (features) => features.getChild('mechanisms')?.getChildren('mechanism').map((child) => child.getText()) ?? [];

/** @param {Wire} wire */
const bind = async (wire) => {
  await wire.restart();
  const bound = await wire.iq('set', '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>');
  return bound.getChild('bind')?.getChildText('jid') ?? '';
};

/**
 * Signs in by SCRAM-SHA-256 (RFC 7677) and binds. Rejects where the server does not prove that it knows the password.
 * @param {string} url @param {string} jid @param {string} password
 */
export async function signIn(url, jid, password) {
  const [user = '', domain = ''] = jid.split('@');
  const wire = await open(url, domain);
  const nonce = randomBytes(18).toString('base64');
  const bare = `n=${user},r=${nonce}`;
  wire.send(`<auth xmlns="${sasl}" mechanism="SCRAM-SHA-256">${Buffer.from(`n,,${bare}`).toString('base64')}</auth>`);
  const challenge = await wire.next((frame) => frame.is('challenge') || frame.is('failure'));
  if (challenge.is('failure')) throw new Error(String(challenge));
  const first = Buffer.from(challenge.getText(), 'base64').toString();
  const field = Object.fromEntries(first.split(',').map((part) => [part[0], part.slice(2)]));
  /** @param {Buffer | string} key @param {string} text */
  const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
  const salted = pbkdf2Sync(password.normalize('NFKC'), Buffer.from(field.s ?? '', 'base64'), Number(field.i), 32, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  const final = `c=biws,r=${field.r}`;
  const message = `${bare},${first},${final}`;
  const signature = hmac(createHash('sha256').update(clientKey).digest(), message);
  const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0)));
  wire.send(`<response xmlns="${sasl}">${Buffer.from(`${final},p=${proof.toString('base64')}`).toString('base64')}</response>`);
  const end = await wire.next((frame) => frame.is('success') || frame.is('failure'));
  if (end.is('failure')) throw new Error(String(end));
  if (Buffer.from(end.getText(), 'base64').toString() !== `v=${hmac(hmac(salted, 'Server Key'), message).toString('base64')}`) throw new Error('the server did not prove itself');
  return { ...wire, jid: await bind(wire) };
}

/** SASL ANONYMOUS. @param {string} url @param {string} domain */
export async function signInAnonymously(url, domain) {
  const wire = await open(url, domain);
  wire.send(`<auth xmlns="${sasl}" mechanism="ANONYMOUS"/>`);
  const end = await wire.next((frame) => frame.is('success') || frame.is('failure'));
  if (end.is('failure')) throw new Error(String(end));
  return { ...wire, jid: await bind(wire) };
}

/** In-band registration (XEP-0077 §3.1). @param {string} url @param {string} domain @param {string} user @param {string} password */
export async function signUp(url, domain, user, password) {
  const wire = await open(url, domain);
  const offered = wire.features.getChild('register', 'http://jabber.org/features/iq-register') !== undefined;
  const query = `<query xmlns="jabber:iq:register"><username>${escape(user)}</username><password>${escape(password)}</password></query>`;
  // ejabberd ends the stream of those who ask where nobody may.
  const answer = await wire.iq('set', query).catch(() => undefined);
  await wire.close();
  return { offered, made: answer?.attrs.type === 'result', condition: answer?.getChild('error')?.getChildElements()[0]?.getName() };
}
