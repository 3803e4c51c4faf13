/** From an opened stream to a session: the profile of SASL, then the old stream taken up or a new one bound and managed. */
import { xml } from './element.js';
import { bind, NS_BIND } from './negotiate.js';
import { authenticate, mechanismsIn, offeredMechanisms } from './sasl.js';
import { scramMechanisms } from './scram.js';
import type { Stream } from './stream.js';
import type { ConnectionOptions, Proof, SaltedKey } from './connection-types.js';
import { bareJid, normalizeJid } from '../base/jid.js';
import { ChatError, toChatError } from '../base/error.js';

export const NS_SM = 'urn:xmpp:sm:3';
const NS_SASL2 = 'urn:xmpp:sasl:2';

export type SignedIn = { readonly jid: string; readonly resumed: boolean; readonly saltedKey: SaltedKey | undefined };

/** Stream errors that say nothing of the stream that was to be resumed. Any other would come again with every attempt. */
const passing: readonly (string | undefined)[] = ['system-shutdown', 'resource-constraint', 'connection-timeout', 'reset', 'see-other-host', 'closed'];

const strongest = (offered: readonly string[]): string | undefined => scramMechanisms.find((name) => offered.includes(name));
const inSasl2 = ({ features }: Stream): readonly string[] => mechanismsIn(features.getChild('authentication', NS_SASL2));
/** Whether the server offers a SCRAM, in whichever profile: then it is never asked for less again. */
export const offersScram = (stream: Stream): boolean => strongest([...offeredMechanisms(stream.features), ...inSasl2(stream)]) !== undefined;
/** Nobody may have us take a weaker mechanism by offering the better one in the other profile only. */
const asGoodInSasl2 = (stream: Stream): boolean => {
  const classic = strongest(offeredMechanisms(stream.features));
  const offered = inSasl2(stream);
  return offered.length > 0 && (classic === undefined || offered.includes(classic));
};

/** Throws what `authenticate` throws, and `protocol` where the server does not do what it has to. */
export async function signIn(stream: Stream, proof: Proof, scramSeen: boolean, options: ConnectionOptions): Promise<SignedIn> {
  const { domain, management, newId, clock, log, fast, resourcePrefix = 'tertulia' } = options;
  const old = management.resumable?.jid;
  const resumable = proof.kind !== 'anonymous' && old !== undefined && bareJid(old) === normalizeJid(`${proof.username}@${domain}`);
  let jid: string | undefined;
  let resumed = false;
  let managed = false;
  let saltedKey: SaltedKey | undefined;
  let asked = false;

  /** A server that ends the stream over the old one would do so each time: that one is given up, what it carried is settled. */
  const orGiveUp = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (thrown) {
      const { code, condition } = toChatError(thrown, 'protocol');
      if (resumable && code === 'stream-error' && !passing.includes(condition)) await management.forget();
      throw thrown;
    }
  };

  const sasl2 = asGoodInSasl2(stream) && (await options.sasl2?.().catch((error: unknown) => log.debug('the classic way', error)));
  if (sasl2) {
    const outcome = await orGiveUp(sasl2.signIn(stream, { proof, scramSeen, management, resumable, tag: resourcePrefix, inactive: options.inactive?.() ?? false, fast, clock, newId }));
    ({ jid, resumed, managed, saltedKey } = outcome);
  } else {
    ({ saltedKey } = await authenticate(stream, { proof, domain, scramSeen, newId }));
    // In one go with the opening: what is asked of a server that has kept the stream needs no look at its features first.
    const resumption = resumable ? await management.resumption() : undefined;
    asked = resumption !== undefined;
    await orGiveUp(stream.restart(resumption));
  }
  const offered = stream.features.getChild('sm', NS_SM) !== undefined;
  if (resumable && !resumed && jid === undefined && offered && management.resumable) {
    if (!asked) stream.send(await management.resumption());
    const taken = async (): Promise<boolean> => {
      const answer = await stream.nextNonza();
      if (answer.is('resumed', NS_SM)) stream.count();
      return (await management.resumed(stream, answer)) === 'resumed';
    };
    resumed = await orGiveUp(taken());
  }
  if (resumed && old !== undefined) return { jid: old, resumed, saltedKey };
  if (jid === undefined) {
    if (!stream.features.getChild('bind', NS_BIND)) throw new ChatError('protocol', 'the server binds no resource');
    jid = await bind(stream, `${resourcePrefix}.${newId().slice(0, 8)}`);
  }
  if (!managed) {
    if (offered) {
      stream.send(management.enabling());
      await management.enabled(stream, jid, await stream.nextNonza());
    } else await management.forget();
  }
  return { jid, resumed: false, saltedKey };
}

/** Asks the server for any answer at all (XEP-0199). */
export const ping = (domain: string): ReturnType<typeof xml> => xml('iq', { type: 'get', to: domain }, xml('ping', { xmlns: 'urn:xmpp:ping' }));
