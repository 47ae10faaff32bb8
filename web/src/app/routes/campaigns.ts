import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { type CampaignState, campaignStates, type Status, statuses } from '@/components/ui/status'

import { app } from './parents'
import { idParam, oneOf, type Raw, someOf, text, whole } from './search'

const campaigns = createRoute({
  getParentRoute: () => app,
  path: '/campaigns',
  component: lazyRouteComponent(() => import('@/routes/CampaignsPage'), 'CampaignsPage'),
  validateSearch: (raw: Raw): { state?: CampaignState[]; q?: string; page?: string } => ({
    state: someOf(raw, 'state', campaignStates),
    q: text(raw, 'q'),
    page: text(raw, 'page'),
  }),
})

const campaign = createRoute({
  getParentRoute: () => app,
  path: '/campaigns/$id',
  component: lazyRouteComponent(() => import('@/routes/CampaignPage'), 'CampaignPage'),
  params: idParam,
  validateSearch: (raw: Raw): { status?: Status; rank?: number; q?: string; page?: string; who?: number } => ({
    status: oneOf(raw, 'status', statuses),
    rank: whole(raw, 'rank'),
    q: text(raw, 'q'),
    page: text(raw, 'page'),
    who: whole(raw, 'who', 1),
  }),
})

export const campaignRoutes = [campaigns, campaign] as const
