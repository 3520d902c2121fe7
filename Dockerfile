# syntax=docker/dockerfile:1
# Vigie as an image: `docker build -t vigie .`. What runs is not root, and needs no writable file system but its data's.

FROM node:20.19-bookworm-slim AS build
# The database module compiles where no prebuilt one fits.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save
COPY tsconfig.base.json tsconfig.json ./
COPY collector ./collector
COPY rules ./rules
COPY server ./server
COPY web ./web
RUN node_modules/.bin/tsc -b server/cli \
  && node_modules/.bin/vite build --config web/vite.config.ts \
  && node_modules/.bin/vite build --config web/prerender.vite.config.ts \
  && npm prune --omit=dev

FROM node:20.19-bookworm-slim
WORKDIR /opt/vigie
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY server/cli/vigie.mjs server/cli/prepare.mjs ./server/cli/
COPY docs/docker/server-health.mjs docs/docker/collector-health.mjs ./docs/docker/
COPY docs/docker/server.yaml /etc/vigie/vigie.yaml
# A volume mounted here for the first time takes the owner over.
RUN install --directory --owner=node --group=node --mode=0700 /var/lib/vigie
ENV NODE_ENV=production \
  VIGIE_CONFIG=/etc/vigie/vigie.yaml \
  VIGIE_DATA_DIR=/var/lib/vigie
USER node
WORKDIR /var/lib/vigie
VOLUME /var/lib/vigie
EXPOSE 8420
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "/opt/vigie/docs/docker/server-health.mjs"]
ENTRYPOINT ["node", "/opt/vigie/server/cli/vigie.mjs"]
CMD ["serve"]
