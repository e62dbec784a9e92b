import { ERRORS, type ErrorCode } from '../../domain/kernel/errors.ts';
import { statusOf } from '../problem.ts';

/**
 * Where `docUrl` of an error leads: every code with its status, its meaning and whether to repeat.
 */
export function errorsPage(): string {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Tillstream errors</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; }
      table { border-collapse: collapse; width: 100%; }
      td, th { text-align: left; padding: 0.4rem 0.8rem; border-bottom: 1px solid #ccc; }
      tr:target { background: #fff3c4; }
    </style>
  </head>
  <body>
    <h1>Errors</h1>
    <p>Branch on <code>code</code>.
    Repeat only what is marked so, with the same Idempotency-Key.</p>
    <table>
      <thead><tr><th>Code</th><th>Status</th><th>Meaning</th><th>Repeat</th></tr></thead>
      <tbody>
${codes.map(lineOf).join('\n')}
      </tbody>
    </table>
  </body>
</html>
`;
}

function lineOf(code: ErrorCode): string {
  const { title, retryable } = ERRORS[code];
  const repeat = retryable ? 'yes, after a pause' : 'no';
  const cells = [`<code>${code}</code>`, statusOf(code), title, repeat];
  return `        <tr id="${code}">${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}
