import { createHash } from 'node:crypto'
import { createSigner } from 'fast-jwt'
import type { Config } from '../../config.ts'

export interface VoiceGrant {
  identity: string
  /** What the provider hands on to us when the browser calls. */
  parameters: Readonly<Record<string, string>>
}

/**
 * An access token with which a browser calls and is called. Not by the SDK's own class, whose signing costs ten times
 * as much; the format is its own: https://www.twilio.com/docs/iam/access-tokens#token-format
 */
export function createVoiceTokens(
  config: Pick<
    Config,
    | 'TWILIO_ACCOUNT_SID'
    | 'TWILIO_API_KEY'
    | 'TWILIO_API_SECRET'
    | 'TWILIO_TWIML_APP_SID'
    | 'VOICE_TOKEN_SECONDS'
  >
): (grant: VoiceGrant, nowMs: number) => string {
  const sign = createSigner({
    key: config.TWILIO_API_SECRET,
    algorithm: 'HS256',
    header: { alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1' }
  })
  return ({ identity, parameters }, nowMs) => {
    const iat = Math.floor(nowMs / 1_000)
    return sign({
      jti: `${config.TWILIO_API_KEY}-${iat}`,
      iss: config.TWILIO_API_KEY,
      sub: config.TWILIO_ACCOUNT_SID,
      iat,
      exp: iat + config.VOICE_TOKEN_SECONDS,
      grants: {
        identity,
        voice: {
          incoming: { allow: true },
          outgoing: { application_sid: config.TWILIO_TWIML_APP_SID, params: parameters }
        }
      }
    })
  }
}

const plain = /^[A-Za-z0-9_]{1,80}$/

/**
 * The name of a staff member's browser at the provider, which has one space of names for all bearers and
 * suffers few characters: the bearer, and the staff member's id, or a digest of one that is no plain word.
 */
export function identityOf(bearerId: number, moderatorId: string): string {
  const name = plain.test(moderatorId)
    ? moderatorId
    : createHash('sha256').update(moderatorId).digest('hex').slice(0, 40)
  return `b${bearerId}_${plain.test(moderatorId) ? 'u' : 'x'}_${name}`
}
