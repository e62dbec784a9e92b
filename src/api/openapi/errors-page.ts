import { type ErrorCode, ERRORS } from '../../domain/kernel/errors.ts';
import { statusOf } from '../problem.ts';

/**
 * The page that the `docUrl` of an error points to: every code with its status, its meaning,
 * whether to repeat the request, and what to do.
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
    Repeat only errors that are marked so, with the same Idempotency-Key.</p>
    <table>
      <thead><tr><th>Code</th><th>Status</th><th>Meaning</th><th>Repeat</th><th>What to do</th></tr></thead>
      <tbody>
${codes.map(lineOf).join('\n')}
      </tbody>
    </table>
  </body>
</html>
`;
}

function lineOf(code: ErrorCode): string {
  const { title, remedy, retryable } = ERRORS[code];
  const repeat = retryable ? 'yes, after a pause' : 'no';
  const cells = [`<code>${code}</code>`, statusOf(code), title, repeat, htmlOf(remedy)];
  return `        <tr id="${code}">${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

/** The Markdown of a remedy as HTML. Its links lead to pages that the server does not have. */
function htmlOf(remedy: string): string {
  return remedy
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replace(/`([^`]+)`/g, '<code>$1</code>');
}
