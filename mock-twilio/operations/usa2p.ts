import type { Operation } from '../operation.ts'
import { createCampaign } from './usa2p/create-campaign.ts'
import { deleteCampaign } from './usa2p/delete-campaign.ts'
import { fetchCampaign } from './usa2p/fetch-campaign.ts'
import { fetchUsecases } from './usa2p/fetch-usecases.ts'
import { listCampaigns } from './usa2p/list-campaigns.ts'
import { updateCampaign } from './usa2p/update-campaign.ts'

export const usa2pOperations: readonly Operation[] = [
  createCampaign,
  fetchCampaign,
  listCampaigns,
  updateCampaign,
  deleteCampaign,
  fetchUsecases
]
