import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// The tests in a real browser against the real program. The Go test e2e/browser_test.go starts the program and then these.
export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  test: {
    include: ['e2e/**/*.e2e.ts'],
    // One browser and one story: later steps stand on what earlier ones made.
    fileParallelism: false,
    sequence: { shuffle: false },
    maxWorkers: 1,
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    bail: 1,
  },
})
