import { writeFileSync } from 'node:fs';

import { referencePages } from './pages.ts';

/** `npm run docs` writes the generated tables; `npm run docs:check` only compares them. */
const onlyCheck = process.argv.includes('--check');
const stale = referencePages().filter(({ found, expected }) => found !== expected);

for (const { path, file, expected } of stale) {
  if (!onlyCheck) writeFileSync(file, expected);
  console.log(onlyCheck ? `${path} is out of date: run \`npm run docs\`` : `wrote ${path}`);
}
if (stale.length === 0) console.log('the reference pages are up to date');
if (onlyCheck && stale.length > 0) process.exitCode = 1;
