# syntax=docker/dockerfile:1
# The portal:  docker build --secret id=actions_key,env=ACTIONS_KEY --build-arg DEPLOYMENT_ID=2026-11-27 -t portal .
# Its tools:   the same with --target tools -t portal-tools (migrations, keys, audit log, and the sandbox for trying out).
# ACTIONS_KEY: one for all builds of an installation, from `openssl rand -base64 32` (docs/deployment.md).

ARG NODE_VERSION=20.20.2

FROM node:${NODE_VERSION}-bookworm-slim AS modules
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts

FROM modules AS tools
COPY . .
# Any user may run it: OpenShift draws a number. tsx compiles into a folder of its own.
ENV NODE_ENV=production TMPDIR=/tmp npm_config_cache=/tmp/npm npm_config_update_notifier=false
USER 65532:0
CMD ["npm", "run", "db:migrate"]

FROM modules AS build
COPY . .
ARG DEPLOYMENT_ID
ENV NEXT_TELEMETRY_DISABLED=1 NEXT_DEPLOYMENT_ID=${DEPLOYMENT_ID}
# The key is given to this command alone. It is part of the build, in .next/server, and of no other layer.
RUN --mount=type=secret,id=actions_key \
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY="$(cat /run/secrets/actions_key)" npm run build

FROM node:${NODE_VERSION}-bookworm-slim AS portal
WORKDIR /app
# Owned by root and read-only for everybody else.
COPY --from=build --chown=0:0 /app/.next/standalone ./
ENV NODE_ENV=production HOSTNAME=0.0.0.0 PORT=3000
USER 65532:0
EXPOSE 3000
# Alive means that the process answers. Whether it may be given requests is for the proxy to ask (/api/health/ready).
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "server.js"]
