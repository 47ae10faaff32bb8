import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { app } from './parents'

const connections = createRoute({
  getParentRoute: () => app,
  path: '/connections',
  component: lazyRouteComponent(() => import('@/routes/ConnectionsPage'), 'ConnectionsPage'),
})

export const connectionRoutes = [connections] as const
