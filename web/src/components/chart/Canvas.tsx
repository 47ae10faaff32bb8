import { BarChart, FunnelChart, LineChart } from 'echarts/charts'
import { DataZoomComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use as register } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

import { useMode } from '@/lib/theme'

register([
  BarChart,
  FunnelChart,
  LineChart,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  CanvasRenderer,
])

/** The drawing itself, in a file of its own so that the library comes only with the first chart. */
export default function Canvas(props: { option: EChartsCoreOption; label: string; height: number }) {
  const { option, label, height } = props
  const mode = useMode()
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<ReturnType<typeof init>>(undefined)
  useEffect(() => {
    if (!place.current) return
    const made = init(place.current, mode === 'dark' ? 'dark' : undefined)
    chart.current = made
    const watch = new ResizeObserver(() => {
      made.resize()
    })
    watch.observe(place.current)
    return () => {
      watch.disconnect()
      made.dispose()
    }
  }, [mode])
  useEffect(() => {
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    chart.current?.setOption({ backgroundColor: 'transparent', animation: !still, ...option }, true)
  }, [option, mode])
  return <div ref={place} role="img" aria-label={label} style={{ width: '100%', height }} />
}
