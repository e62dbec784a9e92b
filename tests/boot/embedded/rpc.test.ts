import { MessageChannel } from 'node:worker_threads';

import { coalesce } from '../../../src/boot/embedded/coalesce.ts';
import { createRpc } from '../../../src/boot/embedded/rpc.ts';
import { InvariantError } from '../../../src/domain/kernel/errors.ts';
import { channelOver } from '../../support/port-channel.ts';

const NOT_COPYABLE = () => undefined;

describe('calls between threads', () => {
  let ports: MessageChannel;
  const open = () => {
    ports = new MessageChannel();
    const callee = createRpc(channelOver(ports.port2));
    return { caller: createRpc(channelOver(ports.port1)), callee };
  };
  afterEach(() => {
    ports.port1.close();
    ports.port2.close();
  });

  // The reply could not be posted: an unhandled rejection ended the instance.
  it('rejects a call whose result cannot be copied, and goes on', async () => {
    const { caller, callee } = open();
    callee.handle('bad', () => NOT_COPYABLE);
    callee.handle('good', () => 7);

    await expect(caller.call('bad')).rejects.toThrow('could not be cloned');
    await expect(caller.call('good')).resolves.toBe(7);
  });

  it('rejects a call whose arguments cannot be copied, and goes on', async () => {
    const { caller, callee } = open();
    callee.handle('good', () => 7);

    await expect(caller.call('good', NOT_COPYABLE)).rejects.toThrow('could not be cloned');
    await expect(caller.call('good')).resolves.toBe(7);
  });

  it('keeps the message of an error whose details cannot be copied', async () => {
    const { caller, callee } = open();
    callee.handle('bad', () => {
      throw new InvariantError('a reason', { detail: NOT_COPYABLE });
    });

    await expect(caller.call('bad')).rejects.toThrow('expected a reason');
  });
});

describe('a coalesced task', () => {
  it('runs again for later triggers after it has thrown', async () => {
    let runs = 0;
    const trigger = coalesce(() => {
      runs += 1;
      return Promise.reject(new Error('failed'));
    });
    for (let i = 0; i < 2; i += 1) {
      trigger();
      await new Promise((resolve) => setImmediate(resolve));
    }

    expect(runs).toBe(2);
  });
});
