using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Cli;

/// <summary>The real executable in a process of its own, with an empty home and nothing of this machine's settings.</summary>
internal sealed class ChelaProcess : IDisposable
{
    private const int Interrupt = 2;

    private readonly Process _process;
    private readonly DirectoryInfo _home;

    private ChelaProcess(Process process, DirectoryInfo home)
    {
        _process = process;
        _home = home;
    }

    /// <summary>Starts, waits, and gives what it printed and returned.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="input">All of standard input.</param>
    /// <param name="environment">Variables to set.</param>
    public static async Task<Result> RunAsync(string[] args, string input = "", params (string Name, string Value)[] environment)
    {
        using var chela = Start(args, environment);
        await chela._process.StandardInput.WriteAsync(input);
        chela._process.StandardInput.Close();
        return await chela.EndAsync();
    }

    /// <summary>Starts with nothing on standard input.</summary>
    public static ChelaProcess Start(string[] args, params (string Name, string Value)[] environment)
    {
        var home = Directory.CreateTempSubdirectory("chela-cli-");
        var start = new ProcessStartInfo(Executable())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        start.Environment["HOME"] = home.FullName;
        foreach (var name in new[] { "CHELA_STATE_DIR", "CHELA_URL", "CHELA_TOKEN", "NO_COLOR" })
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ChelaProcess(Process.Start(start)!, home);
    }

    /// <summary>Ctrl-C.</summary>
    public void PressCtrlC() => Assert.Equal(0, Kill(_process.Id, Interrupt));

    /// <summary>Reads as many characters of the output, as they come.</summary>
    public async Task<string> ReadOutputAsync(int length)
    {
        var buffer = new char[length];
        await _process.StandardOutput.ReadBlockAsync(buffer, TestContext.Current.CancellationToken);
        return new string(buffer);
    }

    /// <summary>Waits for the end and gives the rest of what was printed. When it does not end, the failure says what was printed so far.</summary>
    public async Task<Result> EndAsync()
    {
        using var patience = Patience.Begin();
        var (output, error) = (new StringBuilder(), new StringBuilder());
        try
        {
            await Task.WhenAll(
                CopyAsync(_process.StandardOutput, output, patience.Token),
                CopyAsync(_process.StandardError, error, patience.Token),
                _process.WaitForExitAsync(patience.Token));
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"chela {(_process.HasExited ? "ended, but its output did not" : "did not end")}; it printed \"{output}\" and, as errors, \"{error}\"");
        }

        return new Result(_process.ExitCode, output.ToString(), error.ToString());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        _home.Delete(recursive: true);
    }

    private static async Task CopyAsync(StreamReader from, StringBuilder to, CancellationToken ct)
    {
        var buffer = new char[4096];
        while (await from.ReadAsync(buffer, ct) is > 0 and var read)
        {
            to.Append(buffer, 0, read);
        }
    }

    private static string Executable() =>
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "chela.exe" : "chela");

    [DllImport("libc", EntryPoint = "kill", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}

/// <summary>What a process left behind.</summary>
internal sealed record Result(int ExitCode, string Output, string Error);
