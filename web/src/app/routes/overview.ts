import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { app } from './parents'

const overview = createRoute({
  getParentRoute: () => app,
  path: '/',
  component: lazyRouteComponent(() => import('@/routes/OverviewPage'), 'OverviewPage'),
})

export const overviewRoutes = [overview] as const
