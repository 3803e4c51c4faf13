import { expect } from '@open-wc/testing';
import { delayElement, isDelayed, parseStamp, readDelay } from '../../src/xep/0203-delay.js';
import { example } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';

describe('xep/0203-delay', () => {
  it('reads the stamp of those who are trusted', async () => {
    const stanza = await example('0203', 'Receiving a Message Sent While Offline');
    expect(readDelay(stanza, (by) => by === 'capulet.com')).to.equal(Date.UTC(2002, 8, 10, 23, 8, 25));
    expect(readDelay(stanza, (by) => by === 'montague.net')).to.equal(undefined);
    expect(isDelayed(stanza)).to.equal(true);
  });
  it('writes one', () => {
    expectXml(delayElement('a@x.example', Date.UTC(2002, 8, 10, 23, 8, 25, 7)), "<delay xmlns='urn:xmpp:delay' from='a@x.example' stamp='2002-09-10T23:08:25.007Z'/>");
  });
  it('hostile: every stamp is a time after 1970 or none', () => {
    for (const bad of ['', 'yesterday', '0000-01-01T00:00:00Z', '-2002-09-10T23:08:25Z', '2002-09-10', '2002-09-10T23:08:25', '2002-13-40T23:08:25Z', '2016-12-31T23:59:60Z', '1969-12-31T23:59:59Z', 'NaN', '2002-09-10T23:08:25+99:00'])
      expect(parseStamp(bad), bad).to.equal(undefined);
    expect(parseStamp('2002-09-11T13:08:25.5+14:00')).to.equal(Date.UTC(2002, 8, 10, 23, 8, 25, 500));
    const twice = parse("<message><delay xmlns='urn:xmpp:delay' from='m@x.example' stamp='2001-01-01T00:00:00Z'/><delay xmlns='urn:xmpp:delay' from='x.example' stamp='2002-01-01T00:00:00Z'/></message>");
    expect(readDelay(twice, (by) => by === 'x.example')).to.equal(Date.UTC(2002, 0, 1));
  });
});
