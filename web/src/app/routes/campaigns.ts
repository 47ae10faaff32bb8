import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { type CampaignState, campaignStates, type Status, statuses } from '@/components/ui/status'

import { app } from './parents'
import { idParam, oneOf, type Raw, someOf, text, whole } from './search'

const channels = ['zns', 'sms', 'email', 'zalo_oa', 'messenger', 'ai_call'] as const
const sorts = ['name', 'time', 'updated'] as const
const steps = ['audience', 'channels', 'time', 'review'] as const
const courses = ['minute', 'hour', 'day'] as const

/** A day as YYYY-MM-DD. */
const day = (raw: Raw, key: string): string | undefined => {
  const value = text(raw, key)
  return value && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined
}

interface ListSearch {
  state?: CampaignState[]
  q?: string
  channel?: (typeof channels)[number]
  from?: string
  to?: string
  sort?: (typeof sorts)[number]
  page?: string
}

const campaigns = createRoute({
  getParentRoute: () => app,
  path: '/campaigns',
  component: lazyRouteComponent(() => import('@/routes/CampaignsPage'), 'CampaignsPage'),
  validateSearch: (raw: Raw): ListSearch => ({
    state: someOf(raw, 'state', campaignStates),
    q: text(raw, 'q'),
    channel: oneOf(raw, 'channel', channels),
    from: day(raw, 'from'),
    to: day(raw, 'to'),
    sort: oneOf(raw, 'sort', sorts),
    page: text(raw, 'page'),
  }),
})

interface EditSearch {
  step?: (typeof steps)[number]
  /** A segment that was just made for this campaign. */
  segment?: number
}

const create = createRoute({
  getParentRoute: () => app,
  path: '/campaigns/new',
  component: lazyRouteComponent(() => import('@/routes/CampaignEditPage'), 'CampaignNewPage'),
})

const edit = createRoute({
  getParentRoute: () => app,
  path: '/campaigns/$id/edit',
  component: lazyRouteComponent(() => import('@/routes/CampaignEditPage'), 'CampaignEditPage'),
  params: idParam,
  validateSearch: (raw: Raw): EditSearch => ({
    step: oneOf(raw, 'step', steps),
    segment: whole(raw, 'segment', 1),
  }),
})

interface PageSearch {
  course?: (typeof courses)[number]
  status?: Status
  rank?: number
  code?: string
  q?: string
  page?: string
  who?: number
}

const campaign = createRoute({
  getParentRoute: () => app,
  path: '/campaigns/$id',
  component: lazyRouteComponent(() => import('@/routes/CampaignPage'), 'CampaignPage'),
  params: idParam,
  validateSearch: (raw: Raw): PageSearch => ({
    course: oneOf(raw, 'course', courses),
    status: oneOf(raw, 'status', statuses),
    rank: whole(raw, 'rank'),
    code: text(raw, 'code'),
    q: text(raw, 'q'),
    page: text(raw, 'page'),
    who: whole(raw, 'who', 1),
  }),
})

export const campaignRoutes = [campaigns, create, edit, campaign] as const
