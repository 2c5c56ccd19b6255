import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import { errors } from '../../platform/errors.ts'
import type { GroupCommit } from '../../platform/group-commit.ts'
import { isSignedByTwilio } from '../../providers/twilio/signature.ts'
import type { CallbackKind, ReceivedCallback } from './receive-callbacks.ts'

/** A callback's decoded parameters; a repeated one as a list. */
export type FormValues = Readonly<Record<string, unknown>>

/**
 * A form as it came, and decoded. Private, for the checks of what our own clients write are not for it: a null
 * byte that a person's phone sent must not cost the message.
 */
class SignedForm {
  readonly #raw: string

  constructor(raw: string) {
    this.#raw = raw
  }

  /** Fit to be stored: a null byte means the same when it is encoded. */
  get raw(): string {
    return this.#raw.replaceAll('\0', '%00')
  }

  /** The parameters, as the signature covers them. */
  get values(): Record<string, unknown> {
    return decodeForm(this.#raw)
  }
}

export interface SignedForms {
  /**
   * Checks the provider's signature and stores the request as it came. Gives its parameters.
   *
   * @throws 403 for a wrong signature
   */
  receive: (kind: CallbackKind, request: FastifyRequest<{ Body: unknown }>) => Promise<FormValues>
}

/** In this scope bodies are forms, kept raw beside their values: what is stored is what was signed. */
export function acceptSignedForms(
  app: FastifyInstance,
  {
    config,
    receipt
  }: {
    config: Pick<Config, 'PUBLIC_URL' | 'TWILIO_AUTH_TOKEN'>
    receipt: GroupCommit<ReceivedCallback, undefined>
  }
): SignedForms {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, new SignedForm(String(body)))
    }
  )

  return {
    async receive(kind, request) {
      const form = request.body instanceof SignedForm ? request.body : undefined
      const signature = request.headers['x-twilio-signature']
      const url = config.PUBLIC_URL + request.url
      const isSigned = isSignedByTwilio(
        config.TWILIO_AUTH_TOKEN,
        typeof signature === 'string' ? signature : undefined,
        url,
        form?.values ?? {}
      )
      if (!isSigned) throw new errors.invalidSignature()
      const query = request.url.split('?')[1] ?? ''
      await receipt.submit({ kind, query, body: form?.raw ?? '', requestId: request.id })
      return form?.values ?? {}
    }
  }
}

/** The parameters of a form that somebody else than the provider sent; undefined for another kind of body. */
export const formIn = (body: unknown): FormValues | undefined =>
  body instanceof SignedForm ? body.values : undefined

export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

export function decodeForm(raw: string): Record<string, unknown> {
  const values: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(raw)) {
    const known = values[name]
    if (known === undefined) values[name] = value
    else if (Array.isArray(known)) known.push(value)
    else values[name] = [known, value]
  }
  return values
}
