/**
 * Basic and Digest (RFC 7617, RFC 7616 with MD5 and SHA-256, and RFC 2069 without qop, which most
 * cameras speak), as far as one request needs them.
 */
import { createHash, randomBytes } from 'node:crypto';

import { Reason } from '../../domain/reason.js';
import { ProbeFailure } from './probe-failure.js';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface Asked {
  readonly method: string;
  /** As it stands in the request line. */
  readonly url: string;
}

interface Challenge {
  readonly scheme: string;
  /** By name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const HASHES: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };

/** A scheme, alone or followed by its first parameter; or a further parameter of the last one. */
const PIECE =
  /(?:^|[\s,])(?:(?<name>[A-Za-z0-9_-]+)\s*=\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^\s,"]*))|(?<scheme>[A-Za-z][A-Za-z0-9_-]*)(?=\s|,|$))/g;

/**
 * Answers the strongest challenge that we know.
 * @param headers each `WWW-Authenticate`; one may hold several challenges
 * @throws ProbeFailure when there is none
 */
export function authorize(
  headers: readonly string[],
  asked: Asked,
  credentials: Credentials,
): string {
  const challenges = headers.flatMap(parseChallenges);
  const digests = challenges.filter((one) => one.scheme === 'digest' && hashOf(one) !== undefined);
  const digest = digests.find((one) => hashOf(one) === 'sha256') ?? digests[0];
  if (digest !== undefined) {
    return answerDigest(digest, asked, credentials);
  }
  if (challenges.some(({ scheme }) => scheme === 'basic')) {
    return basicAuthorization(credentials);
  }
  throw new ProbeFailure(Reason.sourceProtocol);
}

export function basicAuthorization({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (const { groups = {} } of header.matchAll(PIECE)) {
    if (groups['scheme'] === undefined) {
      challenges.at(-1)?.parameters.set(groups['name']?.toLowerCase() ?? '', valueOf(groups));
    } else {
      challenges.push({ scheme: groups['scheme'].toLowerCase(), parameters: new Map() });
    }
  }
  return challenges;
}

function valueOf({ quoted, bare }: Record<string, string | undefined>): string {
  return quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
}

function hashOf({ parameters }: Challenge): string | undefined {
  return HASHES[(parameters.get('algorithm') ?? 'MD5').toUpperCase()];
}

function answerDigest(challenge: Challenge, asked: Asked, credentials: Credentials): string {
  const { parameters } = challenge;
  const hash = (text: string): string =>
    createHash(hashOf(challenge) ?? 'md5')
      .update(text, 'utf8')
      .digest('hex');
  const [realm, nonce] = [parameters.get('realm') ?? '', parameters.get('nonce') ?? ''];
  const secret = hash(`${credentials.user}:${realm}:${credentials.password}`);
  const request = hash(`${asked.method}:${asked.url}`);
  const hasQop = (parameters.get('qop') ?? '').split(',').some((one) => one.trim() === 'auth');
  const [count, salt] = ['00000001', randomBytes(8).toString('hex')];
  const response = hasQop
    ? hash(`${secret}:${nonce}:${count}:${salt}:auth:${request}`)
    : hash(`${secret}:${nonce}:${request}`);
  const [algorithm, opaque] = [parameters.get('algorithm'), parameters.get('opaque')];
  return [
    `Digest username=${quote(credentials.user)}, realm=${quote(realm)}, nonce=${quote(nonce)}`,
    `uri=${quote(asked.url)}, response="${response}"`,
    // Bare, as the standard wants it: some cameras take a quoted one for an unknown one.
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
    ...(hasQop ? [`qop=auth, nc=${count}, cnonce="${salt}"`] : []),
  ].join(', ');
}

const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
