using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chela.Bench;

/// <summary>A started server program that has answered its first request. Disposing it ends the process and deletes its state.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly ProcessStartInfo _start;
    private readonly DirectoryInfo _state;
    private Process _process;

    private RunningServer(ProcessStartInfo start, DirectoryInfo state, int port, string token)
    {
        (_start, _state, Port, Token) = (start, state, port, token);
        _process = Process.Start(start)!;
    }

    /// <summary>The loopback port that it listens on.</summary>
    public int Port { get; }

    /// <summary>The credential that it was started with.</summary>
    public string Token { get; }

    /// <summary>From the last start of the process to the first 200 on <c>/healthz</c>.</summary>
    public TimeSpan TimeToFirstAnswer { get; private set; }

    /// <summary>From the last start of the process until it takes work.</summary>
    public TimeSpan TimeToReady { get; private set; }

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
    /// <param name="subject">The program.</param>
    /// <param name="settings">Configuration keys of the gateway and their values; the other program does not read them.</param>
    public static async Task<RunningServer> StartAsync(Subject subject, params (string Key, string Value)[] settings)
    {
        var state = Directory.CreateTempSubdirectory("chela-bench-");
        var port = FreePort();
        var token = Guid.NewGuid().ToString("N");
        string[] arguments = ["gateway", "run", "--port", $"{port}", "--state-dir", state.FullName, "--token", token, "--no-safe-mode"];
        var start = new ProcessStartInfo(subject.Executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in settings)
        {
            start.Environment["CHELA_" + key.Replace(".", "__", StringComparison.Ordinal)] = value;
        }

        var began = Stopwatch.GetTimestamp();
        var server = new RunningServer(start, state, port, token);
        try
        {
            await server.AnsweredAsync(began);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the process and starts it again, on the same port and the same state.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        var began = Stopwatch.GetTimestamp();
        _process = Process.Start(_start)!;
        await AnsweredAsync(began);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _state.Delete(recursive: true);
    }

    /// <summary>Waits for the first answer, which is timed, and until the server takes work.</summary>
    private async Task AnsweredAsync(long began)
    {
        var output = Drain();
        await AnsweredAsync("/healthz", began, output);
        TimeToFirstAnswer = Stopwatch.GetElapsedTime(began);
        await AnsweredAsync("/readyz", began, output);
        TimeToReady = Stopwatch.GetElapsedTime(began);
    }

    private async Task AnsweredAsync(string path, long began, List<string> output)
    {
        while (!await AnswersAsync(Port, path))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > StartLimit)
            {
                throw new InvalidOperationException($"{_start.FileName} gave no answer on {path}.\n{string.Join('\n', output)}");
            }

            await Task.Delay(1);
        }
    }

    private async Task EndAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
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
    private static async Task<bool> AnswersAsync(int port, string path)
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"));
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
