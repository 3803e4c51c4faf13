import { expect } from '@open-wc/testing';
import * as elements from '../../components/elements.js';

describe('elements', () => {
  it('registers every public tag of the contract', () => {
    for (const tag of ['widget', 'messenger', 'chat', 'room', 'roster', 'conversations', 'session', 'panel', 'sign-in']) expect(customElements.get(`tertulia-${tag}`), tag).to.be.a('function');
  });
  it('gives session and widget a way to make a client, and nobody else’s', () => {
    expect(document.createElement('tertulia-session')).to.be.instanceOf(elements.Session);
    expect(document.createElement('tertulia-session').createClient).to.be.a('function');
    expect(document.createElement('tertulia-widget').createClient).to.be.a('function');
  });
});
