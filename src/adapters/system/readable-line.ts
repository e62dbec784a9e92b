/** Names of the levels of pino. */
const LEVELS: Readonly<Record<number, string>> = {
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
};
const LEVEL_WIDTH = 5;
/** The product is the only one that writes here. */
const OMITTED: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'app']);
const PLAIN = /^[\w.:/@+-]+$/;

/**
 * A line of the log as people read it: time, level, message, and the fields as `name=value`. It
 * stays one line, and holds no control character: what is not plain is written as JSON.
 */
export function readableLine(json: string): string {
  let line: Record<string, unknown>;
  try {
    line = JSON.parse(json) as Record<string, unknown>;
  } catch {
    return json;
  }
  const { level, time, msg } = line;
  const at = typeof time === 'number' ? new Date(time).toISOString() : '';
  const name = (LEVELS[Number(level)] ?? String(level)).padEnd(LEVEL_WIDTH);
  const fields = Object.entries(line)
    .filter(([field]) => !OMITTED.has(field))
    .map(([field, value]) => `  ${field}=${valueOf(value)}`);
  return `${at} ${name} ${messageOf(msg)}${fields.join('')}\n`;
}

function messageOf(msg: unknown): string {
  if (typeof msg !== 'string') return '';
  return escapeControls(JSON.stringify(msg).slice(1, -1).replaceAll('\\"', '"'));
}

function valueOf(value: unknown): string {
  if (typeof value === 'string' && PLAIN.test(value)) return value;
  return escapeControls(JSON.stringify(value));
}

/** JSON leaves those above 126 as they are; a terminal acts on some of them. */
function escapeControls(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
