import { type Static, Type } from '@sinclair/typebox'
import { Timestamp } from '../../platform/schemas.ts'

const id = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 255, description }))

/** Which pairing to deactivate. */
export const DeactivatePairing = Type.Object(
  {
    participant: Type.Object({
      participant_number: Type.String({ description: 'E.164.', examples: ['+16015550142'] }),
      provider_number: Type.Optional(
        Type.String({ description: 'E.164; every provider number when absent.' })
      ),
      client_conversation_id: id("The conversation by the client's own id."),
      global_id: id('The conversation by its global id.'),
      internal_conversation_id: id('The conversation by its internal id.'),
      application_name: id('Scope of the conversation ids; the name of the bearer when absent.')
    })
  },
  {
    title: 'DeactivatePairing',
    examples: [{ participant: { participant_number: '+16015550143' } }]
  }
)
export type DeactivatePairing = Static<typeof DeactivatePairing>['participant']

const Pairing = Type.Object(
  {
    participant_number: Type.String(),
    provider_number: Type.String(),
    pairing_deactivated_at: Timestamp
  },
  { $id: 'Pairing', title: 'Pairing' }
)

/** The pairings that are now inactive. */
export const DeactivatedPairings = Type.Object(
  { participants: Type.Array(Pairing) },
  { $id: 'DeactivatedPairings', title: 'DeactivatedPairings' }
)
export type DeactivatedPairings = Static<typeof DeactivatedPairings>
