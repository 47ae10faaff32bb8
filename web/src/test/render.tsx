import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router'
import { render } from '@testing-library/react'

import { newQueryClient, Providers } from '@/app/Providers'
import { tree } from '@/app/router'

/** Opens the app at an address, as a browser would. */
export function open(address: string) {
  const history = createMemoryHistory({ initialEntries: [address] })
  const router = createRouter({ routeTree: tree, history })
  const queries = newQueryClient()
  render(
    <Providers queries={queries}>
      <RouterProvider router={router} />
    </Providers>,
  )
  return router
}
