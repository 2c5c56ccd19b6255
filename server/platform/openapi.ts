import swagger from '@fastify/swagger'
import scalar from '@scalar/fastify-api-reference'
import type { TSchema } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'

/** An event that client applications are sent, for the document. */
export interface EventContract {
  type: string
  summary: string
  payload: TSchema
}

/**
 * The OpenAPI 3.1 document, made from the schemas of the routes and events, and a page that shows it offline:
 * `/docs`, `/docs/openapi.json`. Registered before the routes.
 */
export async function registerOpenApi(app: FastifyInstance, events: readonly EventContract[]): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Common Services API',
        version: '1.31.0',
        description:
          'Texts, calls and announcements between schools and families. Every request carries `Authorization: Bearer <token>`; events are sent to your `callback_url`, signed as [Standard Webhooks](https://www.standardwebhooks.com).',
        license: { name: 'Proprietary', url: 'https://example.com/license' }
      },
      servers: [{ url: 'http://127.0.0.1:3000', description: 'Offline, with the provider simulator.' }],
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'The token of an API key.' } }
      },
      security: [{ bearer: [] }],
      webhooks: Object.fromEntries(events.map(event => [event.type, webhook(event)]))
    },
    hideUntagged: true,
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? json.title ?? `schema-${index}`) },
    transform: ({ schema, url, route }) => ({
      url,
      schema: {
        ...schema,
        ...(route.config?.access === 'provider' && { security: [] }),
        operationId: operationId(String(route.method), url)
      }
    })
  })
  await app.register(scalar, { routePrefix: '/docs', configuration: { withDefaultFonts: false, telemetry: false }, hooks: {} })
}

function webhook({ type, summary, payload }: EventContract) {
  return {
    post: {
      summary,
      operationId: `event_${type.replaceAll('.', '_')}`,
      tags: ['Events'],
      security: [],
      requestBody: { required: true, content: { 'application/json': { schema: { ...payload, $id: undefined } } } },
      responses: { '2XX': { description: 'Delivered. Anything else is retried.' } }
    }
  }
}

/** `patch_conversations_by_id`: stable, readable, unique. */
function operationId(method: string, url: string): string {
  const path = url
    .replace('/api/v1/', '')
    .replaceAll(/[:{](\w+)}?/g, 'by_$1')
    .replaceAll(/\W+/g, '_')
  return `${method.toLowerCase()}_${path}`
}
