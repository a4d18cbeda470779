/** System errors by which nothing of what was to be written is stored, with the reason that the result names. */
const refusals: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left',
  EDQUOT: 'disk quota exceeded',
  EFBIG: 'file too large',
};

/** What went wrong, in a few words without a path. */
export function describeFileError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return refusals[code ?? ''] ?? explanations[code ?? ''] ?? code ?? message;
}

/** Whether the error says that the file system took nothing. */
export function isRefusal(error: unknown): boolean {
  return Object.hasOwn(refusals, (error as NodeJS.ErrnoException).code ?? '');
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

const explanations: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'read-only file system',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'it is a directory',
  ENOENT: 'no such file or directory',
  EEXIST: 'it exists already',
  EIO: 'input or output error',
  EMFILE: 'too many open files',
};
