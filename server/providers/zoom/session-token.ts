import { createSigner } from 'fast-jwt'

/** The pair that signs session tokens; another one than that of the REST API. */
export interface SdkCredentials {
  sdkKey: string
  sdkSecret: string
}

/** Who may join which session, and until when. */
export interface SessionClaims {
  sessionName: string
  sessionKey: string
  /** Appears as `user_key` in the provider's events. */
  userKey: string
  isHost: boolean
  /** Whole seconds since the epoch, as the two below are bounded. */
  issuedAt: number
  expiresAt: number
}

/** A token lives for 30 minutes to 48 hours: https://developers.zoom.us/docs/video-sdk/auth/ */
export const tokenLifetimeSeconds = { least: 1_800, most: 172_800 } as const

/** Zoom's pages name 200 and 150 for a session's name; the lesser one holds everywhere. */
export const longestSessionName = 150
export const longestSessionKey = 36
export const longestUserKey = 36
/** A longer one would be cut without a word. */
export const longestUsername = 200

/** Of these a session's name is made; Zoom compares names without regard to case. */
export const sessionNamePattern = '^[A-Za-z0-9 !#$%&()+\\-:;<=.>?@\\[\\]^_{}|~,`]+$'

/**
 * A token by which one person joins one session: https://developers.zoom.us/docs/video-sdk/auth/. The same claims
 * make the same token.
 */
export function createSessionTokens({
  sdkKey,
  sdkSecret
}: SdkCredentials): (claims: SessionClaims) => string {
  const sign = createSigner({ key: sdkSecret, algorithm: 'HS256' })
  return claims =>
    sign({
      app_key: sdkKey,
      role_type: claims.isHost ? 1 : 0,
      tpc: claims.sessionName,
      version: 1,
      iat: claims.issuedAt,
      exp: claims.expiresAt,
      user_key: claims.userKey,
      session_key: claims.sessionKey
    })
}
