import { expect } from '@open-wc/testing';
import { fileUrl, isOwnHost } from '../../../components/message/own-hosts.js';
import { FakeClient } from '../../support/fake-client.js';

describe('message/own-hosts', () => {
  const client = new FakeClient();
  it('is the domain and what lies under it', () => {
    expect(isOwnHost('https://localhost/a.png', client)).to.equal(true);
    expect(isOwnHost('https://upload.localhost:5281/a.png', client)).to.equal(true);
  });
  it('is nothing that only looks like it', () => {
    for (const url of ['https://evil.example/localhost/', 'https://evillocalhost/a.png', 'https://localhost.evil.example/', 'https://localhost@evil.example/', 'not an address', '', 'javascript:localhost']) expect(isOwnHost(url, client), url).to.equal(false);
    expect(isOwnHost('https://localhost/', undefined)).to.equal(false);
  });
  it('fetches over http and https only, and tells nobody a password', () => {
    for (const url of ['javascript:alert(1)', 'data:image/png;base64,AA', 'blob:https://a/b', 'ftp://a/b', 'https://u:p@a/b', '', 'x']) expect(fileUrl(url), url).to.equal(undefined);
    expect(fileUrl('https://a.example/b')?.href).to.equal('https://a.example/b');
  });
});
