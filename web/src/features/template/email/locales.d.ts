declare module 'grapesjs/locale/vi.mjs' {
  const messages: Record<string, unknown>
  export default messages
}
