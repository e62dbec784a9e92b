import { createReceiverGates } from '../../src/app/receiver-gates.ts';
import type { SendOutcome } from '../../src/ports/delivery-channel.ts';

const ACCEPTED: SendOutcome = { outcome: 'accepted' };
const SILENT: SendOutcome = {
  ...{ outcome: 'failed', failureClass: 'retry', code: 'webhook_timeout', reason: 'silent' },
  unreachable: true,
};

function openGates() {
  const clock = { nowMs: 1_000, now: () => clock.nowMs };
  const gates = createReceiverGates(clock);
  const made: string[] = [];
  const call = (receiver: string, outcome: SendOutcome) =>
    gates.through(receiver, () => {
      made.push(receiver);
      return Promise.resolve(outcome);
    });
  return { clock, call, made };
}

describe('The gate of a receiver', () => {
  it('is closed for a while after a call without a response, and longer after the next', async () => {
    const { clock, call, made } = openGates();
    await call('erp', SILENT);
    expect(await call('erp', ACCEPTED)).toMatchObject({
      ...{ failureClass: 'retry', code: 'receiver_silent', retryAfterMs: 5_000 },
    });
    clock.nowMs += 5_000;
    await call('erp', SILENT);
    expect(await call('erp', ACCEPTED)).toMatchObject({ retryAfterMs: 10_000 });
    clock.nowMs += 10_000;
    expect(await call('erp', ACCEPTED)).toEqual(ACCEPTED);
    expect(await call('erp', ACCEPTED)).toEqual(ACCEPTED);
    expect(made).toHaveLength(4);
  });

  it('holds up no other receiver, and never the channel', async () => {
    const { call } = openGates();
    expect(await call('erp', SILENT)).not.toHaveProperty('unreachable');
    expect(await call('crm', ACCEPTED)).toEqual(ACCEPTED);
  });

  it('lets one call through when its time is over', async () => {
    const { clock, call } = openGates();
    await call('erp', SILENT);
    clock.nowMs += 5_000;
    const trial = call('erp', ACCEPTED);
    expect(await call('erp', ACCEPTED)).toMatchObject({ code: 'receiver_silent' });
    expect(await trial).toEqual(ACCEPTED);
  });

  it('counts calls that were made at the same time as one', async () => {
    const { call } = openGates();
    await Promise.all([call('erp', SILENT), call('erp', SILENT), call('erp', SILENT)]);
    expect(await call('erp', ACCEPTED)).toMatchObject({ retryAfterMs: 5_000 });
  });
});
