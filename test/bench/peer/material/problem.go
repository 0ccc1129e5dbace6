// Package material makes connections of QlikServers and what their Secrets and ConfigMaps hold.
package material

// Problem is something wrong with a configuration, known without asking the Qlik server. Reason is one word of
// docs/reasons.md; the message says what to do.
type Problem struct {
	Reason  string
	Message string
}

func (p *Problem) Error() string {
	return p.Reason + ": " + p.Message
}
