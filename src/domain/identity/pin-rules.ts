import { DomainError } from '../kernel/errors.ts';

const FORM = /^\d{4,8}$/;
/** Fewer different digits than this are guessed first. */
const MIN_DIFFERENT = 2;

/**
 * Refuses PINs that are guessed first: one digit repeated, and runs such as 1234 or 8765.
 * @throws DomainError weak_pin; the message never holds the PIN.
 */
export function assertStrongPin(pin: string): void {
  const problem = weaknessOf(pin);
  if (problem !== undefined) throw new DomainError('weak_pin', `expected a PIN that ${problem}`);
}

function weaknessOf(pin: string): string | undefined {
  if (!FORM.test(pin)) return 'has 4 to 8 digits';
  const digits = Array.from(pin, Number);
  if (new Set(digits).size < MIN_DIFFERENT) return 'has different digits';
  const steps = digits.slice(1).map((digit, i) => (digit - (digits[i] ?? 0) + 10) % 10);
  const isRun = steps.every((step) => step === 1) || steps.every((step) => step === 9);
  return isRun ? 'is no run of digits' : undefined;
}
