import swagger from '@fastify/swagger'
import scalar from '@scalar/fastify-api-reference'
import { type TSchema, Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { ErrorBody } from './errors.ts'
import { finishDocument } from './openapi-document.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a body holds, for the document alone: it is read and checked by the route itself. */
    form?: TSchema
    /** Its values are told one by one in the answer: none is refused with 422. */
    lenient?: boolean
    /** The headers by which a provider other than Twilio signs. */
    signatureHeaders?: Record<string, TSchema>
    /** A request that only a script can write down, to this path; made when the document is. */
    codeSample?: (path: string) => CodeSample
  }
}

/** A request as one pastes it: https://redocly.com/docs/api-reference-docs/specification-extensions/x-code-samples */
export interface CodeSample {
  lang: string
  label: string
  source: string
}

/** An event that client applications are sent, for the document. */
export interface EventContract {
  type: string
  summary: string
  payload: TSchema
}

/** A chapter of the document. */
export interface Tag {
  name: string
  description: string
}

/**
 * The OpenAPI 3.1 document, made from the schemas of the routes and events, and a page that shows it offline:
 * `/docs`, `/docs/openapi.json`. Registered before the routes.
 */
export async function registerOpenApi(
  app: FastifyInstance,
  contents: { tags: readonly Tag[]; events: readonly EventContract[] }
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Common Services API',
        version: '1.31.0',
        description:
          'Texts, calls and announcements between schools and families. Every request carries `Authorization: Bearer <token>`; events are sent to your `callback_url`, signed as [Standard Webhooks](https://www.standardwebhooks.com). A creating request with an `Idempotency-Key` may be repeated safely for 24 hours.',
        license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' }
      },
      servers: [
        { url: 'http://127.0.0.1:3000', description: 'Offline, with the provider simulator.' }
      ],
      tags: [...contents.tags],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'The token of an API key.' }
        }
      },
      security: [{ bearer: [] }],
      webhooks: Object.fromEntries(contents.events.map(event => [event.type, webhook(event)]))
    },
    hideUntagged: true,
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) =>
        typeof json.$id === 'string' ? json.$id : `schema-${index}`
    },
    transform: ({ schema, url, route }) => ({
      url,
      schema: schema?.tags ? described(schema, url, route) : schema
    }),
    transformObject: document =>
      'openapiObject' in document ? finishDocument(document.openapiObject) : document.swaggerObject
  })
  await registerPage(app)
}

/** What follows from a route's configuration and is said in no schema: access, idempotency, refusals. */
function described(schema: FastifySchema, url: string, route: RouteOptions): FastifySchema {
  const {
    access = 'bearer',
    idempotent = false,
    form,
    lenient = false,
    signatureHeaders,
    codeSample
  } = route.config ?? {}
  const hasBody = schema.body !== undefined || form !== undefined
  const headers = {
    ...(idempotent && { 'Idempotency-Key': IdempotencyKeyHeader }),
    ...(access === 'provider' && (signatureHeaders ?? { 'X-Twilio-Signature': SignatureHeader })),
    ...(access === 'provider_or_bearer' && {
      'X-Twilio-Signature': Type.Optional(SignatureHeader)
    })
  }
  return {
    ...schema,
    ...(access === 'provider' && { security: [] }),
    ...(access === 'provider_or_bearer' && { security: [{ bearer: [] }, {}] }),
    ...(form !== undefined && { body: form }),
    ...(codeSample !== undefined && { 'x-codeSamples': [codeSample(url)] }),
    ...(access === 'public' && { security: [] }),
    ...(Object.keys(headers).length > 0 && { headers: Type.Object(headers) }),
    operationId: operationId(String(route.method), url),
    response: {
      ...Object(schema.response),
      ...(access !== 'public' && { 403: ErrorBody }),
      ...(hasBody && { 413: ErrorBody, 415: ErrorBody }),
      ...(hasBody && access !== 'provider' && { 400: ErrorBody }),
      ...(hasBody && access !== 'provider' && !lenient && { 422: ErrorBody }),
      ...(idempotent && { 409: ErrorBody, 422: ErrorBody }),
      // A value of a path or a query may be wrong by itself: a null byte always is.
      ...(access !== 'provider' && hasParameters(schema) && { 422: ErrorBody }),
      ...(access !== 'provider' && { 429: ErrorBody }),
      503: ErrorBody
    }
  }
}

const hasParameters = ({ params, querystring }: FastifySchema): boolean =>
  params !== undefined || querystring !== undefined

const IdempotencyKeyHeader = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 255,
    description:
      'Printable ASCII. The same key with the same request within 24 hours gives the first answer again.',
    examples: ['8e03978e-40d5-43e8-bc93-6894a57f9324']
  })
)

const SignatureHeader = Type.String({
  description: 'HMAC-SHA1 of the URL and the form, as Twilio computes it.'
})

function webhook({ type, summary, payload }: EventContract) {
  return {
    post: {
      summary,
      description:
        'POSTed to the `callback_url` of the request, or else of the conversation, or else of the bearer.',
      operationId: `event_${type.replaceAll('.', '_')}`,
      tags: ['Events'],
      security: [],
      requestBody: { required: true, content: { 'application/json': { schema: payload } } },
      responses: {
        '2XX': { description: 'Delivered.' },
        '4XX': { description: 'Not delivered, like any other answer: it is attempted again later.' }
      }
    }
  }
}

/** `patch_conversations_by_id`: stable, readable, unique. */
function operationId(method: string, url: string): string {
  const path = url
    .replace(/^\/(api\/v1\/)?/, '')
    .replaceAll(/[:{](\w+)}?/g, 'by_$1')
    .replaceAll(/\W+/g, '_')
  return `${method.toLowerCase()}_${path}`
}

/** Nothing of the page comes from, or goes to, another host; the browser holds it to that. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

async function registerPage(app: FastifyInstance): Promise<void> {
  await app.register(async page => {
    page.addHook('onRoute', route => {
      route.config = { ...route.config, access: 'public' }
      route.helmet = { contentSecurityPolicy: false }
    })
    await page.register(scalar, {
      routePrefix: '/docs',
      configuration: {
        pageTitle: 'Common Services API',
        withDefaultFonts: false,
        telemetry: false,
        proxyUrl: '',
        // Not the documentation's own server but the one that the page came from.
        servers: [{ url: '/' }],
        showDeveloperTools: 'never',
        hideClientButton: true,
        agent: { disabled: true },
        mcp: { disabled: true }
      },
      hooks: {
        onRequest: (_request, reply, done) => {
          void reply.header('content-security-policy', pagePolicy)
          done()
        }
      }
    })
  })
}
