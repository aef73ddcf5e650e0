# docker build -t chela . && docker run -p 127.0.0.1:18789:18789 -v chela:/state chela
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Chela -c Release -o /app && mkdir /state

# No shell, no package manager, no root.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
COPY --from=build /app /app
COPY --from=build --chown=$APP_UID:$APP_UID --chmod=0700 /state /state
USER $APP_UID
ENV CHELA_STATE_DIR=/state CHELA_GATEWAY__BIND=lan
VOLUME /state
EXPOSE 18789
# Runs may take 30 s to end: docker stop --time 45.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["/app/chela", "gateway", "status", "--timeout", "4"]
ENTRYPOINT ["/app/chela", "gateway", "run"]
