import { IotloadError } from '../core/errors.ts';
import { printable } from '../core/printable-text.ts';
import { exitOfError } from './exit-codes.ts';

/** Explains an error on stderr and returns the exit code it stands for. Only a defect of ours shows a stack. */
export function printError(error: unknown): number {
  if (!(error instanceof IotloadError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`error: this is a defect in iotload, please report it:\n${stack}\n`);
    return exitOfError.defect;
  }
  const place = error.where === undefined ? '' : `${error.where}: `;
  const value = error.value === undefined ? '' : ` (got ${JSON.stringify(error.value)})`;
  process.stderr.write(`${inert(`error: ${place}${error.message}${value}`)}\n`);
  if (error.hint !== undefined) process.stderr.write(`${inert(`  hint: ${error.hint}`)}\n`);
  if (error.code === 'defect' && error.stack !== undefined) process.stderr.write(`${error.stack}\n`);
  return exitOfError[error.code];
}

/** Some of our own texts have several lines; what stands in one of them may be a broker's. */
function inert(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
