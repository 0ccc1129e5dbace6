package material

import (
	"context"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/types"

	"qlik-operator/test/bench/peer/api/v1alpha1"
)

// Cache keeps the material of each server, made anew only when the spec or the version of a source has changed.
type Cache struct {
	maker *Maker
	mutex sync.Mutex
	kept  map[types.NamespacedName]kept
}

type kept struct {
	fields, versions string
	material         *Material
}

// NewCache is empty.
func NewCache(maker *Maker) *Cache {
	return &Cache{maker: maker, kept: map[types.NamespacedName]kept{}}
}

// Of returns a *Problem when something is missing or wrong.
func (c *Cache) Of(ctx context.Context, server *v1alpha1.QlikServer) (*Material, error) {
	key := types.NamespacedName{Namespace: server.Namespace, Name: server.Name}
	fields := Fields(&server.Spec)
	// Asked before the contents: should they change in between, the version kept is too old and they are read again.
	versions := c.versions(ctx, server)
	c.mutex.Lock()
	known := c.kept[key]
	c.mutex.Unlock()
	if known.material != nil && known.fields == fields && known.versions == versions {
		return known.material, nil
	}
	material, err := c.maker.Make(ctx, server.Namespace, &server.Spec)
	if err != nil {
		c.Forget(key)
		return nil, err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.kept[key] = kept{fields, versions, material}
	return material, nil
}

// Forget makes the next material from what the API server has then.
func (c *Cache) Forget(key types.NamespacedName) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	delete(c.kept, key)
}

// versions of all sources together, as the watches have seen them.
func (c *Cache) versions(ctx context.Context, server *v1alpha1.QlikServer) string {
	var versions strings.Builder
	add := func(kind string, names []string) {
		for _, name := range names {
			found := Metadata(kind)
			_ = c.maker.cached.Get(ctx, types.NamespacedName{Namespace: server.Namespace, Name: name}, found)
			versions.WriteString(kind + "/" + name + "@" + found.ResourceVersion + " ")
		}
	}
	add("Secret", Secrets(&server.Spec))
	add("ConfigMap", ConfigMaps(&server.Spec))
	return versions.String()
}
