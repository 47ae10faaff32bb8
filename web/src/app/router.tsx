import { createRouter } from '@tanstack/react-router'

import { campaignRoutes } from './routes/campaigns'
import { connectionRoutes } from './routes/connections'
import { contactRoutes } from './routes/contacts'
import { designRoutes } from './routes/design'
import { importRoutes } from './routes/imports'
import { overviewRoutes } from './routes/overview'
import { app, root } from './routes/parents'
import { segmentRoutes } from './routes/segments'
import { sessionRoutes } from './routes/session'
import { settingsRoutes } from './routes/settings'
import { templateRoutes } from './routes/templates'
import { voucherRoutes } from './routes/vouchers'

/** All pages; each feature has a file of its own in routes/ that says its addresses and what may stand in them. */
export const tree = root.addChildren([
  ...sessionRoutes,
  app.addChildren([
    ...overviewRoutes,
    ...contactRoutes,
    ...importRoutes,
    ...segmentRoutes,
    ...templateRoutes,
    ...campaignRoutes,
    ...voucherRoutes,
    ...connectionRoutes,
    ...settingsRoutes,
    ...designRoutes,
  ]),
])

export const router = createRouter({ routeTree: tree, defaultPreload: 'intent', scrollRestoration: true })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
