import { createRootRoute, createRoute, Outlet } from '@tanstack/react-router'

import { Crash, NotFound } from '../Fallbacks'
import { Shell } from '../Shell'

/** What all pages hang under. */
export const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: Crash })

/** What the pages behind sign-in hang under. */
export const app = createRoute({ getParentRoute: () => root, id: 'app', component: Shell })
