using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Chela.Bench;

/// <summary>A started server program that has answered its first request. Disposing it ends the process and deletes its state.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly DirectoryInfo _state;

    private RunningServer(Process process, DirectoryInfo state, int port, string token) =>
        (_process, _state, Port, Token) = (process, state, port, token);

    /// <summary>The loopback port that it listens on.</summary>
    public int Port { get; }

    /// <summary>The credential that it was started with.</summary>
    public string Token { get; }

    /// <summary>From the start of the process to the first 200 on <c>/healthz</c>.</summary>
    public TimeSpan TimeToFirstAnswer { get; private set; }

    /// <summary>The memory that the process holds at this moment, in megabytes (10^6 bytes).</summary>
    public double ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>Starts the program with the gateway's arguments, a free port and an empty state directory.</summary>
    public static async Task<RunningServer> StartAsync(string executable)
    {
        var state = Directory.CreateTempSubdirectory("chela-bench-");
        var port = FreePort();
        var token = Guid.NewGuid().ToString("N");
        string[] arguments = ["gateway", "run", "--port", $"{port}", "--state-dir", state.FullName, "--token", token];
        var began = Stopwatch.GetTimestamp();
        var start = new ProcessStartInfo(executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        var server = new RunningServer(process, state, port, token);
        var output = server.Drain();
        while (!await AnswersAsync(port))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > StartLimit)
            {
                await server.DisposeAsync();
                throw new InvalidOperationException($"{executable} gave no answer on /healthz.\n{string.Join('\n', output)}");
            }

            await Task.Delay(1);
        }

        server.TimeToFirstAnswer = Stopwatch.GetElapsedTime(began);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _state.Delete(recursive: true);
    }

    /// <summary>Reads the program's output, so that it never waits for us, and keeps its first lines for an error message.</summary>
    private List<string> Drain()
    {
        const int Kept = 20;
        var lines = new List<string>();
        void Keep(object? sender, DataReceivedEventArgs line)
        {
            lock (lines)
            {
                if (lines.Count < Kept && line.Data is { } text)
                {
                    lines.Add(text);
                }
            }
        }

        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        return lines;
    }

    // A socket and not HttpClient: the client's own first call would be a good part of what is measured.
    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await socket.SendAsync("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"u8.ToArray());
            var answer = new byte[12];
            var count = await socket.ReceiveAsync(answer);
            return answer.AsSpan(0, count).SequenceEqual("HTTP/1.1 200"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
