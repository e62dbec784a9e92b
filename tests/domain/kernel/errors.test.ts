import {
  ConflictError,
  DomainError,
  type ErrorCode,
  ERRORS,
  InvariantError,
  NotFoundError,
  TillstreamError,
  UpstreamError,
} from '../../../src/domain/kernel/errors.ts';
import { invariant, unreachable } from '../../../src/domain/kernel/invariant.ts';

describe('the error table', () => {
  const rows = Object.entries(ERRORS);

  it('has codes in snake case and titles that are sentences', () => {
    for (const [code, { title }] of rows) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(title).toMatch(/^[A-Z].*[^.]$/);
    }
  });

  it('names for each code what the caller can do, in sentences', () => {
    for (const [, { remedy }] of rows) expect(remedy).toMatch(/^\S.*\.$/);
  });

  it('has a title of its own for each code', () => {
    expect(new Set(rows.map(([, { title }]) => title)).size).toBe(rows.length);
  });

  it('never calls a recorded refusal retryable: it stays refused', () => {
    const wrong = rows.filter(([, { kind, retryable }]) => kind === 'refused' && retryable);
    expect(wrong).toStrictEqual([]);
  });

  it('calls what ends by itself retryable', () => {
    const codes: ErrorCode[] = [
      'command_in_flight',
      'contention',
      'outcome_unknown',
      'store_unavailable',
      'not_caught_up',
      'too_many_requests',
    ];
    for (const code of codes) expect(ERRORS[code].retryable).toBe(true);
    expect(ERRORS.idempotency_key_reused.retryable).toBe(false);
    expect(ERRORS.precondition_failed.retryable).toBe(false);
  });
});

describe('an error', () => {
  it.each([DomainError, ConflictError, NotFoundError, UpstreamError])(
    'carries its code, details and cause, and what the table says of it: %p',
    (Kind) => {
      const cause = new Error('first');
      const error = new Kind('order_not_found', 'there is no order 7', { id: '7' }, cause);
      expect(error).toBeInstanceOf(TillstreamError);
      expect(error).toMatchObject({
        name: Kind.name,
        code: 'order_not_found',
        message: 'there is no order 7',
        details: { id: '7' },
        kind: 'unknown',
        retryable: false,
        cause,
      });
    },
  );

  it('has no cause and empty details when none are given', () => {
    const error = new DomainError('order_closed', 'it has ended');
    expect(error).not.toHaveProperty('cause');
    expect(error.details).toStrictEqual({});
  });
});

describe('an invariant', () => {
  it('passes when it holds', () => {
    expect(() => {
      invariant(1, 'one');
    }).not.toThrow();
  });

  it('says what was expected and what was found', () => {
    const breach = () => {
      invariant(false, 'revision 4', { revision: 6 });
    };
    expect(breach).toThrow(InvariantError);
    expect(breach).toThrow('expected revision 4, found {"revision":6}');
  });

  it.each([
    ['a position', { commit: 1n }, '{"commit":"1"}'],
    ['nothing', { id: undefined }, '{}'],
    ['a nested position', { at: { commit: 2n } }, '{"at":{"commit":"2"}}'],
  ])('tells of itself whatever was found: %s', (_, found, text) => {
    expect(new InvariantError('something else', found).message).toBe(
      `expected something else, found ${text}`,
    );
  });

  it('ends a switch that was thought to be complete', () => {
    expect(() => unreachable('surprise' as never)).toThrow(
      'expected case is handled, found {"value":"surprise"}',
    );
  });
});
