import { isSignedWith, readJwt } from '../jwt.ts'
import type { World } from '../world.ts'

/*
 * The token with which somebody joins, checked as Zoom's own service checks it.
 * https://developers.zoom.us/docs/video-sdk/auth
 */

/** Why somebody cannot join, with the code that the web SDK's exception has. */
export class JoinRefusal extends Error {
  readonly code: JoinCode

  constructor(code: JoinCode, message: string) {
    super(message)
    this.name = 'JoinRefusal'
    this.code = code
  }
}

/**
 * 200 the session cannot be fetched (token, password or session key), 3004 wrong password, 3009 removed before,
 * 3010 wrong role, 4003 a parameter of join(), 4004 the session has ended, 4005 it is full, 5002 it is closed.
 */
export type JoinCode = 200 | 3004 | 3009 | 3010 | 4003 | 4004 | 4005 | 5002

export interface SessionClaims {
  role: 'host' | 'participant'
  userKey: string | null
  sessionKey: string | null
  /** Virtual milliseconds. */
  expiresAt: number
  recordsEachUser: boolean
  electsRecording: boolean
  transcriptOption: number
}

const namePattern = /^[A-Za-z0-9 !#$%&()+\-:;<=.>?@[\]^_{}|~,`]+$/
export const longestName = 200
const shortestLife = 1800
const longestLife = 172_800
const longestKey = 36
/** What user_key was called before, and is still accepted as. */
const longestUserIdentity = 35

const regions = new Set('AU,BR,CA,CN,DE,HK,IN,JP,MX,NL,SG,US'.split(','))

export function isSessionName(name: string): boolean {
  return name.length <= longestName && namePattern.test(name)
}

/** The claims of a token that lets somebody into the session of this name, or a JoinRefusal. */
export function sessionClaims(world: World, topic: string, token: string): SessionClaims {
  const claims = signedClaims(world, token)
  checkTopic(claims['tpc'], topic)
  if (claims['version'] !== 1) refuse('version is 1')
  const expiresAt = checkLife(world, claims['iat'], claims['exp'])
  const role = claims['role_type']
  if (role !== 0 && role !== 1) throw new JoinRefusal(3010, `role_type is 0 or 1, as a number`)
  checkRegions(claims['geo_regions'])
  const option = optionIn(claims, 'cloud_recording_option', 1)
  const election = optionIn(claims, 'cloud_recording_election', 1)
  const transcript = optionIn(claims, 'cloud_recording_transcript_option', 2)
  optionIn(claims, 'video_webrtc_mode', 1)
  optionIn(claims, 'audio_webrtc_mode', 1)
  textIn(claims, 'telemetry_tracking_id', 1000)
  const isHost = role === 1
  return {
    role: isHost ? 'host' : 'participant',
    userKey:
      textIn(claims, 'user_key', longestKey) ??
      textIn(claims, 'user_identity', longestUserIdentity),
    sessionKey: textIn(claims, 'session_key', longestKey),
    expiresAt,
    recordsEachUser: isHost && option === 1,
    electsRecording: election === 1,
    transcriptOption: isHost ? transcript : 0
  }
}

function signedClaims(world: World, token: string): Readonly<Record<string, unknown>> {
  const { sdkKey, sdkSecret } = world.credentials
  const jwt = readJwt(token)
  if (jwt === undefined) return refuse('the token is no JWT')
  if (jwt.header['alg'] !== 'HS256' || jwt.header['typ'] !== 'JWT') {
    return refuse('the header of the token is {"alg":"HS256","typ":"JWT"}')
  }
  if (jwt.claims['app_key'] !== sdkKey) return refuse('app_key is not the SDK key of an account')
  if (!isSignedWith(jwt, sdkSecret)) return refuse('the signature is not that of the SDK secret')
  return jwt.claims
}

/** Zoom keeps names in lower case. */
function checkTopic(tpc: unknown, topic: string): void {
  if (typeof tpc !== 'string' || tpc === '') return refuse('tpc is missing')
  if (!isSessionName(tpc)) {
    return refuse(`tpc has at most ${longestName} characters, of those that are allowed`)
  }
  if (tpc.toLowerCase() !== topic.toLowerCase()) refuse('tpc is not the topic that is joined')
}

function checkLife(world: World, iat: unknown, exp: unknown): number {
  if (!isSeconds(iat) || !isSeconds(exp)) return refuse('iat and exp are seconds of the epoch')
  const life = exp - iat
  if (life < shortestLife || life > longestLife) {
    return refuse(`exp is ${shortestLife} to ${longestLife} seconds after iat, got ${life}`)
  }
  if (exp * 1000 <= world.now()) return refuse('the token has expired')
  return exp * 1000
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}

function checkRegions(value: unknown): void {
  if (value === undefined) return
  const codes = typeof value === 'string' ? value.split(',') : []
  if (codes.length === 0 || codes.some(code => !regions.has(code.trim()))) {
    refuse(`geo_regions lists some of ${[...regions].join(',')}`)
  }
}

function optionIn(claims: Readonly<Record<string, unknown>>, name: string, most: number): number {
  const value = claims[name]
  if (value === undefined) return 0
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) {
    return value
  }
  return refuse(`${name} is a whole number from 0 to ${most}`)
}

function textIn(
  claims: Readonly<Record<string, unknown>>,
  name: string,
  longest: number
): string | null {
  const value = claims[name]
  if (value === undefined || value === '') return null
  if (typeof value === 'string' && value.length <= longest) return value
  return refuse(`${name} is text of at most ${longest} characters`)
}

function refuse(why: string): never {
  throw new JoinRefusal(200, why)
}
