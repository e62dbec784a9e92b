import { execFileSync } from 'node:child_process';

/** Jest's set-up of the projects that start the built product: builds it once. */
export default function buildProduct() {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
