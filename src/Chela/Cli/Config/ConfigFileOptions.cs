using System.Collections;
using System.CommandLine;
using Chela.Gateway.Hosting;
using Chela.Gateway.Hosting.Desk;

namespace Chela.Cli.Config;

/// <summary>The options that every command has which works on the configuration file, and how such a command runs.</summary>
internal sealed class ConfigFileOptions
{
    private readonly Option<string?> _file = new("--config") { Description = "Configuration file (else chela.json in the state directory)", HelpName = "FILE" };

    private readonly Option<string?> _stateDir = new("--state-dir") { Description = "State directory (else CHELA_STATE_DIR, else ~/.chela)", HelpName = "DIR" };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON value, for programs" };

    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_stateDir);
        command.Add(_json);
    }

    /// <summary>Runs a command on the file that the options name, and turns what can go wrong into a sentence and an exit code.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="command">The command proper.</param>
    /// <param name="interrupted">Ctrl-C.</param>
    /// <param name="file">A file that the command line names in another way.</param>
    public async Task<int> RunAsync(ParseResult parsed, Func<ConfigSession, Task<int>> command, CancellationToken interrupted, string? file = null)
    {
        var terminal = Terminal.OfProcess(Environment.GetEnvironmentVariable);
        var json = parsed.GetValue(_json);
        try
        {
            var stateDirectory = parsed.GetValue(_stateDir);
            var paths = StatePaths.Resolve(stateDirectory, Environment.GetEnvironmentVariable);
            var desk = await ConfigDesk.OpenAsync(paths, file ?? parsed.GetValue(_file), Variables(), interrupted);
            return await command(new ConfigSession(desk, terminal, json, stateDirectory));
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (ConfigRefusedException refused)
        {
            return Refusals.Tell(refused, terminal, json);
        }
        catch (Exception e) when (e is UsageException or FormatException)
        {
            return new Failure(ExitCode.Usage, e.Message).Tell(terminal, json);
        }
    }

    /// <summary>The environment of this process.</summary>
    public static Dictionary<string, string> Variables() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
}

/// <summary>What a command on the configuration file has in hand.</summary>
internal sealed record ConfigSession(ConfigDesk Desk, Terminal Terminal, bool Json, string? StateDirectory);
