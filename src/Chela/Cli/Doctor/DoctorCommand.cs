using System.CommandLine;
using Chela.Cli.Config;
using Chela.Gateway.Hosting;
using Chela.Gateway.Hosting.Desk;
using Chela.Gateway.Hosting.Doctor;

namespace Chela.Cli.Doctor;

/// <summary><c>chela doctor</c>: what keeps a gateway from working, and what to do about it.</summary>
internal static class DoctorCommand
{
    private const string Plain = "\e[0m";

    /// <summary>Everything that is looked at, in the order of the findings.</summary>
    public static IReadOnlyList<DoctorCheck> Checks => [.. Checkup.Checks, .. ServiceCheckup.Checks, .. GatewayCheckup.Checks];

    public static Command Create()
    {
        var file = new Option<string?>("--config") { Description = "Configuration file (else chela.json in the state directory)", HelpName = "FILE" };
        var state = new Option<string?>("--state-dir") { Description = "State directory (else CHELA_STATE_DIR, else ~/.chela)", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print one JSON value, for programs" };
        var deep = new Option<bool>("--deep") { Description = "Also ask the providers of models, and read every journal" };
        var fix = new Option<bool>("--fix") { Description = "Mend what can be mended safely, and say what was done" };
        var command = new ExampledCommand("doctor", "Find what keeps a gateway from working; exit code 1 where something does")
        {
            Examples = ["chela doctor", "chela doctor --deep --json", "chela doctor --fix"],
        };
        foreach (var option in new Option[] { file, state, json, deep, fix })
        {
            command.Add(option);
        }

        command.SetAction((parsed, ct) => RunAsync(
            new DoctorWish(parsed.GetValue(file), parsed.GetValue(state), parsed.GetValue(json), parsed.GetValue(deep), parsed.GetValue(fix)), ct));
        return command;
    }

    private static async Task<int> RunAsync(DoctorWish wish, CancellationToken ct)
    {
        var terminal = Terminal.OfProcess(Environment.GetEnvironmentVariable);
        var findings = await LookAsync(wish, ct);
        IReadOnlyList<string> done = [];
        if (wish.Fix)
        {
            done = await MendAsync(findings, ct);
            findings = await LookAsync(wish, ct); // what is told is what is so now
        }

        var report = new DoctorReport(!findings.Any(finding => finding.IsError), done, findings);
        if (wish.Json)
        {
            terminal.WriteJson(report, CliJson.Default.DoctorReport, indented: false);
        }
        else
        {
            Print(terminal, report);
        }

        return report.Ok ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorWish wish, CancellationToken ct)
    {
        var paths = StatePaths.Resolve(wish.StateDirectory, Environment.GetEnvironmentVariable);
        var checkup = new Checkup(paths, wish.File, ConfigFileOptions.Variables(), TimeProvider.System);
        return
        [
            .. await checkup.RunAsync(wish.Deep, ct),
            ServiceCheckup.Run(paths, Environment.GetEnvironmentVariable),
            .. checkup.Running is null ? [] : await GatewayCheckup.RunAsync(wish.StateDirectory, ct),
        ];
    }

    private static async Task<IReadOnlyList<string>> MendAsync(IReadOnlyList<DoctorFinding> findings, CancellationToken ct)
    {
        var done = new List<string>();
        foreach (var finding in findings.Where(finding => finding.Mend is not null))
        {
            try
            {
                done.Add($"{finding.Id}: {await finding.Mend!(ct)}");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ConfigRefusedException)
            {
                done.Add($"{finding.Id} could not be mended: {e.Message}");
            }
        }

        return done;
    }

    private static void Print(Terminal terminal, DoctorReport report)
    {
        foreach (var line in report.Done)
        {
            terminal.WriteLine($"mended   {line}");
        }

        foreach (var finding in report.Findings)
        {
            terminal.Output.Write(terminal.Colour ? ColourOf(finding.State) : "");
            terminal.Write($"{finding.State,-9}");
            terminal.Output.Write(terminal.Colour ? Plain : "");
            terminal.WriteLine($"{finding.Id}: {finding.Message.ReplaceLineEndings("; ")}");
            if (finding.Remedy is { } remedy)
            {
                terminal.WriteLine($"         → {remedy}");
            }
        }
    }

    private static string ColourOf(string state) => state switch { "error" => "\e[31m", "warning" => "\e[33m", "ok" => "\e[32m", _ => "" };
}

/// <summary>What the command line asked for.</summary>
internal sealed record DoctorWish(string? File, string? StateDirectory, bool Json, bool Deep, bool Fix);

/// <summary>What <c>doctor --json</c> prints.</summary>
/// <param name="Ok">Whether everything works.</param>
/// <param name="Done">What <c>--fix</c> did.</param>
/// <param name="Findings">What is so now.</param>
internal sealed record DoctorReport(bool Ok, IReadOnlyList<string> Done, IReadOnlyList<DoctorFinding> Findings);
