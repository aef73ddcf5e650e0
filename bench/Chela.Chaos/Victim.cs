using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Chela.Chaos;

/// <summary>The gateway's process, over all its lives: one port, one state directory.</summary>
internal sealed class Victim : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly string _program;
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("chela-chaos-");
    private readonly HttpClient _probe = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly List<string> _output = [];
    private Process? _process;

    /// <summary>Puts its state into a new directory.</summary>
    /// <param name="program">The gateway's program.</param>
    /// <param name="answers">Where the answers of the webhook's account go.</param>
    /// <param name="plan">What is tried.</param>
    public Victim(string program, string answers, ChaosPlan plan)
    {
        _program = program;
        var account = new JsonObject { ["secret"] = Secret, ["url"] = answers, ["textChunkLimit"] = 100 };
        Settings = new JsonObject
        {
            ["gateway"] = plan.Edits > 0 ? new JsonObject { ["limits"] = Unlimited, ["reload"] = new JsonObject { ["mode"] = "hot" } } : [],
            ["agents"] = new JsonObject { ["defaults"] = new JsonObject { ["interrupted"] = plan.Interrupted } },
            ["channels"] = new JsonObject { ["webhook"] = new JsonObject { [WebhookDoor.Account] = account } },
        };
        File.WriteAllText(ConfigFile, Settings.ToJsonString());
    }

    /// <summary>What its configuration file says at the start.</summary>
    public JsonObject Settings { get; }

    /// <summary>Its configuration file.</summary>
    public string ConfigFile => Path.Combine(StateDirectory, "chela.json");

    /// <summary>One life has to bear what would otherwise be spread over many.</summary>
    private static JsonObject Unlimited => new() { ["maxChatPerMinute"] = 0, ["maxChatPerMinutePerAddress"] = 0 };

    public int Port { get; } = FreePort.Next();

    public string Token { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The webhook's.</summary>
    public string Secret { get; } = Guid.NewGuid().ToString("N");

    public string StateDirectory => _state.FullName;

    /// <summary>From the last start to the moment at which it took work.</summary>
    public TimeSpan TimeToReady { get; private set; }

    /// <summary>Begins a life and ends it. Returns false when the gateway refused to start, or stopped for a reason of its own.</summary>
    public async Task<bool> LiveAsync(Kill kill)
    {
        Start(kill.CrashAt);
        var process = _process!;
        await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(kill.After ?? Kill.Patience));
        if (process.HasExited)
        {
            return kill.CrashAt is not null && process.ExitCode == 137;
        }

        if (kill.IsPolite && await StopAsync(process))
        {
            return process.ExitCode is 0 or 143;
        }

        process.Kill();
        await process.WaitForExitAsync();
        return !kill.IsPolite || process.ExitCode == 137;
    }

    /// <summary>Begins a life that lasts until <see cref="EndAsync"/>; returns when the gateway takes work.</summary>
    /// <exception cref="InvalidOperationException">It refused to start.</exception>
    public async Task StartAsync()
    {
        var began = Stopwatch.GetTimestamp();
        Start(crashAt: null);
        while (!await IsReadyAsync())
        {
            if (_process!.HasExited || Stopwatch.GetElapsedTime(began) > StartLimit)
            {
                throw new InvalidOperationException($"The gateway did not start.\n{Output}");
            }

            await Task.Delay(5);
        }

        TimeToReady = Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Kills the process.</summary>
    public async Task EndAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <summary>The first lines of what the last life said.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', _output);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _process?.Dispose();
        _probe.Dispose();
    }

    /// <summary>Removes what the gateway kept.</summary>
    public void DeleteState() => _state.Delete(recursive: true);

    private void Start(string? crashAt)
    {
        _process?.Dispose();
        string[] arguments =
            ["gateway", "run", "--port", Port.ToString(CultureInfo.InvariantCulture), "--state-dir", StateDirectory, "--token", Token, "--no-safe-mode"];
        var start = new ProcessStartInfo(_program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CHELA_CRASH_AT"] = crashAt;
        lock (_output)
        {
            _output.Clear();
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Keep(object? sender, DataReceivedEventArgs line)
    {
        const int Kept = 40;
        lock (_output)
        {
            if (_output.Count < Kept && line.Data is { } text)
            {
                _output.Add(text);
            }
        }
    }

    private static async Task<bool> StopAsync(Process process)
    {
        using var signal = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await signal.WaitForExitAsync();
        await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(20)));
        return process.HasExited;
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _probe.GetAsync(new Uri($"http://127.0.0.1:{Port}/readyz"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
