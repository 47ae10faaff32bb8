export function WhyDrawer(_: { campaign: number; contact?: number; zone: string; onClose: () => void }) {
  return null
}
