# The image of a node: MediaMTX, and the agent that runs it. `docker compose up` builds it; by itself:
#   docker build -f docker/node.Dockerfile -t vigia-node .
# VERSION and REVISION as for Dockerfile.

# The current LTS release of Node.
ARG NODE_VERSION=26

# Step for step as in Dockerfile, so that Docker does it once for both.
FROM node:${NODE_VERSION}-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No package's own scripts: nothing that is built or shipped here needs one.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY libs libs
COPY apps apps
# A clone made under a strict umask would hide package.json from the user `node`.
RUN npm run build && chmod 644 package.json
# What is left runs the API; the optional packages are the PostgreSQL of the local stack.
RUN npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM bluenviron/mediamtx:1.20.1 AS mediamtx

FROM node:${NODE_VERSION}-slim AS runtime
ENV NODE_ENV=production
ENV NODE_OPTIONS=--enable-source-maps
# Inside a container the loopback would be the container's own.
ENV NODE_AGENT_HOST=0.0.0.0
ENV NODE_AGENT_PORT=9996
ENV NODE_AGENT_DIR=/home/node/vigia-node
# To be mounted: the operator's settings for MediaMTX.
ENV NODE_BASE_FILE=/etc/vigia-node/mediamtx.yml
ENV MEDIAMTX_BIN=/usr/local/bin/mediamtx
COPY --from=mediamtx /mediamtx /usr/local/bin/mediamtx
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/package.json ./
COPY --from=build /app/dist dist
# Files belong to root: the process cannot change its own program.
USER node
# All that it writes. A new volume takes over the owner and the mode of the folder that it covers.
WORKDIR /home/node
RUN mkdir -m 700 vigia-node
WORKDIR /app
EXPOSE 9996
# That the agent answers: a MediaMTX that is down is its business, and stands in its report.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.NODE_AGENT_PORT}/v1/report`, { headers: { authorization: `Bearer ${process.env.NODE_AGENT_TOKEN}` } }).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# node itself, not npm: it must get the signal, and hand it on to MediaMTX.
CMD ["node", "dist/apps/node-agent/main.js"]
# Last: they change with each commit, and what comes before them need not be done again.
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Vigia node" \
  org.opencontainers.image.description="MediaMTX, and the agent of Vigia that runs it" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
