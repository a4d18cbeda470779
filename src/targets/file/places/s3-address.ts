/** What is wrong with a text, and how it would be right. */
interface TextProblem {
  error: string;
  hint: string;
}

/** An object's bucket and key, of a path `s3://bucket/key`. */
export interface S3Path {
  bucket: string;
  key: string;
}

const SCHEME = 's3://';
/** Amazon's rule, which the compatible stores keep. */
const bucketShape = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Reads `s3://bucket/key`; null for the path of a file. */
export function readS3Path(path: string): S3Path | null {
  if (!path.startsWith(SCHEME)) return null;
  const rest = path.slice(SCHEME.length);
  const slash = rest.indexOf('/');
  return slash < 0 ? { bucket: rest, key: '' } : { bucket: rest.slice(0, slash), key: rest.slice(slash + 1) };
}

/** What is wrong with a path, or null. */
export function s3PathProblem(path: string): TextProblem | null {
  const other = /^([a-z][a-z0-9+.-]*):\/\//.exec(path);
  if (other !== null && other[0] !== SCHEME)
    return { error: `"${other[0]}" is no place for files`, hint: 'write a path, or s3://bucket/prefix/events.parquet' };
  const s3 = readS3Path(path);
  if (s3 === null) return null;
  const hint = 'write s3://bucket/prefix/events.parquet';
  if (!bucketShape.test(s3.bucket)) return { error: `"${s3.bucket}" is no name of a bucket`, hint };
  if (s3.key.startsWith('/') || s3.key.includes('//')) return { error: 'the key has an empty step', hint };
  return null;
}

const endpointForm = 'write http://host:9000, https://host or aws';

/** What is wrong with the endpoint of an S3-compatible store, or null. Its texts never repeat credentials. */
export function s3EndpointProblem(text: string): TextProblem | null {
  if (text === 'aws') return null;
  if (text.includes('@')) {
    const hint = 'leave them to the environment, or write auth: { kind: aws, profile: … }';
    return { error: 'credentials do not belong in an endpoint', hint };
  }
  const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (url === null) return { error: `"${text}" is not an S3 endpoint`, hint: endpointForm };
  if (url.search !== '' || url.hash !== '' || url.pathname !== '/')
    return { error: `"${text}" has more than a host and a port`, hint: endpointForm };
  return null;
}

/** `host` or `host:port` that everything goes to; for `aws` the region's own, with the bucket in the path. */
export function s3Host(endpoint: string, region: string): string {
  return new URL(s3Url(endpoint, region)).host;
}

export function s3Url(endpoint: string, region: string): string {
  if (endpoint !== 'aws') return new URL(endpoint).origin;
  return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
