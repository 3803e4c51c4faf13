import { expect } from '@open-wc/testing';
import { register, unregister } from '../../src/xep/0077-registration.js';
import { ChatError, toChatError } from '../../src/base/error.js';
import { newId } from '../../src/base/id.js';
import { fakeContext, stanzaError } from '../support/xep-context.js';
import { example } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';
import type { Element } from '../../src/xmpp/element.js';
import type { Negotiation } from '../../src/xmpp/connection-types.js';

const legacy = "<iq type='result'><query xmlns='jabber:iq:register'><instructions>Choose.</instructions><username/><password/></query></iq>";
const withForm = (fields: string): string => `<iq type='result'><query xmlns='jabber:iq:register'><instructions/><username/><password/><x xmlns='jabber:x:data' type='form'><field type='hidden' var='FORM_TYPE'><value>jabber:iq:register</value></field>${fields}</x></query></iq>`;
const simple = "<field type='text-single' var='username'><required/></field><field type='text-private' var='password'><required/></field>";
const error = (condition: string): string => `<iq type='error'><error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`;

/** A stream whose server answers with these, in order; the last one for ever. */
function stream(...answers: readonly (string | ChatError)[]): { stream: Negotiation; asked: Element[] } {
  const asked: Element[] = [];
  return {
    asked,
    stream: {
      features: parse('<features/>'),
      domain: 'guests.example',
      send() {},
      next: () => Promise.reject(new ChatError('timeout', 'nothing comes')),
      nextNonza: () => Promise.reject(new ChatError('timeout', 'nothing comes')),
      async iq(stanza) {
        const answer = answers[Math.min(asked.length, answers.length - 1)];
        asked.push(stanza);
        if (answer === undefined || answer instanceof ChatError) throw answer ?? new ChatError('timeout', 'no answer');
        const reply = parse(answer);
        if (reply.attrs['type'] === 'error') throw stanzaError(reply);
        return reply;
      },
    },
  };
}
const outcome = async (...answers: readonly (string | ChatError)[]): Promise<string> => {
  try {
    await register(stream(...answers).stream, { newId }, 'guest-1', 'secret');
    return 'made';
  } catch (thrown) {
    const { code, condition } = toChatError(thrown, 'invalid');
    return `${code} ${condition ?? ''}`.trim();
  }
};

describe('xep/0077-registration', () => {
  it('registers as the specification shows', async () => {
    const { stream: server, asked } = stream(legacy, "<iq type='result'/>");
    await register(server, { newId }, 'guest-1', 'secret');
    expectXml(asked[0], `<iq type='get' to='guests.example' id='${asked[0]?.attrs['id']}'><query xmlns='jabber:iq:register'/></iq>`);
    expectXml(asked[1], `<iq type='set' to='guests.example' id='${asked[1]?.attrs['id']}'><query xmlns='jabber:iq:register'><username>guest-1</username><password>secret</password></query></iq>`);
  });
  it('fills in a form where there is one, with its hidden fields (§6)', async () => {
    const { stream: server, asked } = stream(withForm(`${simple}<field type='text-single' var='email'/><field type='fixed'><value>Hello</value></field>`), "<iq type='result'/>");
    await register(server, { newId }, 'guest-1', 'secret');
    const form = asked[1]?.getChild('query')?.getChild('x');
    expectXml(form, `<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>jabber:iq:register</value></field><field var='username'><value>guest-1</value></field><field var='password'><value>secret</value></field></x>`);
  });
  it('hands an obsolete key back (§7)', async () => {
    const { stream: server, asked } = stream(legacy.replace('<username/>', '<key>abc</key><username/>'), "<iq type='result'/>");
    await register(server, { newId }, 'guest-1', 'secret');
    expect(asked[1]?.getChild('query')?.getChildText('key')).to.equal('abc');
  });
  it('says why it cannot be done', async () => {
    expect(await outcome(error('service-unavailable'))).to.equal('registration closed');
    expect(await outcome(error('feature-not-implemented'))).to.equal('registration closed');
    expect(await outcome(legacy, error('forbidden'))).to.equal('registration closed');
    expect(await outcome(new ChatError('stream-error', 'ended', { condition: 'not-authorized' })), 'ejabberd').to.equal('registration closed');
    expect(await outcome(new ChatError('stream-error', 'ended', { condition: 'system-shutdown' }))).to.equal('stream-error system-shutdown');
    expect(await outcome(legacy, error('policy-violation')), 'Prosody').to.equal('registration rate-limited');
    expect(await outcome(legacy, error('resource-constraint')), 'ejabberd').to.equal('registration rate-limited');
    expect(await outcome(legacy, error('conflict'))).to.equal('registration conflict');
    expect(await outcome(legacy, error('not-acceptable'))).to.equal('registration not-acceptable');
    expect(await outcome(new ChatError('timeout', 'none'))).to.equal('timeout');
    expect(await outcome((await example('0077', 'Host Redirects Entity to Web Registration')).toString())).to.equal('registration human-check');
    expect(await outcome((await example('0077', 'Host Returns Registration Fields to Entity')).toString()), 'wants an e-mail').to.equal('registration form');
    expect(await outcome((await example('0077', 'Host Returns Registration Form to Entity')).toString())).to.equal('registration form');
    expect(await outcome(withForm(`${simple}<field var='ocr' type='text-single'><media xmlns='urn:xmpp:media-element'/><required/></field>`))).to.equal('registration human-check');
    expect(await outcome(withForm(`${simple}<field var='age' type='text-single'><required/></field>`))).to.equal('registration form');
  });
  it('hostile: answers that are none, names of every object, forms without an end', async () => {
    expect(await outcome("<iq type='result'/>")).to.equal('protocol');
    expect(await outcome("<iq type='result'><query xmlns='jabber:iq:register'/></iq>")).to.equal('registration closed');
    expect(await outcome("<iq type='result'><query xmlns='urn:else'><username/><password/></query></iq>")).to.equal('protocol');
    expect(await outcome(legacy.replace('<username/>', '<username/><constructor/>'))).to.equal('registration form');
    expect(await outcome(withForm(`${simple}<field var='__proto__' type='text-single'><required/></field>`))).to.equal('registration form');
    expect(await outcome(withForm(''))).to.equal('registration closed');
  });
  it('removes the account', async () => {
    const ctx = fakeContext();
    ctx.onIq(() => "<iq type='result'/>");
    await unregister(ctx);
    expectXml(ctx.asked[0], "<iq type='set' id='id1'><query xmlns='jabber:iq:register'><remove/></query></iq>");
    ctx.onIq(() => example('0077', 'Server Informs Client of Failed Cancellation'));
    expect(await unregister(ctx).catch((thrown: unknown) => toChatError(thrown, 'invalid').condition)).to.equal('not-allowed');
  });
});
