import { Card, Flex, Typography } from 'antd'
import type { ReactNode } from 'react'

import { Preferences } from './Preferences'

/** The frame of the pages before sign-in. */
export function Gate({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <Flex vertical align="center" gap={16} className="gate" component="main">
      <Card className="gate-card">
        <Flex align="center" gap={12} style={{ marginBottom: 16 }}>
          <img src="/favicon.svg" width={40} height={40} alt="Loa" />
          <div>
            <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
              {title}
            </Typography.Title>
            {hint && <Typography.Text type="secondary">{hint}</Typography.Text>}
          </div>
        </Flex>
        {children}
      </Card>
      <Preferences />
    </Flex>
  )
}
