package qlik

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// signOutTimeout is what a sign-out may take after the check itself has ended.
const signOutTimeout = 5 * time.Second

// browserSignIn signs in through serverUrl as a browser would.
type browserSignIn struct {
	to       endpoint
	basePath string
	timeout  time.Duration
}

// prove redeems a ticket, proves that the user it was issued for is signed in, and signs out again.
func (b browserSignIn) prove(ctx context.Context, user User, ticket, cookieName string) error {
	browser := newSession(b.to, b.timeout)
	defer browser.close()
	path, header := withXrfkey(b.basePath + "/qps/user?qlikTicket=" + escape(ticket))
	response, err := browser.send(ctx, "GET", path, header, "")
	if err != nil {
		return err
	}
	// Whatever was set, also with an answer that is refused: it may stand for a session.
	if len(response.cookies) > 0 {
		defer b.signOut(ctx, browser, response.cookies)
	}
	return accepted(browser, response, user, cookieName)
}

func accepted(s *session, response *reply, user User, cookieName string) error {
	if response.status == http.StatusForbidden {
		return s.failure(HostNotAllowed, "the ticket is refused with "+describe(response))
	}
	if response.status != http.StatusOK {
		return s.failure(TicketRejected, "the ticket is not accepted: "+describe(response))
	}
	var signedIn struct{ UserID, UserDirectory string }
	if err := decode(s, response, &signedIn); err != nil {
		return err
	}
	if !user.is(User{signedIn.UserDirectory, signedIn.UserID}) {
		return s.failure(TicketRejected, fmt.Sprintf("the ticket of %s signs in another user", user))
	}
	for _, cookie := range response.cookies {
		if cookie.Name == cookieName {
			return nil
		}
	}
	return s.failure(TicketRejected, fmt.Sprintf("the answer sets no cookie %q, so no session was opened", cookieName))
}

// signOut is tried twice, as a session left open counts against the user's five for half an hour.
func (b browserSignIn) signOut(ctx context.Context, browser *session, cookies []*http.Cookie) {
	if b.deleteSession(ctx, browser, cookies) == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), signOutTimeout)
	defer cancel()
	another := newSession(b.to, signOutTimeout)
	defer another.close()
	_ = b.deleteSession(ctx, another, cookies)
}

func (b browserSignIn) deleteSession(ctx context.Context, in *session, cookies []*http.Cookie) error {
	path, header := withXrfkey(b.basePath + "/qps/user")
	pairs := make([]string, 0, len(cookies))
	for _, cookie := range cookies {
		pairs = append(pairs, cookie.Name+"="+cookie.Value)
	}
	header.Set("Cookie", strings.Join(pairs, "; "))
	response, err := in.send(ctx, "DELETE", path, header, "")
	if err == nil && response.status > 299 {
		err = fmt.Errorf("HTTP %d", response.status)
	}
	return err
}
