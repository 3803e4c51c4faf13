/**
 * XEP-0077: In-Band Registration, version 2.4
 * https://xmpp.org/extensions/xep-0077.html
 *
 * In:  nothing: nobody registers with us.
 * Out: a guest's account is made before authentication, and removed when the guest wants to be forgotten.
 */
import { ChatError, toChatError } from '../base/error.js';
import { childElements, xml } from '../xmpp/element.js';
import type { Element } from '../xmpp/element.js';
import type { IdSource } from '../base/id.js';
import type { Negotiation } from '../xmpp/connection-types.js';
import type { XepContext } from './module.js';

const NS = 'jabber:iq:register';
const NS_FORM = 'jabber:x:data';

/**
 * Why no account could be made: the server's own condition for an unforeseen refusal, or one of these:
 * `closed`, nobody may register there; `rate-limited`, too many from this network lately; `human-check`, a person would
 * have to solve a riddle; `form`, it wants to know more than a name and a password; `conflict`, the name is taken.
 */
export type RegistrationCondition = 'closed' | 'rate-limited' | 'human-check' | 'form' | 'conflict';

const fail = (condition: string, message: string, cause?: unknown): ChatError => new ChatError('registration', message, { condition, cause });

/** The server's refusals that have a name of their own. Prosody: policy-violation; ejabberd: resource-constraint. */
const meanings: Readonly<Record<string, readonly [condition: RegistrationCondition, message: string]>> = {
  'conflict': ['conflict', 'the name is taken'],
  'policy-violation': ['rate-limited', 'too many accounts were made from this network lately'],
  'resource-constraint': ['rate-limited', 'too many accounts were made from this network lately'],
  'service-unavailable': ['closed', 'the server registers nobody'],
  'feature-not-implemented': ['closed', 'the server registers nobody'],
  'forbidden': ['closed', 'the server does not let us register'],
  'not-allowed': ['closed', 'the server does not let us register'],
};

function explain(thrown: unknown): ChatError {
  const error = toChatError(thrown, 'registration');
  // ejabberd ends the stream of who asks for registration where there is none.
  if (error.code === 'stream-error' && error.condition === 'not-authorized') return fail('closed', 'the server registers nobody', error);
  if (error.code !== 'refused') return error;
  const [condition, message] = meanings[error.condition ?? ''] ?? [error.condition ?? 'undefined-condition', error.message];
  return fail(condition, message, error);
}

const ask = (type: 'get' | 'set', domain: string, id: string, ...children: Element[]): Element => xml('iq', { type, to: domain, id }, xml('query', { xmlns: NS }, ...children));

/** The account to make, as the fields that the server asked for (§3.1.1, or a form of §4). @throws ChatError `registration`. */
function fillIn(query: Element, username: string, password: string): Element[] {
  const form = query.getChildren('x', NS_FORM).find((x) => x.attrs['type'] === 'form');
  const given = new Map([['username', username], ['password', password]]);
  if (form) return [fillInForm(form, given)];
  // §5.
  if (query.getChild('x', 'jabber:x:oob')) throw fail('human-check', 'the server registers people on a web page only');
  const names = childElements(query).filter((child) => child.getNS() === NS).map((child) => child.getName());
  if (!names.includes('username') || !names.includes('password')) throw fail('closed', 'the server asks for no name and password');
  const fields = names.filter((name) => name !== 'instructions' && name !== 'registered');
  return fields.map((name) => {
    // §7: the obsolete <key/> is handed back as it came.
    const value = name === 'key' ? query.getChildText('key', NS) : given.get(name);
    if (value === undefined || value === null) throw fail('form', `the server wants to know "${name}"`);
    return xml(name, {}, value);
  });
}

function fillInForm(form: Element, given: ReadonlyMap<string, string>): Element {
  const fields = form.getChildren('field', NS_FORM).flatMap((field) => {
    const { var: name, type } = field.attrs;
    if (!name || type === 'fixed') return [];
    if (field.getChild('media') || name === 'ocr' || /captcha/i.test(name)) throw fail('human-check', 'the server wants a riddle solved');
    const own = given.get(name);
    const values = own !== undefined ? [own] : field.getChildren('value', NS_FORM).map((value) => value.text());
    if (!values.length) {
      if (field.getChild('required', NS_FORM)) throw fail('form', `the server wants to know "${name}"`);
      return [];
    }
    return [xml('field', { var: name }, ...values.map((value) => xml('value', {}, value)))];
  });
  const names = new Set(fields.map((field) => field.attrs['var']));
  if (!names.has('username') || !names.has('password')) throw fail('closed', 'the server asks for no name and password');
  return xml('x', { xmlns: NS_FORM, type: 'submit' }, ...fields);
}

/**
 * Makes an account on the stream's domain.
 * @throws ChatError `registration`, with a `RegistrationCondition` or the server's own; `timeout`, `offline`.
 */
export async function register(stream: Negotiation, { newId }: { readonly newId: IdSource }, username: string, password: string): Promise<void> {
  const { domain } = stream;
  try {
    const query = (await stream.iq(ask('get', domain, newId()))).getChild('query', NS);
    if (!query) throw new ChatError('protocol', 'an answer without <query/>');
    await stream.iq(ask('set', domain, newId(), ...fillIn(query, username, password)));
  } catch (thrown) {
    throw explain(thrown);
  }
}

/**
 * Removes the account that is signed in, with everything the server keeps of it (§3.2). The server ends the stream then.
 * @throws ChatError `refused`, `timeout`, `offline`.
 */
export async function unregister(ctx: Pick<XepContext, 'iq' | 'newId'>): Promise<void> {
  // §3.2: without `to`, the request is about the own account.
  await ctx.iq(xml('iq', { type: 'set', id: ctx.newId() }, xml('query', { xmlns: NS }, xml('remove'))));
}
