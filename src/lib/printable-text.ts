/**
 * Control characters except tab and line ends (line feed, carriage return), and unpaired halves of
 * surrogate pairs. Texts with them cannot be displayed, or cannot be written as UTF-8.
 */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\p{Surrogate}/u;

/** Whether a text can be stored and displayed. Tabs and line ends of any system are ordinary. */
export function isPrintable(text: string): boolean {
  return !UNPRINTABLE.test(text);
}
