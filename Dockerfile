FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc prisma.config.ts ./
COPY src/sdk/package.json src/sdk/
COPY scripts/generate-client.js scripts/
COPY prisma prisma
# The image brings its own Node, and production its own PostgreSQL.
RUN npm ci --omit=dev --omit=optional \
  && rm -rf node_modules/node node_modules/node-bin-* node_modules/.bin/node
COPY bin bin
COPY assets assets
COPY views views
COPY src src

FROM node:24-slim
ENV NODE_ENV=production SOJOURN_ENVIRONMENT=production
WORKDIR /app
# Owned by root: the server cannot change itself.
COPY --from=build /app /app
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SOJOURN_PORT || process.env.SOJOURN_LISTEN_PORT || 8080}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/sojourn.js"]
CMD ["serve"]
