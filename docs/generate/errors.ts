import { isRecorded, statusOf } from '../../src/api/problem.ts';
import { type ErrorCode, ERRORS } from '../../src/domain/kernel/errors.ts';
import { code as codeSpan, table } from './markdown.ts';

const HEAD = ['Code', 'Status', 'Meaning', 'Repeat', 'Recorded', 'What to do'];
const yesOrNo = (value: boolean) => (value ? 'yes' : 'no');

/** Every error code. `docUrl` of an error leads to the anchor of its code. */
export function errorTable(): string {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  const rows = codes.map((code) => {
    const { title, remedy, retryable } = ERRORS[code];
    return [
      `<a id="${code}"></a>${codeSpan(code)}`,
      String(statusOf(code)),
      title,
      yesOrNo(retryable),
      yesOrNo(isRecorded(code)),
      remedy,
    ];
  });
  return table(HEAD, rows);
}
