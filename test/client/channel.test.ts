import { expect } from '@open-wc/testing';
import { newId } from '../../src/base/id.js';
import { silentLog } from '../../src/base/log.js';
import { busName, busVersion } from '../../src/client/bus.js';
import { openChannel } from '../../src/client/channel.js';
import { BusPort } from '../../src/engine/bus-port.js';
import { settle, until } from '../xmpp/model-server.js';

describe('client/channel', () => {
  it('reads nothing of what another build says, whatever it is, and tells which one it was', async () => {
    const name = `test-${newId()}`;
    const channel = openChannel(name);
    const raw = new BroadcastChannel(busName(name));
    const heard: unknown[] = [];
    const versions: number[] = [];
    channel.onMessage((message) => heard.push(message));
    const stop = channel.onForeign!((version) => versions.push(version));
    const poke = { type: 'poke', pokes: 'of a shape that we do not know' };
    for (const data of [{ bus: busVersion + 1, message: poke }, poke, null, 'text', 7, { bus: busVersion }, { bus: 'x', message: poke }]) raw.postMessage(data);
    raw.postMessage({ bus: busVersion, message: { type: 'ping' } });
    await until(() => heard.length > 0, 'our own');
    expect(heard).to.deep.equal([{ type: 'ping' }]);
    expect(versions).to.deep.equal([busVersion + 1, 0, 0, 0, 0, NaN]);
    stop();
    raw.postMessage({ bus: busVersion + 1, message: poke });
    await settle();
    expect(versions).to.have.lengthOf(6);
    raw.close();
    channel.close();
  });

  it('a leader answers a page of an older build, so that it learns of the newer one; a newer build is left alone', async () => {
    const name = `test-${newId()}`;
    const channel = openChannel(name);
    const raw = new BroadcastChannel(busName(name));
    const heard: unknown[] = [];
    raw.onmessage = ({ data }) => heard.push((data as { bus: number }).bus);
    const bus = new BusPort(channel, silentLog, 'tab');
    bus.lead(3);
    await until(() => heard.length === 1, 'its first word');
    raw.postMessage({ bus: busVersion + 1, message: { type: 'live-please' } });
    await settle();
    expect(heard).to.have.lengthOf(1);
    raw.postMessage({ bus: busVersion - 1, message: { type: 'live-please' } });
    await until(() => heard.length === 2, 'an answer');
    expect(heard[1]).to.equal(busVersion);
    raw.close();
    channel.close();
  });
});
