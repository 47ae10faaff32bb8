import type { ReactNode } from 'react'

import { newQueryClient, Providers } from '@/app/Providers'

const queries = () => newQueryClient()

/** What stands around every part of the app, for tests of a part by itself. */
export function Around({ children }: { children: ReactNode }) {
  return <Providers queries={queries()}>{children}</Providers>
}
