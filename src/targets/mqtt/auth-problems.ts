import { credentialProblem } from './credential-template.ts';

/** The block `auth` as it is written. */
interface AuthBlock {
  username?: string | undefined;
  password?: string | undefined;
  devices?: string | undefined;
  reader?: { username: string; password?: string | undefined } | undefined;
}

/** What is wrong with it, each with its path in the block. Never repeats a password. */
export function authProblems(
  auth: AuthBlock | null,
  perDevice: boolean,
): { path: string[]; error: string; hint: string }[] {
  if (auth === null) return [];
  const { username, password, devices, reader } = auth;
  const problems: { path: string[]; error: string; hint: string }[] = [];
  if (username === undefined && devices === undefined) {
    const hint = 'write auth: { username: …, password: "${NAME}" }, or auth: { devices: FILE }';
    problems.push({ path: [], error: 'auth names neither a username nor a file of devices', hint });
  }
  if (devices !== undefined && (username !== undefined || password !== undefined)) {
    const path = [username === undefined ? 'password' : 'username'];
    const hint = 'leave it away; who reads back is auth.reader';
    problems.push({ path, error: 'the file of devices has the names and passwords', hint });
  }
  if (devices !== undefined && !perDevice) {
    const hint = 'write connections: per_device';
    problems.push({ path: ['devices'], error: 'credentials of each device need a connection of each', hint });
  }
  const user = perDevice ? 'device' : 'pool';
  const texts: [string[], string | undefined, 'device' | 'pool' | 'reader'][] = [
    [['username'], username, user],
    [['password'], password, user],
    [['reader', 'username'], reader?.username, 'reader'],
    [['reader', 'password'], reader?.password, 'reader'],
  ];
  for (const [path, text, of] of texts) {
    const problem = text === undefined ? null : credentialProblem(text, of);
    if (problem !== null) problems.push({ path, ...problem });
  }
  return problems;
}
