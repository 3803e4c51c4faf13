import { expect } from '@open-wc/testing';
import { bindRequest, inlineFeatures } from '../../src/xep/0386-bind2.js';
import { createStreamManagement } from '../../src/xep/0198-stream-management.js';
import { silentLog } from '../../src/base/log.js';
import { TestClock } from '../support/xep-context.js';
import { exampleXml } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';
import { TestStore } from '../xmpp/client.js';

const management = createStreamManagement({ store: new TestStore(), clock: new TestClock(), log: silentLog });
const offer = async (): Promise<ReturnType<typeof parse>> =>
  parse((await exampleXml('0386', 'Server advertises support in stream features')).replace('<stream:features>', "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>")).getChild('authentication')!.getChild('inline')!.getChild('bind')!;

describe('xep/0386-bind2', () => {
  it('asks as the examples do', async () => {
    const asked = async (example: string): Promise<string> => (await exampleXml('0386', example)).replace(/^[^]*?(<bind[^]*<\/bind>)[^]*$/, '$1');
    const all = await asked('Client provides a resource bind request, additionally requesting some session features');
    expectXml(bindRequest(await offer(), { tag: 'AwesomeXMPP', inactive: true, management }), all.replace("sm:3'", "sm:3' resume='true'"));
    expectXml(bindRequest(parse("<bind xmlns='urn:xmpp:bind:0'/>"), { tag: 'AwesomeXMPP', inactive: true, management }), await asked('Client provides a resource bind request'));
    expect(bindRequest(await offer(), { tag: 'x', inactive: false, management }).getChild('inactive')).to.equal(undefined);
  });
  it('asks for nothing that is not offered there, whatever is', () => {
    for (const odd of ["<bind xmlns='urn:xmpp:bind:0'><feature var='urn:xmpp:sm:3'/></bind>", "<bind xmlns='urn:xmpp:bind:0'><inline><feature/><feature var=''/><x var='urn:xmpp:sm:3'/></inline></bind>", "<bind xmlns='urn:xmpp:bind:0'><inline xmlns='other'><feature var='urn:xmpp:sm:3'/></inline></bind>"]) {
      expect(inlineFeatures(parse(odd))).to.not.include('urn:xmpp:sm:3');
      expect(bindRequest(parse(odd), { tag: 'x', inactive: true, management }).children.length).to.equal(1);
    }
  });
});
