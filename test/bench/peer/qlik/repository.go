package qlik

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

type about struct {
	BuildVersion string `json:"buildVersion"`
	SchemaPath   string `json:"schemaPath"`
}

type userRecord struct {
	Roles             []string `json:"roles"`
	Inactive          bool     `json:"inactive"`
	RemovedExternally bool     `json:"removedExternally"`
	Blacklisted       bool     `json:"blacklisted"`
}

type reference struct {
	ID string `json:"id"`
}

type virtualProxy struct {
	ID                       string      `json:"id"`
	ModifiedDate             string      `json:"modifiedDate"`
	AuthenticationMethod     int         `json:"authenticationMethod"`
	SessionCookieHeaderName  string      `json:"sessionCookieHeaderName"`
	LoadBalancingServerNodes []reference `json:"loadBalancingServerNodes"`
}

type proxyService struct {
	Node struct {
		ID       string `json:"id"`
		HostName string `json:"hostName"`
	} `json:"serverNodeConfiguration"`
	Settings struct {
		RestListenPort int         `json:"restListenPort"`
		VirtualProxies []reference `json:"virtualProxies"`
	} `json:"settings"`
}

type serviceStatus struct {
	ServiceType  int       `json:"serviceType"`
	ServiceState int       `json:"serviceState"`
	Node         reference `json:"serverNodeConfiguration"`
}

// count is {"value": 3} or, in older releases, 3.
type count int

func (c *count) UnmarshalJSON(text []byte) error {
	var object struct {
		Value *int `json:"value"`
	}
	if json.Unmarshal(text, &object) == nil && object.Value != nil {
		*c = count(*object.Value)
		return nil
	}
	return json.Unmarshal(text, (*int)(c))
}

// repository is QRS, asked as a given user over mutual TLS.
type repository struct {
	session *session
}

func (r repository) about(ctx context.Context, as User) (*reply, error) {
	return r.get(ctx, "/qrs/about", as)
}

func (r repository) users(ctx context.Context, of, as User) (found []userRecord, err error) {
	filter := fmt.Sprintf("userDirectory eq '%s' and userId eq '%s'", quoted(of.Directory), quoted(of.ID))
	err = r.list(ctx, "user", filter, as, &found)
	return found, err
}

func (r repository) appCount(ctx context.Context, as User) (found count, err error) {
	response, err := r.get(ctx, "/qrs/app/count", as)
	if err != nil {
		return 0, err
	}
	err = decode(r.session, response, &found)
	return found, err
}

func (r repository) virtualProxies(ctx context.Context, prefix string, as User) (found []virtualProxy, err error) {
	err = r.list(ctx, "virtualproxyconfig", fmt.Sprintf("prefix eq '%s'", quoted(prefix)), as, &found)
	return found, err
}

func (r repository) proxyServices(ctx context.Context, as User) (found []proxyService, err error) {
	err = r.list(ctx, "proxyservice", "", as, &found)
	return found, err
}

func (r repository) serviceStatuses(ctx context.Context, as User) (found []serviceStatus, err error) {
	err = r.list(ctx, "servicestatus", "", as, &found)
	return found, err
}

// list asks for full records: condensed ones lack roles and settings.
func (r repository) list(ctx context.Context, kind, filter string, as User, into any) error {
	path := "/qrs/" + kind + "/full"
	if filter != "" {
		path += "?filter=" + escape(filter)
	}
	response, err := r.get(ctx, path, as)
	if err != nil {
		return err
	}
	return decode(r.session, response, into)
}

func (r repository) get(ctx context.Context, path string, as User) (*reply, error) {
	path, header := withXrfkey(path)
	header.Set("X-Qlik-User", as.header())
	header.Set("X-Qlik-Security", "Context=ManagementAccess")
	return r.session.send(ctx, "GET", path, header, "")
}

var quoter = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

// quoted escapes with a backslash; a doubled quote is answered with 400.
func quoted(text string) string {
	return quoter.Replace(text)
}
