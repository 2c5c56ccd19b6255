import { createHash } from 'node:crypto'
import { formOf, pathOf } from '../client.ts'
import type { Operation } from '../document.ts'
import { type Json } from '../json.ts'
import { twilioSignature } from '../twilio-control.ts'
import type { Actor, Case, World } from '../world/world.ts'
import { scheduled } from './messages.ts'
import type { OperationRecipe, ResourceRecipes } from './recipe.ts'

const formType = 'application/x-www-form-urlencoded'

/** The call with the signature that the provider would give it. */
export function signed(world: World, operation: Operation, request: Case, token?: string): Case {
  const { signingToken, publicUrl } = world.options
  if (!operation.bodies.has(formType) && operation.bodies.has('application/json'))
    return signedJson(world, operation, request, token)
  const url = publicUrl + pathOf({ operation, ...request })
  const form = (request.body ?? {}) as Json
  const headers = { 'x-twilio-signature': twilioSignature(token ?? signingToken ?? '', url, form) }
  if (operation.bodies.size === 0) return { ...request, headers }
  return {
    ...request,
    headers,
    raw: { type: formType, content: formOf(form) }
  }
}

/**
 * Of a body that is no form a digest stands in the URL, and the URL is signed
 * (https://www.twilio.com/docs/usage/webhooks/webhooks-security#validating-json-requests).
 */
function signedJson(world: World, operation: Operation, request: Case, token?: string): Case {
  const { signingToken, publicUrl } = world.options
  const content = JSON.stringify(request.body ?? {})
  const bodySHA256 = createHash('sha256').update(content).digest('hex')
  const query = { ...request.query, bodySHA256 }
  const url = publicUrl + pathOf({ operation, ...request, query })
  return {
    ...request,
    query,
    headers: { 'x-twilio-signature': twilioSignature(token ?? signingToken ?? '', url, {}) },
    raw: { type: 'application/json', content }
  }
}

export const needsSignature = ({ options }: World): string | undefined =>
  options.signingToken === undefined
    ? 'needs the token that the provider signs with: --signing-token, or --mock-twilio'
    : undefined

/** A provider's id that no other message has. */
export const aSid = (world: World, prefix = 'SM'): string =>
  prefix + Array.from({ length: 32 }, () => world.random.integer(16).toString(16)).join('')

const aText = (world: World): Json => ({
  MessageSid: aSid(world),
  From: world.receiver(),
  To: world.options.senders[0],
  Body: 'Hello',
  NumMedia: '0'
})

/** A callback of Twilio, signed. */
export const callback = (
  operationId: string,
  valid: (world: World, actor: Actor) => Promise<Case>
): OperationRecipe => ({
  signed: true,
  needs: needsSignature,
  valid: async (world, actor) =>
    signed(world, world.document.operation(operationId), await valid(world, actor))
})

/** A status of a message that waits: the provider does not know it yet, so nothing follows. */
const aStatus = async (world: World): Promise<Case> => {
  const { message_uuid: uuid } = await scheduled(world, world.admin)
  return {
    query: { message_uuid: String(uuid) },
    body: { MessageSid: aSid(world), MessageStatus: 'queued' }
  }
}

const inbound = async (world: World): Promise<Case> => ({ body: aText(world) })

export const providerCallbacks: ResourceRecipes = {
  operations: {
    post_twilio_requests_webhook_message_updates: callback(
      'post_twilio_requests_webhook_message_updates',
      aStatus
    ),
    post_twilio_announcements_status: callback('post_twilio_announcements_status', aStatus),
    post_twilio_requests_inbound: callback('post_twilio_requests_inbound', inbound),
    post_twilio_announcements_inbound: callback('post_twilio_announcements_inbound', inbound)
  }
}
