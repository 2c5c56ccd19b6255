import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Database, Transaction } from './database.ts'

/**
 * Runs a creating operation in one transaction, together with the memory of its answer when the request
 * carries an `Idempotency-Key`: after a crash the two exist or neither does.
 */
export async function answerOnce<Body>(
  request: FastifyRequest,
  reply: FastifyReply,
  database: Database,
  statusCode: number,
  work: (tx: Transaction) => Promise<Body>
): Promise<Body> {
  const body = await database.transaction(async tx => {
    const result = await work(tx)
    if (request.idempotency)
      await request.server.idempotency.remember(
        [{ request: request.idempotency, statusCode, body: result }],
        tx
      )
    return result
  })
  void reply.code(statusCode)
  return body
}
