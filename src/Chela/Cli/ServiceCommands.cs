using System.CommandLine;
using System.Text.Json;
using Chela.Gateway.Hosting;
using Chela.Service;

namespace Chela.Cli;

/// <summary><c>chela gateway install</c> and what belongs to it: the gateway as a service of this user, run by systemd.</summary>
internal static class ServiceCommands
{
    /// <summary>How long a gateway may take to say whether its file is good; one that hangs is to be restarted.</summary>
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(5);

    public static IEnumerable<Command> All =>
    [
        Install(),
        Command("uninstall", "Stop the service and remove it; the state directory stays", UninstallAsync),
        Command("start", "Start the service", (_, ct) => SystemctlAsync("start", ct)),
    ];

    /// <summary>Whether the gateway is a service on this machine.</summary>
    public static bool IsInstalled => File.Exists(UnitPath);

    private static string UnitPath => ServiceUnit.PathOf(Environment.GetEnvironmentVariable);

    private static ExampledCommand Install()
    {
        var port = new Option<int?>(GatewayRunCommand.PortName) { Description = "Port to listen on", HelpName = "N" };
        var bind = new Option<string?>(GatewayRunCommand.BindName) { Description = "Where to listen", HelpName = "WHERE" };
        var state = new Option<string?>(GatewayRunCommand.StateDirName) { Description = "State (else CHELA_STATE_DIR, else ~/.chela)", HelpName = "DIR" };
        var config = new Option<string?>(GatewayRunCommand.ConfigName) { Description = "Configuration file", HelpName = "FILE" };
        var print = new Option<bool>("--print") { Description = "Print the unit and change nothing" };
        var force = new Option<bool>("--force") { Description = "Also replace a unit that somebody else wrote" };
        var command = Command("install", "Have systemd run the gateway from now on, and after each login", async (parsed, ct) =>
        {
            var text = UnitOf(parsed.GetValue(state), [
                .. Given(GatewayRunCommand.PortName, parsed.GetValue(port)?.ToString(provider: null)),
                .. Given(GatewayRunCommand.BindName, parsed.GetValue(bind)),
                .. Given(GatewayRunCommand.ConfigName, parsed.GetValue(config) is { } file ? Path.GetFullPath(file) : null),
            ]);
            return parsed.GetValue(print) ? text.TrimEnd() : await InstallAsync(text, parsed.GetValue(force), ct);
        });
        foreach (var option in new Option[] { port, bind, state, config, print, force })
        {
            command.Add(option);
        }

        return command;
    }

    private static async Task<string> InstallAsync(string text, bool force, CancellationToken ct)
    {
        if (!force && File.Exists(UnitPath) && !(await File.ReadAllTextAsync(UnitPath, ct)).StartsWith(ServiceUnit.Mark, StringComparison.Ordinal))
        {
            throw new ServiceException($"{UnitPath} is not one that chela wrote; replace it with --force");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(UnitPath)!);
        await File.WriteAllTextAsync(UnitPath, text, ct);
        await Systemctl.RunAsync(["daemon-reload"], ct);
        await Systemctl.RunAsync(["enable", ServiceUnit.Name], ct);
        await BeginAsync("restart", ct);
        return $"{UnitPath} is installed and runs. To have it run while you are not logged in: loginctl enable-linger";
    }

    private static async Task<string> UninstallAsync(ParseResult parsed, CancellationToken ct)
    {
        if (!IsInstalled)
        {
            return "There is no service.";
        }

        await Systemctl.RunAsync(["disable", "--now", ServiceUnit.Name], ct);
        File.Delete(UnitPath);
        await Systemctl.RunAsync(["daemon-reload"], ct);
        return $"{UnitPath} is removed.";
    }

