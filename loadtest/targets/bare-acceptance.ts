import Fastify, { type FastifyInstance } from 'fastify'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import {
  type CreateMessage,
  CreateMessage as CreateMessageSchema,
  Message
} from '../../server/features/messages/schemas.ts'
import { checkMessage } from '../../server/features/messages/check-message.ts'
import { presentMessage } from '../../server/features/messages/message-row.ts'
import { readConfig } from '../../server/config.ts'
import { createHttpServer } from '../../server/platform/http.ts'
import { createLog } from '../../server/platform/log.ts'
import { createMetrics } from '../../server/platform/metrics.ts'
import { sha256 } from '../../server/platform/secrets.ts'
import { isWellFormedToken } from '../../server/platform/tokens.ts'
import { textProblem } from '../../server/telephony/text.ts'
import { serveQuestions } from '../target-process.ts'

// The floors of accepting a message: the same route, validation, access check and answer; nothing is stored.
// Bare, or (PLATFORM=yes) behind the server's own HTTP platform: limits, ids, error form, metrics.
const keys = new Map<string, { id: number; name: string; type: 'Admin'; keyId: number }>()
const app = process.env['PLATFORM'] === 'yes' ? await withPlatform() : bare()

function bare(): FastifyInstance {
  const plain = Fastify({ logger: false })
  plain.setValidatorCompiler(TypeBoxValidatorCompiler)
  return plain
}

function withPlatform(): Promise<FastifyInstance> {
  const config = readConfig({ RATE_LIMIT_PER_MINUTE: '100000000' })
  return createHttpServer({ config, log: createLog('warn'), metrics: createMetrics(), textProblem })
}

app.post<{ Body: CreateMessage }>(
  '/api/v1/messages',
  { schema: { body: CreateMessageSchema, response: { 201: Message } } },
  async (request, reply) => {
    const token = request.headers.authorization?.slice('Bearer '.length) ?? ''
    if (!isWellFormedToken(token)) return reply.code(403).send()
    const hash = sha256(token)
    const bearer = keys.get(hash) ?? { id: 1, name: 'admin', type: 'Admin', keyId: 1 }
    keys.set(hash, bearer)
    const now = Date.now()
    const message = checkMessage(
      request.body,
      bearer,
      { SMS_TO_MMS_RULE: 'characters', LOOKUP_BEFORE_FIRST_SMS: false },
      now
    )
    // Answering after a turn of the event loop is what a group commit does too; see loadtest/README.md.
    await new Promise(resolve => setImmediate(resolve))
    return reply.code(201).send(presentMessage(message.row))
  }
)

serveQuestions(await app.listen({ host: '127.0.0.1', port: 0 }))
