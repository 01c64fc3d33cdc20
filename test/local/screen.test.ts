import { beforeEach, describe, expect, it } from 'vitest';
import { createScreen } from '../../local/demo/screen.ts';

const CLEAR_LINE = '\r\u001b[2K';

let written: string[];
let now: number;
const write = (text: string) => written.push(text);
const clock = () => now;

beforeEach(() => {
  written = [];
  now = 0;
});

describe('on a terminal', () => {
  it('progress goes over what was shown before, and what is said stays', () => {
    const { say, show } = createScreen({ isTTY: true, columns: 80, write }, clock);

    show('1%');
    show('2%');
    say('done');

    expect(written).toEqual([`${CLEAR_LINE}1%`, `${CLEAR_LINE}2%`, `${CLEAR_LINE}done\n`]);
  });

  it('progress is cut off before it fills the line, which could not be cleared then', () => {
    const { show } = createScreen({ isTTY: true, columns: 10, write }, clock);

    show('0123456789');

    expect(written).toEqual([`${CLEAR_LINE}012345678`]);
  });
});

describe('elsewhere', () => {
  it('progress is a line of its own, after some seconds without one', () => {
    const { say, show } = createScreen({ write }, clock);

    show('too early');
    now = 5_000;
    show('1%');
    now = 9_999;
    show('2%');
    say('said');
    now = 14_998;
    show('3%');
    now = 14_999;
    show('4%');

    expect(written).toEqual(['1%\n', 'said\n', '4%\n']);
  });
});
