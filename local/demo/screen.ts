/** Where nothing can be shown in place of something else, there is a new line after so long without one. */
const SILENCE_MS = 5_000;

const CLEAR_LINE = '\r\u001b[2K';

export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Lines that stay, and one below them that changes. */
export interface Screen {
  say(line: string): void;
  /** Shows how far something has come: on a terminal in place of what was shown before. */
  show(line: string): void;
}

/** `clock` tells milliseconds since 1970. */
export function createScreen(output: Output, clock: () => number): Screen {
  return output.isTTY === true ? terminal(output) : plain(output, clock);
}

function terminal(output: Output): Screen {
  return {
    say: (line) => output.write(`${CLEAR_LINE}${line}\n`),
    show: (line) => output.write(CLEAR_LINE + line.slice(0, (output.columns ?? 80) - 1)),
  };
}

function plain(output: Output, clock: () => number): Screen {
  let saidAt = clock();
  const say = (line: string) => {
    saidAt = clock();
    output.write(`${line}\n`);
  };
  return {
    say,
    show(line) {
      if (clock() - saidAt >= SILENCE_MS) say(line);
    },
  };
}
