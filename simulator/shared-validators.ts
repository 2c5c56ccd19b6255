import fastify, { type FastifyServerOptions, type FastifySchemaCompiler } from 'fastify'

/** How the bodies and queries of the control API are held against their schemas. */
const ajv = {
  customOptions: { removeAdditional: false, coerceTypes: true }
} as const satisfies FastifyServerOptions['ajv']

let compiler: Promise<FastifySchemaCompiler<unknown>> | undefined

/**
 * Fastify's own compiler, whose work is done once in a process: nine tenths of what it takes to start a mock
 * are the schemas of the control API, and tests start a mock each.
 */
export function sharedValidators(): Promise<FastifySchemaCompiler<unknown>> {
  compiler ??= buildCompiler()
  return compiler
}

async function buildCompiler(): Promise<FastifySchemaCompiler<unknown>> {
  const app = fastify({ ajv })
  // Without a schema there would be no compiler.
  app.get('/', { schema: { querystring: { type: 'object' } } }, () => '')
  await app.ready()
  const { validatorCompiler } = app
  if (validatorCompiler === undefined) throw new Error('Fastify has no compiler for its schemas')
  const validators = new Map<string, ReturnType<FastifySchemaCompiler<unknown>>>()
  return route => {
    const key = JSON.stringify(route.schema)
    const validator = validators.get(key) ?? validatorCompiler(route)
    validators.set(key, validator)
    return validator
  }
}
