import { expect } from '@open-wc/testing';
import { ping, sendPing } from '../../src/xep/0199-ping.js';
import { ChatError } from '../../src/base/error.js';
import { exampleXml } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';
import type { Element } from '../../src/xmpp/element.js';

describe('xep/0199-ping', () => {
  it('answers with an empty result those who may know that we are here', () => {
    const [service] = ping.serves!;
    expect(service).to.include({ type: 'get', name: 'ping', ns: 'urn:xmpp:ping' });
    expect(ping.features).to.deep.equal(['urn:xmpp:ping']);
    expect(service!.answer(parse("<iq type='get'><ping xmlns='urn:xmpp:ping'/></iq>"), undefined as never)).to.equal(undefined);
  });
  it('hostile: is not open to strangers, who would learn that somebody is there', () => {
    expect(ping.serves!.every((service) => service.open !== true)).to.equal(true);
  });
  it('asks as the example does, and rejects as its sender does', async () => {
    const sent: { stanza: Element; timeout: number | undefined }[] = [];
    const sender = {
      iq: async (stanza: Element, options?: { timeout?: number }): Promise<Element> => {
        sent.push({ stanza, timeout: options?.timeout });
        if (stanza.attrs['to'] === undefined) throw new ChatError('timeout', '');
        return stanza;
      },
    };
    await sendPing(sender, 'capulet.lit', 5_000);
    const example = (await exampleXml('0199', 'Ping', 2)).replace(/ from='[^']*'| id='[^']*'/g, '');
    expectXml(sent[0]!.stanza, example);
    expect(sent[0]!.timeout).to.equal(5_000);
    expect(await sendPing(sender).then(() => '', (error: ChatError) => error.code)).to.equal('timeout');
  });
});
