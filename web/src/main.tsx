import './app/style.css'
import './app/address'

import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { Providers } from './app/Providers'
import { router } from './app/router'
import { startLanguage } from './i18n'

const root = document.getElementById('root')
if (root)
  void startLanguage().then(() => {
    createRoot(root).render(
      <StrictMode>
        <Providers>
          <RouterProvider router={router} />
        </Providers>
      </StrictMode>,
    )
  })
