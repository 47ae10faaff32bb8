package simulator

import "sync"

// span is a text inside an arena.
type span struct {
	block uint32
	off   uint16
	n     uint16
}

// arena keeps many short texts in few large blocks: no pointer per text, nothing for the garbage collector to walk.
type arena struct {
	blocks [][]byte
}

const (
	arenaBlock = 1 << 16
	arenaText  = 1000 // longer texts are cut; no key and no address is that long
)

func (a *arena) add(s string) span {
	if s == "" {
		return span{}
	}
	s = s[:min(len(s), arenaText)]
	if n := len(a.blocks); n == 0 || len(a.blocks[n-1])+len(s) > arenaBlock {
		a.blocks = append(a.blocks, make([]byte, 0, arenaBlock))
	}
	i := len(a.blocks) - 1
	at := span{block: uint32(i), off: uint16(len(a.blocks[i])), n: uint16(len(s))}
	a.blocks[i] = append(a.blocks[i], s...)
	return at
}

func (a *arena) get(p span) string {
	if p.n == 0 {
		return ""
	}
	return string(a.blocks[p.block][p.off : int(p.off)+int(p.n)])
}

func (a *arena) equal(p span, s string) bool {
	s = s[:min(len(s), arenaText)]
	if int(p.n) != len(s) {
		return false
	}
	return p.n == 0 || string(a.blocks[p.block][p.off:int(p.off)+int(p.n)]) == s
}

// names gives small numbers to texts that repeat (codes, template ids, callback addresses). Number 0 is the empty text, and what no longer fits.
type names struct {
	mu    sync.RWMutex
	ids   map[string]uint32
	list  []string
	limit int // 0 = maxNames
}

const (
	maxNames = 1<<16 - 1 // fits the entry's two bytes
	maxURLs  = 1 << 22
)

func (n *names) id(s string) uint32 {
	if s == "" {
		return 0
	}
	n.mu.RLock()
	id, ok := n.ids[s]
	n.mu.RUnlock()
	if ok {
		return id
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if id, ok := n.ids[s]; ok {
		return id
	}
	if n.ids == nil {
		n.ids = map[string]uint32{}
	}
	if len(n.list) >= max(n.limit, maxNames) {
		return 0
	}
	n.list = append(n.list, s)
	n.ids[s] = uint32(len(n.list))
	return uint32(len(n.list))
}

func (n *names) text(id uint32) string {
	if id == 0 {
		return ""
	}
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.list[id-1]
}
