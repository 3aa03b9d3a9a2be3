# The service in an image: pages, webhooks, sweep and worker, or one of them (`docker run … forkgrade worker`).
#
# CI does not build this file: its machines reach no image registry. After a change of it, build it by hand:
#     docker build -t forkgrade .
#
#     docker run --init -p 8080:8080 \
#         --group-add "$(stat -c %g /var/run/docker.sock)" -v /var/run/docker.sock:/var/run/docker.sock \
#         -v forkgrade:/var/lib/forkgrade -v "$PWD/course.toml":/etc/forkgrade/course.toml:ro \
#         -e DATABASE_URL=postgres://user:password@host/name -e GITHUB_TOKEN -e GITHUB_WEBHOOK_SECRET \
#         -e FORKGRADE_PUBLIC_URL=https://your.host forkgrade
#
# - The engine's socket is mounted, and the user is in its group by --group-add (its number differs from host to host):
#   student code runs in containers beside this one, and not inside it. Whoever holds that socket is as good as root on
#   the engine's machine; docs/security.md says what follows from that.
# - The images of a run belong to that engine: `scripts/images`, on its machine.
# - --init, since git starts helpers that somebody has to bury.
# - No Postgres in here: DATABASE_URL is needed.

FROM rust:1.95.0-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends cmake && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
# The image's own toolchain is the one of rust-toolchain.toml; its components for developers are not fetched.
ENV RUSTUP_TOOLCHAIN=1.95.0 SQLX_OFFLINE=true
RUN cargo build --release --locked

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10000 --home-dir /var/lib/forkgrade --create-home --shell /usr/sbin/nologin forkgrade
COPY --from=build /source/target/release/forkgrade /usr/local/bin/forkgrade
USER forkgrade
WORKDIR /var/lib/forkgrade
VOLUME /var/lib/forkgrade
ENV LANG=C.UTF-8 \
    FORKGRADE_COURSE=/etc/forkgrade/course.toml \
    FORKGRADE_DATA_DIR=/var/lib/forkgrade \
    FORKGRADE_LISTEN=0.0.0.0:8080
EXPOSE 8080
ENTRYPOINT ["forkgrade"]
CMD ["serve"]
