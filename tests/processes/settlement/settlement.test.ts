import { chargeToAccount, returnToAccount } from '../../../src/commands/settlement/settle-order.ts';
import { accountDecider } from '../../../src/domain/accounts/index.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import type { AccountChargeRequested, OrderRefunded } from '../../../src/domain/orders/index.ts';
import { orderDecider } from '../../../src/domain/orders/index.ts';
import { settlement } from '../../../src/processes/settlement/settlement.ts';
import { openSettlementWorld, type SettlementWorld } from './settlement-world.ts';

let at: SettlementWorld;
beforeEach(async () => {
  at = await openSettlementWorld();
  await at.openAccount('marta');
  await at.placeSale('sale', 100);
});
afterEach(() => at.world.stop());

const requested = async () => {
  await at.requestCharge('sale', 'marta', 70);
  return (await at.untilEvent('AccountChargeRequested')).data as AccountChargeRequested['data'];
};

describe('the settlement process', () => {
  it('completes a charge whose request died after the first step', async () => {
    await requested();
    await at.world.app.start();
    await at.settled();
    expect(await at.types('account', 'marta')).toEqual(['AccountOpened', 'DebtOpened']);
    expect(await at.types('order', 'sale')).toEqual([
      'OrderPlaced',
      'AccountChargeRequested',
      'AccountChargeConfirmed',
    ]);
  });

  it('completes a charge whose request died between the debt and the confirmation', async () => {
    const charge = await requested();
    await at.give(accountDecider, 'marta', `sale:charge-${charge.orderId}`, {
      type: 'OpenDebt',
      data: { kind: 'sale', orderId: 'sale', amountMinor: 70, currency: 'USD' },
    });
    await at.world.app.start();
    await at.settled();
    expect(await at.types('account', 'marta')).toEqual(['AccountOpened', 'DebtOpened']);
    expect((await at.types('order', 'sale')).at(-1)).toBe('AccountChargeConfirmed');
  });

  it('changes nothing when the request has finished all steps itself', async () => {
    const charge = await requested();
    const first = await chargeToAccount(at.settlement(`charge-${charge.orderId}`), charge);
    await at.world.app.start();
    await at.settled();
    const again = await chargeToAccount(at.settlement(`charge-${charge.orderId}`), charge);
    expect(again).toMatchObject({ state: first.state, revision: first.revision, repeated: true });
    expect(await at.types('account', 'marta')).toHaveLength(2);
    expect(await at.types('order', 'sale')).toHaveLength(3);
  });

  it('dispatches no command for a charge that the request has finished', async () => {
    const charge = await requested();
    await chargeToAccount(at.settlement(`charge-${charge.orderId}`), charge);
    const { commands, ...others } = at.world.app.services;
    const dispatched: string[] = [];
    const watched: typeof commands = {
      ...commands,
      execute(decider, request) {
        dispatched.push(request.command.type);
        return commands.execute(decider, request);
      },
    };
    const recorded = await at.untilEvent('AccountChargeRequested');
    const nothing = () => Promise.resolve([]);
    const services = { ...others, commands: watched, dueInstances: nothing, eventsOf: nothing };
    await settlement.react(recorded, services);
    expect(dispatched).toEqual([]);
    await at.placeSale('other', 50);
    await at.requestCharge('other', 'marta', 50);
    const unfinished = await at.untilEvent(
      'AccountChargeRequested',
      streamName('order', 'a', 'other'),
    );
    await settlement.react(unfinished, services);
    expect(dispatched).toEqual(['OpenDebt', 'ConfirmAccountCharge']);
  });

  it('answers the order when the account refuses, and goes on with the next', async () => {
    await at.openAccount('poor', 10);
    await at.requestCharge('sale', 'poor', 70);
    await at.placeSale('second', 50);
    await at.requestCharge('second', 'marta', 50);
    await at.world.app.start();
    await at.settled();
    expect((await at.types('order', 'sale')).at(-1)).toBe('AccountChargeRejected');
    expect((await at.types('order', 'second')).slice(-2)).toEqual([
      'AccountChargeConfirmed',
      'OrderStatusChanged',
    ]);
    const own = at.world.app.processes.report().filter(({ name }) => name === 'settlement');
    expect(own).toMatchObject([{ name: 'settlement', stuck: undefined }]);
  });

  it('opens no debt for a charge that was rejected when there was no account yet', async () => {
    await at.requestCharge('sale', 'late', 70);
    const { data } = await at.untilEvent('AccountChargeRequested');
    const charge = data as AccountChargeRequested['data'];
    const settle = () => chargeToAccount(at.settlement(`charge-${charge.orderId}`), charge);
    await expect(settle()).rejects.toMatchObject({ code: 'account_not_found' });
    await at.openAccount('late');
    await expect(settle()).rejects.toMatchObject({ code: 'account_not_found' });
    await at.world.app.start();
    await at.settled();
    expect(await at.types('account', 'late')).toEqual(['AccountOpened']);
    expect((await at.types('order', 'sale')).at(-1)).toBe('AccountChargeRejected');
  });

  it('brings a return to the account once, whoever does it', async () => {
    const charge = await requested();
    await chargeToAccount(at.settlement(`charge-${charge.orderId}`), charge);
    await at.give(orderDecider, 'sale', 'back', {
      type: 'RefundOrder',
      data: { amountMinor: 40, reason: 'Cold', currency: 'USD' },
    });
    await at.world.app.start();
    const { data } = await at.untilEvent('OrderRefunded');
    await at.untilEvent('SaleReturnedToAccount');
    await at.settled();
    const refunded = data as OrderRefunded['data'];
    const again = await returnToAccount(at.settlement('back'), refunded);
    expect(again).toMatchObject({ repeated: true });
    expect(again?.state).toMatchObject({ debts: [{ remainingMinor: 30 }], creditMinor: 0 });
    expect(await at.types('account', 'marta')).toEqual([
      'AccountOpened',
      'DebtOpened',
      'SaleReturnedToAccount',
    ]);
  });

  it('does nothing for a refund that sends nothing to an account', async () => {
    await at.give(orderDecider, 'sale', 'pay', {
      type: 'RecordPayment',
      data: { method: 'cash', amountMinor: 100, currency: 'USD' },
    });
    await at.give(orderDecider, 'sale', 'back', {
      type: 'RefundOrder',
      data: { amountMinor: 40, reason: 'Cold', currency: 'USD' },
    });
    await at.world.app.start();
    await at.settled();
    expect(await at.types('account', 'marta')).toEqual(['AccountOpened']);
  });
});
