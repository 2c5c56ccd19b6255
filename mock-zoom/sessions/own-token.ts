import { signJwt } from '../jwt.ts'
import type { World } from '../world.ts'

export interface OwnToken {
  topic: string
  role: 'host' | 'guest'
  userKey?: string | undefined
  sessionKey?: string | undefined
  /** Further claims, or others. */
  claims?: Readonly<Record<string, unknown>> | undefined
}

/** A token such as an application would make, for those who join without one of its own. */
export function ownToken(
  world: World,
  { topic, role, userKey, sessionKey, claims }: OwnToken
): string {
  const now = Math.floor(world.now() / 1000)
  return signJwt(
    {
      app_key: world.credentials.sdkKey,
      role_type: role === 'host' ? 1 : 0,
      tpc: topic,
      version: 1,
      iat: now - 30,
      exp: now + 7200,
      ...(userKey === undefined ? {} : { user_key: userKey }),
      ...(sessionKey === undefined ? {} : { session_key: sessionKey }),
      ...claims
    },
    world.credentials.sdkSecret
  )
}
