/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// The binary embeds dist. Assets carry a hash in their names and are cached for ever; index.html never is.
export default defineConfig({
  plugins: [
    react(),
    {
      // The mail compiler finds the global object by making a function from text, which our content policy refuses and reports. Every browser has globalThis.
      name: 'no-function-from-text',
      transform(code, id) {
        if (!id.includes('grapesjs-mjml')) return null
        return { code: code.replace(/(?:new )?Function\("return this"\)\(\)/g, 'globalThis'), map: null }
      },
    },
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: 'dist',
    // dist/.keep stays so that Go builds without npm; `npm run build` removes the old assets itself.
    emptyOutDir: false,
    target: 'es2022',
    // Everything comes from our own address: nothing is inlined that the content policy would refuse.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1400,
  },
  server: {
    host: '127.0.0.1',
    // The pictures of mails are the server's, too.
    proxy: Object.fromEntries(
      ['/api', '/media'].map((path) => [path, { target: process.env.LOA_DEV_API ?? 'http://127.0.0.1:8080' }]),
    ),
  },
  test: {
    environment: 'happy-dom',
    setupFiles: ['src/test/setup.ts'],
    testTimeout: 30000,
  },
})
