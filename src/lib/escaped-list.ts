const ESCAPE = '\\';

/** Texts as one, with a separator of one character. A backslash keeps it, and itself, in a text. */
export function joinEscaped(parts: readonly string[], separator: string): string {
  return parts
    .map((part) =>
      part.replaceAll(ESCAPE, ESCAPE + ESCAPE).replaceAll(separator, ESCAPE + separator),
    )
    .join(separator);
}

/** The texts that `joinEscaped` joined; none of an empty text. */
export function splitEscaped(text: string, separator: string): string[] {
  if (text === '') return [];
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === separator) {
      parts.push(part);
      part = '';
    } else if (character === ESCAPE && at + 1 < text.length) {
      at++;
      part += text.charAt(at);
    } else {
      part += character;
    }
  }
  return [...parts, part];
}
