/** What is typed behind an option, judged before anything is asked for. */
import { InvalidArgumentError, Option } from 'commander';

/** Collects `key=value` as it is typed. */
export function aLabel(text: string, before: readonly string[] = []): string[] {
  if (!/^[^=]+=/.test(text)) {
    throw new InvalidArgumentError('It must be key=value.');
  }
  return [...before, text];
}

export function labelsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [key = '', ...value] = text.split('=');
      return [key, value.join('=')];
    }),
  );
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

export function seconds(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be seconds, from ${least} to ${most}.`);
    }
    return value;
  };
}

/** Too many at once would wait for each other at the API's database. */
export function concurrencyOption(): Option {
  return new Option('--concurrency <count>', 'how many are asked for at once')
    .argParser(wholeNumber(1, 64))
    .default(8);
}
