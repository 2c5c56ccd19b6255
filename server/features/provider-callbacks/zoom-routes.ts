import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import type { Clock } from '../../platform/clock.ts'
import { ErrorBody, errors, invalidValues } from '../../platform/errors.ts'
import type { GroupCommit } from '../../platform/group-commit.ts'
import { readJson } from '../../platform/json-body.ts'
import { findingsIn } from '../../platform/validation.ts'
import { encryptToken, isSignedByZoom } from '../../providers/zoom/signature.ts'
import { plainTokenOf, problemsIn, ZoomEvent } from '../video-calls/zoom-event.ts'
import type { ReceivedCallback } from './receive-callbacks.ts'
import { signedZoomEvent } from './signed-samples.ts'

/** A body as it came: what is stored is what was signed. Private, so that no check of what our own clients write is for it. */
class SignedBody {
  readonly #raw: Buffer

  constructor(raw: Buffer) {
    this.#raw = raw
  }

  get raw(): Buffer {
    return this.#raw
  }
}

const Answer = Type.Object(
  {
    plainToken: Type.Optional(Type.String({ description: 'As it came.' })),
    encryptedToken: Type.Optional(Type.String({ description: 'Its HMAC, in hex.' }))
  },
  {
    title: 'ZoomAnswer',
    description: 'The tokens answer `endpoint.url_validation`; other events are answered without.'
  }
)

type ZoomAnswer = Static<typeof Answer>

/** What Zoom calls: signed, stored as it came, answered at once, and processed from the lane. */
export const zoomCallbackRoutes: FastifyPluginAsyncTypebox<{
  config: Pick<Config, 'ZOOM_WEBHOOK_SECRET' | 'ZOOM_WEBHOOK_WINDOW_SECONDS'>
  clock: Clock
  receipt: GroupCommit<ReceivedCallback, undefined>
}> = async (app, { config, clock, receipt }) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, new SignedBody(Buffer.from(body)))
  })

  async function receive(request: FastifyRequest<{ Body: unknown }>): Promise<ZoomAnswer> {
    const raw = request.body instanceof SignedBody ? request.body.raw : Buffer.alloc(0)
    const isSigned = isSignedByZoom(
      config.ZOOM_WEBHOOK_SECRET,
      {
        body: raw,
        timestamp: onlyHeader(request.headers['x-zm-request-timestamp']),
        signature: onlyHeader(request.headers['x-zm-signature'])
      },
      { now: clock.now(), windowMs: config.ZOOM_WEBHOOK_WINDOW_SECONDS * 1_000 }
    )
    if (!isSigned) throw new errors.invalidSignature()
    const event = readZoomEvent(raw)
    const plainToken = plainTokenOf(event)
    if (plainToken !== undefined)
      return {
        plainToken,
        encryptedToken: encryptToken(config.ZOOM_WEBHOOK_SECRET, plainToken)
      }
    await receipt.submit({
      kind: 'zoom.event',
      query: '',
      body: raw.toString('utf8'),
      requestId: request.id
    })
    return {}
  }

  app.post(
    '/zoom_webhooks',
    {
      config: {
        access: 'provider',
        form: ZoomEvent,
        signatureHeaders: SignatureHeaders,
        codeSample: signedZoomEvent(ZoomEvent.examples?.[0])
      },
      schema: {
        summary: 'An event of a video session',
        description:
          'Called by Zoom. Signed; stored and answered at once. Answers the challenge by which Zoom validates this URL.',
        tags: ['Provider callbacks'],
        consumes: ['application/json'],
        response: { 200: Answer, 400: ErrorBody, 403: ErrorBody, 422: ErrorBody }
      }
    },
    request => receive(request)
  )
}

const SignatureHeaders = {
  'x-zm-signature': Type.String({
    description: '`v0=` and the HMAC-SHA256 of `v0:<timestamp>:<body>`, in hex.'
  }),
  'x-zm-request-timestamp': Type.String({ description: 'Seconds since the epoch.' })
}

const onlyHeader = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined

/** @throws 400 for what is no JSON, 422 naming the fields without which the event means nothing */
function readZoomEvent(raw: Buffer): ZoomEvent {
  const event: unknown = readJson(raw)
  if (!isZoomEvent(event))
    throw invalidValues(
      findingsIn(ZoomEvent, event).map(({ path, message }) => ({
        field: path.slice(1).replaceAll('/', '.') || 'body',
        message
      }))
    )
  const problems = problemsIn(event)
  if (problems.length > 0) throw invalidValues(problems)
  return event
}

const isZoomEvent = (value: unknown): value is ZoomEvent =>
  findingsIn(ZoomEvent, value).length === 0
