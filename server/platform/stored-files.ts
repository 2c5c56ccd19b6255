import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Clock } from './clock.ts'
import { errors } from './errors.ts'
import { type FolderStorage, storedFilesPath } from './folder-storage.ts'
import { contentTypeOf, dispositionOf, isKey } from './storage.ts'

/**
 * Serves what lies in the folder, to whoever has a link that this server signed and whose time is not over:
 * whole or a range of it, so that a player can jump.
 */
export const storedFileRoutes: FastifyPluginAsync<{
  storage: FolderStorage
  clock: Clock
}> = async (app, { storage, clock }) => {
  app.route<{ Params: { '*': string }; Querystring: Record<string, unknown> }>({
    method: ['GET', 'HEAD'],
    url: `${storedFilesPath}/*`,
    config: { access: 'public' },
    async handler(request, reply) {
      const key = request.params['*']
      const link = readLink(key, request.query)
      if (!link || !storage.links.isOurs(link, link.signature))
        throw new errors.forbidden('This link was not made by this server, or was changed.')
      const remainingMs = link.expires * 1_000 - clock.now()
      if (remainingMs <= 0) throw new errors.forbidden('This link has expired; ask for a new one.')
      const opened = await storage.openFile(key)
      if (!opened) throw new errors.notFound('The recording is no longer there.')
      const { handle, size, tag } = opened

      void reply
        .type(contentTypeOf(key))
        .header('content-disposition', dispositionOf(key, link.fileName))
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('accept-ranges', 'bytes')
        .header('etag', tag)
        .header('cache-control', `private, max-age=${Math.floor(remainingMs / 1_000)}`)
      const range = wantedRange(request, size, tag)
      if (range === 'unsatisfiable') {
        await handle.close()
        void reply.code(416).header('content-range', `bytes */${size}`)
        return reply.send('')
      }
      const { start, end } = range ?? { start: 0, end: size - 1 }
      void reply.header('content-length', end - start + 1)
      if (range) void reply.code(206).header('content-range', `bytes ${start}-${end}/${size}`)
      if (request.method === 'HEAD' || size === 0) {
        await handle.close()
        return reply.send('')
      }
      return reply.send(handle.createReadStream({ start, end }))
    }
  })
}

interface ReadLink {
  key: string
  fileName: string | undefined
  expires: number
  signature: string
}

function readLink(
  key: string,
  { expires, name, signature }: Record<string, unknown>
): ReadLink | undefined {
  if (!isKey(key) || typeof expires !== 'string' || typeof signature !== 'string') return undefined
  if (!/^\d{1,12}$/.test(expires) || (name !== undefined && typeof name !== 'string'))
    return undefined
  return { key, fileName: name, expires: Number(expires), signature }
}

/**
 * The bytes that a request asks for; undefined for all of them. Several ranges at once, and what is no range,
 * are answered with the whole, as the standard allows: https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
function wantedRange(
  { headers }: FastifyRequest,
  size: number,
  tag: string
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? '') ?? []
  if (first === undefined || last === undefined || first + last === '') return undefined
  // Of the file that the client began with, or else all of the new one.
  if (headers['if-range'] !== undefined && headers['if-range'] !== tag) return undefined
  if (first === '') {
    const start = Math.max(size - Number(last), 0)
    return Number(last) === 0 || size === 0 ? 'unsatisfiable' : { start, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < start) return undefined
  return start >= size ? 'unsatisfiable' : { start, end }
}
