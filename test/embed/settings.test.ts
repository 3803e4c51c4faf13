import { expect } from '@open-wc/testing';
import { frameSettings, readSettings } from '../../embed/settings.js';

const dataset = (values: Record<string, string>): DOMStringMap => {
  const element = document.createElement('script');
  for (const [name, value] of Object.entries(values)) element.dataset[name] = value;
  return element.dataset;
};

describe('embed/settings', () => {
  it('reads the script tag, then the object', () => {
    const settings = readSettings(dataset({ contact: 'support@example.com', zIndex: '7', open: '' }), { contact: 'other@example.com', theme: 'dark' });
    expect(settings).to.deep.include({ contact: 'support@example.com', zIndex: '7', open: true, theme: 'dark' });
    expect(readSettings(dataset({ open: 'false' })).open).to.equal(false);
  });
  it('leaves out a value that is none of the choices', () => {
    const settings = readSettings(dataset({ theme: 'blue', auth: 'root', position: 'start' }));
    expect(settings.theme).to.equal(undefined);
    expect(settings.auth).to.equal(undefined);
    expect(settings.position).to.equal('start');
  });
  it('never hands the credentials callback to the frame', () => {
    const settings = readSettings(dataset({}), { credentials: async () => ({ jid: 'a@b', password: 'x' }), title: 'Us' });
    expect(frameSettings(settings)).to.deep.equal({ title: 'Us' });
  });
});
