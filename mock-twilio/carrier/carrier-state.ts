import { copyPlain } from '../../simulator/plain-data.ts'
import type { CampaignTraffic } from './campaign-limits.ts'
import type { Outage } from './outages.ts'
import type { SenderQueue } from './sender-queues.ts'

/** What the network knows of one world beside its messages. Plain data, like everything in a world. */
export interface CarrierState {
  /** By sender. */
  readonly queues: Map<string, SenderQueue>
  /** By sender, where the world says otherwise than the type of the sender: segments per second. */
  readonly rates: Map<string, number>
  /** By messaging service. */
  readonly campaigns: Map<string, CampaignTraffic>
  outages: Outage[]
  outagesSoFar: number
  /** Messages that wait for their SendAt. */
  scheduled: number
  /** When the account could send its next message, and its next media, at its most. */
  messageFreeAt: number
  mediaFreeAt: number
  /** When the account may dial again. */
  callFreeAt: number
}

export function newCarrierState(): CarrierState {
  return {
    queues: new Map(),
    rates: new Map(),
    campaigns: new Map(),
    outages: [],
    outagesSoFar: 0,
    scheduled: 0,
    messageFreeAt: 0,
    mediaFreeAt: 0,
    callFreeAt: 0
  }
}

export type SavedCarrierState = ReturnType<typeof saveCarrierState>

export function saveCarrierState({ queues, rates, campaigns, ...state }: CarrierState) {
  return copyPlain({
    ...state,
    queues: [...queues],
    rates: [...rates],
    campaigns: [...campaigns]
  })
}

export function restoreCarrierState(saved: SavedCarrierState): CarrierState {
  const { queues, rates, campaigns, ...state } = copyPlain(saved)
  return {
    ...state,
    queues: new Map(queues),
    rates: new Map(rates),
    campaigns: new Map(campaigns)
  }
}
