using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Chela.Gateway.Tests.Docs;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Interop;

/// <summary>A real nginx before a gateway, set up as the documents say.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    /// <summary>Where its clients are, so that they differ from it.</summary>
    public static readonly IPAddress ClientAddress = IPAddress.Parse("127.0.0.9");

    private readonly Process _process;

    private Nginx(Process process, Uri url)
    {
        _process = process;
        Url = url;
    }

    public Uri Url { get; }

    /// <summary>Starts it and waits until it answers for the gateway.</summary>
    public static async Task<Nginx> StartAsync(TempFolder folder, GatewayProcess gateway)
    {
        var program = ProgramOnPath.Require("nginx");
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var url = new Uri($"http://{free.LocalEndpoint}");
        free.Stop();
        var file = folder.File("nginx.conf");
        await File.WriteAllTextAsync(file, Configuration(folder.Path, url, gateway), TestContext.Current.CancellationToken);
        var nginx = new Nginx(Process.Start(new ProcessStartInfo(program, ["-p", folder.Path, "-c", file])
        {
            RedirectStandardError = true,
        })!, url);
        nginx._process.BeginErrorReadLine();
        using var http = new HttpClient();
        await Patience.UntilAsync(
            async ct => (await Record.ExceptionAsync(() => http.GetStringAsync(new Uri(url, "/healthz"), ct))) is null, "nginx answered");
        return nginx;
    }

    /// <summary>A client at an address of its own.</summary>
    public static HttpMessageInvoker NewClient() => new(new SocketsHttpHandler
    {
        ConnectCallback = static async (context, ct) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(ClientAddress, 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static string Configuration(string folder, Uri url, GatewayProcess gateway)
    {
        var location = Pages.Listings(Pages.Read("docs/operations/access.md"), "nginx").Single();
        return $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            error_log stderr;
            events {}
            http {
                access_log off;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                server {
                    listen {{url.Authority}};
                    {{location.Replace("http://127.0.0.1:18789", gateway.HttpUrl.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)}}
                }
            }
            """;
    }
}
