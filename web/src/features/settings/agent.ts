const browsers: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\/|\bOpera\b/, 'Opera'],
  [/\bCoc_Coc_Browser\b|\bcoc_coc_browser\b/, 'Cốc Cốc'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/Chrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]

const systems: [RegExp, string][] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/** Reads browser and system out of what a browser calls itself: "Chrome · Windows". What says neither is shown as it came, shortened; '' = it said nothing. */
export function nameOf(agent: string): string {
  const found = [browsers, systems].map((list) => list.find(([pattern]) => pattern.test(agent))?.[1]).filter(Boolean)
  return found.join(' · ') || agent.slice(0, 60)
}
