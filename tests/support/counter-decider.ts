import { Type } from '@sinclair/typebox';

import type { Command, Decider } from '../../src/domain/kernel/decider.ts';
import { DomainError, InvariantError, NotFoundError } from '../../src/domain/kernel/errors.ts';
import type { DomainEvent } from '../../src/domain/kernel/event.ts';
import type { EventType } from '../../src/domain/kernel/event-types.ts';

export type CounterCommand =
  | Command<'Open', { readonly limit: number }>
  | Command<'Add', { readonly amount: number; readonly note?: string }>
  /** One event per amount, all in one append. */
  | Command<'AddMany', { readonly amounts: readonly number[] }>
  | Command<'Take', { readonly amount: number; readonly note?: string }>
  /** No event when the total is right already. */
  | Command<'Settle', { readonly total: number }>
  /** Throws an error that no decider should throw. */
  | Command<'Break', { readonly how: 'invariant' | 'plain' | 'bad-event' }>;

export type CounterEvent =
  | DomainEvent<'CounterOpened', { readonly limit: number }>
  | DomainEvent<'CounterMoved', { readonly by: number; readonly note?: string }>;

/** A till drawer reduced to a number. `trail` depends on the order of all events. */
export interface CounterState {
  readonly opened: boolean;
  readonly limit: number;
  readonly total: number;
  readonly moves: number;
  readonly trail: number;
}

export const COUNTER_EVENT_TYPES: readonly EventType[] = [
  {
    type: 'CounterOpened',
    version: 1,
    schema: Type.Object({ limit: Type.Integer() }, { additionalProperties: false }),
  },
  {
    type: 'CounterMoved',
    version: 2,
    schema: Type.Object(
      { by: Type.Integer(), note: Type.Optional(Type.String()) },
      { additionalProperties: false },
    ),
    upcasters: { 1: ({ amount }: { amount: number }) => ({ by: amount }) },
  },
];

function moved(state: CounterState, by: number, note?: string): CounterEvent {
  const total = state.total + by;
  if (total > state.limit) {
    throw new DomainError('credit_limit_exceeded', `expected at most ${state.limit}`, {
      limit: state.limit,
      total,
      note,
    });
  }
  if (total < 0) {
    throw new DomainError('payout_exceeds_refundable', `expected at most ${state.total}`, {
      total: state.total,
    });
  }
  return { type: 'CounterMoved', data: { by, ...(note !== undefined && { note }) } };
}

function decide(command: CounterCommand, state: CounterState): readonly CounterEvent[] {
  if (command.type === 'Open') {
    if (state.opened) throw new DomainError('account_exists', 'expected no counter yet');
    return [{ type: 'CounterOpened', data: { limit: command.data.limit } }];
  }
  if (!state.opened) throw new NotFoundError('account_not_found', 'there is no such counter');
  switch (command.type) {
    case 'Add':
    case 'Take': {
      const { amount, note } = command.data;
      if (!Number.isInteger(amount) || amount < 1) {
        throw new DomainError(
          'invalid_request',
          `expected an amount of 1 or more, found ${amount}`,
        );
      }
      return [moved(state, command.type === 'Add' ? amount : -amount, note)];
    }
    case 'AddMany': {
      let current = state;
      return command.data.amounts.map((amount) => {
        const event = moved(current, amount);
        current = evolve(current, event);
        return event;
      });
    }
    case 'Settle': {
      const by = command.data.total - state.total;
      return by === 0 ? [] : [moved(state, by)];
    }
    case 'Break':
      if (command.data.how === 'invariant') throw new InvariantError('nothing of the kind');
      if (command.data.how === 'plain') throw new TypeError('a slip of the decider');
      return [{ type: 'CounterMoved', data: { by: 0.5 } }];
  }
}

function evolve(state: CounterState, event: CounterEvent): CounterState {
  switch (event.type) {
    case 'CounterOpened':
      return { ...state, opened: true, limit: event.data.limit };
    case 'CounterMoved':
      return {
        ...state,
        total: state.total + event.data.by,
        moves: state.moves + 1,
        trail: (state.trail * 31 + event.data.by + 1_000) % 1_000_003,
      };
  }
}

export const counterDecider: Decider<CounterState, CounterCommand, CounterEvent> = {
  category: 'account',
  version: 1,
  initialState: { opened: false, limit: 0, total: 0, moves: 0, trail: 7 },
  decide,
  evolve,
};

export const open = (limit = 1_000): CounterCommand => ({ type: 'Open', data: { limit } });
export const add = (amount: number, note?: string): CounterCommand => ({
  type: 'Add',
  data: { amount, ...(note !== undefined && { note }) },
});
export const take = (amount: number): CounterCommand => ({ type: 'Take', data: { amount } });
export const addMany = (...amounts: number[]): CounterCommand => ({
  type: 'AddMany',
  data: { amounts },
});
export const settle = (total: number): CounterCommand => ({ type: 'Settle', data: { total } });
