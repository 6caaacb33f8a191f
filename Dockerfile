# One image a service: docker build --build-arg SERVICE=ingestion .
FROM node:24-bookworm-slim AS build
WORKDIR /quantrac
COPY . .
RUN npx --yes "$(node -p 'require("./package.json").config.pnpm')" install --frozen-lockfile \
  && node_modules/.bin/tsc -b services/*
# from here on each service for itself
ARG SERVICE
RUN npx --yes "$(node -p 'require("./package.json").config.pnpm')" \
  --filter "@quantrac/${SERVICE:?name a service: --build-arg SERVICE=ingestion}" deploy --prod --legacy /service

FROM node:24-bookworm-slim
ENV NODE_ENV=production QUANTRAC_DATA=/data QUANTRAC_HEALTH_HOST=127.0.0.1 QUANTRAC_HEALTH_PORT=9000
COPY --from=build /service /service
# whoever it runs as keeps files here and nowhere else
RUN install -d -m 1777 /data
USER node
WORKDIR /service
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9000/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/main.js"]
