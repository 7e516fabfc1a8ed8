# docker build -t pixii .
# docker run --rm -p 8000:8000 pixii                                       tables in an anonymous volume
# docker run --rm -p 8000:8000 -v pixii:/var/lib/pixii pixii               tables in a volume of that name
# docker run --rm -p 8000:8000 pixii dev --host 0.0.0.0                    tables in memory

FROM rust:1-slim-bookworm AS build
WORKDIR /pixii
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/pixii/target \
    cargo build --locked --release -p pixii \
    && strip -o /usr/local/bin/pixii target/release/pixii

FROM debian:bookworm-slim
# The directory is made empty and given away here, because a volume takes over owner and contents. No home directory:
# its skeleton files would make the data directory look like somebody else's.
RUN groupadd --system --gid 10001 pixii \
    && useradd --system --uid 10001 --gid pixii --no-create-home --home-dir /nonexistent pixii \
    && install --directory --owner pixii --group pixii --mode 0750 /var/lib/pixii
COPY --from=build /usr/local/bin/pixii /usr/local/bin/pixii
COPY LICENSE-MIT LICENSE-APACHE /usr/share/doc/pixii/
USER 10001:10001
VOLUME /var/lib/pixii
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --retries=3 CMD ["pixii", "health", "--url", "http://127.0.0.1:8010/readyz"]
ENTRYPOINT ["pixii"]
CMD ["dev", "--host", "0.0.0.0", "--data", "/var/lib/pixii"]
