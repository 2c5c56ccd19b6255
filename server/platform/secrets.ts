import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** Encrypts what must be read again (callback passwords, signing secrets) with AES-256-GCM. */
export interface SecretBox {
  seal(plain: string): string
  /** @throws when the text was sealed with a key that is no longer among ours, or was tampered with */
  open(sealed: string): string
}

/**
 * @param keys base64 keys of 32 bytes, comma-separated; the first seals, every one opens, so that a key is
 *   rotated by putting the new one in front
 */
export function createSecretBox(keys: string): SecretBox {
  const ring = keys.split(',').map(text => {
    const key = Buffer.from(text.trim(), 'base64')
    if (key.length !== 32)
      throw new Error('SECRET_KEY must be 32 bytes in base64 (openssl rand -base64 32)')
    return { id: createHash('sha256').update(key).digest('hex').slice(0, 8), key }
  })
  const [current] = ring
  if (!current) throw new Error('SECRET_KEY is empty')

  return {
    seal(plain) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce)
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return [
        current.id,
        Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')
      ].join(':')
    },
    open(sealed) {
      const [id, text = ''] = sealed.split(':')
      const entry = ring.find(candidate => candidate.id === id)
      if (!entry) throw new Error(`Sealed with the key ${id}, which is not in SECRET_KEY`)
      const bytes = Buffer.from(text, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', entry.key, bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(12, 28))
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
    }
  }
}

/** For mock mode, where nothing secret is kept: every clone of the project shares this key. */
export const developmentSecretKey = createHash('sha256')
  .update('offline development')
  .digest('base64')

export const sha256 = (text: string | Buffer): string =>
  createHash('sha256').update(text).digest('hex')
