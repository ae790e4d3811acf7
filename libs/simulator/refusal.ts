/** An answer of the Control API that is not a success; `message` is the text a client reads. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

export const invalid = (message: string): Refusal => new Refusal(400, message);
export const notFound = (message: string): Refusal => new Refusal(404, message);
