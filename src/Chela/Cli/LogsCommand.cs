using System.CommandLine;
using Chela.Client;
using Chela.Gateway.Hosting;

namespace Chela.Cli;

/// <summary><c>chela logs</c>: what the gateway has logged, and what it logs from now on.</summary>
internal static class LogsCommand
{
    private const int DefaultLimit = 200;
    private const int MostLines = 5_000;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500);
    private static readonly string[] Levels = ["debug", "info", "warn", "error"];

    public static Command Create()
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what is logged from now on, until Ctrl-C" };
        var limit = new Option<int>("--limit") { Description = $"The most lines to begin with (default {DefaultLimit})", DefaultValueFactory = _ => DefaultLimit, HelpName = "N" };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MostLines)
            {
                result.AddError($"--limit takes a number from 1 to {MostLines}.");
            }
        });
        var level = new Option<string>("--level") { Description = $"The least important lines to show: {string.Join(", ", Levels)}", DefaultValueFactory = _ => Levels[0] };
        level.AcceptOnlyFromAmong(Levels);
        var session = new Option<string?>("--session") { Description = "Only lines about this session", HelpName = "KEY" };
        var run = new Option<string?>("--run") { Description = "Only lines about this run", HelpName = "ID" };
        var connection = new ConnectionOptions("Longest wait for an answer (default 30)");
        var command = new ExampledCommand("logs", "Show what the gateway has logged")
        {
            Examples = ["chela logs", "chela logs --follow --level warn", "chela logs --session agent:main:main --json", "chela logs level agents debug --for 10m"],
            Subcommands = { LogLevelCommand.Create() },
        };
        command.Add(follow);
        command.Add(limit);
        command.Add(level);
        command.Add(session);
        command.Add(run);
        connection.AddTo(command);
        command.SetAction((parsed, ct) => ShowAsync(
            connection.Read(parsed),
            new LogsWanted(parsed.GetValue(follow), parsed.GetValue(limit), Array.IndexOf(Levels, parsed.GetValue(level)))
            {
                Session = parsed.GetValue(session),
                Run = parsed.GetValue(run),
            },
            ct));
        return command;
    }

    /// <summary>From the gateway; where none runs on this machine, from the file that the last one left.</summary>
    private static Task<int> ShowAsync(ConnectionSettings settings, LogsWanted wanted, CancellationToken ct)
    {
        var file = StatePaths.Resolve(settings.StateDirectory, Environment.GetEnvironmentVariable).LogFile;
        var isHere = settings.Url is null && !wanted.Follow && File.Exists(file);
        return GatewaySession.RunAsync(settings, session => TailAsync(session, wanted, ct), ct, wanted.Follow, isHere ? ShowFile : null);

        int ShowFile(Terminal terminal)
        {
            terminal.Say($"No gateway answers; this is what the last one left in {file}");
            new LogPrinter(terminal, settings.Json, wanted).Print(File.ReadLines(file), wanted.Limit);
            return ExitCode.Ok;
        }
    }

    private static async Task<int> TailAsync(GatewaySession session, LogsWanted wanted, CancellationToken ct)
    {
        var printer = new LogPrinter(session.Terminal, session.Json, wanted);
        long? cursor = null;
        do
        {
            try
            {
                var limit = cursor is null ? wanted.Limit : MostLines;
                var query = new LogsQuery { Cursor = cursor, Limit = wanted.IsChosen ? MostLines : limit };
                var tail = await session.Client.CallAsync("logs.tail", query, CliJson.Default.LogsQuery, CliJson.Default.LogsTail, ct);
                if (tail.Reset && cursor is not null)
                {
                    session.Terminal.Say("… lines are missing here: the log has been begun anew");
                }

                printer.Print(tail.Lines, limit);
                cursor = tail.Cursor;
            }
            catch (GatewayClosedException) when (wanted.Follow)
            {
                session.Terminal.Say("… the connection was lost; going on when the gateway is back");
            }

            await Task.Delay(wanted.Follow ? Between : TimeSpan.Zero, TimeProvider.System, ct);
        }
        while (wanted.Follow);

        return ExitCode.Ok;
    }
}

/// <summary>What of the log is to be shown.</summary>
/// <param name="Follow">Whether to go on with what comes.</param>
/// <param name="Limit">The most lines to begin with.</param>
/// <param name="LeastLevel">The least important level, 0 for debug to 3 for errors.</param>
internal sealed record LogsWanted(bool Follow, int Limit, int LeastLevel)
{
    /// <summary>The session that lines must be about; null for any.</summary>
    public string? Session { get; init; }

    /// <summary>The run that lines must be about; null for any.</summary>
    public string? Run { get; init; }

    /// <summary>True where most lines may be about something else.</summary>
    public bool IsChosen => Session is not null || Run is not null;
}

/// <summary>Parameters of <c>logs.tail</c>.</summary>
internal sealed record LogsQuery
{
    public long? Cursor { get; init; }

    public int? Limit { get; init; }
}

/// <summary>Result of <c>logs.tail</c>.</summary>
internal sealed record LogsTail(long Cursor, IReadOnlyList<string> Lines)
{
    public bool Reset { get; init; }
}
