import type { FastifyRequest } from 'fastify'

/** The account id in X-Mock-World, or undefined for the default world. */
export function worldNameIn({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const name = headers['x-mock-world']
  return typeof name === 'string' && name !== '' ? name : undefined
}
