import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'

import type { Authentication } from '../authentication.ts'
import { refusal } from '../errors.ts'
import { isSignedWith, readJwt } from '../jwt.ts'
import type { FileRecord } from '../resources/recording.ts'
import type { SessionRecord } from '../resources/session.ts'
import type { Store } from '../store.ts'
import { downloadSecret } from '../webhooks/recording-events.ts'
import type { World } from '../world.ts'
import { contentOf } from './contents.ts'

/*
 * Fetching a file: with the webhook's download token, a download access token, or the API token; in the header,
 * or as older documents have it in the query. The address leads to another one first, and the header must go
 * along. https://developers.zoom.us/docs/video-sdk/web/recording
 */
export const downloads: FastifyPluginCallback<{
  store: Store
  authentication: Authentication
}> = (app, { store, authentication }, done) => {
  app.get<{ Params: { id: string } }>('/rec/download/:id', (request, reply) => {
    const found = find(store, request.params.id)
    admit(found, request, authentication)
    if (!found.world.settings.redirectsDownloads) return send(found, reply)
    const query = request.originalUrl.split('?')[1]
    const to = `/rec/file/${found.file.id}${query === undefined ? '' : `?${query}`}`
    return reply.redirect(to, 302)
  })

  app.get<{ Params: { id: string } }>('/rec/file/:id', (request, reply) => {
    const found = find(store, request.params.id)
    admit(found, request, authentication)
    return send(found, reply)
  })
  done()
}

interface Found {
  world: World
  session: SessionRecord
  file: FileRecord
}

function find(store: Store, id: string): Found {
  for (const world of store.all()) {
    const file = world.files.get(id)
    const session = file === undefined ? undefined : world.sessions.get(file.sessionId)
    if (file !== undefined && session !== undefined && file.trashedAt === null) {
      return { world, session, file }
    }
  }
  throw refusal('unknownRecording')
}

function admit(
  { world, session }: Found,
  { headers, originalUrl }: FastifyRequest,
  authentication: Authentication
): void {
  const [, told] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? []
  const query = new URLSearchParams(originalUrl.split('?')[1] ?? '')
  const token = told ?? query.get('access_token') ?? ''
  const jwt = readJwt(token)
  if (jwt?.claims['iss'] !== 'recording') {
    if (authentication.admit(`Bearer ${token}`) !== world) throw refusal('invalidToken')
    return
  }
  const isOurs = isSignedWith(jwt, downloadSecret(world)) && jwt.claims['sid'] === session.id
  if (!isOurs) throw refusal('invalidToken')
  if (!(Number(jwt.claims['exp']) * 1000 > world.now())) throw refusal('expiredToken')
}

function send({ world, session, file }: Found, reply: FastifyReply): FastifyReply {
  const { contentType, bytes } = contentOf(session, file)
  world.journal.append({ kind: 'recording.downloaded', sid: session.id, file: file.id })
  const name = `${file.recordingType}.${file.extension.toLowerCase()}`
  return reply
    .type(contentType)
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(bytes)
}
