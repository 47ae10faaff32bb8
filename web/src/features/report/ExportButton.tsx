import { DownloadOutlined } from '@ant-design/icons'
import { App, Button, Flex, Typography } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { address, callHeaders } from '@/api/client'
import { Problem } from '@/api/problem'
import { useErrorText } from '@/components/ui/Faces'
import { formatNumber } from '@/lib/format'

import type { PeopleFilter } from './api'

/** Downloads the report of the people shown, and says how many lines came so far. It can be stopped. */
export function ExportButton({ campaign, filter }: { campaign: number; filter: PeopleFilter }) {
  const { t, i18n } = useTranslation()
  const { message } = App.useApp()
  const errorText = useErrorText()
  const [lines, setLines] = useState<number>()
  const stop = useRef<AbortController>(undefined)
  useEffect(
    () => () => {
      stop.current?.abort()
    },
    [],
  )

  const run = async () => {
    const control = new AbortController()
    stop.current = control
    setLines(0)
    try {
      const { status, rank, code, search } = filter
      const answer = await window.fetch(
        address(`/campaigns/${campaign}/activity.csv`, { status, rank, code, search }),
        {
          headers: callHeaders(),
          signal: control.signal,
        },
      )
      if (!answer.ok || !answer.body) throw new Problem(answer.status, await answer.json().catch(() => null))
      const parts: Uint8Array<ArrayBuffer>[] = []
      let n = -1 // the first line is the heading
      let shown = 0
      const reader = answer.body.getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        parts.push(value)
        for (const byte of value) if (byte === 10) n++
        if (Date.now() - shown > 200) {
          shown = Date.now()
          setLines(Math.max(0, n))
        }
      }
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob(parts, { type: 'text/csv' }))
      link.download = nameOf(answer) ?? `loa-campaign-${campaign}.csv`
      link.click()
      URL.revokeObjectURL(link.href)
      void message.success(
        t('people.downloaded', { count: Math.max(0, n), n: formatNumber(Math.max(0, n), i18n.language) }),
      )
    } catch (error) {
      if (!control.signal.aborted) void message.error(errorText(error))
    }
    setLines(undefined)
  }

  if (lines === undefined)
    return (
      <Button size="small" icon={<DownloadOutlined />} onClick={() => void run()}>
        {t('people.download')}
      </Button>
    )
  return (
    <Flex gap={8} align="center" wrap>
      <Typography.Text type="secondary" role="status">
        {t('people.downloading', { count: lines, n: formatNumber(lines, i18n.language) })}
      </Typography.Text>
      <Button
        size="small"
        onClick={() => {
          stop.current?.abort()
        }}
      >
        {t('people.stop')}
      </Button>
    </Flex>
  )
}

/** The file name that the server gave. */
const nameOf = (answer: Response) => /filename="?([^";]+)"?/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1]