    /// <summary>Has systemd do something with the service; gives what to say of it.</summary>
    /// <exception cref="ServiceException">There is none, or systemd refuses.</exception>
    public static async Task<string> SystemctlAsync(string verb, CancellationToken ct)
    {
        if (!IsInstalled)
        {
            throw new ServiceException("the gateway is no service on this machine; make it one with: chela gateway install");
        }

        await (verb == "stop" ? Systemctl.RunAsync([verb, ServiceUnit.Name], ct) : BeginAsync(verb, ct));
        return $"{verb}: done";
    }

    /// <summary>Restarts the service, unless the gateway that runs says that none would start with the file as it is. One that says nothing is restarted.</summary>
    /// <exception cref="ServiceException">There is none, the file is refused, or systemd refuses.</exception>
    public static async Task<string> RestartAsync(ConnectionSettings settings, CancellationToken ct)
    {
        if (IsInstalled)
        {
            var own = settings with { StateDirectory = StateDirectoryOf(await File.ReadAllTextAsync(UnitPath, ct)), Timeout = settings.Timeout ?? LookLimit };
            var (refusals, _, _) = await GatewaySession.TryAsync(own, async session => RefusalsIn(await session.Client.CallAsync("config.status", ct: ct)), ct);
            if (refusals is { Length: > 0 })
            {
                throw new ServiceException(
                    $"{string.Join('\n', refusals)}\nNo gateway would start with this file; the one that runs goes on with what was in force. Mend it, or have it your way: systemctl --user restart {ServiceUnit.Name}");
            }
        }

        return await SystemctlAsync("restart", ct);
    }

    private static string? StateDirectoryOf(string unit)
    {
        var after = ServiceUnit.CommandOf(unit).SkipWhile(word => word != GatewayRunCommand.StateDirName).Skip(1);
        return after.FirstOrDefault();
    }

    private static string[] RefusalsIn(JsonElement status) =>
    [
        .. from issue in status.GetProperty("issues").EnumerateArray()
           let place = issue.TryGetProperty("place", out var known) ? $"{known.GetString()} " : ""
           select $"{place}{issue.GetProperty("path").GetString()}: {issue.GetProperty("message").GetString()}",
    ];

    /// <summary>Starts it also when it has just ended more often than systemd puts up with: a person wants it to run.</summary>
    private static async Task BeginAsync(string verb, CancellationToken ct)
    {
        await Systemctl.TryAsync(["reset-failed", ServiceUnit.Name], ct);
        try
        {
            await Systemctl.RunAsync([verb, ServiceUnit.Name], ct);
        }
        catch (ServiceException e)
        {
            throw new ServiceException($"{e.Message}\nMost often it is the configuration; look with: chela config validate; chela doctor");
        }
    }

    private static string UnitOf(string? stateDirectory, IEnumerable<string> arguments)
    {
        var paths = StatePaths.Resolve(stateDirectory, Environment.GetEnvironmentVariable);
        return ServiceUnit.Text(
            Environment.ProcessPath!, ["--state-dir", paths.Root, .. arguments], paths.Root, Environment.GetEnvironmentVariable("DOTNET_ROOT"));
    }

    private static string[] Given(string option, string? value) => value is null ? [] : [option, value];

    private static ExampledCommand Command(string name, string description, Func<ParseResult, CancellationToken, Task<string>> run)
    {
        var command = new ExampledCommand(name, description) { Examples = [$"chela gateway {name}"] };
        command.SetAction((parsed, ct) => TellAsync(ct => run(parsed, ct), ct));
        return command;
    }

    /// <summary>Does something with the service and says how it went.</summary>
    public static async Task<int> TellAsync(Func<CancellationToken, Task<string>> run, CancellationToken ct)
    {
        var terminal = Terminal.OfProcess(Environment.GetEnvironmentVariable);
        try
        {
            terminal.WriteLine(await run(ct));
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is ServiceException or IOException or UnauthorizedAccessException)
        {
            terminal.Say(e.Message);
            return ExitCode.Failed;
        }
    }
}
