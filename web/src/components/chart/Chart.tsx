import type { EChartsCoreOption } from 'echarts/core'
import { Button, Flex, Skeleton } from 'antd'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

const Canvas = lazy(() => import('./Canvas'))

interface ChartProps {
  option: EChartsCoreOption
  /** What the picture shows, for those who do not see it. */
  label: string
  height?: number
  /** The same figures as a table, for screen readers and for everybody who prefers it. */
  table?: ReactNode
}

/** A chart. The drawing code is loaded when the first chart is shown; the place is kept meanwhile. */
export function Chart({ option, label, height = 280, table }: ChartProps) {
  const { t } = useTranslation()
  const [asTable, setAsTable] = useState(false)
  return (
    <figure style={{ margin: 0 }} aria-label={label}>
      {asTable ? (
        table
      ) : (
        <Suspense fallback={<Skeleton.Node active style={{ width: '100%', height }} />}>
          <Canvas option={option} label={label} height={height} />
        </Suspense>
      )}
      {table && (
        <Flex justify="end">
          <Button
            type="link"
            size="small"
            onClick={() => {
              setAsTable(!asTable)
            }}
          >
            {asTable ? t('common.asChart') : t('common.asTable')}
          </Button>
        </Flex>
      )}
    </figure>
  )
}
