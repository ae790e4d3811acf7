import { type Problem } from '#api-client/client.js';

/** The API answered, and said no. */
export class ApiRefused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

export class ApiUnreachable extends Error {
  constructor(url: string, why: string, options: ErrorOptions = {}) {
    super(`The API at ${url} cannot be reached: ${why}.`, options);
  }
}

/** Something answered, in words that the API does not use. */
export class NotTheApi extends Error {
  constructor(url: string, status: number | null, options: ErrorOptions = {}) {
    const what = status === null ? 'no JSON' : `${status} without saying why`;
    super(`What answers at ${url} seems not to be Vigia: it said ${what}.`, options);
  }
}

/** What was asked for is not there, or cannot be asked for in this way. */
export class WrongUsage extends Error {}

export class NoSuchStream extends Error {
  constructor(cameraId: string) {
    super(`Camera ${cameraId} has no stream, and had none that is remembered.`);
  }
}

export class Interrupted extends Error {
  constructor() {
    super('Interrupted: what was asked for last may have been done all the same.');
  }
}
