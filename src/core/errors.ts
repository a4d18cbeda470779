/** Every way in which iotload refuses or gives up. `cli/exit-codes.ts` maps each to an exit code. */
export type ErrorCode =
  | 'bad-arguments'
  | 'bad-scenario'
  | 'not-supported'
  | 'refused-by-safety'
  | 'target-unreachable'
  | 'target-refused'
  | 'verifier-not-ready'
  | 'verifier-died'
  | 'worker-died'
  | 'backlog-full'
  | 'memory-exceeded'
  | 'file-unreadable'
  | 'file-corrupt'
  | 'file-unwritable'
  | 'defect';

export interface ErrorDetails {
  /** Where the offending value stands: a file position, a flag, a scenario path, an endpoint. */
  where?: string;
  /** The offending value, as the user wrote it. Never a secret. */
  value?: string;
  /** What the user can do about it. */
  hint?: string;
  cause?: unknown;
}

/** The only error class of iotload: a code to branch on, and for the reader the place, the value and a way out. */
export class IotloadError extends Error {
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly value: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'IotloadError';
    this.code = code;
    this.where = details.where;
    this.value = details.value;
    this.hint = details.hint;
  }
}

/** The form in which an error crosses a thread or a process. */
export interface PlainError {
  code: ErrorCode;
  message: string;
  where?: string;
  value?: string;
  hint?: string;
  stack?: string;
}

/** Flattens any thrown value; what is not an `IotloadError` is a defect of ours and keeps its stack. */
export function toPlainError(error: unknown): PlainError {
  if (error instanceof IotloadError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.where === undefined ? {} : { where: error.where }),
      ...(error.value === undefined ? {} : { value: error.value }),
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return { code: 'defect', message, ...(stack === undefined ? {} : { stack }) };
}

export function fromPlainError(plain: PlainError): IotloadError {
  const error = new IotloadError(plain.code, plain.message, plain);
  if (plain.stack !== undefined) error.stack = plain.stack;
  return error;
}
