using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chela.Load;

namespace Chela.Bench;

/// <summary>
/// A started load generator. It is a process of its own: a shared collector would charge the client's garbage to the server. Disposing
/// it ends its connections.
/// </summary>
internal sealed class LoadProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private LoadProcess(Process process) => _process = process;

    /// <summary>Starts one.</summary>
    /// <param name="target">The server.</param>
    /// <param name="scheme"><c>ws</c> or <c>http</c>.</param>
    /// <param name="path">On that server.</param>
    /// <param name="arguments">Further arguments of the generator.</param>
    public static LoadProcess Start(RunningServer target, string scheme, string path, params string[] arguments)
    {
        string[] all =
        [
            Path.Combine(AppContext.BaseDirectory, "Chela.Load.dll"),
            "--target", $"{scheme}://127.0.0.1:{target.Port}{path}", "--token", target.Token, .. arguments,
        ];
        var start = new ProcessStartInfo("dotnet", all) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new LoadProcess(Process.Start(start)!);
    }

    /// <summary>The next line that it prints.</summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public async Task<T> ReadAsync<T>(JsonTypeInfo<T> json) => await _process.StandardOutput.ReadLineAsync() is { } line
        ? JsonSerializer.Deserialize(line, json)!
        : throw new InvalidOperationException("The load generator failed; its message stands above.");

    /// <summary>Gives it a command and reads its answer.</summary>
    public async Task<T> AskAsync<T>(string command, JsonTypeInfo<T> json)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        return await ReadAsync(json);
    }

    /// <summary>Runs calls for a time and says how fast they were answered.</summary>
    /// <exception cref="InvalidOperationException">An answer was an error.</exception>
    public static async Task<LoadResult> MeasureAsync(RunningServer target, string scheme, string path, params string[] arguments)
    {
        await using var load = Start(target, scheme, path, arguments);
        var result = await load.ReadAsync(LoadJson.Default.LoadResult);
        return result.Errors == 0 ? result : throw new InvalidOperationException($"{result.Errors} answers of {path} were errors.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(EndLimit));
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
