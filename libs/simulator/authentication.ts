import { type Answer, failure } from './answer.js';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Null lets the request through. Without any credentials the server asks for some. */
export function refuseUnauthenticated(
  required: Credentials | undefined,
  authorization: string | undefined,
): Answer | null {
  if (required === undefined) return null;
  const given = credentialsOf(authorization ?? '');
  if (given === null) {
    const refusal = failure(401, 'authentication error');
    return { ...refusal, headers: { 'WWW-Authenticate': 'Basic realm="mediamtx"' } };
  }
  const isRight = given.user === required.user && given.password === required.password;
  return isRight ? null : failure(401, 'authentication error');
}

/** Basic, or a Bearer value with exactly one colon; a token is nothing to a server without JWT. */
function credentialsOf(authorization: string): Credentials | null {
  const bearer = /^Bearer (.*)$/s.exec(authorization)?.[1];
  if (bearer === undefined) return basic(authorization);
  const [user = '', password = '', ...more] = bearer.split(':');
  return bearer.includes(':') && more.length === 0 ? whole(user, password) : null;
}

function basic(authorization: string): Credentials | null {
  const encoded = /^Basic (.*)$/is.exec(authorization)?.[1] ?? '';
  const text = Buffer.from(encoded, 'base64').toString();
  const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  return whole(user, password);
}

const whole = (user: string, password: string): Credentials | null =>
  user === '' && password === '' ? null : { user, password };
