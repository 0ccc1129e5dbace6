package qlik

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// proxyAPI is the Qlik Proxy Service of one node, over mutual TLS.
type proxyAPI struct {
	session *session
	prefix  string
}

// sessionCount is how many sessions a user has through this virtual proxy.
func (p proxyAPI) sessionCount(ctx context.Context, user User) (int, error) {
	path := p.path("user/" + url.PathEscape(user.Directory) + "/" + url.PathEscape(user.ID))
	response, err := p.send(ctx, "GET", path, user, "")
	if err != nil || response.status == http.StatusNotFound {
		return 0, err
	}
	var open []struct{}
	err = decode(p.session, response, &open)
	return len(open), err
}

type ticketRequest struct {
	UserDirectory string
	UserID        string `json:"UserId"`
	Attributes    []string
	TargetID      string `json:"TargetId"`
}

// ticket is for one use, valid for a minute and known to this node alone. It is a secret.
func (p proxyAPI) ticket(ctx context.Context, user User) (string, error) {
	body, err := json.Marshal(ticketRequest{user.Directory, user.ID, []string{}, ""})
	if err != nil {
		return "", err
	}
	response, err := p.send(ctx, "POST", p.path("ticket"), user, string(body))
	if err != nil {
		return "", err
	}
	if response.status != http.StatusCreated {
		return "", p.session.failure(TicketFailed, "no ticket for "+user.String()+": "+describe(response))
	}
	var issued struct{ Ticket string }
	if err := decode(p.session, response, &issued); err != nil {
		return "", err
	}
	if issued.Ticket == "" {
		return "", p.session.failure(UnexpectedResponse, "the JSON of the answer is not what Qlik sends")
	}
	return issued.Ticket, nil
}

func (p proxyAPI) path(resource string) string {
	if p.prefix == "" {
		return "/qps/" + resource
	}
	return "/qps/" + p.prefix + "/" + resource
}

func (p proxyAPI) send(ctx context.Context, method, path string, as User, body string) (*reply, error) {
	path, header := withXrfkey(path)
	header.Set("X-Qlik-User", as.header())
	if body != "" {
		header.Set("Content-Type", "application/json")
	}
	return p.session.send(ctx, method, path, header, body)
}
