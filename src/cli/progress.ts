export interface Progress {
  show(line: string): void;
  end(): void;
}

/**
 * One line that is overwritten on a terminal, and no longer than that is wide: a longer one would
 * wrap and stay. One line per update in files and pipes.
 */
export function createProgress(
  write: (text: string) => void,
  terminal: boolean,
  columns: () => number | undefined = () => process.stderr.columns,
): Progress {
  let shownLength = 0;

  function fitting(line: string): string {
    const width = columns();
    if (width === undefined || width < 1 || line.length < width) return line;
    return `${line.slice(0, Math.max(0, width - 2))}…`;
  }

  return {
    show(line) {
      if (!terminal) {
        write(`${line}\n`);
        return;
      }
      const shown = fitting(line);
      write(`\r${fitting(shown.padEnd(shownLength))}`);
      shownLength = shown.length;
    },
    end() {
      if (terminal && shownLength > 0) write('\n');
    },
  };
}
