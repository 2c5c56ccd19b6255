import type { FastifyInstance } from 'fastify'

export interface Operation {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  path: string
  /** The path with an id in the place of each parameter. */
  url: string
  operationId: string
  description: string
  /** Needs no token. */
  isOpen: boolean
  /** Only its provider can ask it. */
  isSigned: boolean
  takesJson: boolean
  /** Of a body, with its media type: JSON where that is taken. */
  contentType: string | undefined
  example: unknown
  /** A request as one pastes it, where only a script can write it down. */
  sample: { lang: string; source: string } | undefined
  parameters: { in: string; name: string; required?: boolean; example?: string | number }[]
}

interface Document {
  paths: Record<
    string,
    Record<
      string,
      {
        operationId: string
        description?: string
        security?: unknown[]
        parameters?: Operation['parameters']
        'x-codeSamples'?: { lang: string; source: string }[]
        requestBody?: { content: Record<string, { example?: unknown }> }
      }
    >
  >
}

/** Every operation of the API document, so that a test over all of them forgets none. */
export function operationsOf(app: FastifyInstance): Operation[] {
  const document: Document = JSON.parse(JSON.stringify(app.swagger()))
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      const content = operation.requestBody?.content ?? {}
      const takesJson = content['application/json'] !== undefined
      const contentType = takesJson ? 'application/json' : Object.keys(content)[0]
      return {
        method: method.toUpperCase() as Operation['method'],
        path,
        url: path.replaceAll(/\{\w+\}/g, '1'),
        operationId: operation.operationId,
        description: operation.description ?? '',
        isOpen: operation.security?.length === 0,
        isSigned: (operation.parameters ?? []).some(
          ({ in: place, name, required }) =>
            place === 'header' && required === true && /-signature$/i.test(name)
        ),
        takesJson,
        contentType,
        example: contentType === undefined ? undefined : content[contentType]?.example,
        sample: operation['x-codeSamples']?.[0],
        parameters: operation.parameters ?? []
      }
    })
  )
}
