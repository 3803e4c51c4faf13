/**
 * XEP-0388: Extensible SASL Profile, version 1.0.4
 * https://xmpp.org/extensions/xep-0388.html
 *
 * In:  `<authentication/>` in the features; `<challenge/>`, `<success/>`, `<failure/>`, `<continue/>`.
 * Out: `<authenticate/>` with what goes with it (XEP-0198, XEP-0386, XEP-0484), `<response/>`.
 *
 * Loaded where a server offers it. The rules of which mechanism may be used are the classic profile's (`../xmpp/sasl.ts`).
 */
import { xml } from '../xmpp/element.js';
import type { Element } from '../xmpp/element.js';
import { choose, exchange, mechanismsIn, type Mechanism } from '../xmpp/sasl.js';
import type { DropTokenOptions, FastState, FastStore, SaltedKey, Sasl2Options, Sasl2Outcome, Sasl2Stream } from '../xmpp/connection-types.js';
import { localOf, normalizeJid } from '../base/jid.js';
import { ChatError, toChatError } from '../base/error.js';
import { NS_SM } from './0198-stream-management.js';
import { bindRequest, inlineFeatures, NS_BIND2, NS_CSI } from './0386-bind2.js';
import { countUse, keepToken, NS_FAST, offersFast, tokenMechanism, tokenRequest, usable } from './0484-fast.js';

const NS = 'urn:xmpp:sasl:2';

const offerOf = (stream: Sasl2Stream): Element => stream.features.getChild('authentication', NS) ?? xml('authentication', { xmlns: NS });

const authenticate = async (stream: Sasl2Stream, mechanism: Mechanism, ...more: readonly Element[]): Promise<Element> => {
  // §2.4: no text where there is no initial response; one that is empty is an empty element.
  stream.send(xml('authenticate', { xmlns: NS, mechanism: mechanism.name }, xml('initial-response', {}, mechanism.first), ...more));
  return exchange(stream, NS, mechanism, (success) => success.getChildText('additional-data') ?? '');
};

const agent = (id: string): Element => xml('user-agent', { id }, xml('software', {}, 'Tertulia'));

/** §2.4: the device's name stays the same, also where there is no token, so that the server gives it the same resource again. */
async function stateOf(fast: FastStore): Promise<FastState> {
  const kept = await fast.load();
  if (kept) return kept;
  const state = { userAgent: crypto.randomUUID() };
  await fast.save(state);
  return state;
}

/** §2.5: wrong for the token is not wrong for the password, and nobody has to be told. */
async function withToken(fast: FastStore, userAgent: string, work: Promise<Element>): Promise<Element> {
  try {
    return await work;
  } catch (thrown) {
    const { code, condition } = toChatError(thrown, 'protocol');
    if (code !== 'not-authorized' && code !== 'forged-server') throw thrown;
    await fast.save({ userAgent });
    // On a new stream: some servers take nothing but a token on one that was begun with a token.
    throw new ChatError('offline', 'the token is no good any more', { condition: 'token-refused', cause: condition });
  }
}

export async function signIn(stream: Sasl2Stream, options: Sasl2Options): Promise<Sasl2Outcome> {
  const { proof, scramSeen, management, resumable, fast, clock, newId } = options;
  const offer = offerOf(stream);
  const inline = offer.getChild('inline');
  const bindOffer = inline?.getChild('bind', NS_BIND2);
  const more: Element[] = [];

  // A password that can be typed again is what a token may stand for; what a site hands out anew each time is not.
  const keeps = fast && (proof.kind === 'password' || proof.kind === 'scram-key') && offersFast(inline?.getChild('fast', NS_FAST)) ? fast : undefined;
  const kept = fast && (await stateOf(fast));
  if (kept) more.push(agent(kept.userAgent));
  const token = keeps && kept && usable(kept, clock);

  let saltedKey: SaltedKey | undefined;
  let mechanism: Mechanism;
  if (keeps && kept && token && proof.kind !== 'anonymous') {
    mechanism = await tokenMechanism(proof.username, token);
    more.push(await countUse(keeps, kept, token));
  } else {
    mechanism = choose(mechanismsIn(offer), { proof, domain: stream.domain, scramSeen, newId }, (key) => (saltedKey = key));
    if (keeps) more.push(tokenRequest());
  }
  const resumes = resumable && inline?.getChild('sm', NS_SM) !== undefined;
  if (resumes) more.push(await management.resumption());
  // Bound before it could be resumed, the old stream would be lost.
  if (bindOffer && (resumes || !resumable)) more.push(bindRequest(bindOffer, options));

  const authenticated = authenticate(stream, mechanism, ...more);
  const success = await (keeps && kept && token ? withToken(keeps, kept.userAgent, authenticated) : authenticated);
  // What follows belongs to the stream that the success resumes or manages.
  const bound = success.getChild('bound', NS_BIND2);
  const enabled = bound?.getChild('enabled', NS_SM);
  const resumed = success.getChild('resumed', NS_SM);
  if (resumed || enabled) stream.count();
  if (keeps && kept) await keepToken(success, keeps, kept.userAgent);

  const answer = resumes ? (resumed ?? success.getChild('failed', NS_SM)) : undefined;
  if (answer && (await management.resumed(stream, answer)) === 'resumed') {
    // Not every server shows features to a stream that it had already.
    stream.features = xml('stream:features', {}, ...(bindOffer && inlineFeatures(bindOffer).includes(NS_CSI) ? [xml('csi', { xmlns: NS_CSI })] : []));
    return { resumed: true, managed: true, saltedKey };
  }
  const features = await stream.nextNonza();
  if (features.getName() !== 'features') throw new ChatError('protocol', 'no features came');
  stream.features = features;
  if (!bound) return { resumed: false, managed: false, saltedKey };
  const jid = normalizeJid(success.getChildText('authorization-identifier')?.trim());
  if (!jid?.includes('@') || !jid.includes('/')) throw new ChatError('protocol', 'the server bound no address');
  // For whoever looks for what is on already.
  features.append(bound);
  if (enabled) await management.enabled(stream, jid, enabled);
  return { jid, resumed: false, managed: enabled !== undefined, saltedKey };
}

/** Milliseconds for the server to hear of it; a token ends by itself sooner or later. */
const farewellDeadline = 1_000;

/** XEP-0484 §3.5. */
export async function dropToken({ jid, open, fast, clock, log }: DropTokenOptions): Promise<void> {
  try {
    const kept = await fast.load();
    if (!kept?.token) return;
    const stream = open(jid);
    const cancel = clock.after(farewellDeadline, () => stream.fail(new ChatError('timeout', 'no farewell')));
    try {
      await stream.open();
      if (!offersFast(offerOf(stream).getChild('inline')?.getChild('fast', NS_FAST))) return;
      const mechanism = await tokenMechanism(localOf(jid), kept.token);
      await authenticate(stream, mechanism, agent(kept.userAgent), await countUse(fast, kept, kept.token, { invalidate: 'true' }));
    } finally {
      cancel();
      await stream.close();
    }
  } catch (error) {
    log.debug('the token ends by itself', toChatError(error, 'protocol').code);
  } finally {
    await fast.save(undefined);
  }
}
