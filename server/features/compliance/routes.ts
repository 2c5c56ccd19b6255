import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import { ErrorBody, errors } from '../../platform/errors.ts'
import type { GroupCommit } from '../../platform/group-commit.ts'
import { isBodySignedByTwilio } from '../../providers/twilio/body-signature.ts'
import { isSignedByTwilio } from '../../providers/twilio/signature.ts'
import type { CallbackKind, ReceivedCallback } from '../provider-callbacks/receive-callbacks.ts'
import { decodeForm } from '../provider-callbacks/signed-forms.ts'
import { signedForm, signedJson } from '../provider-callbacks/signed-samples.ts'

/** https://www.twilio.com/docs/trust-hub/trusthub-rest-api/customer-profiles#status-callback */
const BundleStatusForm = Type.Object(
  {
    BundleSid: Type.String({ description: 'The customer profile or trust product.' }),
    Status: Type.String({ examples: ['twilio-approved'] }),
    FailureReason: Type.Optional(Type.String({ description: 'Why it was rejected.' }))
  },
  { title: 'BundleStatusForm', description: 'Among other fields of Twilio.' }
)

/** https://www.twilio.com/docs/messaging/compliance/a2p-10dlc/event-streams-setup */
const BrandEvents = Type.Array(
  Type.Object({
    specversion: Type.String(),
    id: Type.String(),
    type: Type.String({
      examples: ['com.twilio.messaging.compliance.brand-registration.brand-registered']
    }),
    time: Type.Optional(Type.String()),
    data: Type.Record(Type.String(), Type.Unknown())
  }),
  { title: 'BrandEvents', description: 'CloudEvents about brands and campaigns.' }
)

const brandNews = signedJson([
  {
    specversion: '1.0',
    id: 'EV00000000000000000000000000000001',
    type: 'com.twilio.messaging.compliance.brand-registration.brand-registered',
    time: '2026-01-01T00:00:00Z',
    data: { brandsid: 'BN00000000000000000000000000000001' }
  }
])

/** A body as it came. Private, for the checks of what our own clients write are not for it. */
class RawBody {
  readonly #raw: string

  constructor(raw: string) {
    this.#raw = raw
  }

  get raw(): string {
    return this.#raw
  }
}

/** The signature covers the bytes: bodies of these media types are kept as they came, others are refused. */
function takeRaw(scope: FastifyInstance, mediaTypes: string[]): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(mediaTypes, { parseAs: 'string' }, (_request, body, done) =>
    done(null, new RawBody(String(body)))
  )
}

const description =
  'Called by Twilio. Signed; stored and answered at once, and then told by the messaging services that it is about.'

/** What Twilio says of reviews of customers: outside of the API's base path, where the provider was given it. */
export const complianceRoutes: FastifyPluginAsyncTypebox<{
  config: Pick<Config, 'PUBLIC_URL' | 'TWILIO_AUTH_TOKEN'>
  receipt: GroupCommit<ReceivedCallback, undefined>
}> = async (app, { config, receipt }) => {
  async function receive(
    kind: CallbackKind,
    request: FastifyRequest<{ Body: unknown }>,
    isSigned: typeof isBodySignedByTwilio
  ): Promise<void> {
    const raw = request.body instanceof RawBody ? request.body.raw : ''
    const signature = request.headers['x-twilio-signature']
    const url = config.PUBLIC_URL + request.url
    const given = typeof signature === 'string' ? signature : undefined
    if (!isSigned(config.TWILIO_AUTH_TOKEN, given, url, raw)) throw new errors.invalidSignature()
    // A null byte means the same when it is encoded; in JSON there can be none.
    await receipt.submit({
      kind,
      query: request.url.split('?')[1] ?? '',
      body: raw.replaceAll('\0', '%00'),
      requestId: request.id
    })
  }

  await app.register(async scope => {
    takeRaw(scope, ['application/x-www-form-urlencoded'])
    scope.post(
      '/webhooks/twilio/customer_profiles_compliance',
      {
        config: {
          access: 'provider',
          form: BundleStatusForm,
          codeSample: signedForm({
            form: { BundleSid: 'BU00000000000000000000000000000001', Status: 'twilio-approved' }
          })
        },
        schema: {
          summary: "Status of a customer profile's or trust product's review",
          description,
          tags: ['Provider callbacks'],
          consumes: ['application/x-www-form-urlencoded'],
          response: { 204: Type.Null({ description: 'Stored.' }), 403: ErrorBody }
        }
      },
      async (request, reply) => {
        await receive('twilio.customer_profile', request, (token, signature, url, raw) =>
          isSignedByTwilio(token, signature, url, decodeForm(raw))
        )
        return reply.code(204).send(null)
      }
    )
  })

  await app.register(async scope => {
    takeRaw(scope, [
      'application/json',
      'application/cloudevents+json',
      'application/cloudevents-batch+json'
    ])
    scope.post(
      '/webhooks/twilio/brands_compliance',
      {
        config: { access: 'provider', form: BrandEvents, codeSample: brandNews },
        schema: {
          summary: 'News of brands and campaigns',
          description,
          tags: ['Provider callbacks'],
          consumes: ['application/json'],
          querystring: Type.Object({
            bodySHA256: Type.Optional(
              Type.String({ description: 'The digest of the body, which the signature covers.' })
            )
          }),
          response: { 204: Type.Null({ description: 'Stored.' }), 403: ErrorBody }
        }
      },
      async (request, reply) => {
        await receive('twilio.brand', request, isBodySignedByTwilio)
        return reply.code(204).send(null)
      }
    )
  })
}
