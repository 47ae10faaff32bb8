package contact

// Attribute defines one typed custom attribute of a workspace. Imports create the missing ones.
type Attribute struct {
	ID    int64  `json:"id"`
	Key   string `json:"key"`   // stable: a–z, 0–9, _
	Label string `json:"label"` // what people see
	Type  string `json:"type" enum:"text,number,money,date,boolean,list"`
}
