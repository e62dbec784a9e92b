import type { Finding } from '../operations.ts';

export const ok = (check: string, found: string): Finding => ({ check, level: 'ok', found });

export const warning = (check: string, found: string, action: string): Finding => ({
  check,
  level: 'warning',
  found,
  action,
});

export const problem = (check: string, found: string, action: string): Finding => ({
  check,
  level: 'problem',
  found,
  action,
});

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
