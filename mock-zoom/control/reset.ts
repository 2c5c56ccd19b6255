import { Value } from '@sinclair/typebox/value'

import { ControlRefusal } from '../../simulator/control-refusal.ts'
import { WorldSeed } from '../seeds.ts'
import type { Store } from '../store.ts'

/**
 * Makes a world, or makes it again as it was in the beginning. What the body leaves out stays as it was seeded
 * before; a new world has credentials of its own, named for it, and nobody to tell.
 */
export function resetWorld(store: Store, name: string, body: unknown): unknown {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    const form = 'an account id of 1 to 64 letters, digits, "_" and "-"'
    throw new ControlRefusal(400, `a world is named by ${form}, got "${name}"`)
  }
  // The text "Infinity" has passed for a number at the door, and with it every bound.
  const [flaw] = Value.Errors(WorldSeed, body ?? {})
  if (flaw !== undefined) throw new ControlRefusal(400, `body${flaw.path}: ${flaw.message}`)
  const former = store.get(name)?.origin
  const world = store.replace({
    ...former,
    ...Value.Parse(WorldSeed, body ?? {}),
    account_id: name
  })
  const { sdkKey, sdkSecret, apiKey, apiSecret, clientId, clientSecret, secretToken } =
    world.credentials
  return {
    account_id: world.name,
    seed: world.seed,
    sdk_key: sdkKey,
    sdk_secret: sdkSecret,
    api_key: apiKey,
    api_secret: apiSecret,
    client_id: clientId,
    client_secret: clientSecret,
    secret_token: secretToken,
    subscriptions: [...world.subscriptions.values()].map(({ id, url }) => ({ id, url }))
  }
}
