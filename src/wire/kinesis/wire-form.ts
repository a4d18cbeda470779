/** How requests and answers of the Kinesis API stand on the wire. */
export type WireForm = 'json' | 'cbor';

/** What `content-type` says of each. */
export const contentTypes: Readonly<Record<WireForm, string>> = {
  json: 'application/x-amz-json-1.1',
  cbor: 'application/x-amz-cbor-1.1',
};

/** The form that a `content-type` names; what is not CBOR is taken for JSON. */
export function formOf(contentType: string | undefined): WireForm {
  return contentType?.startsWith(contentTypes.cbor) === true ? 'cbor' : 'json';
}
