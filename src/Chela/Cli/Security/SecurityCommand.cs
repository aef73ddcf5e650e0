using System.CommandLine;
using Chela.Cli.Config;
using Chela.Gateway.Hosting;
using Chela.Gateway.Hosting.Security;

namespace Chela.Cli.Security;

/// <summary><c>chela security</c>: which settings and files invite trouble, whether a gateway runs or not.</summary>
internal static class SecurityCommand
{
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(5);

    public static Command Create() => new ExampledCommand("security", "Find settings and files that invite trouble")
    {
        Examples = ["chela security audit", "chela security audit --fix"],
        Subcommands = { CreateAudit() },
    };

    private static ExampledCommand CreateAudit()
    {
        var file = new Option<string?>("--config") { Description = "Configuration file (else chela.json in the state directory)", HelpName = "FILE" };
        var state = new Option<string?>("--state-dir") { Description = "State directory (else CHELA_STATE_DIR, else ~/.chela)", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print one JSON value, for programs" };
        var deep = new Option<bool>("--deep") { Description = "Also ask the gateway whether it answers" };
        var fix = new Option<bool>("--fix") { Description = "Take from other users what they may do with files of the gateway" };
        var command = new ExampledCommand("audit", "List what invites trouble, with the remedy; exit code 1 where something critical is found")
        {
            Examples = ["chela security audit", "chela security audit --deep --json", "chela security audit --fix"],
        };
        foreach (var option in new Option[] { file, state, json, deep, fix })
        {
            command.Add(option);
        }

        command.SetAction((parsed, ct) => AuditAsync(
            new SecurityWish(parsed.GetValue(file), parsed.GetValue(state), parsed.GetValue(json), parsed.GetValue(deep), parsed.GetValue(fix)), ct));
        return command;
    }

    private static async Task<int> AuditAsync(SecurityWish wish, CancellationToken ct)
    {
        var terminal = Terminal.OfProcess(Environment.GetEnvironmentVariable);
        var audit = new SecurityAudit(
            StatePaths.Resolve(wish.StateDirectory, Environment.GetEnvironmentVariable), wish.File, ConfigFileOptions.Variables(), TimeProvider.System);
        if (wish.Fix)
        {
            foreach (var done in await audit.MendAsync(ct))
            {
                terminal.Say(done);
            }
        }

        var report = await audit.RunAsync(ct);
        report = wish.Deep ? report.With(await ProbeAsync(wish, ct)) : report;
        if (wish.Json)
        {
            terminal.WriteJson(report, CliJson.Default.SecurityReport, indented: false);
        }
        else
        {
            Print(terminal, report);
        }

        return report.Summary.Critical == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task<GatewayProbe> ProbeAsync(SecurityWish wish, CancellationToken ct)
    {
        var (_, failure, url) = await GatewaySession.TryAsync(
            new ConnectionSettings(null, null, wish.StateDirectory, wish.Json, ProbeLimit), session => Task.FromResult(session), ct);
        return new GatewayProbe(Attempted: true, url, failure is null, failure?.Message);
    }

    private static void Print(Terminal terminal, SecurityReport report)
    {
        foreach (var finding in report.Findings)
        {
            terminal.WriteLine($"{finding.Severity,-10}{finding.CheckId}: {finding.Title}");
            terminal.WriteLine($"          {finding.Detail.ReplaceLineEndings("\n          ")}");
            terminal.WriteLine($"          {finding.Remediation}");
        }

        terminal.WriteLine($"{report.Summary.Critical} critical, {report.Summary.Warn} warn, {report.Summary.Info} info");
    }
}

/// <summary>What the command line asked for.</summary>
internal sealed record SecurityWish(string? File, string? StateDirectory, bool Json, bool Deep, bool Fix);
