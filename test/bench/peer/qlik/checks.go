package qlik

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

const role = "RootAdmin"

// run is one check of one connection: what its steps share and find.
type run struct {
	*Connection
	ctx        context.Context
	repository repository
	timeout    time.Duration
	mayKeep    func(virtualProxyVersion string) bool
	contact    firstContact
	user       userRecord
	report     *Report
}

// authenticated asks for the certificate alone, as the administrator, so that nothing about the user shows here.
func (r *run) authenticated() (Outcome, error) {
	s := r.repository.session
	switch now := time.Now(); {
	case now.After(r.NotAfter):
		return Outcome{}, s.failure(ClientCertificateExpired, "the client certificate expired on "+r.NotAfter.UTC().Format(time.DateOnly))
	case now.Before(r.NotBefore):
		return Outcome{}, s.failure(ClientCertificateNotYetValid, "the client certificate is valid from "+r.NotBefore.UTC().Format(time.DateOnly)+" on")
	case r.contact.aboutError != nil:
		return Outcome{}, r.contact.aboutError
	}
	var found about
	if err := decode(s, r.contact.about, &found); err != nil {
		return Outcome{}, err
	}
	if found.SchemaPath != "About" {
		return Outcome{}, s.failure(UnexpectedResponse, `the JSON of the answer is not what Qlik sends (at "schemaPath")`)
	}
	r.report.Version = found.BuildVersion
	return passed("CertificateAccepted", s.endpoint.address()+" accepts the client certificate"), nil
}

// userExists looks at the record as the administrator, then asks as the service account itself.
func (r *run) userExists() (Outcome, error) {
	s, name := r.repository.session, r.ServiceAccount.String()
	found, err := r.repository.users(r.ctx, r.ServiceAccount, r.Admin)
	if err != nil {
		return Outcome{}, err
	}
	if len(found) == 0 {
		return Outcome{}, s.failure(UserNotFound, "the site knows no user "+name)
	}
	r.user = found[0]
	if state := inactivity(r.user); state != "" {
		return Outcome{}, s.failure(UserInactive, "the user "+name+" is "+state)
	}
	response, err := r.repository.about(r.ctx, r.ServiceAccount)
	if err != nil {
		return Outcome{}, err
	}
	if response.status != 200 {
		kind := UserRefused
		if strings.Contains(strings.ToLower(string(response.body)), "inactive") {
			kind = UserInactive
		}
		return Outcome{}, s.failure(kind, "requests of "+name+" are refused: "+describe(response))
	}
	return passed("UserFound", name+" exists and is active"), nil
}

func inactivity(user userRecord) string {
	switch {
	case user.Blacklisted:
		return "blocked"
	case user.RemovedExternally:
		return "removed from its user directory"
	case user.Inactive:
		return "inactive"
	}
	return ""
}

// rootAdmin looks for the role by name, then whether the service account sees what the administrator sees.
func (r *run) rootAdmin() (Outcome, error) {
	s, name := r.repository.session, r.ServiceAccount.String()
	if !slices.Contains(r.user.Roles, role) {
		others := "no role at all"
		if len(r.user.Roles) > 0 {
			others = "the roles " + strings.Join(slices.Sorted(slices.Values(r.user.Roles)), ", ")
		}
		return Outcome{}, s.failure(MissingRole, fmt.Sprintf("the user %s has %s, not %s", name, others, role))
	}
	// Apps come and go between two counts, so a difference must show twice.
	for range 2 {
		all, err := r.repository.appCount(r.ctx, r.Admin)
		if err != nil {
			return Outcome{}, err
		}
		seen, err := r.repository.appCount(r.ctx, r.ServiceAccount)
		if err != nil {
			return Outcome{}, err
		}
		if seen >= all {
			return passed("RoleAssigned", fmt.Sprintf("%s has the role %s", name, role)), nil
		}
	}
	return Outcome{}, s.failure(ListsFiltered, fmt.Sprintf("%s has the role %s, yet sees fewer apps than %s", name, role, r.Admin))
}
