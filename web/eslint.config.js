import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

// Imports go downwards only: lib, components and api know no feature, features do not know each other, routes put features together.
const layers = (files, forbidden, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group: forbidden, message }] }] },
})

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/api/schema.d.ts'] },
  ...tseslint.configs.strict,
  reactHooks.configs.flat['recommended-latest'] ?? reactHooks.configs.flat.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
  layers(
    ['src/lib/**', 'src/components/**', 'src/api/**', 'src/i18n/**'],
    ['@/features/*', '@/routes/*', '@/app/*'],
    'lib, components, api and i18n know no feature, route or app',
  ),
  layers(
    ['src/features/**'],
    ['@/features/*', '@/routes/*', '@/app/*'],
    'features do not import each other, routes or app',
  ),
  layers(['src/routes/**'], ['@/app/*'], 'routes do not import app'),
)
