import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

/** What a link is good for. */
export interface LinkClaims {
  key: string
  fileName: string | undefined
  /** Whole seconds since the epoch. */
  expires: number
}

/** Signs links of this server, and knows its own again. */
export interface LinkSigner {
  sign(claims: LinkClaims): string
  isOurs(claims: LinkClaims, signature: string): boolean
}

/**
 * @param keys as in `SECRET_KEY`: the first signs, every one is believed, so that links outlive a rotation
 */
export function createLinkSigner(keys: string): LinkSigner {
  // Of its own: what encrypts passwords signs nothing.
  const ring = keys
    .split(',')
    .map(key =>
      Buffer.from(hkdfSync('sha256', Buffer.from(key.trim(), 'base64'), '', 'stored files', 32))
    )
  const signatures = ({ key, fileName, expires }: LinkClaims): Buffer[] =>
    ring.map(secret =>
      createHmac('sha256', secret)
        .update(JSON.stringify(['v1', key, expires, fileName ?? null]))
        .digest()
    )

  return {
    sign: claims => signatures(claims)[0]?.toString('base64url') ?? '',
    isOurs(claims, signature) {
      const given = Buffer.from(signature, 'base64url')
      return signatures(claims).some(
        expected => given.length === expected.length && timingSafeEqual(given, expected)
      )
    }
  }
}
