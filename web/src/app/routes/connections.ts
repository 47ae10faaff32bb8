import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { app } from './parents'
import { idParam, type Raw, text } from './search'

const connections = createRoute({
  getParentRoute: () => app,
  path: '/connections',
  component: lazyRouteComponent(() => import('@/routes/ConnectionsPage'), 'ConnectionsPage'),
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
})

export const connectionRoutes = [connections, create, connection] as const
