import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { app } from './parents'
import { oneOf, type Raw, whole } from './search'

const overview = createRoute({
  getParentRoute: () => app,
  path: '/',
  component: lazyRouteComponent(() => import('@/routes/OverviewPage'), 'OverviewPage'),
  validateSearch: (raw: Raw): { days?: 7 | 90; by?: 'status' } => {
    const days = whole(raw, 'days')
    return { days: days === 7 || days === 90 ? days : undefined, by: oneOf(raw, 'by', ['status']) }
  },
})

export const overviewRoutes = [overview] as const
