import { readFileSync, writeFileSync } from 'node:fs'

import { type Look, stateFile, Visitor } from './browser'

/** Who the story is about. */
export const owner = {
  workspace: 'Tiệm Hoa Thảo Nguyên',
  name: 'Đỗ Thị Thảo',
  email: 'thao@tiemhoa.example',
  password: 'hoa hong tren cao nguyen',
}

/** Keeps the sign-in for the tests that come after, which are files of their own. */
export async function remember(visitor: Visitor) {
  const { cookies } = await visitor.context.storageState()
  writeFileSync(stateFile, JSON.stringify({ cookies, origins: [] }))
}

/** The owner, signed in already, at a browser of this size. */
export async function asOwner(look?: Look): Promise<Visitor> {
  return Visitor.open(look, JSON.parse(readFileSync(stateFile, 'utf8')))
}
