using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Chela.Gateway.Tests.Support;

/// <summary>The real executable as a gateway, in a process of its own, with nothing of this machine's settings.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private const int SignalTerminate = 15;
    private const int SignalUser2 = 12;
    private static readonly string[] ForeignSettings = ["CHELA_", "OPENAI_", "ANTHROPIC_", "ASPNETCORE_", "XDG_"];

    private readonly Process _process;
    private readonly GatewayStart _start;

    private GatewayProcess(Process process, GatewayStart start)
    {
        _process = process;
        _start = start;
    }

    /// <summary>The program under test.</summary>
    public static string Executable { get; } =
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "chela.exe" : "chela");

    /// <summary>The address that it printed, <c>ws://127.0.0.1:port</c>, with TLS <c>wss://</c>.</summary>
    public string Url { get; private set; } = "";

    /// <summary>The same for HTTP.</summary>
    public Uri HttpUrl => new($"http{Url["ws".Length..]}");

    /// <summary>The command for a first chat that it printed.</summary>
    public string FirstChat { get; private set; } = "";

    public string StateDirectory => _start.StateDirectory ?? Path.Combine(_start.Home, ".chela");

    public string TokenFile => Path.Combine(StateDirectory, "gateway.token");

    public string Token => File.ReadAllText(TokenFile).Trim();

    public int Pid => _process.Id;

    public ProcessOutput Output { get; } = new();

    public ProcessOutput Errors { get; } = new();

    /// <summary>The most memory that the process has occupied so far, in bytes.</summary>
    public long PeakResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>Starts and waits until the gateway says that it is ready.</summary>
    public static async Task<GatewayProcess> StartAsync(GatewayStart start)
    {
        var gateway = Launch(start);
        try
        {
            await gateway.ReadyAsync();
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts what cannot start, and gives what became of it.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RefusedAsync(GatewayStart start)
    {
        await using var gateway = Launch(start);
        using var patience = Patience.Begin();
        var greeting = gateway.Output.LineAsync(IsGreetingEnd, patience.Token);
        var end = gateway.EndAsync();
        Assert.True(await Task.WhenAny(end, greeting) == end || greeting.IsFaulted, $"The gateway started:\n{gateway.Output.Text}");
        return (await end, gateway.Output.Text, gateway.Errors.Text);
    }

    /// <summary>Starts without waiting for anything.</summary>
    public static GatewayProcess Launch(GatewayStart start)
    {
        var gateway = new GatewayProcess(
            new Process { StartInfo = Describe(Executable, start.CommandLine, start.Home, start.Environment) }, start);
        gateway._process.OutputDataReceived += (_, line) => gateway.Output.Add(line.Data);
        gateway._process.ErrorDataReceived += (_, line) => gateway.Errors.Add(line.Data);
        gateway._process.Start();
        gateway._process.BeginOutputReadLine();
        gateway._process.BeginErrorReadLine();
        return gateway;
    }

    /// <summary>A program with redirected streams, this home, and none of the settings that mean something to the gateway.</summary>
    public static ProcessStartInfo Describe(
        string program, IEnumerable<string> arguments, string home, IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(IsForeign).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["HOME"] = home;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>Waits until it says that it is ready; false when it ends before.</summary>
    public async Task<bool> IsReadyAsync()
    {
        var ready = ReadyAsync();
        if (await Task.WhenAny(ready, EndAsync()) == ready && ready.IsCompletedSuccessfully)
        {
            return true;
        }

        await EndAsync();
        return false;
    }

    /// <summary>SIGKILL: the process is given no time for anything.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGTERM.</summary>
    public void Terminate() => Assert.Equal(0, SendSignal(_process.Id, SignalTerminate));

    /// <summary>SIGUSR2.</summary>
    public void Reload() => Assert.Equal(0, SendSignal(_process.Id, SignalUser2));

    /// <summary>SIGTERM, and then the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Terminate();
        return await EndAsync();
    }

    /// <summary>Waits for the end of the process and of its output; gives the exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var patience = Patience.Begin();
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>The status that a probe answers with.</summary>
    public async Task<int> ProbeAsync(string path)
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var http = new HttpClient(handler) { BaseAddress = HttpUrl };
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private async Task ReadyAsync()
    {
        using var patience = Patience.Begin();
        var address = await Output.LineAsync(line => line.Contains(" listens on ", StringComparison.Ordinal), patience.Token);
        Url = address[(address.LastIndexOf(' ') + 1)..];
        FirstChat = (await Output.LineAsync(IsGreetingEnd, patience.Token)).Trim();
        Assert.Equal(200, await ProbeAsync("/readyz"));
    }

    private static bool IsGreetingEnd(string line) => line.Contains(" chat \"Hello\"", StringComparison.Ordinal);

    private static bool IsForeign(string name) =>
        name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase)
        || ForeignSettings.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    [DllImport("libc", EntryPoint = "kill", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int pid, int signal);
}
