/** An error of the API, as its answer names it. */
export class KinesisError extends Error {
  /** HTTP's: 400 where the client is to blame, 500 where the service is. */
  readonly status: 400 | 500;

  constructor(name: string, message: string, status: 400 | 500 = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

export const invalidArgument = (message: string): KinesisError => new KinesisError('InvalidArgumentException', message);

/** A value that breaks a rule of the API's model; `path` as the service spells it, members counted from 1. */
export const invalidValue = (path: string, rule: string): KinesisError =>
  new KinesisError(
    'ValidationException',
    `1 validation error detected: Value at '${path}' failed to satisfy constraint: ${rule}`,
  );
