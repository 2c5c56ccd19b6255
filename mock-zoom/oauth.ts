import type { FastifyPluginCallback, FastifyRequest } from 'fastify'

import { oauthToken, oauthTokenLife } from './authentication.ts'
import type { Store } from './store.ts'
import type { World } from './world.ts'

/*
 * Server-to-server OAuth: an account's own credentials for an access token of an hour. Refusals have another
 * form than those of the REST API; their words are [unverified].
 * https://developers.zoom.us/docs/internal-apps/s2s-oauth
 */
export const oauth: FastifyPluginCallback<{ store: Store }> = (app, { store }, done) => {
  app.post('/oauth/token', (request, reply) => {
    const asked = parametersOf(request)
    const grant = asked.get('grant_type')
    if (grant !== 'account_credentials') {
      const reason = grant === null ? 'Missing grant type' : 'unsupported grant type'
      return reply.code(400).send({ reason, error: 'unsupported_grant_type' })
    }
    const world = worldOf(store, request.headers.authorization)
    if (world === undefined) {
      const refused = { reason: 'Invalid client_id or client_secret', error: 'invalid_client' }
      return reply.code(401).send(refused)
    }
    if (asked.get('account_id') !== world.accountId) {
      const refused = { reason: 'Bad Request', error: 'invalid_request' }
      return reply.code(400).send(refused)
    }
    world.journal.append({ kind: 'request', operation: 'create-token', status: 200 })
    return reply.send({
      access_token: oauthToken(world),
      token_type: 'bearer',
      expires_in: oauthTokenLife,
      scope: 'videosdk:read videosdk:write',
      api_url: 'https://api.zoom.us'
    })
  })
  done()
}

/** In the query, or as a form. */
function parametersOf({ originalUrl, body }: FastifyRequest): URLSearchParams {
  const parameters = new URLSearchParams(originalUrl.split('?')[1] ?? '')
  if (typeof body !== 'string') return parameters
  for (const [name, value] of new URLSearchParams(body)) parameters.append(name, value)
  return parameters
}

function worldOf(store: Store, authorization = ''): World | undefined {
  const [, encoded = ''] = /^Basic (.+)$/i.exec(authorization) ?? []
  const decoded = Buffer.from(encoded, 'base64').toString('utf8')
  for (const world of store.all()) {
    const { clientId, clientSecret } = world.credentials
    if (decoded === `${clientId}:${clientSecret}`) return world
  }
  return undefined
}
