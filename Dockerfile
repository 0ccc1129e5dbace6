# The operator's image: Node and one bundle. `make image` builds it.
#
# Both bases are arguments. For a release pin them by digest, so that the same sources make the same image:
#   docker buildx imagetools inspect gcr.io/distroless/nodejs24-debian12:nonroot    # prints Digest: sha256:…
#   make image RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12@sha256:…
ARG BUILD_IMAGE=docker.io/library/node:24-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

# The bundle is the same for every platform: it is built once, on that of the builder.
FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
# No package of ours needs an install script, and none gets to run one.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY deploy deploy
COPY src src
RUN node deploy/bundle.ts
RUN node deploy/licenses.ts > THIRD-PARTY-LICENSES
# Seconds since the epoch: makes the bill of materials, too, the same for the same sources.
ARG SOURCE_DATE_EPOCH
RUN node deploy/bill-of-materials.ts > sbom.spdx.json

FROM ${RUNTIME_IMAGE}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="qlik-operator" \
      org.opencontainers.image.description="Kubernetes operator for the link between a cluster and Qlik" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY LICENSE /licenses/LICENSE
COPY --from=build /build/THIRD-PARTY-LICENSES /licenses/THIRD-PARTY-LICENSES
COPY --from=build /build/sbom.spdx.json /sbom.spdx.json
# Without source maps: Node reads them only when told to.
COPY --from=build /build/dist/bundle/*.mjs /app/
# A number, so that Kubernetes can see that it is not root. Any other works as well: nothing is written.
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "/app/qlik-operator.mjs"]
