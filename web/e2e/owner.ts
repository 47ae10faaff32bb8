import { type Look, Visitor } from './browser'

/** Who the story is about. */
export const owner = {
  workspace: 'Tiệm Hoa Thảo Nguyên',
  name: 'Đỗ Thị Thảo',
  email: 'thao@tiemhoa.example',
  password: 'hoa hong tren cao nguyen',
}

let state: Awaited<ReturnType<Visitor['context']['storageState']>> | undefined

/** Keeps the sign-in for the tests that come after. */
export async function remember(visitor: Visitor) {
  state = await visitor.context.storageState()
}

/** The owner, signed in already, at a browser of this size. */
export async function asOwner(look?: Look): Promise<Visitor> {
  if (!state) throw new Error('nobody signed in before')
  return Visitor.open(look, { ...state, origins: [] })
}
