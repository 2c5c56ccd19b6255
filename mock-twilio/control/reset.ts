import { Value } from '@sinclair/typebox/value'

import { ControlRefusal } from '../../simulator/control-refusal.ts'
import { checkPersona } from '../carrier/persona.ts'
import { developmentAccountSeed } from '../development-account.ts'
import { isSid } from '../ids.ts'
import { WorldSeed } from '../seeds.ts'
import type { Store } from '../store.ts'

/**
 * Makes a world, or makes it again as it was in the beginning. What the body leaves out stays as it was
 * seeded before; for a new world it is as in the development account, without its API key, which cannot
 * belong to two accounts.
 */
export function resetWorld(store: Store, name: string, body: unknown): unknown {
  if (!isSid(name, 'AC')) {
    throw new ControlRefusal(
      400,
      `a world is named by an AccountSid, AC and 32 digits, got "${name}"`
    )
  }
  const { api_keys: _, ...defaults } = developmentAccountSeed()
  const former = store.get(name)
  // The text "Infinity" has passed for a number at the door, and with it every bound.
  const [flaw] = Value.Errors(WorldSeed, body ?? {})
  if (flaw !== undefined) throw new ControlRefusal(400, `body${flaw.path}: ${flaw.message}`)
  const seed = Value.Parse(WorldSeed, body ?? {})
  for (const { persona } of seed.handsets ?? []) checkPersona(persona)
  const world = store.replace(
    { ...(former?.origin ?? defaults), ...seed, account_sid: name },
    former?.ownerSid
  )
  return {
    account_sid: world.accountSid,
    auth_token: world.authToken,
    seed: world.seed,
    profile: world.origin.profile ?? 'reliable',
    api_keys: [...world.keys.keys()],
    numbers: [...world.numbers.values()].map(({ sid, phoneNumber, smsUrl }) => ({
      sid,
      phone_number: phoneNumber,
      sms_url: smsUrl
    })),
    messaging_services: [...world.services.values()].map(({ sid, friendlyName, pool }) => ({
      sid,
      friendly_name: friendlyName,
      phone_numbers: pool.map(({ number }) => number.phoneNumber)
    }))
  }
}
