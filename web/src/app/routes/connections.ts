import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { type ConsentResult, consentResults } from '@/features/connection/upkeep'

import { app } from './parents'
import { idParam, oneOf, type Raw, text } from './search'

const connections = createRoute({
  getParentRoute: () => app,
  path: '/connections',
  component: lazyRouteComponent(() => import('@/routes/ConnectionsPage'), 'ConnectionsPage'),
  validateSearch: (raw: Raw): { consent?: ConsentResult } => ({ consent: oneOf(raw, 'consent', consentResults) }),
})

const create = createRoute({
  getParentRoute: () => app,
  path: '/connections/new',
  component: lazyRouteComponent(() => import('@/routes/ConnectionNewPage'), 'ConnectionNewPage'),
  validateSearch: (raw: Raw): { provider?: string } => ({ provider: text(raw, 'provider') }),
})

const connection = createRoute({
  getParentRoute: () => app,
  path: '/connections/$id',
  component: lazyRouteComponent(() => import('@/routes/ConnectionPage'), 'ConnectionPage'),
  params: idParam,
  // What came of a visit to the consent page of the provider.
  validateSearch: (raw: Raw): { consent?: ConsentResult; code?: string } => ({
    consent: oneOf(raw, 'consent', consentResults),
    code: text(raw, 'code'),
  }),
})

const costs = createRoute({
  getParentRoute: () => app,
  path: '/connections/$id/invoices',
  component: lazyRouteComponent(() => import('@/routes/ConnectionCostsPage'), 'ConnectionCostsPage'),
  params: idParam,
})

export const connectionRoutes = [connections, create, connection, costs] as const
